import { Requests } from '../../../aws/requests';
import type { Context, Outcome } from '../../../cli/command';
import { CsvFile } from '../../../cli/csv';
import type { DeployedPair } from '../../../model/deployment';
import { reportsOf } from '../../../model/inventory';
import { loadDuckDb } from '../../inventory/duckdb';
import { findReports, maxAgeOf, pairsWithInventory } from '../../inventory/find';
import { bytesOf, type InventoryReport, type ReportBucket } from '../../inventory/reports';
import { conclude, pairReport } from '../conclude';
import { NOT_IN_REPORTS } from '../examine/reported';
import { AuditProgress } from '../progress';
import { CSV_COLUMNS, type InventoryFacts, type Snapshot } from '../report';
import { InventoryAudit } from './compare';
import { downloading } from './duckdb';
import type { PairReports } from './engine';
import type { InventoryOptions } from './options';
import { READ_COLUMNS } from './sql';

/** What the audit of reports takes from the command's own options. */
interface AuditFiles {
  readonly olderThan: number;
  readonly csvFile: string | undefined;
  readonly htmlFile: string | undefined;
}

/** How the reports of one pair were verified, and how long that and the comparison took. */
interface Step extends Pick<Snapshot, 'verified'>, Pick<InventoryFacts['pairs'][number], 'seconds'> {}

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
  const duckDb = options.engine === 'duckdb' ? loadDuckDb('or let Athena compare the reports: --engine athena') : undefined;
  const startedAt = clock.now().toISOString();
  const requests = { list: 0, head: 0, get: 0 };
  const from: ReportBucket = {
    s3: await clients.s3('destination'),
    requests: new Requests(clock, requests, undefined),
    owner: config.destination.account,
  };
  const all = await reportsAbout(context, pairs, from, options);
  const audits = all.map(
    ({ pair, source, replica }) =>
      new InventoryAudit(
        { config, pair, takenAt: { source: source.takenAt, replica: replica.takenAt }, olderThan: files.olderThan },
        signal,
      ),
  );
  const steps: Step[] = [];
  const seconds = (since: Date) => (clock.now().getTime() - since.getTime()) / 1000;
  const engine = duckDb === undefined ? await onAthena(context, all, from) : downloading(context, all, from, duckDb);
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

/** Loads Athena's client only where it is asked. */
const onAthena: typeof import('./athena').athena = (...args) =>
  (require('./athena') as typeof import('./athena')).athena(...args);

/** @throws UnreachableError that names every report that cannot be used */
async function reportsAbout(
  { config, clock }: Context,
  pairs: readonly DeployedPair[],
  from: ReportBucket,
  { date }: InventoryOptions,
): Promise<readonly PairReports[]> {
  const shared = { date, maxAge: maxAgeOf(config), columns: READ_COLUMNS };
  const wanted = pairs.flatMap((pair) => {
    const { replicated, destination } = reportsOf(config, pair);
    const { sourceBucket, replicaBucket } = pair.names;
    return [
      { ...shared, place: replicated, about: sourceBucket.name },
      { ...shared, place: destination, about: replicaBucket.name },
    ];
  });
  const found = await findReports(from, wanted, clock.now());
  return pairs.map((pair, index) => {
    const [source, replica] = found.slice(2 * index) as [InventoryReport, InventoryReport];
    return { pair, source, replica };
  });
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
      const snapshotOf = (report: InventoryReport): Snapshot => ({
        takenAt: report.takenAt.toISOString(),
        files: report.files.length,
        bytes: bytesOf([report]),
        verified,
      });
      return { pair: pair.id, source: snapshotOf(source), replica: snapshotOf(replica), notJudged, duplicates, seconds };
    }),
  };
}
