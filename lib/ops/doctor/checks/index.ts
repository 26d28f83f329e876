import type { Check } from '../check';
import { ALARM_CHECKS } from './alarms';
import { BUCKET_CHECKS } from './buckets';
import { CONFIGURATION_CHECKS } from './configuration';
import { DELIVERY_CHECKS } from './delivery';
import { DENY_CHECKS } from './denies';
import { ENVIRONMENT_CHECKS } from './environments';
import { EXCHANGE_CHECKS } from './exchange';
import { FAILURE_EVENT_CHECKS } from './failure-events';
import { HEARTBEAT_CHECKS } from './heartbeat';
import { INVENTORY_CHECKS } from './inventory';
import { KEY_CHECKS } from './keys';
import { LIFECYCLE_CHECKS } from './lifecycle';
import { LOCKDOWN_CHECKS } from './lockdown';
import { METRIC_CHECKS } from './metrics';
import { respectOwners } from './owned-elsewhere';
import { SOURCE_KEY_CHECKS } from './owned-source';
import { POLICY_CHECKS } from './policies';
import { ROLE_CHECKS } from './role';
import { RULE_CHECKS } from './rule';
import { STACK_CHECKS } from './stacks';

/** Every check, in the order in which the answers are shown. */
export const CHECKS: readonly Check[] = respectOwners([
  ...ENVIRONMENT_CHECKS,
  ...DELIVERY_CHECKS,
  ...STACK_CHECKS,
  ...CONFIGURATION_CHECKS,
  ...KEY_CHECKS,
  ...EXCHANGE_CHECKS,
  ...BUCKET_CHECKS,
  ...LIFECYCLE_CHECKS,
  ...ROLE_CHECKS,
  ...POLICY_CHECKS,
  ...DENY_CHECKS,
  ...SOURCE_KEY_CHECKS,
  ...LOCKDOWN_CHECKS,
  ...RULE_CHECKS,
  ...INVENTORY_CHECKS,
  ...METRIC_CHECKS,
  ...FAILURE_EVENT_CHECKS,
  ...HEARTBEAT_CHECKS,
  ...ALARM_CHECKS,
]);
