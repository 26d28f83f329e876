import { lockCheckpoint } from '../../cli/checkpoint-file';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { CsvFile } from '../../cli/csv';
import { setEagerGc } from '../../cli/gc';
import { whole } from '../../cli/units';
import { withUnwritten } from '../../cli/unwritten';
import type { UsageError } from '../../errors/errors';
import { noRequestCounts, sumOf } from '../copy/model';
import { copier } from '../copy/transfer';
import { readCheckpoint, refuseToForget } from './checkpoint';
import { formatPlan, formatResult } from './format';
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
  setEagerGc(true);
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
  const jobs = await restoreJobs(context, options, counts);
  const description = describeRestore(jobs, options);
  const earlier = options.resume ? readCheckpoint(options.checkpointFile, description) : undefined;
  Object.assign(counts, earlier?.requests);
  const planned: PlannedJob[] = [];
  for (const job of jobs) {
    const known = earlier?.pairs[job.pair.id];
    planned.push({ job, ...(known ?? (await plan(context, job, options, counts))) });
  }
  const result = (states: readonly JobState[], seconds: number) =>
    makeResult(context, options, states, { requests: counts, seconds });
  const before = result(
    planned.map(({ job, plan: known }) => ({ job, plan: known, ledger: undefined })),
    0,
  );
  if (options.dryRun) {
    return new Outcome(statusOfRestore(before), before, formatResult(before));
  }
  await agree(context, before, planned);
  setEagerGc(false);
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

async function plan(
  { signal, terminal }: Context,
  job: RestoreJob,
  options: RestoreOptions,
  counts: { readonly list: number },
): Promise<Omit<PlannedJob, 'job'>> {
  const sent = counts.list;
  const { plan: made, ranges } = await planPair(job, options, signal, (keys) =>
    terminal.progress(`plan: ${whole(keys)} keys of both buckets`),
  );
  terminal.progress('');
  return { plan: { ...made, listRequests: counts.list - sent }, ledger: { left: ranges } };
}

async function agree({ terminal, yes }: Context, { pairs }: RestoreResult, planned: readonly PlannedJob[]): Promise<void> {
  terminal.tell(pairs.map(formatPlan).join('\n\n'));
  const ended = sumOf(planned.flatMap(({ ledger: { totals } }) => (totals === undefined ? [] : [endedIn(totals)])));
  const again = planned.reduce((sum, { ledger }) => sum + (ledger.unfinished?.length ?? 0), 0);
  if (ended.objects > 0) {
    terminal.tell(`goes on: ${whole(ended.objects)} objects have ended; ${whole(again)} of them are tried again`);
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
    for (const { job, ledger, uploads } of session.jobs) {
      const { from, to } = job;
      const owners = { from: from.owner, to: to.owner };
      const plain = comparingFirst(copier(from, to, { uploads, clock, signal, storageClass, withoutTags, owners }));
      const copy = requestArchived === undefined ? plain : requestingArchived(plain, from, requestArchived);
      await restorePair(job, ledger, {
        copy,
        overwrite,
        ignoreForeignMarkers,
        concurrency,
        signal,
        onProgress: () => session.onProgress(),
      });
    }
    return session.finish();
  } catch (error) {
    if (session.stop()) {
      terminal.tell(`where it was is in ${options.checkpointFile}: repeat the command with --resume to go on`);
    }
    throw error;
  }
}

/** What a checkpoint belongs to. */
function describeRestore(jobs: readonly RestoreJob[], options: RestoreOptions): string {
  const { asOf, prefix, overwrite, ignoreForeignMarkers, storageClass, csvFile } = options;
  return JSON.stringify({
    pairs: jobs.map(({ pair, from, to }) => ({ pair: pair.id, from: from.name, to: to.name })),
    asOf: asOf === undefined ? null : new Date(asOf).toISOString(),
    prefix,
    overwrite,
    ignoreForeignMarkers,
    storageClass,
    csvFile: csvFile ?? null,
  });
}
