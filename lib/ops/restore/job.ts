import { Cursor, type KeyRange, type Stream } from '../../aws/listing/cursor';
import { discoverRanges } from '../../aws/listing/ranges';
import { type RequestCounts, Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import type { DeployedPair } from '../../model/deployment';
import { canaryPrefix } from '../../model/names';
import { type KeysOf, keyStates } from '../copy/keys';
import type { OwnedBucket, RestoreRequest } from '../copy/model';
import { lookAtTarget, type TargetBucket } from '../copy/target';
import type { InventoryReport } from '../inventory/reports';
import type { ReportChoices } from './inventory/reports';
import type { RestoreOptions } from './options';

/** What there is in a replica bucket, or was. */
export interface Replicas {
  /** The inventory report that says so. @default - a listing */
  readonly report?: InventoryReport;
  /** Ranges of keys that divide the work. */
  readonly ranges: () => Promise<readonly KeyRange[]>;
  readonly stream: (range: KeyRange) => Stream & { readonly close?: () => Promise<void> };
}

/** One pair, and what a restore has to know about it. */
export interface RestoreJob extends Pick<Replicas, 'report' | 'ranges'> {
  readonly pair: DeployedPair;
  readonly from: OwnedBucket;
  readonly to: OwnedBucket;
  readonly target: TargetBucket;
  readonly keysOf: KeysOf;
}

/**
 * Makes a job of each pair, after a look at their targets. The requests to one side share a rate.
 *
 * @param choices what inventory reports choose. @default - the replica buckets are listed
 * @throws UsageError when a target cannot take anything
 * @throws UnreachableError when the credentials of a side cannot be used, or S3 gives no answer
 */
export async function restoreJobs(
  context: Context,
  options: RestoreOptions,
  counts: RequestCounts<RestoreRequest>,
  choices?: ReportChoices,
): Promise<RestoreJob[]> {
  const { config, pairs, clients, clock } = context;
  const { prefix, rate, asOf } = options;
  const [fromRequests, toRequests] = [new Requests(clock, counts, rate), new Requests(clock, counts, rate)];
  const jobs: RestoreJob[] = [];
  for (const pair of choices?.pairs ?? pairs) {
    const target = await lookAtTarget(context, pair, options);
    const from = {
      name: pair.names.replicaBucket.name,
      s3: await clients.s3('destination'),
      requests: fromRequests,
      owner: config.destination.account,
      prefix,
    };
    const to = { name: target.name, s3: target.s3, requests: toRequests, owner: config.source.account, prefix };
    const ignored = canaryPrefix(pair);
    const replicas = choices?.of(pair, from) ?? listed(from, ignored);
    async function* keysOf(range: KeyRange) {
      const stream = replicas.stream(range);
      try {
        yield* keyStates(stream, new Cursor(to, range, ignored), asOf);
      } finally {
        await stream.close?.();
      }
    }
    const { report, ranges } = replicas;
    jobs.push({ pair, from, to, target, keysOf, ranges, ...(report && { report }) });
  }
  return jobs;
}

function listed(bucket: OwnedBucket, ignored: string): Replicas {
  return { ranges: () => discoverRanges(bucket), stream: (range) => new Cursor(bucket, range, ignored) };
}
