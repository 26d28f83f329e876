import { Requests } from '../../../aws/requests';
import type { Context, Outcome } from '../../../cli/command';
import { CsvFile } from '../../../cli/csv';
import { plural } from '../../../cli/units';
import { UnreachableError, UsageError } from '../../../errors/errors';
import type { DeployedPair } from '../../../model/deployment';
import { hasInventory, reportsOf } from '../../../model/inventory';
import { someAtOnce } from '../../explain/read-object';
import { conclude, pairReport } from '../conclude';
import { NOT_IN_REPORTS } from '../examine/reported';
import { AuditProgress } from '../progress';
import { CSV_COLUMNS, type InventoryFacts, type Snapshot } from '../report';
import { athena } from './athena';
import { InventoryAudit } from './compare';
import { downloading, loadDuckDb } from './duckdb';
import type { PairReports } from './engine';
import type { InventoryOptions } from './options';
import { findReport, type InventoryReport, LATE, type ReportBucket } from './reports';

/** What the audit of reports takes from the command's own options. */
interface AuditFiles {
  readonly olderThan: number;
  readonly csvFile: string | undefined;
  readonly htmlFile: string | undefined;
}

/** How the reports of one pair were verified, and how long that and the comparison took. */
interface Step extends Pick<Snapshot, 'verified'>, Pick<InventoryFacts['pairs'][number], 'seconds'> {}

const DAY = 24 * 60 * 60 * 1000;
const EVERY = { Daily: DAY, Weekly: 7 * DAY } as const;

/**
 * Compares the reports of S3 Inventory about both buckets of each pair. They are read in the backup account, with its credentials alone: the
 * source's reports are replicated there.
 *
 * @throws UsageError when a pair has no inventory, the engine is not there, or the disk is too small
 * @throws AbortError when the person declines what it costs
 * @throws UnreachableError when a report is missing, stale, or not whole and as S3 wrote it; and when the person interrupts
 */
export async function auditInventories(context: Context, files: AuditFiles, options: InventoryOptions): Promise<Outcome> {
  const { clients, clock, config, signal } = context;
  const pairs = pairsWithInventory(context);
  const duckDb = options.engine === 'duckdb' ? loadDuckDb() : undefined;
  const startedAt = clock.now().toISOString();
  const requests = { list: 0, head: 0, get: 0 };
  const from: ReportBucket = {
    s3: await clients.s3('destination'),
    requests: new Requests(clock, requests, undefined),
    owner: config.destination.account,
  };
  const all = await findReports(context, pairs, from, options);
  const audits = all.map(
    ({ pair, source, replica }) =>
      new InventoryAudit(
        { config, pair, takenAt: { source: source.takenAt, replica: replica.takenAt }, olderThan: files.olderThan },
        signal,
      ),
  );
  const steps: Step[] = [];
  const seconds = (since: Date) => (clock.now().getTime() - since.getTime()) / 1000;
  const engine = duckDb === undefined ? await athena(context, all, from) : downloading(context, all, from, duckDb);
  const compare = async () => {
    const csv = files.csvFile === undefined ? undefined : CsvFile.open(files.csvFile, CSV_COLUMNS, 0);
    const progress = new AuditProgress(context, { startedAt, requests, audits, csv });
    try {
      for (const [index, reports] of all.entries()) {
        const begun = clock.now();
        const tables = await engine.open(reports);
        const [verify, opened] = [seconds(begun), clock.now()];
        try {
          await audits[index]?.run(tables, (differences) => progress.take({ differences }));
          steps.push({ verified: tables.verified, seconds: { verify, compare: seconds(opened) } });
        } finally {
          await tables.close();
        }
      }
    } catch (error) {
      context.terminal.progress('');
      csv?.close();
      throw error;
    } finally {
      await engine.close();
    }
    return { csv, progress };
  };
  const compared = await compare();
  return conclude(context, files, {
    ...compared,
    startedAt,
    matchedBy: 'version-id',
    requests,
    deep: null,
    inventory: factsOf(all, audits, steps, options),
    pairs: all.map(({ pair, source, replica }, index) =>
      pairReport(
        { pair: pair.id, sourceBucket: source.about, replicaBucket: replica.about, prefix: pair.filter?.prefix ?? '' },
        (audits[index] as InventoryAudit).totals,
      ),
    ),
  });
}

