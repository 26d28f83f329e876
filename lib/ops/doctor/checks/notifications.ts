import type { Subscription } from '@aws-sdk/client-sns';
import { isEmulator } from '../../../aws/emulator';
import { SIDES, type SideName } from '../../../config/replication-config';
import { monitoringNamesOf } from '../../../model/monitoring/names';
import { awsCommand, deployCommand } from '../../../model/shell-commands';
import { ALARM_STACKS } from '../../../model/stacks';
import { type Check, type Finding, notApplicable, pass, type Subject } from '../check';
import { orMissing } from '../missing';

/** The last part of an alarm's way: from the topic to a person. */
export const NOTIFICATION_CHECKS: readonly Check[] = SIDES.toReversed().map((region) => ({
  id: `notifications-${region}`,
  title: `alarms of the ${region} region tell somebody`,
  area: 'monitoring',
  run: { each: 'deployment', ask: (subject) => notifications(subject, region) },
}));

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html */
async function notifications(subject: Subject, region: SideName): Promise<Finding> {
  if (isEmulator()) {
    return notApplicable('an emulator sends no mail');
  }
  const { email } = subject.context.config.monitoring;
  const expected = email === undefined ? 'a confirmed subscription' : `a confirmed subscription of ${email}`;
  return orMissing(subject, { stack: ALARM_STACKS[region], expected }, async () => {
    const all = await subject.facts.monitoring.subscriptions(region);
    const wanted = email === undefined ? all : all.filter((one) => one.Protocol === 'email' && one.Endpoint === email);
    if (wanted.some(isConfirmed)) {
      return pass(all.filter(isConfirmed).map(nameOf).join(', '));
    }
    const pending = wanted.filter(({ SubscriptionArn: arn }) => arn === 'PendingConfirmation');
    return {
      status: 'fail',
      found:
        [...all.filter(isConfirmed).map(nameOf), ...pending.map((one) => `${nameOf(one)} is not confirmed`)].join(', ') ||
        'nobody',
      expected,
      fix: remedy(subject, region, pending),
    };
  });
}

/**
 * SNS forgets a subscription that nobody confirms within two days, and CloudFormation does not see that.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
 */
function remedy({ context: { config } }: Subject, region: SideName, [pending]: readonly Subscription[]): string {
  const { email } = config.monitoring;
  const deploy = deployCommand(config, ALARM_STACKS[region]);
  const subscribe = awsCommand(config, 'source', 'sns subscribe', {
    'topic-arn': monitoringNamesOf(config).regions[region].topic.arn,
    protocol: pending?.Protocol ?? 'email',
    'notification-endpoint': pending?.Endpoint ?? email ?? 'ADDRESS',
    region: config[region].region,
  });
  if (pending !== undefined) {
    const what = pending.Protocol?.startsWith('email') === true ? 'mail' : 'request';
    return `confirm the ${what} that AWS sent to ${pending.Endpoint}; ${subscribe} sends another one`;
  }
  return email === undefined
    ? `alarms tell nobody: set monitoring.email in the configuration, then ${deploy}; or ${subscribe}`
    : `${subscribe} where it was deleted, or not confirmed within two days; ${deploy} where the configuration is newer than the deployment; then confirm the mail that AWS sends`;
}

/** Until it is confirmed, and after somebody unsubscribed, a word stands in place of the ARN. */
function isConfirmed({ SubscriptionArn: arn = '' }: Subscription): boolean {
  return arn.startsWith('arn:');
}

function nameOf({ Protocol: protocol, Endpoint: endpoint }: Subscription): string {
  return `${protocol} ${endpoint}`;
}
