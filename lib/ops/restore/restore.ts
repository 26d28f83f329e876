import type { RequestCounts } from '../../aws/requests';
import { lockCheckpoint } from '../../cli/checkpoint-file';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { CsvFile } from '../../cli/csv';
import { setListingGc } from '../../cli/gc';
import { plural, whole } from '../../cli/units';
import { withUnwritten } from '../../cli/unwritten';
import { UnreachableError, UsageError } from '../../errors/errors';
import { noRequestCounts, type RestoreRequest, sumOf } from '../copy/model';
import { copier } from '../copy/transfer';
import { streamedKeys } from './batch/choice';
import { Manifest } from './batch/manifest';
import { isAboutJob, oneJob } from './batch/one-job';
import { requireRecovery } from './batch/role';
import { finishBatch, startBatch, uploadList } from './batch/run';
import { begunReports, type PairProgress, type RestoreCheckpoint, readCheckpoint, refuseToForget } from './checkpoint';
import { formatPlan, formatResult } from './format';
import { ReportChoices } from './inventory/reports';
import { type RestoreJob, restoreJobs } from './job';
import { CSV_COLUMNS, endedIn } from './ledger';
import { type RestoreOptions, readOptions } from './options';
import { planPair } from './plan';
import { comparingFirst, requestingArchived, restorePair } from './restore-pair';
import { type JobState, makeResult, type RestoreResult, statusOfRestore } from './result';
import { type PlannedJob, RestoreSession } from './session';

/**
 * Copies, for each key of the replica bucket, the version that was current at a moment, to the source bucket or to another one.
 * Shows a plan first, and asks.
 *
 * @throws UsageError for an option that makes no sense, a target that cannot take anything, and a file that cannot be written
 * @throws AbortError when the person declines
 * @throws UnreachableError when there is no answer, or the person interrupts; `--resume` then goes on
 */
export async function restore(context: Context, args: CommandArguments): Promise<Outcome> {
  if (isAboutJob(args)) {
    return await oneJob(context, args);
  }
  setListingGc(true);
  const options = readOptions(context, args);
  if (options.dryRun) {
    return await runRestore(context, options);
  }
  const release = lockCheckpoint(options.checkpointFile);
  try {
    return await runRestore(context, options);
  } finally {
    release();
  }
}

async function runRestore(context: Context, options: RestoreOptions): Promise<Outcome> {
  const counts = noRequestCounts();
  if (!options.resume && !options.dryRun) {
    refuseToForget(options.checkpointFile);
  }
  if (options.inventory === undefined) {
    return await planAndRun(context, options, counts, await restoreJobs(context, options, counts));
  }
  const begun = options.resume ? begunReports(options.checkpointFile) : {};
  const choices = await ReportChoices.open(context, { ...options, ...options.inventory }, begun, counts);
  try {
    return await planAndRun(context, options, counts, await restoreJobs(context, options, counts, choices));
  } finally {
    await choices.close();
  }
}

async function planAndRun(
  context: Context,
  options: RestoreOptions,
  counts: RequestCounts<RestoreRequest>,
  jobs: readonly RestoreJob[],
): Promise<Outcome> {
  if (options.batch === 'recovery-role') {
    await requireRecovery(context, jobs);
  }
  const description = describeRestore(jobs, options);
  const earlier = options.resume ? readCheckpoint(options.checkpointFile, description) : undefined;
  Object.assign(counts, earlier?.requests);
  const planned: PlannedJob[] = [];
  for (const job of jobs) {
    const known = goneOnWith(earlier?.pairs[job.pair.id]);
    planned.push({ job, ...(known ?? (await plan(context, job, options, counts))) });
  }
  try {
    return await agreeAndRun(context, options, { planned, description, counts, earlier });
  } finally {
    planned.forEach(({ manifest }) => manifest?.remove());
  }
}

