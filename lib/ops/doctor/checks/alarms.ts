import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Subscription } from '@aws-sdk/client-sns';
import { isEmulator } from '../../../aws/emulator';
import { watchesBackup } from '../../../model/alarms';
import type { DeployedPair } from '../../../model/deployment';
import { ALARM_PLACES, ALARM_SIDES, type AlarmPlace, alarmSide } from '../../../model/names';
import { awsCommand } from '../../../model/shell-commands';
import { ALARM_STACKS, HEALTH_STACKS } from '../../../model/stacks';
import { ResourceNotFound } from '../answers';
import {
  type Check,
  type CheckFinding,
  compare,
  type DoctorContext,
  notApplicable,
  notDeployedYet,
  orMissing,
  pass,
} from '../check';
import type { ExpectedSubscription } from '../expected';
import { byAws, deployStack, type Repair, restoreStack } from '../repair';

const WORDS: Readonly<Record<AlarmPlace, { readonly on: string; readonly of: string }>> = {
  source: { on: 'on the metrics of the source region', of: 'source region' },
  destination: { on: 'on the metrics of the destination region', of: 'destination region' },
  backup: { on: 'of the backup account', of: 'backup account' },
};

/** The alarms: whether they are there, notify, and reach a person. */
export const ALARM_CHECKS: readonly Check[] = [
  ...ALARM_PLACES.flatMap((place): Check[] => [
    {
      id: `${place}-alarms`,
      title: `alarms ${WORDS[place].on} are as configured`,
      area: 'monitoring',
      run: { each: 'pair', ask: (context, pair) => whereWatched(context, place, () => alarms(context, pair, place)) },
    },
    {
      id: `${place}-health-alarm`,
      title: `composite alarm of the ${WORDS[place].of} watches every alarm, and notifies`,
      area: 'monitoring',
      run: { each: 'deployment', ask: (context) => whereWatched(context, place, () => health(context, place)) },
    },
  ]),
  ...ALARM_PLACES.map(
    (place): Check => ({
      id: `notifications-${place}`,
      title: `alarms of the ${WORDS[place].of} tell somebody`,
      area: 'monitoring',
      run: { each: 'deployment', ask: (context) => whereWatched(context, place, () => notifications(context, place)) },
    }),
  ),
];

