import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { setListingGc } from '../../cli/gc';
import { assertPageWritable, writePage } from '../../cli/html/page';
import { withUnwritten } from '../../cli/unwritten';
import { type AppError, UsageError } from '../../errors/errors';
import { worst } from '../../model/status';
import type { Item } from '../copy/model';
import { lookAtTarget } from '../copy/target';
import { drillPair } from './drill-pair';
import { describePlan, formatDrill, type PlannedPair } from './format';
import { htmlDrill } from './html';
import { type DrillJob, drillJobs } from './job';
import { removeLeftovers } from './leftovers';
import { type DrillOptions, readOptions } from './options';
import { measureRecoveryPoint } from './recovery-point';
import { type DrillReport, makeReport, type ReportParts, statusOfReport } from './report';
import { openFolder, writeReport } from './report-files';
import { type GivenBucket, openScratch } from './scratch';
import { restorable, Sample, survey } from './survey';

/** One pair after everything that changes nothing. */
interface ReadyPair extends PlannedPair, Pick<ReportParts, 'startedAt' | 'recoveryPoint' | 'before'> {
  readonly items: Iterable<Item> | AsyncIterable<Item>;
}

/**
 * Restores a sample of each pair, or all of it, into a scratch bucket, compares it with the source, deletes it again, and reports.
 *
 * @throws UsageError for an option that makes no sense, and a bucket that is not empty
 * @throws AbortError when the person declines
 * @throws UnreachableError when there is no answer, or the person interrupts: what the drill made is deleted then
 */
export async function drill(context: Context, args: CommandArguments): Promise<Outcome> {
  setListingGc(true);
  const { terminal, yes, config } = context;
  const options = readOptions(context, args);
  assertPageWritable(options.htmlFile);
  const given = await lookAtScratch(context, options);
  const ready: ReadyPair[] = [];
  for (const job of await drillJobs(context, options)) {
    ready.push(await prepare(context, job, options));
  }
  if (given === undefined) {
    await removeLeftovers(context);
  }
  terminal.tell(describePlan(ready, options));
  if (!yes) {
    await terminal.confirm('Start the drill?');
  }
  setListingGc(false);
  openFolder(options.reportDirectory);
  const reports: DrillReport[] = [];
  const files: string[] = [];
  const unwritten: AppError[] = [];
  for (const one of ready) {
    const report = await run(context, one, given, options);
    reports.push(report);
    try {
      files.push(...writeReport(options.reportDirectory, report));
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      unwritten.push(error);
    }
  }
  const status = worst(reports.map(statusOfReport), 'there is no pair');
  unwritten.push(...writePage(options.htmlFile, () => htmlDrill(config, reports, status.status)));
  const data = { deployment: config.deployment, reports, files };
  return withUnwritten(new Outcome(status, data, formatDrill(reports, files)), unwritten, context);
}

/** Looks at the bucket that `--to` names. */
async function lookAtScratch(context: Context, options: DrillOptions): Promise<GivenBucket> {
  const { to } = options;
  const [pair] = context.pairs;
  if (to === undefined || pair === undefined) {
    return undefined;
  }
  const target = await lookAtTarget(context, pair, { to, overwrite: false });
  if (target.replicated) {
    throw new UsageError(
      'Replicated',
      `bucket ${to} is replicated: what a drill writes there would be replicated, and charged for, and stay`,
      'name an empty bucket without replication, or leave --to out',
    );
  }
  return { name: target.name, s3: target.s3 };
}

/** Everything that is only read: what there is to restore, and what is not in the replica bucket. */
async function prepare(context: Context, job: DrillJob, options: DrillOptions): Promise<ReadyPair> {
  const { clock, signal, terminal } = context;
  const { replica, pair } = job;
  const { asOf, rate, seed } = options;
  const startedAt = clock.now();
  const since = (start: Date) => (clock.now().getTime() - start.getTime()) / 1000;
  terminal.progress(`drill of ${pair.id}: listing ${replica.name}`);
  const sample = options.sample === undefined ? undefined : new Sample(options.sample, seed);
  const found = await survey(job, asOf, signal, sample);
  const list = since(startedAt);
  terminal.progress(`drill of ${pair.id}: comparing the listings of both buckets`);
  const listed = clock.now();
  const recoveryPoint = await measureRecoveryPoint(context, job, rate, found.newest);
  terminal.progress('');
  const items = sample?.items();
  const chosen =
    items === undefined ? found.objects : { objects: items.length, bytes: items.reduce((sum, { size }) => sum + size, 0) };
  return {
    job,
    survey: found,
    chosen,
    items: items ?? restorable(replica, asOf),
    startedAt: startedAt.toISOString(),
    recoveryPoint,
    before: { list, recoveryPoint: since(listed) },
  };
}

async function run(context: Context, ready: ReadyPair, given: GivenBucket, options: DrillOptions): Promise<DrillReport> {
  const { clock, config, terminal } = context;
  const { job, items, survey: found, startedAt, recoveryPoint, before } = ready;
  const scratch = await openScratch(context, job, given, options);
  let drilled: ReportParts['drilled'];
  try {
    drilled = await drillPair(context, job, scratch, items, options);
  } catch (error) {
    terminal.progress('');
    const left = await scratch.close();
    terminal.tell(left ?? 'what the drill made is deleted');
    throw error;
  }
  const began = clock.now();
  const left = await scratch.close();
  return makeReport({
    config,
    job,
    options,
    survey: found,
    recoveryPoint,
    before,
    drilled,
    closing: (clock.now().getTime() - began.getTime()) / 1000,
    startedAt,
    endedAt: clock.now().toISOString(),
    scratch: { bucket: scratch.bucket.name, made: scratch.made },
    left: left === undefined ? [] : [left],
  });
}
