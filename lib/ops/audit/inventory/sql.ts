import type { DeployedPair } from '../../../model/deployment';
import { afterDays } from '../../../model/lifecycle';
import { canaryPrefix } from '../../../model/names';
import {
  type Dialect,
  IS_LATEST,
  IS_MARKER,
  keysBelow,
  literal,
  STORAGE_CLASS,
  TABLES,
  type Table,
  VERSION,
} from '../../inventory/sql';
import { MOST_PREFIXES } from '../report';

/*
 * The SQL of an audit of inventory reports, in one place for both engines.
 *
 * Versions that are surely alike are only counted: S3 says COMPLETED of the source and REPLICA of the replica, sizes are equal, both are under KMS
 * keys, and the replica is in a storage class that it may be in. All others are suspects, which are read and judged one by one.
 */

/** What is compared, and at which moments S3 looked. */
export interface Comparison {
  readonly pair: DeployedPair;
  /** The prefix of the pair's filter. */
  readonly prefix: string;
  /** Milliseconds since 1970: a source version of then or later is not judged. */
  readonly cutoff: number;
  /** Milliseconds since 1970: when S3 looked at the replica bucket. */
  readonly replicaTakenAt: number;
  /** Whether all versions of a key are read where one of them is a suspect: lifecycle rules go by them. */
  readonly withHistory: boolean;
}

/** Columns that the audit reads. A report without one of them cannot be audited. */
export const READ_COLUMNS = [
  'key',
  'version_id',
  'is_latest',
  'is_delete_marker',
  'size',
  'last_modified_date',
  'storage_class',
  'replication_status',
  'encryption_status',
  'object_lock_retain_until_date',
  'object_lock_mode',
  'intelligent_tiering_access_tier',
] as const;

/** Columns of `totalsSql`, in their order. */
export const TOTALS = ['side', 'prefix', 'isDeleteMarker', 'isYoung', 'versions', 'bytes'] as const;

/** Columns of `suspectRowsSql`, in their order. */
export const SUSPECT = [
  'key',
  'side',
  'versionId',
  'isLatest',
  'isDeleteMarker',
  'size',
  'lastModified',
  'storageClass',
  'status',
  'encryption',
  'retainUntil',
  'lockMode',
  'archiveTier',
] as const;

const DAY = 24 * 60 * 60 * 1000;

/**
 * Returns the query for what both reports hold: of the source by prefix and by whether a version is judged, of the replica as a whole. Only the first
 * prefixes are told apart, so that the result is small whatever the keys are.
 */
export function totalsSql(comparison: Comparison, dialect: Dialect): string {
  const { cutoff } = comparison;
  const sums = 'count(*) AS versions, coalesce(sum(size), 0) AS bytes';
  const source = `SELECT ${prefixOf(comparison)} AS prefix, ${IS_MARKER} AS is_marker, ${dialect.milliseconds('last_modified_date')} >= ${cutoff} AS is_young, ${sums} FROM ${TABLES.source} WHERE ${isAudited('source', comparison)} GROUP BY 1, 2, 3`;
  const replica = `SELECT 'replica' AS side, CAST(NULL AS varchar) AS prefix, ${IS_MARKER} AS is_marker, false AS is_young, ${sums} FROM ${TABLES.replica} WHERE ${isAudited('replica', comparison)} GROUP BY 3`;
  return `SELECT 'source' AS side, CASE WHEN place <= ${MOST_PREFIXES} THEN prefix END AS prefix, is_marker, is_young, sum(versions) AS versions, sum(bytes) AS bytes
FROM (SELECT prefix, is_marker, is_young, versions, bytes, dense_rank() OVER (ORDER BY prefix) AS place FROM (${source}) AS by_prefix) AS ranked
GROUP BY 2, 3, 4
UNION ALL ${replica}`;
}

/** Rows of a report that are compared, with the value that matches a version and, with histories, its key; `likeness` is null where a row is not surely alike. */
function rowsOf(table: Table, comparison: Comparison, dialect: Dialect): string {
  const key = comparison.withHistory ? `, ${dialect.matched('key')} AS k` : '';
  const old = table === 'source' ? ` AND ${dialect.milliseconds('last_modified_date')} < ${comparison.cutoff}` : '';
  return `SELECT ${dialect.matched(VERSION, 'key')} AS v${key}, ${likenessOf(table, comparison, dialect)} AS likeness, ${table === 'source' ? 1 : 0} AS is_source FROM ${TABLES[table]} WHERE ${isAudited(table, comparison)}${old}`;
}

/** Returns the query for what the versions that are not surely alike are matched by. */
export function suspectsSql(comparison: Comparison, dialect: Dialect): string {
  const [suspect, group] = comparison.withHistory ? ['k', 'v, k'] : ['v', 'v'];
  const rows = (table: Table) => rowsOf(table, comparison, dialect);
  // One row of each side, and the same likeness of both.
  return `SELECT DISTINCT ${suspect} AS suspect FROM (${rows('source')} UNION ALL ${rows('replica')}) AS listed GROUP BY ${group}
HAVING count(*) <> 2 OR sum(is_source) <> 1 OR count(likeness) <> 2 OR min(likeness) <> max(likeness)`;
}

