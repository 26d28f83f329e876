import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Subscription } from '@aws-sdk/client-sns';
import { isEmulator } from '../../../aws/emulator';
import type { SideName } from '../../../config/replication-config';
import { alarmsIn, alarmsOf, METRIC_NAMESPACE, METRIC_PERIOD, metricDimensions, type PairAlarm } from '../../../model/alarms';
import type { DeployedPair } from '../../../model/deployment';
import { awsCommand } from '../../../model/shell-commands';
import { ALARM_STACKS } from '../../../model/stacks';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, compare, type DoctorContext, notApplicable, orMissing, pass } from '../check';
import { byAws, deployStack, type Repair, restoreStack } from '../repair';

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
    const changed = wanted.filter((_, index) => found[index] !== expected[index]);
    return compare({
      found: found.join('\n'),
      expected: expected.join('\n'),
      fix: {
        resource: `alarms ${changed.map(({ name }) => name).join(', ')}`,
        commands: changed.map((alarm) => putAlarm(context, region, { ...metric.get(alarm.name), ...expectedAlarm(pair, alarm) })),
        notes: [
          'It keeps description and actions of the alarm.',
          'Where the configuration was changed since the last deployment, deploy it as well: npm run deploy.',
        ],
      },
    });
  });
}

/** Writes an alarm, with what others added to it. */
function putAlarm({ config }: DoctorContext, region: SideName, alarm: MetricAlarm): string {
  const { AlarmDescription, ActionsEnabled, AlarmActions, OKActions, InsufficientDataActions } = alarm;
  const { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period, EvaluationPeriods, Threshold } = alarm;
  const { ComparisonOperator, TreatMissingData, DatapointsToAlarm } = alarm;
  return awsCommand(config, 'source', 'cloudwatch put-metric-alarm', {
    'cli-input-json': {
      AlarmName,
      AlarmDescription,
      ActionsEnabled,
      AlarmActions,
      OKActions,
      InsufficientDataActions,
      Namespace,
      MetricName,
      Dimensions,
      Statistic,
      Period,
      EvaluationPeriods,
      DatapointsToAlarm,
      Threshold,
      ComparisonOperator,
      TreatMissingData,
    },
    region: config[region].region,
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
      return compare({
        found: 'its actions are disabled',
        expected: 'its actions are enabled',
        fix: byAws(context, 'source', `actions of alarm ${composite.name}`, 'cloudwatch enable-alarm-actions', {
          'alarm-names': composite.name,
          region: config[region].region,
        }),
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
      fix: restoreStack(context, stack),
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
function remedy(context: DoctorContext, region: SideName, [pending]: readonly Subscription[]): Repair {
  const { config } = context;
  const { email } = config.monitoring;
  const { arn, name } = config.names.monitoring.regions[region].topic;
  const endpoint = pending?.Endpoint ?? email;
  const resource = `subscriptions of topic ${name}`;
  if (endpoint === undefined) {
    const { commands } = deployStack(context, ALARM_STACKS[region]);
    return { resource, commands, notes: ['Alarms tell nobody. First write monitoring.email into the configuration.'] };
  }
  const protocol = pending?.Protocol ?? 'email';
  const what = protocol.startsWith('email') ? 'mail' : 'request';
  return byAws(
    context,
    'source',
    resource,
    'sns subscribe',
    { 'topic-arn': arn, protocol, 'notification-endpoint': endpoint, region: config[region].region },
    [
      pending === undefined
        ? `Then confirm the ${what} that AWS sends to ${endpoint}, within two days.`
        : `Confirm the ${what} that AWS sent to ${endpoint}. The command sends another one.`,
    ],
  );
}

/** Until it is confirmed, and after somebody unsubscribed, a word stands in place of the ARN. */
function isConfirmed({ SubscriptionArn: arn = '' }: Subscription): boolean {
  return arn.startsWith('arn:');
}

function subscriptionText({ Protocol: protocol, Endpoint: endpoint }: Subscription): string {
  return `${protocol} ${endpoint}`;
}
