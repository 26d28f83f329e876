import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { FakeS3 } from './fake-s3/server';
import { temporaryFolder } from './folder';

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
}

/** Rows in a page of a result, few enough that there are several. */
const PAGE = 7;

/**
 * Athena, as far as an audit asks it: statements about databases and tables, whose symlinks are followed in a fake S3, and queries, which DuckDB
 * executes.
 */
export class FakeAthena {
  /** Statements, in their order. */
  readonly statements: string[] = [];
  /** What is there, by name. */
  readonly workGroups = new Map<string, Readonly<Record<string, unknown>>>();
  readonly databases = new Set<string>();
  readonly tables = new Set<string>();
  /** How the next query ends. @default - well */
  fails: string | undefined;
  private readonly results: (readonly (string | null)[][])[] = [];
  private readonly folder = temporaryFolder('athena-');
  private connection: Promise<DuckDBConnection> | undefined;

  constructor(private readonly s3: () => FakeS3) {}

  async close(): Promise<void> {
    (await this.connection)?.closeSync();
    rmSync(this.folder, { recursive: true });
  }

  /** Empties it. */
  reset(): void {
    this.statements.length = 0;
    this.fails = undefined;
    for (const each of [this.workGroups, this.databases, this.tables]) {
      each.clear();
    }
  }

  async send(command: Command): Promise<unknown> {
    const { input } = command;
    switch (command.constructor.name) {
      case 'GetWorkGroupCommand': {
        const found = this.workGroups.get(String(input['WorkGroup']));
        return found === undefined ? refuse('InvalidRequestException', 'WorkGroup is not found.') : { WorkGroup: found };
      }
      case 'CreateWorkGroupCommand':
        this.workGroups.set(String(input['Name']), input);
        return {};
      case 'DeleteWorkGroupCommand':
        this.workGroups.delete(String(input['WorkGroup']));
        return {};
      case 'GetDatabaseCommand':
        return this.databases.has(String(input['DatabaseName'])) ? {} : refuse('MetadataException', 'Database not found');
      case 'StartQueryExecutionCommand':
        return { QueryExecutionId: String(await this.execute(String(input['QueryString']), String(input['WorkGroup']))) };
      case 'GetQueryExecutionCommand':
        return {
          QueryExecution: {
            Status: this.fails === undefined ? { State: 'SUCCEEDED' } : { State: 'FAILED', StateChangeReason: this.fails },
          },
        };
      case 'GetQueryResultsCommand':
        return this.page(Number(input['QueryExecutionId']), Number(input['NextToken'] ?? 0));
      default:
        return refuse('InvalidAction', command.constructor.name);
    }
  }

  private async execute(sql: string, workGroup: string): Promise<number> {
    if (!this.workGroups.has(workGroup)) {
      refuse('InvalidRequestException', `WorkGroup ${workGroup} is not found.`);
    }
    this.statements.push(sql);
    this.connection ??= DuckDBInstance.create(':memory:').then((instance) => instance.connect());
    const connection = await this.connection;
    const [, action, name = ''] = /^(CREATE DATABASE|DROP DATABASE|DROP TABLE|CREATE EXTERNAL TABLE)[^`]*`(\w+)`/.exec(sql) ?? [];
    if (action === undefined) {
      const result = await connection.runAndReadAll(sql);
      const rows = result.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
      return this.results.push([result.columnNames(), ...rows]) - 1;
    }
    const set = action.endsWith('DATABASE') ? this.databases : this.tables;
    if (action.startsWith('CREATE')) {
      set.add(name);
    } else {
      set.delete(name);
    }
    if (action === 'CREATE EXTERNAL TABLE') {
      await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${this.relationOf(sql)}`);
    }
    return this.results.push([]) - 1;
  }

  /** The files that the symlinks of a table name. A table without one is empty. */
  private relationOf(sql: string): string {
    const columns = [...(/\((.*?)\)/s.exec(sql)?.[1] ?? '').matchAll(/`?(\w+)`? (\w+)(?:, |$)/g)];
    const [, bucket = '', folder = ''] = /LOCATION 's3:\/\/([^/]+)\/([^']*)'/.exec(sql) ?? [];
    const [link] = this.s3().bucket(bucket).versions(`${folder}symlink.txt`);
    const paths = (link?.body.toString().trim().split('\n') ?? []).map((line, index) => {
      const [, from = '', key = ''] = /^s3:\/\/([^/]+)\/(.*)$/.exec(line) ?? [];
      const path = join(this.folder, `${this.statements.length}-${index}.parquet`);
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(path, this.s3().bucket(from).versions(key)[0]?.body ?? '');
      return path;
    });
    const select = columns
      .map(([, name, type]) => (paths.length === 0 ? `CAST(NULL AS ${type}) AS "${name}"` : columnOf(name, type)))
      .join(', ');
    return paths.length === 0
      ? `SELECT ${select} WHERE false`
      : `SELECT ${select} FROM read_parquet([${paths.map((path) => `'${path}'`).join(', ')}])`;
  }

  private page(id: number, start: number): object {
    const rows = this.results[id] ?? [];
    const end = start + PAGE;
    return {
      ResultSet: {
        Rows: rows.slice(start, end).map((row) => ({
          Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
        })),
      },
      ...(end < rows.length && { NextToken: String(end) }),
    };
  }
}

/** A timestamp that a table has as a number is read as its milliseconds. */
function columnOf(name = '', type = ''): string {
  return name.endsWith('_date') && type === 'bigint' ? `epoch_ms("${name}") AS "${name}"` : `"${name}"`;
}

function refuse(name: string, message: string): never {
  throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } });
}
