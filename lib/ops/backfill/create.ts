import type { S3Client } from '@aws-sdk/client-s3';
import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import type { Context } from '../../cli/command';
import { AppError, UsageError } from '../../errors/errors';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { groupsOf } from '../../model/deployment';
import { deployCommand, opsCommand } from '../../model/shell-commands';
import { missingForJobs } from '../batch/deployed';
import { isOpen } from '../batch/job';
import { howToGoOn } from '../batch/watch';
import { ObjectReader } from '../explain/read-object';
import { enableBackfill } from './again';
import { describeFilter, isSameFilter } from './filter';
import type { Job } from './job';
import { createJobRequest, type Jobs, watchedBackfill } from './jobs';
import { describeCreation } from './preview';

/** A pair, and the jobs that it has already. */
interface PairJobs {
  readonly pair: DeployedPair;
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
  refuseOthers(config, known, filter);
  const without = known.filter(({ open }) => open === undefined);
  if (without.length > 0) {
    const newPairs = without.map(({ pair }) => pair);
    terminal.tell(describeCreation(newPairs, filter, rules));
    if (!yes) {
      await terminal.confirm(without.length === 1 ? 'Create the job?' : `Create these ${without.length} jobs?`);
    }
  }
  const begun: Job[] = [];
  try {
    for (const { pair, open, newest } of known) {
      let job = open;
      let wasFound = true;
      if (job === undefined) {
        const created = await jobs.create(createJobRequest(config, pair, filter), newest);
        job = await jobs.describeNew(created.id, pair);
        ({ wasFound } = created);
      }
      terminal.tell(`pair ${pair.id}: job ${job.id}${wasFound ? `, which is there already (${job.status})` : ' was created'}`);
      begun.push(job);
    }
  } catch (error) {
    begun.forEach((job) => terminal.tell(howToGoOn(job, watchedBackfill(config))));
    throw error;
  }
  return begun;
}

async function openJobs(
  jobs: Jobs,
  pairs: readonly DeployedPair[],
  filter: JobManifestGeneratorFilter,
): Promise<readonly PairJobs[]> {
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
function refuseOthers(config: Deployment, known: readonly PairJobs[], filter: JobManifestGeneratorFilter): void {
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
      `continue with one: ${opsCommand(config, 'backfill', 'watch', 'JOB')}; or end it: ${opsCommand(config, 'backfill', 'cancel', 'JOB')}`,
    );
  }
}

/** @throws UsageError when the configuration has no backfill */
export function requireBackfill(config: Deployment): void {
  if (!config.backfill) {
    throw new UsageError(
      'NoBackfill',
      'the configuration has no backfill, so there is neither a role nor a bucket for jobs; nothing was changed',
      enableBackfill(config),
    );
  }
}

/**
 * Makes sure that jobs can work, before one is made and billed: roles and bucket are deployed, and every source bucket has a rule.
 * What may not be asked counts as there.
 *
 * @returns the ids of the rules that are on, by id of the pair
 * @throws AppError that names everything that is missing
 */
async function checkDeployed({ config, pairs, clients }: Context): Promise<ReadonlyMap<string, readonly string[]>> {
  const groups = groupsOf({ ...config, pairs });
  const missing = await missingForJobs(
    { clients },
    {
      buckets: groups.map(({ names }) => names.reportBucket.name),
      roles: pairs.map(({ names }) => names.backfillRole.name),
    },
  );
  const s3 = await clients.s3('source');
  const rules = new Map<string, readonly string[]>();
  for (const pair of pairs) {
    const found = await rulesOf(s3, pair);
    rules.set(pair.id, found);
    if (found.length === 0) {
      missing.push(`a replication rule of bucket ${pair.names.sourceBucket.name} that is on`);
    }
  }
  if (missing.length > 0) {
    throw new AppError(
      'BackfillNotDeployed',
      `backfill needs what is not there, so nothing was changed: ${missing.join(', ')}`,
      `deploy the source: ${groups.map((group) => deployCommand(group, 'source')).join(' && ')}`,
    );
  }
  return rules;
}

async function rulesOf(s3: S3Client, pair: DeployedPair): Promise<readonly string[]> {
  const reader = new ObjectReader(s3, pair.names.sourceBucket.name, '');
  const rules = await reader.rules();
  return rules.filter(({ Status: status }) => status === 'Enabled').map(({ ID: id = 'without an id' }) => id);
}