/**
 * Returns a query that finds the same suspects in less time where no report repeats a row, and that shows whether that is so. One more row, whose suspect
 * is null, stands for all versions that are alike. `sources` and `replicas` add up to the rows of the reports unless a version that is on both sides is
 * repeated: each of its rows then comes once for each row of the other side.
 */
export function pairedSql(comparison: Comparison, dialect: Dialect): string {
  const suspect = comparison.withHistory ? 'k' : 'v';
  const rows = (table: Table) => rowsOf(table, comparison, dialect);
  return `SELECT CASE WHEN source.likeness = replica.likeness THEN NULL ELSE coalesce(source.${suspect}, replica.${suspect}) END AS suspect, count(source.v) AS sources, count(replica.v) AS replicas
FROM (${rows('source')}) AS source FULL JOIN (${rows('replica')}) AS replica ON source.v = replica.v GROUP BY 1`;
}

/** Returns the query for the rows of suspects, key by key in the order of a listing. @param suspects a table, or a query in parentheses */
export function suspectRowsSql(comparison: Comparison, dialect: Dialect, suspects: string): string {
  const rows = (table: Table, side: number) =>
    `SELECT ${comparison.withHistory ? dialect.matched('key') : dialect.matched(VERSION, 'key')} AS suspect, key, ${side} AS side, ${VERSION} AS version, ${IS_LATEST} AS is_latest, ${IS_MARKER} AS is_marker, coalesce(size, 0) AS size, ${dialect.milliseconds('last_modified_date')} AS modified, ${STORAGE_CLASS} AS storage_class, nullif(replication_status, '') AS status, nullif(encryption_status, '') AS encryption, ${dialect.retainedUntil('object_lock_retain_until_date')} AS retain_until, nullif(object_lock_mode, '') AS lock_mode, nullif(intelligent_tiering_access_tier, '') AS tier FROM ${TABLES[table]} WHERE ${isAudited(table, comparison)}`;
  return `SELECT key, side, version, is_latest, is_marker, size, modified, storage_class, status, encryption, retain_until, lock_mode, tier
FROM (${rows('source', 0)} UNION ALL ${rows('replica', 1)}) AS listed JOIN ${suspects} AS suspects ON listed.suspect = suspects.suspect
ORDER BY key, side, modified DESC, is_latest DESC, version`;
}

/**
 * Leaves out what is outside of the filter, and canaries of the source. Those of the replica are then suspects, and few: so that what is counted of the
 * replica needs no key.
 */
function isAudited(table: Table, { pair, prefix }: Comparison): string {
  return keysBelow(prefix, table === 'source' ? canaryPrefix(pair) : undefined);
}

function prefixOf({ prefix }: Comparison): string {
  // Code points, as SQL counts them.
  const { length } = Array.from(prefix);
  // The filter's own prefix is the same for all.
  return length === 0
    ? "substr(key, 1, strpos(key, '/'))"
    : `CASE WHEN strpos(substr(key, ${length + 1}), '/') = 0 THEN '' ELSE substr(key, 1, ${length} + strpos(substr(key, ${length + 1}), '/')) END`;
}

/** Tells two layers of encryption from one, and never the -1 of a delete marker. */
const LAYERED_SIZE = "CASE WHEN encryption_status = 'DSSE-KMS' THEN -2 - size ELSE size END";

/** Equal on both sides where versions are surely alike. */
function likenessOf(table: Table, { pair, replicaTakenAt }: Comparison, { milliseconds, retainedUntil }: Dialect): string {
  const likeness = (conditions: readonly string[]) =>
    `CASE WHEN ${IS_MARKER} THEN -1 WHEN ${["encryption_status IN ('SSE-KMS', 'DSSE-KMS')", ...conditions].join(' AND ')} THEN ${LAYERED_SIZE} END`;
  if (table === 'source') {
    return likeness(["replication_status = 'COMPLETED'"]);
  }
  const today = Math.floor(replicaTakenAt / DAY) * DAY;
  const classes = [
    `storage_class = ${literal(pair.storageClass)}`,
    ...pair.lifecycle.transitions.map(
      // The same as `afterDays`, which rounds up to midnight.
      ({ storageClass, days }) =>
        `(storage_class = ${literal(storageClass)} AND ${milliseconds('last_modified_date')} < ${today - days * DAY})`,
    ),
  ];
  const most = pair.objectLock?.maximumRetentionDays;
  const until = 'object_lock_retain_until_date';
  const lock =
    most === undefined
      ? []
      : [`(${until} IS NULL OR ${retainedUntil(until)} <= ${afterDays(new Date(replicaTakenAt), most).getTime()})`];
  return likeness(["replication_status = 'REPLICA'", `(${classes.join(' OR ')})`, ...lock]);
}