/** What a restore is about to do, and how far an earlier one came. */
interface Prepared {
  readonly planned: readonly PlannedJob[];
  readonly description: string;
  readonly counts: RequestCounts<RestoreRequest>;
  readonly earlier: RestoreCheckpoint | undefined;
}

async function agreeAndRun(
  context: Context,
  options: RestoreOptions,
  { planned, description, counts, earlier }: Prepared,
): Promise<Outcome> {
  if (options.batch !== undefined) {
    refuseToReplace(planned, options);
  }
  const result = (states: readonly JobState[], seconds: number) =>
    makeResult(context, options, states, { requests: counts, seconds });
  const before = result(
    planned.map(({ job, plan: known }) => ({ job, plan: known, ledger: undefined, result: undefined })),
    0,
  );
  if (options.dryRun) {
    return new Outcome(statusOfRestore(before), before, formatResult(before));
  }
  await agree(context, before, planned);
  setListingGc(false);
  const csv = options.csvFile === undefined ? undefined : CsvFile.open(options.csvFile, CSV_COLUMNS, earlier?.csvBytes ?? 0);
  const session = new RestoreSession(context, options.checkpointFile, description, counts, csv, planned, earlier?.seconds ?? 0);
  let unwritten: readonly UsageError[];
  try {
    unwritten = await runAll(session, context, options);
  } finally {
    csv?.close();
  }
  const after = result(session.jobs, session.seconds);
  return withUnwritten(new Outcome(statusOfRestore(after), after, formatResult(after)), unwritten, context);
}

/** A pair that was interrupted before S3 was asked for its job has nothing done yet, and its list is gone: it is planned again. */
function goneOnWith(progress: PairProgress | undefined): PairProgress | undefined {
  const job = progress?.batch ?? progress?.asked;
  return progress !== undefined && job === undefined && progress.plan.batch.objects > 0 ? undefined : progress;
}

async function plan(
  { signal, terminal }: Context,
  job: RestoreJob,
  options: RestoreOptions,
  counts: { readonly list: number },
): Promise<Omit<PlannedJob, 'job'>> {
  const sent = counts.list;
  const manifest = options.batch && new Manifest(job.from.name);
  const of = job.report === undefined ? 'both buckets' : 'the report and the target';
  const show = (keys: number) => terminal.progress(`plan: ${whole(keys)} keys of ${of}`);
  const { plan: made, ranges } = await planPair(job, options, signal, show, manifest).catch((error: unknown) => {
    manifest?.remove();
    throw error;
  });
  terminal.progress('');
  return { plan: { ...made, listRequests: counts.list - sent }, ledger: { left: ranges }, ...(manifest && { manifest }) };
}

async function agree({ terminal, yes }: Context, { pairs }: RestoreResult, planned: readonly PlannedJob[]): Promise<void> {
  terminal.tell(pairs.map(formatPlan).join('\n\n'));
  const ended = sumOf(planned.flatMap(({ ledger: { totals } }) => (totals === undefined ? [] : [endedIn(totals)])));
  const again = planned.reduce((sum, { ledger }) => sum + (ledger.unfinished?.length ?? 0), 0);
  if (ended.objects > 0) {
    terminal.tell(`continues: ${whole(ended.objects)} objects have ended; ${whole(again)} of them are tried again`);
  }
  if (!yes) {
    await terminal.confirm('Restore?');
  }
}

/**
 * One pair after the other: each keeps all connections busy.
 *
 * @returns the errors of files that could not be written at the end
 */
