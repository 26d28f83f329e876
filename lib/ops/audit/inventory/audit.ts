import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Requests } from '../../../aws/requests';
import type { Context, Outcome } from '../../../cli/command';
import { CsvFile } from '../../../cli/csv';
import { bytes, plural } from '../../../cli/units';
import { UnreachableError, UsageError } from '../../../errors/errors';
import type { DeployedPair } from '../../../model/deployment';
import { hasInventory, reportsOf } from '../../../model/inventory';
import { someAtOnce } from '../../explain/read-object';
import { conclude, pairReport } from '../conclude';
import { NOT_IN_REPORTS } from '../examine/reported';
import { AuditProgress } from '../progress';
import { CSV_COLUMNS, type InventoryFacts, type Snapshot } from '../report';
import { InventoryAudit } from './compare';
import { assertFits, diskFor, downloadReport, TemporaryFolder } from './download';
import { loadDuckDb, openWithDuckDb } from './duckdb';
import type { ReportTables } from './engine';
import type { InventoryOptions } from './options';
import { findReport, type InventoryReport, LATE, type ReportBucket } from './reports';

/** What the audit of reports takes from the command's own options. */
interface AuditFiles {
  readonly olderThan: number;
  readonly csvFile: string | undefined;
  readonly htmlFile: string | undefined;
}

/** Both reports of one pair. */
interface PairReports {
  readonly pair: DeployedPair;
  readonly source: InventoryReport;
  readonly replica: InventoryReport;
}

/** Opens the reports of one pair as tables. What it makes is removed when they are closed. */
type Open = (reports: PairReports) => Promise<ReportTables>;

/** An engine that is ready. */
interface Ready {
  readonly open: Open;
  close(): Promise<void>;
}

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
  const duckDb = loadDuckDb();
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
  const engine = downloading(context, all, from, duckDb);
  const csv = files.csvFile === undefined ? undefined : CsvFile.open(files.csvFile, CSV_COLUMNS, 0);
  const progress = new AuditProgress(context, { startedAt, requests, audits, csv });
  try {
    for (const [index, reports] of all.entries()) {
      const tables = await engine.open(reports);
      try {
        await audits[index]?.run(tables, (differences) => progress.take({ differences }));
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
  return conclude(context, files, {
    progress,
    csv,
    startedAt,
    matchedBy: 'version-id',
    requests,
    deep: null,
    inventory: factsOf(all, audits, options),
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
  const without = pairs.filter((pair) => !hasInventory(config, pair)).map(({ id }) => id);
  if (without.length > 0) {
    throw new UsageError(
      'NoInventory',
      `${plural(without.length, 'pair')} without an inventory: ${without.join(', ')}`,
      'name the other pairs with --pair, or write "inventory": true into these pairs and deploy',
    );
  }
  return pairs;
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

/** DuckDB reads files of this machine: those of one pair at a time. */
function downloading(
  { terminal, signal }: Context,
  all: readonly PairReports[],
  from: ReportBucket,
  duckDb: ReturnType<typeof loadDuckDb>,
): Ready {
  const folder = new TemporaryFolder();
  try {
    const most = Math.max(0, ...all.map(({ source, replica }) => diskFor([source, replica])));
    terminal.tell(
      `reads the reports with DuckDB in ${tmpdir()}, and needs at most ${bytes(most)} of disk there, for as long as it runs`,
    );
    all.forEach(({ source, replica }) => assertFits(folder, [source, replica]));
  } catch (error) {
    folder.remove();
    throw error;
  }
  return {
    async open({ pair, source, replica }) {
      const path = join(folder.path, 'reports');
      mkdirSync(path);
      let done = 0;
      const total = bytes([source, replica].flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0));
      const onBytes = (count: number) => {
        done += count;
        terminal.progress(`audit: ${bytes(done)} of ${total} of the reports about pair ${pair.id}`);
      };
      const paths = {
        source: await downloadReport(from, source, path, 'source', signal, onBytes),
        replica: await downloadReport(from, replica, path, 'replica', signal, onBytes),
      };
      terminal.progress(`audit: DuckDB compares the reports about pair ${pair.id}`);
      const tables = await openWithDuckDb(duckDb, paths, path, signal);
      return {
        dialect: tables.dialect,
        derive: (name, sql) => tables.derive(name, sql),
        read: (sql) => tables.read(sql),
        async close() {
          await tables.close();
          rmSync(path, { recursive: true, force: true });
        },
      };
    },
    async close() {
      folder.remove();
    },
  };
}

function factsOf(all: readonly PairReports[], audits: readonly InventoryAudit[], { engine }: InventoryOptions): InventoryFacts {
  return {
    engine,
    notShown: NOT_IN_REPORTS,
    pairs: all.map(({ pair, source, replica }, index) => {
      const { duplicates, ...notJudged } = (audits[index] as InventoryAudit).notJudged;
      return { pair: pair.id, source: snapshotOf(source), replica: snapshotOf(replica), notJudged, duplicates };
    }),
  };
}

function snapshotOf({ takenAt, files }: InventoryReport): Snapshot {
  return { takenAt: takenAt.toISOString(), files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
