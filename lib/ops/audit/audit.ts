import { resolve } from 'node:path';
import { isEmulator } from '../../aws/emulator';
import { lockCheckpoint, NO_CHECKPOINT } from '../../cli/checkpoint-file';
import type { CommandArguments, Context, Outcome } from '../../cli/command';
import { CsvFile } from '../../cli/csv';
import { setListingGc } from '../../cli/gc';
import { assertPageWritable } from '../../cli/html/page';
import { allOptions, fileOption, minutesOption, numberOption } from '../../cli/options';
import { whole } from '../../cli/units';
import { AppError } from '../../errors/errors';
import { conclude, pairReport } from './conclude';
import { readDeepFacts } from './examine/deep';
import { type InventoryOptions, inventoryOptions } from './inventory/options';
import { PairAudit } from './pair-audit';
import { AuditProgress, readCheckpoint } from './progress';
import { type AuditReport, CSV_COLUMNS, type DifferencesFile, REMEDIES, STATES } from './report';
import { type AuditTask, auditTasksOf } from './task';

/** The command's own options. */
interface AuditOptions {
  /** Milliseconds: what is younger may be on its way. */
  readonly olderThan: number;
  /** Percent of the versions to ask more about; 0 for none. */
  readonly deepPercent: number;
  /** Requests a second to each side. @default - as many as there is work for */
  readonly rate: number | undefined;
  /** Go on where the last audit ended. */
  readonly resume: boolean;
  /** Takes the state of an audit that is interrupted. */
  readonly checkpointFile: string;
  /** Takes every difference. */
  readonly csvFile: string | undefined;
  /** Takes the report as a page. */
  readonly htmlFile: string | undefined;
  /** Compares reports of S3 Inventory. @default - lists both buckets */
  readonly inventory: InventoryOptions | undefined;
}

const DEFAULT_OLDER_THAN = 15;
const CHECKPOINT = '.s3-replication-audit.json';

/** Versions that one list request answers. */
const PAGE = 1000;

/**
 * Compares every version of both buckets of each pair, asks S3 why some are missing, and says which of it is wrong.
 *
 * @throws UsageError for an option that makes no sense, and a file that cannot be written
 * @throws AbortError when the person declines what `--deep` costs
 * @throws UnreachableError when there is no answer, or the person interrupts; `--resume` then goes on
 */
export async function audit(context: Context, args: CommandArguments): Promise<Outcome> {
  const options = readOptions(context, args);
  const { checkpointFile, htmlFile } = options;
  assertPageWritable(htmlFile);
  if (options.inventory !== undefined) {
    const { auditInventories } = require('./inventory/audit') as typeof import('./inventory/audit');
    return auditInventories(context, options, options.inventory);
  }
  setListingGc(true);
  const release = lock(checkpointFile, args.values['checkpoint'] !== undefined);
  try {
    return await runAudit(context, options);
  } finally {
    release();
  }
}

/**
 * An audit that writes no file besides its checkpoint runs in a read-only folder too.
 *
 * @param isNamed whether the person wrote where the checkpoint goes
 */
function lock(checkpointFile: string, isNamed: boolean): () => void {
  try {
    return lockCheckpoint(checkpointFile);
  } catch (error) {
    if (!isNamed && error instanceof AppError && error.code === NO_CHECKPOINT) {
      return () => undefined;
    }
    throw error;
  }
}

async function runAudit(context: Context, options: AuditOptions): Promise<Outcome> {
  const { terminal, clock } = context;
  const { deepPercent, checkpointFile, csvFile } = options;
  const requests = { list: 0, head: 0, get: 0 };
  const tasks = await auditTasksOf(context, options, requests);
  const subject = checkpointSubject(tasks, options);
  const earlier = options.resume ? readCheckpoint(checkpointFile, subject) : undefined;
  Object.assign(requests, earlier?.requests);
  if (deepPercent > 0 && earlier === undefined) {
    await agreeOnCost(context, tasks, deepPercent);
  }
  const method = { matchedBy: isEmulator() ? 'age' : 'version-id', deepPercent } as const;
  const deepFacts = deepPercent > 0 ? await readDeepFacts(context) : undefined;
  const audits = tasks.map((task) => {
    const { id } = task.pair;
    return new PairAudit(task, method, deepFacts?.get(id) ?? { replicaKeyArn: null }, earlier?.pairs[id]);
  });
  const csv = csvFile === undefined ? undefined : CsvFile.open(csvFile, CSV_COLUMNS, earlier?.csvBytes ?? 0);
  const startedAt = earlier?.startedAt ?? clock.now().toISOString();
  const checkpoint = { file: checkpointFile, subject };
  const progress = new AuditProgress(context, { checkpoint, startedAt, requests, audits, csv }, earlier);
  await compareAll(progress, audits, context, checkpointFile, csv);
  if (method.matchedBy === 'age') {
    terminal.tell('an emulator gives replicas new version ids: versions of a key are matched by age');
  }
  const found = comparison(audits, deepPercent);
  return conclude(context, options, {
    ...found,
    progress,
    csv,
    startedAt,
    matchedBy: method.matchedBy,
    requests,
    inventory: null,
  });
}

