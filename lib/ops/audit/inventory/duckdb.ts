import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { optionalDependencies } from '../../../../package.json';
import { interruption, stopIfInterrupted } from '../../../aws/clock';
import type { Context } from '../../../cli/command';
import { bytes } from '../../../cli/units';
import { messageOf, UnreachableError, UsageError } from '../../../errors/errors';
import { assertFits, diskFor, downloadReports, type ReportPaths, TemporaryFolder } from './download';
import type { PairReports, ReadyEngine, ReportTables, Row } from './engine';
import type { ReportBucket } from './reports';
import { type Dialect, literal, READ_COLUMNS, TABLES } from './sql';

const PACKAGE = '@duckdb/node-api';

/** What DuckDB keeps in memory before it writes to disk. The process has 150 to 350 MB more: bench/inventory. */
const MEMORY_LIMIT = '300MB';

/** Each thread needs memory of its own. */
const MOST_THREADS = 4;

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

type Api = typeof import('@duckdb/node-api');

/**
 * Loads DuckDB, which is an optional dependency.
 *
 * @throws UsageError when it is not installed, or not made for this machine
 */
export function loadDuckDb(load: () => Api = () => require(PACKAGE) as Api): Api {
  try {
    return load();
  } catch (error) {
    throw new UsageError(
      'NoDuckDb',
      `--from-inventory needs DuckDB, which is not installed here: ${messageOf(error).split('\n')[0]}`,
      `install it: npm install --no-save ${PACKAGE}@${optionalDependencies[PACKAGE]}\nor let Athena compare the reports: --engine athena`,
      { cause: error },
    );
  }
}

/** DuckDB reads files of this machine: those of one pair at a time. */
export function downloading(
  { terminal, signal }: Context,
  all: readonly PairReports[],
  from: ReportBucket,
  api: Api,
): ReadyEngine {
  const folder = new TemporaryFolder();
  try {
    const most = Math.max(0, ...all.map(({ source, replica }) => diskFor([source, replica])));
    terminal.tell(`DuckDB compares the reports in ${tmpdir()}, and needs at most ${bytes(most)} of disk there while it runs`);
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
      const paths = await downloadReports(from, { source, replica }, path, signal, onBytes);
      terminal.progress(`audit: DuckDB compares the reports about pair ${pair.id}`);
      return open(api, paths, path, signal);
    },
    async close() {
      folder.remove();
    },
  };
}

/**
 * Opens downloaded reports with DuckDB in this process.
 *
 * @param folder where the files are, and where it may write what does not fit into memory; closing removes it
 * @throws UnreachableError when a file cannot be read
 */
async function open(api: Api, paths: ReportPaths, folder: string, signal: AbortSignal): Promise<ReportTables> {
  const instance = await api.DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    threads: String(Math.min(MOST_THREADS, availableParallelism())),
    temp_directory: join(folder, 'spill'),
    preserve_insertion_order: 'false',
    // It never fetches anything.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const tables = new DuckDbTables(instance, connection, folder, signal);
  for (const table of ['source', 'replica'] as const) {
    await tables.run(`CREATE VIEW ${TABLES[table]} AS SELECT * FROM ${relationOf(paths[table])}`);
  }
  return tables;
}

function relationOf(paths: readonly string[]): string {
  return paths.length > 0
    ? `read_parquet([${paths.map(literal).join(', ')}])`
    : `(SELECT ${READ_COLUMNS.map((column) => `CAST(NULL AS ${TYPES[column] ?? 'VARCHAR'}) AS ${column}`).join(', ')} WHERE false)`;
}

class DuckDbTables implements ReportTables {
  readonly dialect = DIALECT;
  readonly verified = 'md5';
  private readonly interrupt = () => this.connection.interrupt();

  constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly folder: string,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', this.interrupt);
  }

  async derive(name: string, sql: string): Promise<string> {
    await this.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${sql}`);
    return name;
  }

  async *read(sql: string): AsyncIterable<readonly Row[]> {
    const result = await this.attempt(() => this.connection.stream(sql));
    for (;;) {
      const chunk = await this.attempt(() => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) {
        return;
      }
      yield chunk.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
    }
  }

  async run(sql: string): Promise<void> {
    await this.attempt(() => this.connection.run(sql));
  }

  async close(): Promise<void> {
    this.signal.removeEventListener('abort', this.interrupt);
    this.connection.closeSync();
    this.instance.closeSync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async attempt<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    stopIfInterrupted(this.signal);
    try {
      return await ask();
    } catch (error) {
      if (this.signal.aborted) {
        throw interruption();
      }
      throw new UnreachableError('NoComparison', `DuckDB could not compare the reports: ${messageOf(error)}`, undefined, {
        cause: error,
      });
    }
  }
}
