import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { REPORT_COLUMNS, type ReportPlace } from '../../lib/model/inventory';
import type { StoredBucket } from './fake-s3/bucket';
import type { FakeS3 } from './fake-s3/server';
import { sizeOf } from './fake-s3/version';
import { temporaryFolder } from './folder';

/** A row of a report; columns that are left out are null. */
export type InventoryRow = Readonly<Record<string, string | number | boolean | Date | null>>;

/** How S3 writes a report. */
export interface ReportOptions {
  /** When S3 began to look at the bucket. */
  readonly takenAt: string;
  /** @default 2 */
  readonly files?: number;
  /** Of what S3 writes. @default "AES256" */
  readonly encryption?: string;
  /** Whether timestamps say that they are in UTC, as newer writers of Parquet have them. @default false */
  readonly zoned?: boolean;
  /** Of manifest.json. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** Columns that are not text, with their types. S3 writes milliseconds. */
const TYPES: Readonly<Record<string, string>> = {
  is_latest: 'BOOLEAN',
  is_delete_marker: 'BOOLEAN',
  is_multipart_uploaded: 'BOOLEAN',
  size: 'BIGINT',
  last_modified_date: 'TIMESTAMP_MS',
  object_lock_retain_until_date: 'TIMESTAMP_MS',
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html */
const SCHEMA = `message s3.inventory { ${REPORT_COLUMNS.map((column) => `optional binary ${column} (UTF8);`).join(' ')}}`;

const ENCRYPTION: Readonly<Record<string, string>> = { AES256: 'SSE-S3', 'aws:kms': 'SSE-KMS', 'aws:kms:dsse': 'DSSE-KMS' };

/** What an inventory says of every version in a bucket, in no order. Objects are under KMS keys unless their headers say otherwise. */
export function rowsOf(stored: StoredBucket): InventoryRow[] {
  const seen = new Set<string>();
  const rows = stored.versions().map((version): InventoryRow => {
    const { key, versionId, headers, isDeleteMarker } = version;
    const isLatest = !seen.has(key);
    seen.add(key);
    const header = (field: string) => headers[`x-amz-${field}`] ?? null;
    const place = {
      bucket: stored.name,
      key,
      version_id: versionId === 'null' ? '' : versionId,
      is_latest: isLatest,
      is_delete_marker: isDeleteMarker,
      last_modified_date: new Date(version.lastModified),
    };
    return isDeleteMarker
      ? place
      : {
          ...place,
          size: sizeOf(version),
          storage_class: version.storageClass,
          replication_status: header('replication-status'),
          encryption_status:
            header('server-side-encryption-customer-algorithm') === null
              ? (ENCRYPTION[header('server-side-encryption') ?? 'aws:kms'] ?? null)
              : 'SSE-C',
          object_lock_mode: header('object-lock-mode'),
          object_lock_retain_until_date: ((until) => (until === null ? null : new Date(until)))(
            header('object-lock-retain-until-date'),
          ),
        };
  });
  return rows.toReversed();
}

/** Writes reports of S3 Inventory into buckets of reports, as Parquet. One for a test file: DuckDB takes a moment to start. */
export class InventoryWriter {
  private connection: Promise<DuckDBConnection> | undefined;
  /** What was written, by its rows. */
  private readonly written = new Map<string, Promise<Buffer>>();

  /** Writes one report into a bucket of an S3, and returns the keys of its files. */
  async write(
    s3: FakeS3,
    { bucket, prefix }: ReportPlace,
    about: string,
    rows: readonly InventoryRow[],
    { takenAt, files: count = 2, manifest = {}, encryption = 'AES256', zoned = false }: ReportOptions,
  ): Promise<string[]> {
    const date = folderOf(takenAt);
    const stored = s3.bucket(bucket.name);
    // ETags are MD5s, as under SSE-S3.
    stored.opaque = false;
    const put = (key: string, body: Buffer) => stored.put(key, body, { headers: { 'x-amz-server-side-encryption': encryption } });
    const files = [];
    for (let index = 0; index < count; index += 1) {
      const key = `${prefix}data/${date}-${index}.parquet`;
      const body = await this.parquet(
        rows.filter((_, row) => row % count === index),
        zoned,
      );
      put(key, body);
      files.push({ key, size: body.length, MD5checksum: md5(body) });
    }
    const text = JSON.stringify({
      sourceBucket: about,
      // A replicated report still says where S3 wrote it.
      destinationBucket: 'arn:aws:s3:::elsewhere',
      version: '2016-11-30',
      creationTimestamp: String(Date.parse(takenAt)),
      fileFormat: 'Parquet',
      fileSchema: SCHEMA,
      files,
      ...manifest,
    });
    put(`${prefix}${date}/manifest.json`, Buffer.from(text));
    put(`${prefix}${date}/manifest.checksum`, Buffer.from(md5(text)));
    return files.map(({ key }) => key);
  }

  async close(): Promise<void> {
    (await this.connection)?.closeSync();
  }

  private parquet(rows: readonly InventoryRow[], zoned: boolean): Promise<Buffer> {
    const text = JSON.stringify([zoned, rows]);
    const known = this.written.get(text) ?? this.writeParquet(rows, zoned);
    this.written.set(text, known);
    return known;
  }

  private async writeParquet(rows: readonly InventoryRow[], zoned: boolean): Promise<Buffer> {
    this.connection ??= DuckDBInstance.create(':memory:').then((instance) => instance.connect());
    const connection = await this.connection;
    const typeOf = (column: string) => TYPES[column]?.replace('_MS', zoned ? 'TZ' : '_MS') ?? 'VARCHAR';
    const columns = REPORT_COLUMNS.map((column) => `${column} ${typeOf(column)}`);
    await connection.run(`CREATE OR REPLACE TABLE report (${columns.join(', ')})`);
    if (rows.length > 0) {
      const values = rows.map((row) => `(${REPORT_COLUMNS.map((column) => literal(row[column] ?? null)).join(', ')})`);
      await connection.run(`INSERT INTO report VALUES ${values.join(', ')}`);
    }
    const folder = temporaryFolder('report-');
    try {
      await connection.run(`COPY report TO '${join(folder, 'report')}' (FORMAT parquet, COMPRESSION snappy)`);
      return readFileSync(join(folder, 'report'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/** The name of a report's folder: `YYYY-MM-DDTHH-MMZ`. */
export function folderOf(takenAt: string): string {
  return `${takenAt.slice(0, 13)}-${takenAt.slice(14, 16)}Z`;
}

function literal(value: InventoryRow[string]): string {
  if (value === null) {
    return 'NULL';
  }
  if (value instanceof Date) {
    return `'${value.toISOString().replace('T', ' ').replace('Z', '+00')}'`;
  }
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}

function md5(content: Buffer | string): string {
  return createHash('md5').update(content).digest('hex');
}
