import type { Passage, Question } from './question';
import { BATCH_RESTORE } from './questions/batch-restore';
import { BUCKET_KEYS } from './questions/bucket-keys';
import { DELETE_MARKER_RULE } from './questions/delete-marker-rule';
import { DOCTOR_QUESTION } from './questions/doctor';
import { ENCRYPTED_TOPIC } from './questions/encrypted-topic';
import { FAILED_LIFECYCLE } from './questions/failed-lifecycle';
import { FIRST_REPLICA } from './questions/first-replica';
import { HEARTBEAT_SCHEDULE } from './questions/heartbeat-schedule';
import { INVENTORY_AUDIT } from './questions/inventory-audit';
import { INVENTORY_REPORT } from './questions/inventory-report';
import { JOB_TOKEN } from './questions/job-token';
import { LEAST_PRIVILEGE } from './questions/least-privilege';
import { LISTING_START } from './questions/listing-start';
import { LOCK_ROLLBACK } from './questions/lock-rollback';
import { LOCKDOWN_HOLDS } from './questions/lockdown-holds';
import { LOCKED_BUCKET_UPDATE } from './questions/locked-bucket-update';
import { LOCKED_OBJECT } from './questions/locked-object';
import { METRICS_ACCOUNT } from './questions/metrics-account';
import { REPLICA_EVENT } from './questions/replica-event';
import { REPLICATED_MARKER } from './questions/replicated-marker';
import { RETENTION_BOUND } from './questions/retention-bound';
import { STACK_OUTPUT } from './questions/stack-output';
import { TAGS_GRANTED } from './questions/tags-granted';
import { TAGS_REFUSED } from './questions/tags-refused';
import { VERIFY_QUESTION } from './questions/verify';

/** Every question, each in a file of its own. The first ones are about what was just deployed. */
export const QUESTIONS: readonly Question[] = [
  FIRST_REPLICA,
  STACK_OUTPUT,
  LEAST_PRIVILEGE,
  DOCTOR_QUESTION,
  VERIFY_QUESTION,
  TAGS_GRANTED,
  TAGS_REFUSED,
  BUCKET_KEYS,
  LOCKED_OBJECT,
  RETENTION_BOUND,
  LOCKDOWN_HOLDS,
  HEARTBEAT_SCHEDULE,
  REPLICA_EVENT,
  REPLICATED_MARKER,
  METRICS_ACCOUNT,
  DELETE_MARKER_RULE,
  LOCK_ROLLBACK,
  ENCRYPTED_TOPIC,
  LISTING_START,
  JOB_TOKEN,
  BATCH_RESTORE,
  LOCKED_BUCKET_UPDATE,
  FAILED_LIFECYCLE,
  INVENTORY_REPORT,
  INVENTORY_AUDIT,
];

/** What documents say is unknown or was not run, and this suite does not ask. */
export const NOT_ASKED: readonly (Passage & { readonly why: string })[] = [
  {
    file: 'docs/deploying.md',
    words: 'What was not run',
    why: 'a pipeline takes a third account and a connection that a person authorizes',
  },
  {
    file: 'docs/ci/README.md',
    words: 'No workflow ran on GitHub',
    why: 'a workflow takes a repository, its environments, and the people who protect them',
  },
  {
    file: 'docs/deploying.md',
    words: 'no workflow has run on GitHub',
    why: 'a workflow takes a repository, its environments, and the people who protect them',
  },
  {
    file: 'docs/deploying.md',
    words: 'no deployment across real accounts',
    why: 'the other two ways of deploying have no question of their own',
  },
  {
    file: 'docs/deploying.md',
    words: 'Neither import was run by this project',
    why: '`cdk import` asks a person for every resource',
  },
  { file: 'docs/permissions.md', words: 'since AWS documents none', why: 'what AWS does not document may change without notice' },
  {
    file: 'docs/adr/0007-backfill-role-per-pair.md',
    words: 'since AWS documents none',
    why: 'what AWS does not document may change without notice',
  },
  {
    file: 'docs/adr/0020-recovery-roles.md',
    words: 'AWS documents none for Batch Operations',
    why: 'what AWS does not document may change without notice',
  },
  { file: 'docs/recovery.md', words: 'were not run against AWS', why: 'a recovery is rehearsed by the people who would do it' },
  {
    file: 'docs/scale.md',
    words: 'of which AWS does not say in which region',
    why: 'quotas show at thousands of objects a second',
  },
  { file: 'docs/scale.md', words: 'No AWS page gives a rate for listings', why: 'the rate shows with millions of objects' },
  {
    file: 'docs/threats.md',
    words: 'These patterns were not run against AWS',
    why: 'they take a trail, which an account may have already',
  },
];
