import {
  type AthenaClient,
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  GetDatabaseCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  GetWorkGroupCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { DeleteObjectsCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { faultInWords, httpStatusOf, isAwsError, unreachable } from '../../../aws/aws-error';
import { stopIfInterrupted } from '../../../aws/clock';
import { isEmulator } from '../../../aws/emulator';
import { nextToken } from '../../../aws/listing/next-token';
import type { Context } from '../../../cli/command';
import { bytes, plural } from '../../../cli/units';
import { UnreachableError, UsageError } from '../../../errors/errors';
import { visible } from '../../../errors/visible';
import { inventoryBucket } from '../../../model/inventory';
import { tagsOfMade } from '../../../model/tags';
import { alteredReport, bytesOf, halfReport, type InventoryReport, type ReportBucket } from '../../inventory/reports';
import { type Dialect, literal, type Row, TABLES } from '../../inventory/sql';
import type { PairReports, ReadyEngine, ReportTables } from './engine';

/*
 * Athena compares reports where they are. For each pair there is a database with a table for each report, whose symlinks name the report's own files: a
 * replicated report comes with symlinks to the bucket that S3 wrote to. Everything has a name that follows from the deployment, so that what an
 * interrupted audit leaves is removed by the next one.
 */

const DIALECT: Dialect = {
  matched: (...texts) => texts.join(" || ' ' || "),
  keepsTables: false,
  milliseconds: (timestamp) => `date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00', ${timestamp})`,
  // The table of AWS's page has it as a number.
  retainedUntil: (column) => column,
};

/** Queries that read the reports: totals, and rows of suspects, in which the query for suspects is repeated. */
const READS = 3;

/** A query of rows reads each report twice. */
const READS_IN_A_QUERY = 2;

/** @see https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfiguration.html */
const LEAST_LIMIT = 10_000_000;

/** Dollars for a TB, as https://aws.amazon.com/athena/pricing/ had them; Regions may differ. */
const USD_PER_TB = 5;
const TB = 2 ** 40;

const CATALOG = 'AwsDataCatalog';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html */
const COLUMNS = `bucket string, \`key\` string, version_id string, is_latest boolean, is_delete_marker boolean, size bigint, last_modified_date timestamp, storage_class string, replication_status string, encryption_status string, object_lock_retain_until_date bigint, object_lock_mode string, intelligent_tiering_access_tier string`;

/** Milliseconds between two looks at a query: the first ones, then the last one again and again. */
const WAITS = [250, 500, 1000, 2000, 5000];

/** Files of a report that are looked at at a time. */
const AT_ONCE = 8;

/**
 * Says what Athena will read and what that costs, asks, and makes what it needs.
 *
 * @throws AbortError when the person declines
 * @throws UsageError when somebody else has a workgroup of the same name
 * @throws UnreachableError when AWS refuses, or the person interrupts
 */
export async function athena(context: Context, all: readonly PairReports[], from: ReportBucket): Promise<ReadyEngine> {
  const { clients, config, terminal, yes } = context;
  const sizes = all.map(({ source, replica }) => bytesOf([source, replica]));
  const most = sizes.reduce((sum, size) => sum + Math.max(READS * size, READS * LEAST_LIMIT), 0);
  const limit = Math.max(LEAST_LIMIT, READS_IN_A_QUERY * Math.max(0, ...sizes));
  const group = `${config.deployment}-inventory-audit`;
  const output = inventoryBucket(config, 'destination', all[0]?.pair).name;
  terminal.tell(
    [
      `Athena in ${config.destination.region} reads the reports about ${plural(all.length, 'pair')} where they are, at most ${bytes(most)} together`,
      `at $${USD_PER_TB} for a TB that is ${dollars(most)} at most; the price of your Region: https://aws.amazon.com/athena/pricing/`,
      `makes, and removes afterwards: workgroup ${group}, which ends a query at ${bytes(limit)}, a database for each pair, and objects in s3://${output}/${FOLDER}`,
    ].join('\n'),
  );
  if (!yes) {
    await terminal.confirm('Start the queries?');
  }
  const engine = new Athena(context, await clients.athena('destination'), from, { group, output });
  await engine.makeWorkGroup(limit);
  return engine;
}

/** Where the objects of an audit are, in the bucket of reports of the backup account. */
const FOLDER = 'athena/';

const OURS = 'made by s3-replication audit --from-inventory, and removed by it';

/** How one file of a report was verified without being read. */
interface Verified {
  readonly byMd5: boolean;
}

class Athena implements ReadyEngine {
  /** Keeps what an interrupted audit left apart. */
  private readonly started: number;

  constructor(
    private readonly context: Context,
    private readonly client: AthenaClient,
    private readonly from: ReportBucket,
    private readonly names: { readonly group: string; readonly output: string },
  ) {
    this.started = context.clock.now().getTime();
  }

  /** @param limit bytes that one query may read */
  async makeWorkGroup(limit: number): Promise<void> {
    const { group, output } = this.names;
    const tags = tagsOfMade(this.context.config);
    const found = await this.ask('workgroup', () => this.client.send(new GetWorkGroupCommand({ WorkGroup: group }))).catch(
      (error: unknown) => {
        // Athena has no code of its own for it.
        if (isAwsError((error as Error).cause, 'InvalidRequestException')) {
          return undefined;
        }
        throw error;
      },
    );
    if (found !== undefined) {
      if (found.WorkGroup?.Description !== OURS) {
        throw new UsageError('OtherWorkGroup', `somebody else has an Athena workgroup ${group}`, 'rename or remove it');
      }
      await this.removeWorkGroup();
    }
    await this.ask('workgroup', () =>
      this.client.send(
        new CreateWorkGroupCommand({
          Name: group,
          Description: OURS,
          ...(tags.length > 0 && { Tags: tags }),
          Configuration: {
            EnforceWorkGroupConfiguration: true,
            BytesScannedCutoffPerQuery: limit,
            PublishCloudWatchMetricsEnabled: false,
            ResultConfiguration: { OutputLocation: `s3://${output}/${FOLDER}results/`, ExpectedBucketOwner: this.from.owner },
          },
        }),
      ),
    );
  }

  async open({ pair, source, replica }: PairReports): Promise<ReportTables> {
    const { config, terminal } = this.context;
    const database = `s3_replication_${config.deployment}_${pair.id}`.replaceAll(/[^a-z\d_]/g, '_');
    terminal.progress(`audit: looks at the files of the reports about pair ${pair.id}`);
    const verified = [...(await this.verify(source)), ...(await this.verify(replica))];
    const made = await this.makeDatabase(database);
    const tables = { source, replica } as const;
    for (const table of ['source', 'replica'] as const) {
      await this.run(database, `DROP TABLE IF EXISTS \`${TABLES[table]}\``);
      await this.run(database, await this.tableOf(TABLES[table], tables[table], `${FOLDER}${this.started}/${pair.id}/${table}/`));
    }
    return {
      dialect: DIALECT,
      verified: verified.every(({ byMd5 }) => byMd5) ? 'md5' : 'size',
      derive: async (_, sql) => `(${sql})`,
      read: (sql) => this.read(database, sql),
      close: async () => {
        for (const table of ['source', 'replica'] as const) {
          await this.clean(`table ${database}.${TABLES[table]}`, () =>
            this.run(database, `DROP TABLE IF EXISTS \`${TABLES[table]}\``),
          );
        }
        if (made) {
          await this.clean(`database ${database}`, () => this.run(undefined, `DROP DATABASE \`${database}\``));
        }
      },
    };
  }

  async close(): Promise<void> {
    const { group, output } = this.names;
    await this.clean(`s3://${output}/${FOLDER}`, () => this.removeObjects());
    await this.clean(`workgroup ${group}`, () => this.removeWorkGroup());
  }

  /** What cannot be removed is told: the next audit removes it, and it costs next to nothing. */
  private async clean(what: string, remove: () => Promise<unknown>): Promise<void> {
    try {
      await remove();
    } catch (error) {
      this.context.terminal.tell(`${what} of Athena stays, and the next such audit removes it: ${faultInWords(error)}`);
    }
  }

  private async removeWorkGroup(): Promise<void> {
    await this.ask('workgroup', () =>
      this.client.send(new DeleteWorkGroupCommand({ WorkGroup: this.names.group, RecursiveDeleteOption: true })),
    );
  }

  /** In a versioned bucket that hides them, and its lifecycle rule deletes them. */
  private async removeObjects(): Promise<void> {
    const { s3, requests, owner } = this.from;
    const place = { Bucket: this.names.output, ExpectedBucketOwner: owner };
    for (;;) {
      const page = await requests.send('list', () => s3.send(new ListObjectsV2Command({ ...place, Prefix: FOLDER })));
      const objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
      if (objects.length === 0) {
        return;
      }
      const { Errors: [first] = [] } = await s3.send(
        new DeleteObjectsCommand({ ...place, Delete: { Objects: objects, Quiet: true } }),
      );
      if (first !== undefined) {
        throw new UnreachableError('NotRemoved', `${first.Key}: ${first.Message ?? first.Code ?? 'not deleted'}`);
      }
    }
  }

  /**
   * Looks whether every file of a report is there with its size, and with its MD5 where S3 shows it: an ETag is the MD5 unless a KMS key encrypts.
   *
   * @throws UnreachableError when one is not
   * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
   */
  private async verify({ bucket, files }: InventoryReport): Promise<Verified[]> {
    const { s3, requests, owner } = this.from;
    const verified: Verified[] = [];
    for (let start = 0; start < files.length; start += AT_ONCE) {
      stopIfInterrupted(this.context.signal);
      const some = files.slice(start, start + AT_ONCE).map(async ({ key, bytes: size, md5 }): Promise<Verified> => {
        const where = `s3://${bucket}/${key}`;
        try {
          const head = new HeadObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner });
          const { ContentLength, ETag = '', ServerSideEncryption } = await requests.send('head', () => s3.send(head));
          if (ContentLength !== size) {
            throw alteredReport(where, `it has ${ContentLength} bytes, and the manifest says ${size}`);
          }
          const shown = /^"([\da-f]{32})"$/.exec(ETag)?.[1];
          const isMd5 = shown !== undefined && ServerSideEncryption === 'AES256';
          if (isMd5 && shown !== md5) {
            throw alteredReport(where, `its MD5 is ${shown}, and the manifest says ${md5}`);
          }
          return { byMd5: isMd5 };
        } catch (error) {
          throw httpStatusOf(error) === 404 ? halfReport(where, 'the file is not there') : unreachable(where, error);
        }
      });
      verified.push(...(await Promise.all(some)));
    }
    return verified;
  }

  /** @returns whether it was not there before */
  private async makeDatabase(name: string): Promise<boolean> {
    try {
      await this.client.send(new GetDatabaseCommand({ CatalogName: CATALOG, DatabaseName: name }));
      return false;
    } catch (error) {
      if (!isAwsError(error, 'MetadataException')) {
        throw unreachable(`Athena's database ${name}`, error);
      }
    }
    await this.run(undefined, `CREATE DATABASE IF NOT EXISTS \`${name}\``);
    return true;
  }

  /** The statement that makes a report a table. */
  private async tableOf(table: string, report: InventoryReport, folder: string): Promise<string> {
    const create = `CREATE EXTERNAL TABLE \`${table}\` (${COLUMNS})`;
    const { output } = this.names;
    if (isEmulator() || report.files.length === 0) {
      // An emulator follows no symlinks: there a report is alone in its folder.
      const [file] = report.files;
      const location = file === undefined ? `${output}/${folder}empty/` : `${report.bucket}/${file.key.replace(/[^/]*$/, '')}`;
      return `${create} STORED AS PARQUET LOCATION ${literal(`s3://${location}`)}`;
    }
    const links = report.files.map(({ key }) => `s3://${report.bucket}/${key}\n`).join('');
    await this.ask('symlinks', () =>
      this.from.s3.send(
        new PutObjectCommand({
          Bucket: output,
          Key: `${folder}symlink.txt`,
          Body: links,
          IfNoneMatch: '*',
          ExpectedBucketOwner: this.from.owner,
        }),
      ),
    );
    return `${create}
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.IgnoreKeyTextOutputFormat'
LOCATION ${literal(`s3://${output}/${folder}`)}`;
  }

  private async *read(database: string, sql: string): AsyncIterable<readonly Row[]> {
    const id = await this.run(database, sql);
    let token: string | undefined;
    // The first row of the first page has the names of the columns.
    let skip = 1;
    do {
      const page = await this.ask('result', () =>
        this.client.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token })),
      );
      const rows = page.ResultSet?.Rows ?? [];
      yield rows.slice(skip).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue ?? null));
      skip = 0;
      token = nextToken('rows of the result', token, page.NextToken);
    } while (token !== undefined);
  }

  /** Runs a statement to its end, and returns its id. @throws UnreachableError when it fails */
  private async run(database: string | undefined, sql: string): Promise<string> {
    const { clock, terminal } = this.context;
    const started = await this.ask('query', () =>
      this.client.send(
        new StartQueryExecutionCommand({
          QueryString: sql,
          WorkGroup: this.names.group,
          QueryExecutionContext: { Catalog: CATALOG, ...(database !== undefined && { Database: database }) },
        }),
      ),
    );
    const id = started.QueryExecutionId ?? '';
    for (let look = 0; ; look += 1) {
      const { QueryExecution: { Status, Statistics } = {} } = await this.ask('query', () =>
        this.client.send(new GetQueryExecutionCommand({ QueryExecutionId: id })),
      );
      const { State = 'RUNNING', StateChangeReason = 'it gave no reason' } = Status ?? {};
      if (State === 'SUCCEEDED') {
        return id;
      }
      if (State === 'FAILED' || State === 'CANCELLED') {
        throw new UnreachableError('NoComparison', `Athena could not compare the reports: ${visible(StateChangeReason)}`);
      }
      terminal.progress(`audit: Athena is ${State}, ${bytes(Statistics?.DataScannedInBytes ?? 0)} read`);
      await clock.sleep(WAITS[Math.min(look, WAITS.length - 1)] ?? 0);
    }
  }

  private async ask<Answer>(what: string, send: () => Promise<Answer>): Promise<Answer> {
    stopIfInterrupted(this.context.signal);
    try {
      return await send();
    } catch (error) {
      throw unreachable(`Athena's ${what}`, error);
    }
  }
}

function dollars(size: number): string {
  const usd = (size / TB) * USD_PER_TB;
  return usd < 0.01 ? 'less than $0.01' : `$${usd.toFixed(2)}`;
}
