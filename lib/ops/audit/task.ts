import type { Bucket } from '../../aws/listing/bucket';
import { type RequestCounts, Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { canaryPrefix } from '../../model/names';

/** The kinds of requests that an audit sends. */
export type AuditRequest = 'list' | 'head' | 'get';

/** A bucket, and how to ask S3 for its versions and about each. */
export interface AuditedBucket extends Bucket {
  readonly requests: Requests<AuditRequest>;
}

/** The audit of one pair: what it compares, and by which rules. */
export interface AuditTask {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly source: AuditedBucket;
  readonly replica: AuditedBucket & { readonly arn: string };
  /** The canaries of `s3-replication verify`: no part of the audit. */
  readonly ignored: string;
  readonly now: () => Date;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
  /** Milliseconds: what is younger may be on its way. */
  readonly olderThan: number;
}

/**
 * Returns a task for each pair. The requests to one side share a rate.
 *
 * @throws UnreachableError when the credentials of a side cannot be used
 */
export async function auditTasksOf(
  { config, pairs, clients, clock, signal }: Context,
  { olderThan, rate }: { readonly olderThan: number; readonly rate: number | undefined },
  counts: RequestCounts<AuditRequest>,
): Promise<AuditTask[]> {
  const sides = {
    source: { s3: await clients.s3('source'), requests: new Requests(clock, counts, rate) },
    replica: { s3: await clients.s3('destination'), requests: new Requests(clock, counts, rate) },
  };
  return pairs.map((pair) => {
    const { sourceBucket, replicaBucket } = pair.names;
    const prefix = pair.filter?.prefix ?? '';
    return {
      config,
      pair,
      source: { ...sides.source, name: sourceBucket.name, prefix },
      replica: { ...sides.replica, ...replicaBucket, prefix },
      ignored: canaryPrefix(pair),
      now: () => clock.now(),
      signal,
      olderThan,
    };
  });
}
