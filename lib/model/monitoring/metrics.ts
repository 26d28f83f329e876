import type { DeployedPair } from '../deployment';

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
