import { isEmulator } from '../../../aws/emulator';
import { messageOf } from '../../../errors/errors';
import { alarmsIn, type PairAlarm } from '../../../model/alarms';
import type { DeployedPair } from '../../../model/deployment';
import { awsCommand, opsCommand } from '../../../model/shell-commands';
import { replicateAgain } from '../../backfill/again';
import { type Check, type CheckFinding, type DoctorContext, notApplicable, notDeployedYet, pass } from '../check';
import { expectedAlarm } from '../configured';
import type { MetricLocation } from '../monitoring-facts';
import type { Repair } from '../repair';

/** Whether replication is seen to happen, and where. The rule's own switch for metrics is among the rule's checks. */
export const METRIC_CHECKS: readonly Check[] = [
  {
    id: 'metrics-data',
    title: 'CloudWatch has data of the replication rule where the alarms are',
    area: 'metrics',
    run: { each: 'pair', ask: data },
  },
  {
    id: 'failed-operations',
    title: 'no operation failed to replicate in the last 24 hours',
    area: 'metrics',
    run: { each: 'pair', ask: failures },
  },
];

/**
 * No AWS page says which account gets the metrics of the destination region, so every place is looked at. The alarms are in the
 * source account: they see nothing where only the destination account has the data.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
async function data(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const { config } = context;
  const failed: MetricLocation = { side: 'source', region: config.source.region };
  const alarmed: MetricLocation = { side: 'source', region: config.destination.region };
  const other: MetricLocation = { side: 'destination', region: config.destination.region };
  const full: MetricLocation[] = [];
  const seen: string[] = [];
  const unknown: unknown[] = [];
  for (const place of [failed, alarmed, other]) {
    try {
      const names = await context.facts.monitoring.metricNames(place, pair);
      if (names.length > 0) {
        full.push(place);
        seen.push(`${names.join(', ')} in the ${place.side} account, ${place.region}`);
      }
    } catch (error) {
      unknown.push(error);
    }
  }
  if (full.includes(other) && !full.includes(alarmed) && unknown.length === 0) {
    return elsewhere(context, pair, seen.join('; '));
  }
  if (seen.length > 0) {
    return pass([...seen, ...unknown.map(messageOf)].join('; '));
  }
  if (unknown.length > 0) {
    throw unknown[0];
  }
  return (await context.facts.isDeployed('source'))
    ? notApplicable(
        `no data yet: S3 publishes it after the first replication; ${opsCommand(context.config, 'verify', '--pair', pair.id)} makes one`,
      )
    : notDeployedYet(context, 'source');
}

/** Alarms of the same names in the destination account make up for it: CloudWatch alarms watch their own account. */
async function elsewhere(context: DoctorContext, pair: DeployedPair, found: string): Promise<CheckFinding> {
  const { config } = context;
  const alarms = alarmsIn(config, 'destination', [pair]);
  const { metric } = await context.facts.monitoring.alarms('destination', 'destination');
  return alarms.every(({ name }) => metric.has(name))
    ? pass(`${found}, which has alarms of its own`)
    : {
        status: 'failed',
        found,
        expected: `data in the source account, ${config.destination.region}, where the alarms ${alarms.map(({ name }) => name).join(', ')} are: they never go off`,
        fix: {
          resource: `alarms of pair ${pair.id} in the destination account`,
          commands: alarms.map((alarm) => putAlarm(context, alarm)),
          notes: [
            'It makes the same alarms where the data is. They tell nobody until an SNS topic of that account is among their actions.',
          ],
        },
      };
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
function putAlarm({ config }: DoctorContext, alarm: PairAlarm): string {
  return awsCommand(config, 'destination', 'cloudwatch put-metric-alarm', {
    'cli-input-json': expectedAlarm(alarm),
  });
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html */
async function failures(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  const count = await context.facts.monitoring.failedOperations(pair);
  if (count === 0 && !(await context.facts.isDeployed('source'))) {
    return notDeployedYet(context, 'source');
  }
  if (count === 0 && isEmulator()) {
    return notApplicable('an emulator counts no failures');
  }
  return count === 0
    ? pass('0')
    : {
        status: 'failed',
        found: `${count} failed`,
        expected: '0',
        fix: failedAgain(context, pair),
      };
}

/** What failed stays so: after its cause is repaired, it has to be replicated again. */
function failedAgain({ config }: DoctorContext, pair: DeployedPair): Repair {
  const most = pair.objectLock?.maximumRetentionDays;
  return {
    resource: `objects of pair ${pair.id} that are FAILED`,
    commands: [opsCommand(config, 'failures', '--pair', pair.id)],
    notes: [
      'The command shows reasons and objects. Repair what they and the other checks name.',
      `Then try replication: ${opsCommand(config, 'verify', '--pair', pair.id)}`,
      `S3 does not try FAILED objects again. ${replicateAgain(config, 'retry', pair.id)}`,
      ...(most === undefined
        ? []
        : [
            `objectLock.maximumRetentionDays refuses an object that is locked for more than ${most} days: it is not in the backup.`,
          ]),
    ],
  };
}
