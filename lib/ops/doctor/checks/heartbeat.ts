import { isEmulator } from '../../../aws/emulator';
import { plural } from '../../../cli/units';
import type { DeployedPair } from '../../../model/deployment';
import { heartbeatMinutes, heartbeatVersions } from '../../../model/heartbeat';
import { type Check, type CheckFinding, compare, type DoctorContext, notApplicable, notDeployedYet, orMissing } from '../check';
import { type ExpectedSchedule, queueEncryption } from '../expected';
import { difference, unknownStatement } from '../policy-document';
import { byHand, restoreStack } from '../repair';

/** The way of a heartbeat from its schedule to the queue that counts it. Alarm and topic are among the other alarms. */
export const HEARTBEAT_CHECKS: readonly Check[] = [
  {
    id: 'heartbeat-schedule',
    title: 'schedule of the heartbeat is enabled, and writes what the backup account expects',
    area: 'monitoring',
    run: { each: 'pair', ask: (context, pair) => withHeartbeat(context, [pair], () => schedule(context, pair)) },
  },
  {
    id: 'heartbeat-errors',
    title: 'every heartbeat of the last 24 hours was written',
    area: 'monitoring',
    run: { each: 'deployment', ask: (context) => withHeartbeat(context, context.config.pairs, () => errors(context)) },
  },
  {
    id: 'heartbeat-notification',
    title: 'replica bucket tells the queue of each heartbeat',
    area: 'monitoring',
    run: { each: 'pair', ask: (context, pair) => withHeartbeat(context, [pair], () => notification(context, pair)) },
  },
  {
    id: 'heartbeat-queue',
    title: 'queue of the heartbeats is encrypted, and takes messages of S3 for the replica bucket alone',
    area: 'monitoring',
    run: { each: 'pair', ask: (context, pair) => withHeartbeat(context, [pair], () => queue(context, pair)) },
  },
];

async function withHeartbeat(
  { config }: DoctorContext,
  pairs: readonly DeployedPair[],
  ask: () => Promise<CheckFinding>,
): Promise<CheckFinding> {
  if (config.heartbeat === false) {
    return notApplicable('heartbeat is false');
  }
  return heartbeatMinutes(config, pairs) === undefined
    ? notApplicable('no heartbeat is written into a bucket that is owned elsewhere')
    : ask();
}

/** @see https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html */
async function schedule(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const expected = scheduleText(await context.facts.expected.schedule(pair));
  return orMissing(context, { stack: 'heartbeat', expected }, async () => {
    const live = await context.facts.monitoring.schedule(pair);
    return compare({ found: scheduleText(live), expected, fix: restoreStack(context, 'heartbeat') });
  });
}

/** What a schedule calls, and how often, in one spelling. */
export function scheduleText({ State: state, ScheduleExpression: rate, Target: target }: ExpectedSchedule): string {
  return `${state}, ${rate}: ${target?.Arn} with ${target?.RoleArn}, ${target?.Input}`;
}

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html */
async function errors(context: DoctorContext): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator calls no operation of S3 by schedule');
  }
  if (!(await context.facts.isDeployed('heartbeat'))) {
    return notDeployedYet(context, 'heartbeat');
  }
  const { attempted, failed, dropped } = await context.facts.monitoring.scheduleErrors();
  if (attempted + failed + dropped === 0) {
    return notApplicable('no data yet: the scheduler has written none in the last 24 hours');
  }
  const found = [
    ...(failed === 0 ? [] : [`S3 or IAM refused ${plural(failed, 'call')}`]),
    ...(dropped === 0 ? [] : [`the scheduler gave up ${plural(dropped, 'heartbeat')}`]),
  ].join(', ');
  return compare({
    found: found || `${plural(attempted, 'call')}, no error`,
    expected: `${plural(attempted, 'call')}, no error`,
    fix: byHand(
      'calls of the scheduler',
      'Repair what heartbeat-schedule and source-key name. Where they pass, deploy stack heartbeat again: its role may have been changed.',
    ),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html */
async function notification(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { arn } = pair.names.heartbeatQueue;
  const text = (events: readonly string[], suffix: string | undefined) =>
    `${events.join(', ')} of keys that end in ${suffix ?? 'anything'} to ${arn}`;
  const deployed = await context.facts.expected.notifications('destination', pair);
  const wanted = deployed.filter((one) => one.arn === arn);
  if (wanted.length === 0) {
    return notApplicable('the deployed stack tells the queue of nothing yet: see configuration');
  }
  const expected = wanted.map(({ event, suffix }) => text([event], suffix)).join('; ');
  const { QueueConfigurations: queues = [] } = await context.facts.buckets.notifications('destination', pair);
  const found = queues
    .filter(({ QueueArn: queueArn }) => queueArn === arn)
    .map(({ Events: events = [], Filter: filter }) => {
      const rules = filter?.Key?.FilterRules ?? [];
      const suffix = rules.find(({ Name: name }) => name?.toLowerCase() === 'suffix')?.Value;
      return rules.length > 1 ? `${text(events, suffix)}, with another filter` : text(events, suffix);
    });
  const kept = heartbeatVersions(context.config, pair);
  const finding = compare({
    found: found.join('; ') || 'nothing is told',
    expected,
    fix: restoreStack(context, 'destination'),
  });
  return finding.status === 'ok' && pair.objectLock !== undefined
    ? { ...finding, found: `${finding.found}; Object Lock keeps ${kept} heartbeats` }
    : finding;
}

async function queue(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { facts } = context;
  const { heartbeatQueue } = pair.names;
  const { encryption, retention, policy: statements } = await facts.expected.heartbeatQueue(pair);
  const text = (how: string, seconds: string | undefined) => `${how}, keeps messages for ${seconds} seconds`;
  const generated = `${statements.flatMap(({ Sid: sid }) => sid ?? []).join(', ')} as generated`;
  const sound = `${text(encryption, retention)}; ${generated}`;
  return orMissing(context, { stack: 'destination', expected: `queue ${heartbeatQueue.name}: ${sound}` }, async () => {
    const { attributes, policy } = await facts.monitoring.heartbeatQueue(pair);
    const { wrong, extra } = difference(policy, statements);
    const allowing = extra.filter(({ Effect: effect }) => effect === 'Allow');
    const live = queueEncryption(attributes['KmsMasterKeyId'], attributes['SqsManagedSseEnabled'] === 'true');
    const faults = [...wrong, ...allowing.map(unknownStatement)];
    return compare({
      found: `${text(live, attributes['MessageRetentionPeriod'])}; ${faults.join('; ') || generated}`,
      expected: sound,
      fix: restoreStack(context, 'destination'),
    });
  });
}