/** A deployment without heartbeat and witness has no alarm in the backup account. */
async function whereWatched(
  { config }: DoctorContext,
  place: AlarmPlace,
  ask: () => Promise<CheckFinding>,
): Promise<CheckFinding> {
  if (place !== 'backup') {
    return ask();
  }
  if (!watchesBackup(config)) {
    return notApplicable('nothing is watched in the backup account: no pair has a heartbeat, and witness is false');
  }
  return isEmulator() ? notApplicable('an emulator refuses composite alarms, so the demo leaves this stack out') : ask();
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
async function alarms(context: DoctorContext, pair: DeployedPair, place: AlarmPlace): Promise<CheckFinding> {
  const stack = ALARM_STACKS[place];
  const wanted = await context.facts.expected.alarms(place, [pair]);
  if (wanted.length === 0) {
    const configured = await context.facts.configured.alarms(place, [pair]);
    return configured.length === 0
      ? notApplicable('nothing of this pair is watched there')
      : notDeployedYet(context, stack, `alarm of pair ${pair.id}`);
  }
  const expected = wanted.map(alarmText);
  return orMissing(context, { stack, expected: expected.join('\n') }, async () => {
    const { metric } = await context.facts.monitoring.alarms(place);
    const missing = wanted.flatMap(({ AlarmName: name = '' }) => (metric.has(name) ? [] : [name]));
    if (missing.length > 0) {
      throw new ResourceNotFound(stack, `alarm ${missing.join(', ')}`, missing);
    }
    const live = wanted.map(({ AlarmName: name = '' }) => metric.get(name) ?? {});
    const found = live.map(alarmText);
    const changed = wanted.flatMap((alarm, index) => (found[index] === expected[index] ? [] : [{ ...live[index], ...alarm }]));
    return compare({
      found: found.join('\n'),
      expected: expected.join('\n'),
      fix: {
        resource: `alarms ${changed.map(({ AlarmName: name }) => name).join(', ')}`,
        commands: changed.map((alarm) => putAlarm(context, place, alarm)),
        notes: ['It keeps description and actions of the alarm.'],
      },
    });
  });
}

/** Writes an alarm, with what others added to it. */
function putAlarm({ config }: DoctorContext, place: AlarmPlace, alarm: MetricAlarm): string {
  const { AlarmDescription, ActionsEnabled, AlarmActions, OKActions, InsufficientDataActions } = alarm;
  const { AlarmName, Namespace, MetricName, Dimensions, Statistic, Period, EvaluationPeriods, Threshold } = alarm;
  const { ComparisonOperator, TreatMissingData, DatapointsToAlarm } = alarm;
  return awsCommand(config, ALARM_SIDES[place].account, 'cloudwatch put-metric-alarm', {
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
    region: alarmSide(config, place).region,
  });
}

/** What an alarm watches and when it goes off, in the one text that all equal alarms share. */
export function alarmText(alarm: MetricAlarm): string {
  const dimensions = alarm.Dimensions?.map(({ Name: name, Value: value }) => `${name}=${value}`).toSorted() ?? [];
  return [
    `${alarm.AlarmName}: ${alarm.Statistic} of ${alarm.Namespace} ${alarm.MetricName} (${dimensions.join(', ')})`,
    `${alarm.ComparisonOperator} ${alarm.Threshold} in ${alarm.EvaluationPeriods} periods of ${alarm.Period} s`,
    `missing data ${alarm.TreatMissingData ?? 'missing'}`,
  ].join(', ');
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html */
async function health(context: DoctorContext, place: AlarmPlace): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator refuses composite alarms');
  }
  const { config } = context;
  const { composite } = config.names.monitoring.regions[place];
  const stack = HEALTH_STACKS[place];
  return orMissing(context, { stack, expected: `composite alarm ${composite.name}` }, async () => {
    const live = (await context.facts.monitoring.alarms(place)).composite.get(composite.name);
    if (live === undefined) {
      throw new ResourceNotFound(stack, `composite alarm ${composite.name}`, [composite.name]);
    }
    if (live.ActionsEnabled !== true) {
      return compare({
        found: 'its actions are disabled',
        expected: 'its actions are enabled',
        fix: byAws(context, ALARM_SIDES[place].account, `actions of alarm ${composite.name}`, 'cloudwatch enable-alarm-actions', {
          'alarm-names': composite.name,
          region: alarmSide(config, place).region,
        }),
      });
    }
    const watched = await context.facts.monitoring.watched(place, live.AlarmRule ?? '');
    const { watched: deployed, told: wanted } = await context.facts.expected.health(place);
    const unwatched = deployed.filter((name) => !watched.has(name));
    const notified = live.AlarmActions ?? [];
    // Somebody may have added others.
    const told = wanted.every((arn) => notified.includes(arn)) ? wanted.join(', ') : notified.join(', ') || 'nobody';
    return compare({
      found: [`notifies ${told}`, ...(unwatched.length > 0 ? [`does not watch ${unwatched.join(', ')}`] : [])].join('; '),
      expected: `notifies ${wanted.join(', ')}`,
      fix: restoreStack(context, stack),
    });
  });
}

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html */
async function notifications(context: DoctorContext, place: AlarmPlace): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator sends no mail');
  }
  const { facts, config } = context;
  const { topic } = config.names.monitoring.regions[place];
  const subscribed = await facts.expected.subscriptions(place);
  const others = (await facts.expected.health(place)).told.filter((arn) => arn !== topic.arn);
  const expected =
    subscribed.length === 0
      ? 'a confirmed subscription'
      : `a confirmed subscription of ${subscribed.map(({ endpoint }) => endpoint).join(' or ')}`;
  const isDeployed = ({ Protocol: protocol, Endpoint: endpoint }: Subscription) =>
    subscribed.some((one) => one.protocol === protocol && one.endpoint === endpoint);
  return orMissing(context, { stack: ALARM_STACKS[place], expected }, async () => {
    const all = await facts.monitoring.subscriptions(place);
    const wanted = subscribed.length === 0 ? all : all.filter(isDeployed);
    if (wanted.some(isConfirmed)) {
      return pass([...all.filter(isConfirmed).map(subscriptionText), ...others].join(', '));
    }
    // Who subscribes to a topic of somebody else is that person's affair.
    if (subscribed.length === 0 && others.length > 0) {
      return pass(others.join(', '));
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
      fix: remedy(context, place, pending, subscribed),
    };
  });
}

/**
 * SNS forgets a subscription that nobody confirms within two days, and CloudFormation does not see that.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html
 */
function remedy(
  context: DoctorContext,
  place: AlarmPlace,
  [pending]: readonly Subscription[],
  [subscribed]: readonly ExpectedSubscription[],
): Repair {
  const { config } = context;
  const { arn, name } = config.names.monitoring.regions[place].topic;
  const endpoint = pending?.Endpoint ?? subscribed?.endpoint;
  const resource = `subscriptions of topic ${name}`;
  if (endpoint === undefined) {
    const { commands } = deployStack(context, ALARM_STACKS[place]);
    return {
      resource,
      commands,
      notes: ['Alarms tell nobody. First write monitoring.email or monitoring.topicArns into the configuration.'],
    };
  }
  const protocol = pending?.Protocol ?? subscribed?.protocol ?? 'email';
  const what = protocol.startsWith('email') ? 'mail' : 'request';
  return byAws(
    context,
    ALARM_SIDES[place].account,
    resource,
    'sns subscribe',
    { 'topic-arn': arn, protocol, 'notification-endpoint': endpoint, region: alarmSide(config, place).region },
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
