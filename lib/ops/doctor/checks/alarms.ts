import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Subscription } from '@aws-sdk/client-sns';
import { isEmulator } from '../../../aws/emulator';
import type { SideName } from '../../../config/replication-config';
import { alarmsIn, alarmsOf, METRIC_NAMESPACE, METRIC_PERIOD, metricDimensions, type PairAlarm } from '../../../model/alarms';
import type { DeployedPair } from '../../../model/deployment';
import { awsCommand, deployCommand } from '../../../model/shell-commands';
import { ALARM_STACKS } from '../../../model/stacks';
import { ResourceNotFound } from '../answers';
import {
  type Check,
  type CheckFinding,
  compare,
  type DoctorContext,
  deployAgain,
  notApplicable,
  orMissing,
  pass,
} from '../check';

/** The alarms: whether they are there, notify, and reach a person. */
export const ALARM_CHECKS: readonly Check[] = [
  ...(['source', 'destination'] as const).flatMap((region): Check[] => [
    {
      id: `${region}-alarms`,
      title: `alarms on the metrics of the ${region} region are as configured`,
      area: 'monitoring',
      run: { each: 'pair', ask: (context, pair) => alarms(context, pair, region) },
    },
    {
      id: `${region}-health-alarm`,
      title: `composite alarm of the ${region} region watches every alarm, and notifies`,
      area: 'monitoring',
      run: { each: 'deployment', ask: (context) => health(context, region) },
    },
  ]),
  ...(['source', 'destination'] as const).map(
    (region): Check => ({
      id: `notifications-${region}`,
      title: `alarms of the ${region} region tell somebody`,
      area: 'monitoring',
      run: { each: 'deployment', ask: (context) => notifications(context, region) },
    }),
  ),
];

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
async function alarms(context: DoctorContext, pair: DeployedPair, region: SideName): Promise<CheckFinding> {
  const { config } = context;
  const stack = ALARM_STACKS[region];
  const wanted = alarmsOf(config, pair).filter((alarm) => alarm.region === region);
  const expected = wanted.map((alarm) => alarmText(expectedAlarm(pair, alarm)));
  return orMissing(context, { stack, expected: expected.join('\n') }, async () => {
    const { metric } = await context.facts.monitoring.alarms(region);
    const missing = wanted.filter(({ name }) => !metric.has(name));
    if (missing.length > 0) {
      throw new ResourceNotFound(stack, `alarm ${missing.map(({ name }) => name).join(', ')}`);
    }
    const found = wanted.map(({ name }) => alarmText(metric.get(name) ?? {}));
    return compare({ found: found.join('\n'), expected: expected.join('\n'), fix: deployAgain(context, stack, 'changed it') });
  });
}

/** An alarm as the stacks write it, in the spelling of CloudWatch. */
export function expectedAlarm(pair: DeployedPair, alarm: PairAlarm) {
  return {
    AlarmName: alarm.name,
    Namespace: METRIC_NAMESPACE,
    MetricName: alarm.metric,
    Dimensions: Object.entries(metricDimensions(pair)).map(([Name, Value]) => ({ Name, Value })),
    Statistic: alarm.statistic,
    Period: METRIC_PERIOD,
    EvaluationPeriods: alarm.periods,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: alarm.missingData,
  } satisfies MetricAlarm;
}

/** What an alarm watches and when it goes off, in the one text that all equal alarms share. */
function alarmText(alarm: MetricAlarm): string {
  const dimensions = alarm.Dimensions?.map(({ Name: name, Value: value }) => `${name}=${value}`).toSorted() ?? [];
  return [
    `${alarm.AlarmName}: ${alarm.Statistic} of ${alarm.Namespace} ${alarm.MetricName} (${dimensions.join(', ')})`,
    `${alarm.ComparisonOperator} ${alarm.Threshold} in ${alarm.EvaluationPeriods} periods of ${alarm.Period} s`,
    `missing data ${alarm.TreatMissingData ?? 'missing'}`,
  ].join(', ');
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html */
async function health(context: DoctorContext, region: SideName): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator refuses composite alarms');
  }
  const { config } = context;
  const { composite, topic } = config.names.monitoring.regions[region];
  const stack = `${region}-health` as const;
  return orMissing(context, { stack, expected: `composite alarm ${composite.name}` }, async () => {
    const live = (await context.facts.monitoring.alarms(region)).composite.get(composite.name);
    if (live === undefined) {
      throw new ResourceNotFound(stack, `composite alarm ${composite.name}`);
    }
    if (live.ActionsEnabled !== true) {
      const options = { 'alarm-names': composite.name, region: config[region].region };
      return compare({
        found: 'its actions are disabled',
        expected: 'its actions are enabled',
        fix: awsCommand(config, 'source', 'cloudwatch enable-alarm-actions', options),
      });
    }
    const watched = await context.facts.monitoring.watched(region, live.AlarmRule ?? '');
    const unwatched = alarmsIn(config, region).flatMap(({ name }) => (watched.has(name) ? [] : [name]));
    const notified = live.AlarmActions ?? [];
    // Somebody may have added others.
    const told = notified.includes(topic.arn) ? topic.arn : notified.join(', ') || 'nobody';
    return compare({
      found: [`notifies ${told}`, ...(unwatched.length > 0 ? [`does not watch ${unwatched.join(', ')}`] : [])].join('; '),
      expected: `notifies ${topic.arn}`,
      fix: deployAgain(context, stack, 'changed it'),
    });
  });
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html */
async function notifications(context: DoctorContext, region: SideName): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator sends no mail');
  }
  const { email } = context.config.monitoring;
  const expected = email === undefined ? 'a confirmed subscription' : `a confirmed subscription of ${email}`;
  return orMissing(context, { stack: ALARM_STACKS[region], expected }, async () => {
    const all = await context.facts.monitoring.subscriptions(region);
    const wanted = email === undefined ? all : all.filter((one) => one.Protocol === 'email' && one.Endpoint === email);
    if (wanted.some(isConfirmed)) {
      return pass(all.filter(isConfirmed).map(subscriptionText).join(', '));
    }
    const pending = wanted.filter(({ SubscriptionArn: arn }) => arn === 'PendingConfirmation');
    return {
      status: 'failed',
      found:
        [
          ...all.filter(isConfirmed).map(subscriptionText),
          ...pending.map((one) => `${subscriptionText(one)} is not confirmed`),
        ].join(', ') || 'nobody',
      expected,
      fix: remedy(context, region, pending),
    };
  });
}

/**
 * SNS forgets a subscription that nobody confirms within two days, and CloudFormation does not see that.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
 */
function remedy({ config }: DoctorContext, region: SideName, [pending]: readonly Subscription[]): string {
  const { email } = config.monitoring;
  const deploy = deployCommand(config, ALARM_STACKS[region]);
  const subscribe = awsCommand(config, 'source', 'sns subscribe', {
    'topic-arn': config.names.monitoring.regions[region].topic.arn,
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

function subscriptionText({ Protocol: protocol, Endpoint: endpoint }: Subscription): string {
  return `${protocol} ${endpoint}`;
}
