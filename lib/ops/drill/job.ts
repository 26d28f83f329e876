import { type RequestCounts, Requests } from '../../aws/requests';
import type { Context } from '../../cli/command';
import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import type { DeployedPair } from '../../model/deployment';
import { canaryPrefix } from '../../model/names';
import { noRequestCounts, type OwnedBucket, type RestoreRequest } from '../copy/model';
import type { DrillOptions } from './options';

/** The replica bucket of a pair. */
export type ReplicaBucket = OwnedBucket & {
  /** The canaries of `s3-replication verify`: nothing to restore. */
  readonly ignored: string;
};

/** One pair, and what a drill has to know about it. */
export interface DrillJob {
  readonly pair: DeployedPair;
  readonly replica: ReplicaBucket;
  /** Where the objects come from, and what they are compared with. */
  readonly source: OwnedBucket;
  readonly counts: RequestCounts<RestoreRequest>;
}

/**
 * Makes a job of each pair. The requests to one side share a rate.
 *
 * @throws UsageError when the prefix has nothing in common with the filter of a pair
 * @throws UnreachableError when the credentials of a side cannot be used
 */
export async function drillJobs(context: Context, { prefix, rate }: DrillOptions): Promise<DrillJob[]> {
  const { config, pairs, clients, clock } = context;
  const [source, destination] = [await clients.s3('source'), await clients.s3('destination')];
  return pairs.map((pair) => {
    const { sourceBucket, replicaBucket } = pair.names;
    const counts = noRequestCounts();
    const below = scope(pair, prefix);
    return {
      pair,
      counts,
      replica: {
        name: replicaBucket.name,
        s3: destination,
        requests: new Requests(clock, counts, rate),
        owner: config.destination.account,
        prefix: below,
        ignored: canaryPrefix(pair),
      },
      source: {
        name: sourceBucket.name,
        s3: source,
        requests: new Requests(clock, counts, rate),
        owner: config.source.account,
        prefix: below,
      },
    };
  });
}

function scope({ id, filter }: DeployedPair, prefix: string): string {
  const own = filter?.prefix ?? '';
  if (prefix.startsWith(own)) {
    return prefix;
  }
  if (own.startsWith(prefix)) {
    return own;
  }
  throw new UsageError(
    'OutsideFilter',
    `--prefix ${quoted(prefix)} has nothing of pair ${id}, which is below ${quoted(own)}`,
    'write another prefix, or choose other pairs with --pair',
  );
}
