import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { optionalDependencies } from '../../../package.json';
import { interruption, stopIfInterrupted } from '../../aws/clock';
import { bytes } from '../../cli/units';
import { messageOf, UnreachableError, UsageError } from '../../errors/errors';
import { REPORT_COLUMNS } from '../../model/inventory';
import { downloadReports, type Reports } from './download';
import { bytesOf, type ReportBucket } from './reports';
import { type Dialect, literal, type Row, TABLES, type Table } from './sql';

const PACKAGE = '@duckdb/node-api';

/** Each thread needs memory of its own. */
const MOST_THREADS = 4;

/**
 * What DuckDB keeps in memory before it writes to disk: bytes, and for each thread and byte of the reports that are read at the same time. It divides a join that
 * does not fit into parts that do, and keeps a little of each: two threads with 400 MB could not join 100 million versions a side, 21 GB of reports, and with
 * 500 MB they could. The process has 150 to 350 MB more: bench/inventory.
 */
const MEMORY = 300e6;
const MEMORY_PER_BYTE = 0.0075;

const DIALECT: Dialect = {
  // 64 bits take less memory and disk than the text. A difference stays hidden only where a missing version and an extra one of the same size have the same
  // hash; all other collisions make suspects, whose rows have the text again.
  matched: (...texts) => `hash(${texts.join(', ')})`,
  keepsTables: true,
  // Of every kind of timestamp that a Parquet file may hold.
  milliseconds: (timestamp) => `epoch_ms(${timestamp})`,
  retainedUntil: (column) => `epoch_ms(${column})`,
};

/** Types of the columns of a report without a file. Others are text. */
const TYPES: Readonly<Record<string, string>> = {
  is_latest: 'BOOLEAN',
  is_delete_marker: 'BOOLEAN',
  size: 'BIGINT',
  last_modified_date: 'TIMESTAMP',
  object_lock_retain_until_date: 'TIMESTAMP',
};

export type Api = typeof import('@duckdb/node-api');

/**
 * Loads DuckDB, which is an optional dependency.
 *
 * @param otherwise what to do instead of installing it; empty for nothing
 * @throws UsageError when it is not installed, or not made for this machine
 */
export function loadDuckDb(otherwise: string, load: () => Api = () => require(PACKAGE) as Api): Api {
  try {
    return load();
  } catch (error) {
    throw new UsageError(
      'NoDuckDb',
      `--from-inventory needs DuckDB, which is not installed here: ${messageOf(error).split('\n')[0]}`,
      `install it: npm install --no-save ${PACKAGE}@${optionalDependencies[PACKAGE]}${otherwise === '' ? '' : `\n${otherwise}`}`,
      { cause: error },
    );
  }
}

/** DuckDB in this process, and what it keeps on disk. */
export class DuckDb {
  readonly dialect = DIALECT;
  readonly verified = 'md5';
  private readonly open = new Set<DuckDBConnection>();
  private readonly interrupt = () => this.open.forEach((connection) => connection.interrupt());

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly folder: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.interrupt);
  }

  /**
   * @param folder is made; DuckDB writes what does not fit into memory there, and closing removes it
   * @param reportBytes of the reports that are loaded at the same time, at most
   * @param isKept tables are on disk: what they take of memory does not depend on them. @default false
   */
  static async start(api: Api, folder: string, signal: AbortSignal, reportBytes: number, isKept = false): Promise<DuckDb> {
    mkdirSync(folder);
    const threads = Math.min(MOST_THREADS, availableParallelism());
    const instance = await api.DuckDBInstance.create(isKept ? join(folder, 'tables.duckdb') : ':memory:', {
      memory_limit: `${Math.ceil((MEMORY + reportBytes * threads * MEMORY_PER_BYTE) / 1e6)}MB`,
      threads: String(threads),
      temp_directory: join(folder, 'spill'),
      preserve_insertion_order: 'false',
      // Trying what compresses best takes as long as sorting, for a table that is read twice.
      ...(isKept && { force_compression: 'uncompressed' }),
      // It never fetches anything.
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    return new DuckDb(instance, folder, signal);
  }

  /**
   * Downloads reports, verifies their files, and makes them tables, under the names that sql.ts has for them.
   *
   * @param show called with how much of them was read
   * @returns removes the files and the tables
   * @throws UnreachableError when a file is missing or is not as S3 wrote it, or the person interrupts
   */
  async load(reports: Reports, from: ReportBucket, show: (read: string) => void): Promise<() => Promise<void>> {
    const folder = join(this.folder, 'reports');
    mkdirSync(folder);
    let done = 0;
    const total = bytes(bytesOf(Object.values(reports)));
    const paths = await downloadReports(from, reports, folder, this.signal, (count) => {
      done += count;
      show(`${bytes(done)} of ${total}`);
    });
    const tables = Object.keys(reports) as Table[];
    for (const table of tables) {
      await this.run(`CREATE VIEW ${TABLES[table]} AS SELECT * FROM ${relationOf(paths[table] ?? [])}`);
    }
    return async () => {
      for (const table of tables) {
        await this.run(`DROP VIEW ${TABLES[table]}`);
      }
      rmSync(folder, { recursive: true });
    };
  }

  /**
   * Makes what a query returns a table.
   *
   * @returns what stands behind FROM
   */
  async derive(name: string, sql: string): Promise<string> {
    await this.run(`CREATE OR REPLACE TABLE ${name} AS ${sql}`);
    return name;
  }

  /**
   * Reads the rows of a query as they come. Several queries may be read at the same time.
   *
   * @param parameters stand in the place of `$1` and so on
   * @throws UnreachableError when DuckDB fails, or the person interrupts
   */
  async *read(sql: string, parameters: readonly string[] = []): AsyncGenerator<readonly Row[], void> {
    const connection = await this.connect();
    try {
      const result = await this.attempt(() => connection.stream(sql, [...parameters]));
      for (;;) {
        const chunk = await this.attempt(() => result.fetchChunk());
        if (chunk === null || chunk.rowCount === 0) {
          return;
        }
        yield chunk.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
      }
    } finally {
      this.disconnect(connection);
    }
  }

  /** Ends it, and removes what it wrote. */
  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.interrupt);
    this.open.forEach((connection) => this.disconnect(connection));
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(sql: string): Promise<void> {
    const connection = await this.connect();
    try {
      await this.attempt(() => connection.run(sql));
    } finally {
      this.disconnect(connection);
    }
  }

  private async connect(): Promise<DuckDBConnection> {
    const connection = await this.instance.connect();
    this.open.add(connection);
    return connection;
  }

  private disconnect(connection: DuckDBConnection): void {
    if (this.open.delete(connection)) {
      connection.closeSync();
    }
  }

  private async attempt<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    stopIfInterrupted(this.signal);
    try {
      return await ask();
    } catch (error) {
      if (this.signal.aborted) {
        throw interruption();
      }
      throw new UnreachableError('DuckDbFailed', `DuckDB could not read the reports: ${messageOf(error)}`, undefined, {
        cause: error,
      });
    }
  }
}

function relationOf(paths: readonly string[]): string {
  return paths.length > 0
    ? `read_parquet([${paths.map(literal).join(', ')}])`
    : `(SELECT ${REPORT_COLUMNS.map((column) => `CAST(NULL AS ${TYPES[column] ?? 'VARCHAR'}) AS ${column}`).join(', ')} WHERE false)`;
}
