import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Deployment } from '../../lib/model/deployment';
import { type ReportPlace, reportsOf } from '../../lib/model/inventory';

/** What an audit of the generated reports has to find. */
export interface Expected {
  readonly failed: number;
  readonly extra: number;
  readonly size: number;
}

/** Files of a report. S3 divides large reports, and sorts none. */
const FILES = 8;

/** One version in so many is different, of each kind. */
const EVERY = 10_007;

/** Of the folder, in front of the keys. */
const FOLDERS = 997;

const FAILED = 1;
const EXTRA = 2;
const OTHER_SIZE = 3;

/** How many of the versions from 0 on leave this remainder. */
function countOf(versions: number, remainder: number): number {
  return Math.max(0, Math.ceil((versions - remainder) / EVERY));
}

export function expectedOf(versions: number): Expected {
  return { failed: countOf(versions, FAILED), extra: countOf(versions, EXTRA), size: countOf(versions, OTHER_SIZE) };
}

/**
 * Writes reports about both buckets of a pair as S3 does: Parquet, Snappy, unsorted, several files. Keys, version ids and ETags are as random as
 * those of S3. The folder is what a bucket would have.
 */
export async function writeReports(folder: string, config: Deployment, versions: number, takenAt: Date): Promise<void> {
  const [pair] = config.pairs;
  if (pair === undefined) {
    throw new TypeError('the configuration has no pair');
  }
  const { replicated, destination } = reportsOf(config, pair);
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '1GB',
    temp_directory: join(folder, 'spill'),
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  for (const [place, about, side] of [
    [replicated, pair.names.sourceBucket.name, 'source'],
    [destination, pair.names.replicaBucket.name, 'replica'],
  ] as const) {
    const files = [];
    mkdirSync(join(folder, place.prefix, 'data'), { recursive: true });
    for (let index = 0; index < FILES; index += 1) {
      const key = `${place.prefix}data/${versions}-${index}.parquet`;
      const path = join(folder, key);
      await connection.run(`COPY (${rowsOf(side, about, versions, index)}) TO '${path}' (FORMAT parquet, COMPRESSION snappy)`);
      files.push({ key, size: statSync(path).size, MD5checksum: await md5Of(path) });
    }
    writeManifest(folder, place, about, files, takenAt);
  }
  connection.closeSync();
  instance.closeSync();
}

/** Versions in an order that is not that of their numbers, and not the same on both sides. */
function rowsOf(side: 'source' | 'replica', about: string, versions: number, file: number): string {
  const isSource = side === 'source';
  const from = Math.floor((versions * file) / FILES);
  const to = Math.floor((versions * (file + 1)) / FILES);
  const [step, start] = isSource ? [7919, 0] : [104_729, 13];
  return `SELECT '${about}' AS bucket,
    'folder-' || (h % ${FOLDERS}) || '/' || to_hex(h) || '/object-' || i || '.json' AS key,
    md5('v' || i) AS version_id, true AS is_latest, false AS is_delete_marker,
    CAST(h % 5000000 AS BIGINT) + ${isSource ? '0' : `CASE WHEN i % ${EVERY} = ${OTHER_SIZE} THEN 1 ELSE 0 END`} AS size,
    CAST(make_timestamp(1704067200000000 + i % 31536000 * 1000000) AS TIMESTAMP_MS) AS last_modified_date,
    md5('e' || i) AS e_tag, '${isSource ? 'STANDARD' : 'STANDARD_IA'}' AS storage_class, false AS is_multipart_uploaded,
    ${isSource ? `CASE WHEN i % ${EVERY} = ${FAILED} THEN 'FAILED' ELSE 'COMPLETED' END` : "'REPLICA'"} AS replication_status,
    'SSE-KMS' AS encryption_status, CAST(NULL AS TIMESTAMP_MS) AS object_lock_retain_until_date,
    CAST(NULL AS VARCHAR) AS object_lock_mode, 'Off' AS object_lock_legal_hold_status,
    CAST(NULL AS VARCHAR) AS intelligent_tiering_access_tier, 'ENABLED' AS bucket_key_status, 'CRC64NVME' AS checksum_algorithm
  FROM (SELECT i, hash(i) AS h FROM (SELECT (j * ${step} + ${start}) % ${versions} AS i FROM range(${from}, ${to}) AS numbers(j)))
  WHERE i % ${EVERY} <> ${isSource ? EXTRA : FAILED}`;
}

function writeManifest(folder: string, { prefix }: ReportPlace, about: string, files: readonly object[], takenAt: Date): void {
  const date = takenAt.toISOString().replace(/^(.{13}):(\d\d).*$/, '$1-$2Z');
  const text = JSON.stringify({
    sourceBucket: about,
    destinationBucket: 'arn:aws:s3:::elsewhere',
    version: '2016-11-30',
    creationTimestamp: String(takenAt.getTime()),
    fileFormat: 'Parquet',
    fileSchema:
      'key version_id is_latest is_delete_marker size last_modified_date storage_class replication_status encryption_status object_lock_retain_until_date object_lock_mode intelligent_tiering_access_tier',
    files,
  });
  mkdirSync(join(folder, prefix, date), { recursive: true });
  writeFileSync(join(folder, prefix, date, 'manifest.json'), text);
  writeFileSync(join(folder, prefix, date, 'manifest.checksum'), createHash('md5').update(text).digest('hex'));
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
