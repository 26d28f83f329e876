import { Cursor, type KeyRange } from '../../aws/listing/cursor';
import { type RequestCounts, Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import type { DeployedPair } from '../../model/deployment';
import { canaryPrefix } from '../../model/names';
import { type KeysOf, keyStates } from '../copy/keys';
import type { OwnedBucket, RestoreRequest } from '../copy/model';
import { lookAtTarget, type TargetBucket } from '../copy/target';
import type { RestoreOptions } from './options';

/** One pair, and what a restore has to know about it. */
export interface RestoreJob {
  readonly pair: DeployedPair;
  readonly from: OwnedBucket;
  readonly to: OwnedBucket;
  readonly target: TargetBucket;
  readonly keysOf: KeysOf;
}

/**
 * Makes a job of each pair, after a look at their targets. The requests to one side share a rate.
 *
 * @throws UsageError when a target cannot take anything
 * @throws UnreachableError when the credentials of a side cannot be used, or S3 gives no answer
 */
export async function restoreJobs(
  context: Context,
  options: RestoreOptions,
  counts: RequestCounts<RestoreRequest>,
): Promise<RestoreJob[]> {
  const { config, pairs, clients, clock } = context;
  const { prefix, rate, asOf } = options;
  const [fromRequests, toRequests] = [new Requests(clock, counts, rate), new Requests(clock, counts, rate)];
  const jobs: RestoreJob[] = [];
  for (const pair of pairs) {
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
    const keysOf = (range: KeyRange) => keyStates(new Cursor(from, range, ignored), new Cursor(to, range, ignored), asOf);
    jobs.push({ pair, from, to, target, keysOf });
  }
  return jobs;
}