async function runAll(session: RestoreSession, context: Context, options: RestoreOptions): Promise<readonly UsageError[]> {
  const { clock, signal, terminal } = context;
  const { storageClass, withoutTags, requestArchived, overwrite, ignoreForeignMarkers, concurrency } = options;
  try {
    // Whether the file can be written shows before anything is copied.
    session.save();
    await startJobs(session, context, options);
    for (const { job, ledger, uploads } of session.jobs) {
      const { from, to } = job;
      const owners = { from: from.owner, to: to.owner };
      const plain = comparingFirst(copier(from, to, { uploads, clock, signal, storageClass, withoutTags, owners }));
      const copy = requestArchived === undefined ? plain : requestingArchived(plain, from, requestArchived);
      const streamed = options.batch === undefined ? job : { ...job, keysOf: streamedKeys(job.keysOf, options) };
      await restorePair(streamed, ledger, {
        copy,
        overwrite,
        ignoreForeignMarkers,
        concurrency,
        signal,
        onProgress: () => session.onProgress(),
      });
    }
    for (const running of session.jobs) {
      running.result = running.batch && (await finishBatch(context, running.job, running.batch));
    }
    return session.finish();
  } catch (error) {
    for (const { job, batch, result } of session.jobs) {
      if (batch !== undefined && result === undefined) {
        terminal.tell(`job ${batch.job} of pair ${job.pair.id} continues in AWS: --resume watches it`);
      }
    }
    if (session.stop()) {
      terminal.tell(`where it was is in ${options.checkpointFile}: repeat the command with --resume to continue`);
    }
    throw error;
  }
}

/** Begins the job of each pair, and writes down what S3 is asked for before anything else: another attempt makes no second job. */
async function startJobs(session: RestoreSession, context: Context, { batch, storageClass }: RestoreOptions): Promise<void> {
  for (const running of session.jobs) {
    const { job, manifest } = running;
    const isRepeated = running.asked !== undefined;
    if (batch !== undefined && manifest !== undefined && manifest.listed.objects > 0) {
      running.asked = await uploadList(context, job, manifest, batch);
      session.save();
    }
    if (batch !== undefined && running.asked !== undefined) {
      try {
        const { wasFound, ...part } = await startBatch(context, job, running.asked, { batch, storageClass }, isRepeated);
        running.batch = part;
        context.terminal.tell(`pair ${job.pair.id}: job ${part.job} ${wasFound ? 'is there already' : 'was created'}`);
      } catch (error) {
        // S3 has refused the job, so there is none.
        running.asked = error instanceof UnreachableError ? running.asked : undefined;
        throw error;
      }
      running.asked = undefined;
      session.save();
    }
  }
}

/**
 * A job replaces what is current in the target, and what is not versioned is gone then.
 *
 * @throws UsageError that names every pair whose target a job could harm
 */
function refuseToReplace(planned: readonly PlannedJob[], { overwrite }: RestoreOptions): void {
  const problems = planned.flatMap(({ job: { pair, target }, plan: { conflict, compare, batch } }) => {
    const current = conflict.objects + compare.objects;
    return [
      ...(current > 0 && !overwrite
        ? [`pair ${pair.id}: ${target.name} has a current version of ${plural(current, 'object')} to restore`]
        : []),
      ...(batch.objects > 0 && !target.versioned
        ? [`pair ${pair.id}: ${target.name} is not versioned, so that a job could destroy what is written meanwhile`]
        : []),
    ];
  });
  if (problems.length > 0) {
    throw new UsageError(
      'BatchReplaces',
      ['S3 Batch Operations checks no condition, and nothing was changed:', ...problems].join('\n  - '),
      'restore into an empty versioned bucket with --to BUCKET, replace what is there with --overwrite, or leave --engine batch out',
    );
  }
}

/** What a checkpoint belongs to. */
function describeRestore(jobs: readonly RestoreJob[], options: RestoreOptions): string {
  const { asOf, prefix, overwrite, ignoreForeignMarkers, storageClass, batch, csvFile } = options;
  return JSON.stringify({
    pairs: jobs.map(({ pair, from, to, report }) => ({
      pair: pair.id,
      from: from.name,
      to: to.name,
      ...(report && { report: { date: report.date, md5: report.md5 } }),
    })),
    asOf: asOf === undefined ? null : new Date(asOf).toISOString(),
    prefix,
    overwrite,
    ignoreForeignMarkers,
    storageClass,
    ...(batch && { batch }),
    csvFile: csvFile ?? null,
  });
}
