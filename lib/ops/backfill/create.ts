import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import type { Context } from '../../cli/command';
import type { Pair } from '../../config/replication-config';
import { AppError } from '../../errors/errors';
import { describeFilter, isSameFilter } from './filter';
import { isOpen, type Job } from './job';
import type { Jobs } from './jobs';
import { describeCreation } from './plan';
import { checkDeployed } from './preconditions';
import { createJobRequest } from './request';
import { howToGoOn } from './watch';

/** A pair, and the jobs that it has already. */
interface PairJobs {
  readonly pair: Pair;
  /** For the same objects, if there is one; undefined when no job of it is open. */
  readonly open: Job | undefined;
  /** Id of the newest one; undefined when there is none. */
  readonly newest: string | undefined;
}

/**
 * A job for each pair: the open one where an earlier command left one for the same objects, a new one otherwise. New ones wait for a
 * confirmation.
 *
 * @throws AppError when a pair has an open job for other objects, or something that jobs need is missing
 * @throws AbortError when the person declines
 */
export async function createJobs(context: Context, jobs: Jobs, filter: JobManifestGeneratorFilter): Promise<readonly Job[]> {
  const { config, pairs, terminal, yes } = context;
  const rules = await checkDeployed(context);
  const known = await openJobs(jobs, pairs, filter);
  refuseOthers(known, filter);
  const without = known.filter(({ open }) => open === undefined);
  if (without.length > 0) {
    const newPairs = without.map(({ pair }) => pair);
    terminal.tell(describeCreation(config, newPairs, filter, rules));
    if (!yes) {
      await terminal.confirm(without.length === 1 ? 'Create the job?' : `Create these ${without.length} jobs?`);
    }
  }
  const begun: Job[] = [];
  try {
    for (const { pair, open, newest } of known) {
      const job = open ?? (await jobs.describeNew(await jobs.create(createJobRequest(config, pair, filter, newest)), pair));
      terminal.tell(
        `pair ${pair.id}: job ${job.id}${open === undefined ? ' was created' : `, which is there already (${job.status})`}`,
      );
      begun.push(job);
    }
  } catch (error) {
    begun.forEach((job) => terminal.tell(howToGoOn(job)));
    throw error;
  }
  return begun;
}

async function openJobs(jobs: Jobs, pairs: readonly Pair[], filter: JobManifestGeneratorFilter): Promise<readonly PairJobs[]> {
  const listed = await jobs.list(pairs);
  return Promise.all(
    pairs.map(async (pair) => {
      const own = listed.filter((one) => one.pair === pair);
      const open = own.filter(({ found }) => isOpen({ status: found.Status ?? 'New' }));
      const described = await Promise.all(open.map(({ found }) => jobs.describe(found.JobId ?? '')));
      return {
        pair,
        open: described.find((job) => isSameFilter(job.filter, filter)) ?? described[0],
        newest: own[0]?.found.JobId,
      };
    }),
  );
}

/** Two jobs of a bucket run at the same time, and may replicate, and bill, the same objects twice. */
function refuseOthers(known: readonly PairJobs[], filter: JobManifestGeneratorFilter): void {
  const others = known.flatMap(({ open }) => (open === undefined || isSameFilter(open.filter, filter) ? [] : [open]));
  if (others.length > 0) {
    throw new AppError(
      'OtherJob',
      [
        'nothing was created: there are open jobs for other objects:',
        ...others.map(
          ({ id, pair, status, filter: other }) => `pair ${pair.id}, job ${id} (${status}): ${describeFilter(other)}`,
        ),
      ].join('\n  - '),
      'go on with one by npm run ops -- backfill watch JOB, or end it by npm run ops -- backfill cancel JOB',
    );
  }
}