/** @throws UsageError when a number is none */
function readOptions({ directory }: Context, { values }: CommandArguments): AuditOptions {
  return allOptions<AuditOptions>({
    olderThan: () => (minutesOption(values, 'older-than', true) ?? DEFAULT_OLDER_THAN) * 60_000,
    deepPercent: () => numberOption(values, 'deep', 'percentage', 100, 1) ?? 0,
    rate: () => numberOption(values, 'rate', 'number of requests a second', 10_000, 100),
    resume: () => values['resume'] === true,
    checkpointFile: () => fileOption(values, 'checkpoint', directory) ?? resolve(directory, CHECKPOINT),
    csvFile: () => fileOption(values, 'csv', directory),
    htmlFile: () => fileOption(values, 'html', directory),
    inventory: () => inventoryOptions(values),
  });
}

/** The audit that a checkpoint belongs to: another one cannot go on with it. */
function checkpointSubject(tasks: readonly AuditTask[], { olderThan, deepPercent, csvFile }: AuditOptions): string {
  return JSON.stringify({
    pairs: tasks.map(({ pair, source, replica }) => ({ ...pair, source: source.name, replica: replica.name })),
    olderThan,
    deepPercent,
    csvFile: csvFile ?? null,
    // An older version of this command counted other states, and knew other remedies.
    states: STATES,
    remedies: REMEDIES,
  });
}

/** @throws AbortError when the person declines what `--deep` will send */
async function agreeOnCost(context: Context, tasks: readonly AuditTask[], percent: number): Promise<void> {
  const { terminal, yes } = context;
  const each = `--deep ${percent} sends two HEAD requests for ${percent} % of the versions, one to each side`;
  const versions = await countVersions(context, tasks);
  terminal.tell(
    versions === undefined
      ? `${each}: ${whole(20 * percent)} for each 1,000 versions, on top of 2 list requests. CloudWatch does not say how many versions there are`
      : `${each}: about ${whole(2 * Math.ceil((versions * percent) / 100))} for the ${whole(versions)} versions that CloudWatch counts, on top of ${whole(2 * Math.ceil(versions / PAGE))} list requests`,
  );
  if (!yes) {
    await terminal.confirm('Send these requests?');
  }
}

/** An upper bound: the filter's prefix may leave most of a bucket out. Undefined when a bucket's size is not known. */
async function countVersions(context: Context, tasks: readonly AuditTask[]): Promise<number | undefined> {
  const { readDailyMetrics } = require('../../aws/metrics') as typeof import('../../aws/metrics');
  const question = { metric: 'NumberOfObjects', storageType: 'AllStorageTypes' } as const;
  const counts = await Promise.all(tasks.map(({ source }) => readDailyMetrics(context, source.name, [question])));
  return counts.reduce<number | undefined>(
    (sum, [count]) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

/** One pair after the other: each keeps all connections busy. */
async function compareAll(
  progress: AuditProgress,
  audits: readonly PairAudit[],
  { terminal }: Context,
  checkpointFile: string,
  csv: DifferencesFile | undefined,
): Promise<void> {
  try {
    for (const each of audits) {
      await each.run((batch) => progress.take(batch));
    }
  } catch (error) {
    terminal.progress('');
    if (audits.some(({ progress: begun }) => begun !== undefined) && progress.save()) {
      terminal.tell(`what was compared is in ${checkpointFile}: repeat the command with --resume to continue`);
    }
    csv?.close();
    throw error;
  }
}

/** The part of the report that the pairs add up to. */
function comparison(audits: readonly PairAudit[], percent: number): Pick<AuditReport, 'deep' | 'pairs'> {
  const looked = { versions: 0, unknown: 0, skipped: 0, dualLayer: 0 };
  const pairs = audits.map(({ task: { pair, source, replica }, totals }) => {
    looked.versions += totals.deep;
    looked.unknown += totals.deepUnknown;
    looked.skipped += totals.deepSkipped;
    looked.dualLayer += totals.deepDualLayer;
    const buckets = { pair: pair.id, sourceBucket: source.name, replicaBucket: replica.name, prefix: source.prefix };
    return pairReport(buckets, totals);
  });
  return { deep: percent === 0 ? null : { ...looked, percent }, pairs };
}
