import type { JobManifestGeneratorFilter, JobStatus } from '@aws-sdk/client-s3-control';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { table } from '../../cli/table';
import { whole } from '../../cli/units';
import { AbortError, UnreachableError, UsageError } from '../../errors/errors';
import type { Deployment } from '../../model/deployment';
import { opsCommand } from '../../model/shell-commands';
import { worst } from '../../model/status';
import { cancelJob, jobIdOf } from '../batch/cancel';
import { hasEnded, isPreparing, type JobObjects, toObjects } from '../batch/job';
import { hintFor, watch } from '../batch/watch';
import { createJobs, requireBackfill } from './create';
import { describeFilter, readFilter, refuseFilter } from './filter';
import { foundNothing, type Job } from './job';
import { Jobs, watchedBackfill } from './jobs';
import { boundOf, describeRun } from './preview';
import { type BackfillData, formatBackfill, resultOf, statusOfJob } from './result';

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
  const command = (...words: readonly string[]) => opsCommand(context.config, 'backfill', ...words);
  const example = `write one that ${command('list')} shows: ${command(args.action, 'JOB')}`;
  const job = await jobs.describe(jobIdOf(args.argument ?? '', example));
  if (args.action !== 'cancel') {
    return finish(context, jobs, [job]);
  }
  const { data, text } = await cancelJob(context, jobs, job, { about: describeFilter(job.filter), done: 'replicated' });
  return new Outcome({ status: 'ok', seen: [text] }, data, text);
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
  const watched = watchedBackfill(context.config);
  const counted = await watch(context, watched, jobs, begun, isPreparing);
  const waiting = counted.filter((job) => job.status === 'Suspended');
  await cancel(jobs, waiting.filter(foundNothing), 'there is nothing to replicate');
  await confirmRun(
    context,
    jobs,
    waiting.filter((job) => !foundNothing(job)),
  );
  const ended = await watch(context, watched, jobs, counted, (job) => !hasEnded(job) && !foundNothing(job));
  const results = await Promise.all(ended.map((job) => resultOf(context, job)));
  const data: BackfillData = { deployment: context.config.deployment, jobs: results };
  return new Outcome(worst(ended.map(statusOfJob), 'there is no job'), data, formatBackfill(data));
}

/**
 * @throws AbortError when the person declines
 * @throws UsageError without a terminal to ask on, UnreachableError when the person interrupts: the jobs still wait
 */
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
        throw stillWaiting(config, error, waiting);
      }
      await cancel(jobs, waiting, 'declined');
      const ids = waiting.map(({ id }) => id).join(', ');
      throw new AbortError('Declined', `Nothing was replicated: cancelled ${ids}.`);
    }
  }
  for (const { id } of waiting) {
    await jobs.setStatus(id, 'Ready', 'confirmed');
  }
}

/** The error that left the question without an answer, with how to come back to the jobs. */
function stillWaiting(config: Deployment, error: unknown, waiting: readonly Job[]): unknown {
  const watched = watchedBackfill(config);
  if (error instanceof UsageError) {
    return new UsageError(error.code, error.message, hintFor(error, waiting, watched));
  }
  return error instanceof UnreachableError
    ? new UnreachableError(error.code, error.message, hintFor(error, waiting, watched))
    : error;
}

async function cancel(jobs: Jobs, unwanted: readonly Job[], why: string): Promise<void> {
  for (const { id } of unwanted) {
    await jobs.setStatus(id, 'Cancelled', why);
  }
}

/** A job in the list. */
interface JobRow {
  /** Id of the job. */
  readonly job: string;
  /** Id of the pair. */
  readonly pair: string;
  readonly jobStatus: JobStatus | null;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly endedAt: string | null;
  readonly description: string;
  readonly objects: JobObjects;
}

/** Lists the jobs of the chosen pairs that S3 still knows, the newest first. */
async function listJobs({ config, pairs, terminal }: Context, jobs: Jobs): Promise<Outcome> {
  const rows = (await jobs.list(pairs)).map(
    ({ pair, found }): JobRow => ({
      job: found.JobId ?? '',
      pair: pair.id,
      jobStatus: found.Status ?? null,
      createdAt: found.CreationTime?.toISOString() ?? null,
      endedAt: found.TerminationDate?.toISOString() ?? null,
      description: found.Description ?? '',
      objects: toObjects(found.Status ?? 'New', found.ProgressSummary),
    }),
  );
  const text =
    rows.length === 0
      ? `no job of deployment ${config.deployment}; S3 forgets a job 90 days after its end`
      : table([['job', 'pair', 'status', 'created', 'objects', 'done', 'failed'], ...rows.map(cells)], terminal.columns).join(
          '\n',
        );
  return new Outcome({ status: 'ok', seen: [`${rows.length} jobs listed`] }, { deployment: config.deployment, jobs: rows }, text);
}

function cells({ job, pair, jobStatus, createdAt, objects: { total, succeeded, failed } }: JobRow): string[] {
  return [
    job,
    pair,
    jobStatus ?? '',
    createdAt ?? '',
    total === null ? '' : whole(total),
    whole(succeeded + failed),
    whole(failed),
  ];
}
