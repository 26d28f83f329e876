import { type Dialect, IS_LATEST, IS_MARKER, keysBelow, STORAGE_CLASS, TABLES, VERSION } from '../../inventory/sql';

/*
 * The SQL of a restore that chooses by an inventory report. All versions are sorted by key once, into a table; what is chosen of a range of keys is found when
 * the range is read, which takes less time than to choose from all of them first. It leaves at most three kinds of rows of each key: the newest version and the newest
 * delete marker of the moment asked for, and the newest of what came later. Which one wins is decided by the code that decides it for a listing.
 */

/** Which rows of the report about the replica bucket are looked at. */
export interface Choice {
  /** Keys begin so; empty for all. */
  readonly prefix: string;
  /** Keys below it are passed over. */
  readonly ignored: string;
  /** Milliseconds since 1970. @default - the newest of each key */
  readonly asOf: number | undefined;
}

/** Columns of a report that a restore reads. */
export const CHOICE_COLUMNS = [
  'key',
  'version_id',
  'is_latest',
  'is_delete_marker',
  'size',
  'last_modified_date',
  'storage_class',
] as const;

/** Columns of what {@link rangeSql} chooses, in their order. */
export const CHOSEN = ['key', 'version', 'is_latest', 'is_marker', 'size', 'modified', 'storage_class'] as const;

/** Returns the query for the rows that are looked at, in the order of keys. */
export function listedSql({ prefix, ignored }: Choice, dialect: Dialect): string {
  const modified = dialect.milliseconds('last_modified_date');
  return `SELECT key, ${VERSION} AS version, ${IS_LATEST} AS is_latest, ${IS_MARKER} AS is_marker, size, ${modified} AS modified, ${STORAGE_CLASS} AS storage_class
FROM ${TABLES.replica} WHERE ${keysBelow(prefix, ignored)} ORDER BY key`;
}

/** Returns the query for the first and the last key of each part of a table, which has so many rows. */
export function partsSql(table: string, rows: number): string {
  return `SELECT min(key), max(key) FROM ${table} GROUP BY rowid // ${rows} ORDER BY rowid // ${rows}`;
}

/**
 * Returns the query for what may be chosen of each key after one, its first parameter, and up to another one. Keys come as a listing has them, and so do the
 * rows of each; rows that nothing puts into an order come together.
 *
 * @param end whether there is another key
 */
export function rangeSql(table: string, { asOf }: Choice, fromRow: number, toRow: number, end: boolean): string {
  // A listing has whole seconds.
  const existed = asOf === undefined ? 'true' : `modified - modified % 1000 <= ${asOf}`;
  return `SELECT ${CHOSEN.join(', ')}
FROM (SELECT *, rank() OVER (PARTITION BY key, CASE WHEN ${existed} THEN is_marker END ORDER BY modified DESC, is_latest DESC) AS place
  FROM ${table} WHERE rowid >= ${fromRow} AND rowid < ${toRow} AND key > $1${end ? ' AND key <= $2' : ''}) AS listed
WHERE place = 1 ORDER BY key, modified DESC, is_latest DESC, version`;
}
