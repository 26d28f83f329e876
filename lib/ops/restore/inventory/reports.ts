import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RequestCounts, Requests } from '../../../aws/requests';
import type { Context } from '../../../cli/command';
import { bytes } from '../../../cli/units';
import { UsageError } from '../../../errors/errors';
import { quoted } from '../../../errors/visible';
import type { DeployedPair } from '../../../model/deployment';
import { reportsOf } from '../../../model/inventory';
import { canaryPrefix } from '../../../model/names';
import type { OwnedBucket, RestoreRequest } from '../../copy/model';
import { assertFits, TemporaryFolder } from '../../inventory/download';
import { type Api, DuckDb, loadDuckDb } from '../../inventory/duckdb';
import { findReports, maxAgeOf, pairsWithInventory } from '../../inventory/find';
import { bytesOf, type InventoryReport, type ReportBucket } from '../../inventory/reports';
import type { Replicas } from '../job';
import type { RestoreOptions } from '../options';
import { ChosenTable, ReportStream } from './chosen';
import { CHOICE_COLUMNS, type Choice, listedSql } from './sql';

/** What DuckDB writes for each byte of a report: while it sorts, and what it keeps until the restore ends. Measured, and rounded up. */
const SPILL = 1.2;
const KEPT = 1.3;

/** The reports about the replica buckets of all pairs, and what is chosen from them. */
export class ReportChoices {
  private readonly folder = new TemporaryFolder();
  private readonly tables = new Map<string, Promise<ChosenTable>>();
  private database: Promise<DuckDb> | undefined;

  private constructor(
    private readonly context: Context,
    private readonly api: Api,
    private readonly from: ReportBucket,
    private readonly options: Pick<RestoreOptions, 'asOf' | 'prefix'>,
    private readonly reports: ReadonlyMap<DeployedPair, InventoryReport>,
  ) {}

  /**
   * Finds the reports, in the backup account. Their files are read when something of a pair is asked for.
   *
   * @param begun names of reports that an interrupted restore has chosen from, by pair
   * @throws UsageError when a pair has no inventory, DuckDB is not there, the disk is too small, or a report cannot have what is asked for
   * @throws UnreachableError when a report is missing, stale, or not whole and as S3 wrote it; and when the person interrupts
   */
  static async open(
    context: Context,
    options: Pick<RestoreOptions, 'asOf' | 'prefix'> & { readonly date: string | undefined },
    begun: Readonly<Record<string, string>>,
    counts: RequestCounts<RestoreRequest>,
  ): Promise<ReportChoices> {
    const { clients, clock, config } = context;
    const pairs = pairsWithInventory(context);
    const api = loadDuckDb('or choose from a listing: leave --from-inventory out');
    const from = {
      s3: await clients.s3('destination'),
      requests: new Requests(clock, counts, undefined),
      owner: config.destination.account,
    };
    const wanted = pairs.map((pair) => ({
      place: reportsOf(config, pair).destination,
      about: pair.names.replicaBucket.name,
      date: options.date ?? begun[pair.id],
      maxAge: maxAgeOf(config),
      columns: CHOICE_COLUMNS,
    }));
    const reports = await findReports(from, wanted, clock.now());
    const found = new Map(pairs.map((pair, index) => [pair, reports[index] as InventoryReport]));
    refuseWhatIsNotIn(found, options);
    const choices = new ReportChoices(context, api, from, options, found);
    try {
      choices.assertFits();
    } catch (error) {
      await choices.close();
      throw error;
    }
    return choices;
  }

  get pairs(): readonly DeployedPair[] {
    return [...this.reports.keys()];
  }

  /** @param bucket the replica bucket of the pair */
  of(pair: DeployedPair, bucket: OwnedBucket): Replicas & { readonly report: InventoryReport } {
    const { asOf, prefix } = this.options;
    const choice = { asOf, prefix, ignored: canaryPrefix(pair) };
    const report = this.reports.get(pair) as InventoryReport;
    const table = () => this.table(pair, report, choice);
    return {
      report,
      ranges: async () => (await table()).ranges(),
      stream: (range) => new ReportStream(table, range, bucket, choice),
    };
  }

  /** Removes what was written on disk. */
  async close(): Promise<void> {
    this.context.terminal.progress('');
    try {
      await (await this.database)?.close();
    } finally {
      this.folder.remove();
    }
  }

  /** Pairs are planned and restored one after another, so that the files of one report are on disk at a time. */
  private table(pair: DeployedPair, report: InventoryReport, choice: Choice): Promise<ChosenTable> {
    const known = this.tables.get(pair.id) ?? this.choose(pair, report, choice);
    this.tables.set(pair.id, known);
    return known;
  }

  private async choose({ id }: DeployedPair, report: InventoryReport, choice: Choice): Promise<ChosenTable> {
    const { terminal, signal } = this.context;
    const name = `choice_${this.tables.size}`;
    this.database ??= DuckDb.start(this.api, join(this.folder.path, 'choice'), signal, Math.max(0, ...this.sizes), true);
    const database = await this.database;
    const remove = await database.load({ replica: report }, this.from, (read) =>
      terminal.progress(`restore: ${read} of the report about pair ${id}`),
    );
    terminal.progress(`restore: DuckDB sorts the report about pair ${id}`);
    const table = await ChosenTable.make(database, name, listedSql(choice, database.dialect), choice);
    await remove();
    return table;
  }

  /** Bytes of each report. */
  private get sizes(): readonly number[] {
    return [...this.reports.values()].map((report) => bytesOf([report]));
  }

  private assertFits(): void {
    const { sizes } = this;
    const needed = Math.ceil(Math.max(0, ...sizes) * (1 + SPILL) + sizes.reduce((sum, size) => sum + size, 0) * KEPT);
    this.context.terminal.tell(
      `DuckDB chooses from the reports in ${tmpdir()}, and needs at most ${bytes(needed)} of disk there until the restore ends`,
    );
    assertFits(this.folder, needed, '');
  }
}

/** @throws UsageError that names every pair whose report cannot have what is asked for: it would look as if there were nothing */
function refuseWhatIsNotIn(
  reports: ReadonlyMap<DeployedPair, InventoryReport>,
  { asOf, prefix }: Pick<RestoreOptions, 'asOf' | 'prefix'>,
): void {
  const problems = [...reports].flatMap(([pair, { date, takenAt }]) => {
    const filter = pair.filter?.prefix ?? '';
    return [
      ...(asOf !== undefined && asOf > takenAt.getTime()
        ? [
            `pair ${pair.id}: --as-of ${new Date(asOf).toISOString()} is later than report ${date}, for which S3 began to look at ${takenAt.toISOString()}`,
          ]
        : []),
      ...(filter.startsWith(prefix) || prefix.startsWith(filter)
        ? []
        : [`pair ${pair.id}: the report lists only keys below ${quoted(filter)}, and none below --prefix ${quoted(prefix)}`]),
    ];
  });
  if (problems.length > 0) {
    throw new UsageError(
      'NotInReport',
      ['the inventory reports do not have what is asked for:', ...problems].join('\n  - '),
      'write an --as-of up to the time of the report, name a later report with --from-inventory DATE, or leave --from-inventory out to list the bucket',
    );
  }
}
