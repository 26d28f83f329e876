import type { SideName } from '../config/replication-config';
import type { DeployedPair, Deployment } from './deployment';
import { type AlarmKind, pairAlarmName } from './names';

/**
 * The metrics of a replication rule. Latency and what is pending are published in the destination region, what failed in the
 * source region. No AWS page says which account gets those of the destination region: this project takes the source account,
 * on whose bucket S3 shows them, and `ops doctor` says where it sees data.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export type ReplicationMetric =
  | 'ReplicationLatency'
  | 'OperationsPendingReplication'
  | 'BytesPendingReplication'
  | 'OperationsFailedReplication';

export const METRIC_NAMESPACE = 'AWS/S3';

/** Seconds between two values that are compared with a threshold. */
export const METRIC_PERIOD = 300;

/** The dimensions of every metric of a pair's rule. */
export function metricDimensions({ names: { sourceBucket, replicaBucket, ruleId } }: DeployedPair) {
  return { SourceBucket: sourceBucket.name, DestinationBucket: replicaBucket.name, RuleId: ruleId };
}

/** An alarm of one pair: plain data, of which the stacks make alarms and the operator commands know what to ask for. */
export interface PairAlarm {
  readonly kind: AlarmKind;
  readonly name: string;
  readonly arn: string;
  /** The side in whose region S3 publishes the metric, and the alarm therefore lives. */
  readonly region: SideName;
  readonly metric: ReplicationMetric;
  readonly statistic: 'Sum' | 'Maximum';
  /** In the unit of the metric: seconds, operations or bytes. The alarm goes off above or at it. */
  readonly threshold: number;
  /** How many periods in a row have to be at or above the threshold. */
  readonly periods: number;
  /**
   * Without failures S3 publishes no count of them, so an alarm that kept its state would stay on for ever. For the other metrics
   * S3 advises to ignore what is missing.
   */
  readonly missingData: 'notBreaching' | 'ignore';
  readonly description: string;
}

/**
 * Children of one composite alarm, at most.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html
 */
export const MOST_COMPOSITE_CHILDREN = 100;

/** Half an hour, in periods. */
const BACKLOG_PERIODS = (30 * 60) / METRIC_PERIOD;

/**
 * Every alarm of a pair.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 */
export function alarmsOf(config: Deployment, pair: DeployedPair): readonly PairAlarm[] {
  const { failedOperations, latencyMinutes, pendingOperations, pendingBytes } = config.monitoring;
  const alarm = (region: SideName, kind: AlarmKind, rest: Omit<PairAlarm, 'kind' | 'name' | 'arn' | 'region'>): PairAlarm => ({
    kind,
    ...pairAlarmName(config, pair.names, region, kind),
    region,
    ...rest,
    description: `${rest.description} docs/runbook.md says what to do.`,
  });
  return [
    alarm('source', 'operations-failed', {
      metric: 'OperationsFailedReplication',
      statistic: 'Sum',
      threshold: failedOperations,
      periods: 1,
      missingData: 'notBreaching',
      description: `Objects of pair ${pair.id} failed to replicate, for good: S3 does not try them again.`,
    }),
    alarm('destination', 'latency', {
      metric: 'ReplicationLatency',
      statistic: 'Maximum',
      threshold: latencyMinutes * 60,
      periods: 3,
      missingData: 'ignore',
      description: `Replicas of pair ${pair.id} are ${latencyMinutes} minutes behind or more.`,
    }),
    alarm('destination', 'operations-pending', {
      metric: 'OperationsPendingReplication',
      statistic: 'Maximum',
      threshold: pendingOperations,
      periods: BACKLOG_PERIODS,
      missingData: 'ignore',
      description: `${pendingOperations} operations or more of pair ${pair.id} have waited for replication for half an hour.`,
    }),
    alarm('destination', 'bytes-pending', {
      metric: 'BytesPendingReplication',
      statistic: 'Maximum',
      threshold: pendingBytes,
      periods: BACKLOG_PERIODS,
      missingData: 'ignore',
      description: `${pendingBytes} bytes or more of pair ${pair.id} have waited for replication for half an hour.`,
    }),
  ];
}

/** The alarms of every pair that live in the region of a side. */
export function alarmsIn(config: Deployment, region: SideName): readonly PairAlarm[] {
  return config.pairs.flatMap((pair) => alarmsOf(config, pair)).filter((alarm) => alarm.region === region);
}
