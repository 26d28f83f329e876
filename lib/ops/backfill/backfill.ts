import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import type { CommandArguments, Context, Outcome } from '../../cli/command';
import { AbortError, UsageError } from '../../errors/errors';
import { boundOf } from './bound';
import { cancelJob } from './cancel';
import { createJobs } from './create';
import { formatBackfill } from './format';
import { foundNothing, hasEnded, isPreparing, type Job } from './job';
import { Jobs } from './jobs';
import { listJobs } from './list';
import { readFilter, refuseFilter } from './options';
import { describeRun } from './plan';
import { requireBackfill } from './preconditions';
import { type BackfillData, exitCodeOf, resultOf } from './result';
import { hintFor, watch } from './watch';

/**
 * Replicates what live replication left behind, with a job of S3 Batch Replication for each pair: makes the jobs, shows what S3
 * counts, asks, runs them and watches them until they end. `watch`, `list` and `cancel` are about jobs that are there.
 *
 * @throws UsageError for options that make no sense, and where the configuration has no backfill
 * @throws AppError when something that a job needs is missing, or another job of a pair is open
 * @throws AbortError when the person declines: the jobs are cancelled
 * @throws UnreachableError when there is no answer, or the person interrupts: the jobs go on, and `watch` comes back to them
 */
export async function backfill(context: Context, args: CommandArguments): Promise<Outcome> {
  if (args.action === undefined) {
    return start(context, readFilter(args));
  }
  refuseFilter(args);
  const jobs = await Jobs.open(context);
  if (args.action === 'list') {
    return listJobs(context, jobs);
  }
  const job = await jobs.describe(jobIdOf(args));
  return args.action === 'cancel' ? cancelJob(context, jobs, job) : finish(context, jobs, [job]);
}

/** The same for what failed, and for nothing else. */
export async function retry(context: Context, args: CommandArguments): Promise<Outcome> {
  return start(context, readFilter(args, ['FAILED']));
}

async function start(context: Context, filter: JobManifestGeneratorFilter): Promise<Outcome> {
  requireBackfill(context.config);
  const jobs = await Jobs.open(context);
  return finish(context, jobs, await createJobs(context, jobs, filter));
}

/** Takes jobs from whatever state they are in to their end. */
async function finish(context: Context, jobs: Jobs, begun: readonly Job[]): Promise<Outcome> {
  const counted = await watch(context, jobs, begun, isPreparing);
  const waiting = counted.filter((job) => job.status === 'Suspended');
  await cancel(jobs, waiting.filter(foundNothing), 'there is nothing to replicate');
  await confirmRun(
    context,
    jobs,
    waiting.filter((job) => !foundNothing(job)),
  );
  const ended = await watch(context, jobs, counted, (job) => !hasEnded(job) && !foundNothing(job));
  const results = await Promise.all(ended.map((job) => resultOf(context, job)));
  const data: BackfillData = { ok: results.every(({ ok }) => ok), deployment: context.config.deployment, jobs: results };
  return { exitCode: exitCodeOf(data), data, text: formatBackfill(data) };
}

/** @throws AbortError when the person declines, or cannot be asked: then the jobs still wait */
async function confirmRun(context: Context, jobs: Jobs, waiting: readonly Job[]): Promise<void> {
  const { config, terminal, yes } = context;
  if (waiting.length === 0) {
    return;
  }
  const bounds = await Promise.all(waiting.map(async (job) => [job.id, await boundOf(context, job)] as const));
  terminal.tell(describeRun(config, waiting, new Map(bounds)));
  if (!yes) {
    try {
      await terminal.confirm(
        waiting.length === 1 ? 'Run the job? No cancels it.' : `Run these ${waiting.length} jobs? No cancels them.`,
      );
    } catch (error) {
      if (!(error instanceof AbortError) || error.code !== 'Declined') {
        throw error instanceof AbortError ? new AbortError(error.code, error.message, hintFor(error, waiting)) : error;
      }
      await cancel(jobs, waiting, 'declined');
      const ids = waiting.map(({ id }) => id).join(', ');
      throw new AbortError('Declined', `nothing was replicated: cancelled ${ids}`);
    }
  }
  for (const { id } of waiting) {
    await jobs.setStatus(id, 'Ready', 'confirmed');
  }
}

async function cancel(jobs: Jobs, unwanted: readonly Job[], why: string): Promise<void> {
  for (const { id } of unwanted) {
    await jobs.setStatus(id, 'Cancelled', why);
  }
}

/** @throws UsageError for what cannot be the id of a job */
function jobIdOf({ action, argument = '' }: CommandArguments): string {
  if (!/^[\w-]{5,36}$/.test(argument)) {
    throw new UsageError(
      'BadJob',
      `${JSON.stringify(argument)} is no id of a job`,
      `write one that npm run ops -- backfill list shows: npm run ops -- backfill ${action} JOB`,
    );
  }
  return argument;
}