/** @throws UsageError when a pair that is to be audited has none: a smaller audit would look like the whole one */
function pairsWithInventory({ config, pairs }: Context): readonly DeployedPair[] {
  if (config.inventory === undefined) {
    throw new UsageError(
      'NoInventory',
      'the configuration has no inventory, so that there are no reports',
      'write "inventory": {} into it and deploy; S3 delivers the first reports up to 48 hours later',
    );
  }
  // The pair that replicates the reports has none itself.
  const audited = pairs.filter(({ reportDays }) => reportDays === undefined);
  const without = audited.filter((pair) => !hasInventory(config, pair)).map(({ id }) => id);
  if (without.length > 0 || audited.length === 0) {
    throw new UsageError(
      'NoInventory',
      audited.length === 0
        ? 'the pair that replicates the reports has no inventory itself'
        : `${plural(without.length, 'pair')} without an inventory: ${without.join(', ')}`,
      'name the other pairs with --pair, or write "inventory": true into these pairs and deploy',
    );
  }
  return audited;
}

/** @throws UnreachableError that names every report that cannot be used */
async function findReports(
  { config, clock }: Context,
  pairs: readonly DeployedPair[],
  from: ReportBucket,
  { date }: InventoryOptions,
): Promise<readonly PairReports[]> {
  const maxAge = EVERY[config.inventory?.frequency ?? 'Daily'] + LATE;
  const now = clock.now();
  const problems: UnreachableError[] = [];
  const found = await someAtOnce(pairs, async (pair) => {
    const { replicated, destination } = reportsOf(config, pair);
    const { sourceBucket, replicaBucket } = pair.names;
    const reports = await Promise.allSettled([
      findReport(from, { place: replicated, about: sourceBucket.name, date, maxAge }, now),
      findReport(from, { place: destination, about: replicaBucket.name, date, maxAge }, now),
    ]);
    const [source, replica] = reports.map((report) => {
      if (report.status === 'fulfilled') {
        return report.value;
      }
      if (!(report.reason instanceof UnreachableError)) {
        throw report.reason;
      }
      problems.push(report.reason);
      return undefined;
    });
    return source === undefined || replica === undefined ? [] : [{ pair, source, replica }];
  });
  const [first] = problems;
  if (first !== undefined) {
    const messages = [...new Set(problems.map(({ message }) => message))];
    throw messages.length === 1
      ? first
      : new UnreachableError(
          'NoReports',
          `${messages.length} inventory reports cannot be used:\n${messages.map((message) => `  - ${message}`).join('\n')}`,
          first.hint,
          { cause: first.cause },
        );
  }
  return found.flat();
}

function factsOf(
  all: readonly PairReports[],
  audits: readonly InventoryAudit[],
  steps: readonly Step[],
  { engine }: InventoryOptions,
): InventoryFacts {
  return {
    engine,
    notShown: NOT_IN_REPORTS,
    pairs: all.map(({ pair, source, replica }, index) => {
      const { verified, seconds } = steps[index] as Step;
      const { duplicates, ...notJudged } = (audits[index] as InventoryAudit).notJudged;
      const snapshotOf = ({ takenAt, files }: InventoryReport): Snapshot => ({
        takenAt: takenAt.toISOString(),
        files: files.length,
        bytes: files.reduce((sum, file) => sum + file.bytes, 0),
        verified,
      });
      return { pair: pair.id, source: snapshotOf(source), replica: snapshotOf(replica), notJudged, duplicates, seconds };
    }),
  };
}
