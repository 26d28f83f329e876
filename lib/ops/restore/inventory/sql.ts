import { type Dialect, IS_LATEST, IS_MARKER, keysBelow, STORAGE_CLASS, TABLES, VERSION } from '../../inventory/sql';

/*
 * The SQL of a restore that chooses by an inventory report. It leaves at most three kinds of rows of each key: the newest version and the newest
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

/** Columns of what {@link choiceSql} chooses, in their order. */
export const CHOSEN = ['key', 'version', 'is_latest', 'is_marker', 'size', 'modified', 'storage_class'] as const;

/** As a listing has keys, and the versions of each key. */
const IN_ORDER = 'ORDER BY key, modified DESC, is_latest DESC, version';

/** Returns the query for what may be chosen of each key, in the order of keys. Rows that nothing puts into an order come together. */
export function choiceSql({ prefix, ignored, asOf }: Choice, dialect: Dialect): string {
  const modified = dialect.milliseconds('last_modified_date');
  // A listing has whole seconds.
  const existed = asOf === undefined ? 'true' : `${modified} - ${modified} % 1000 <= ${asOf}`;
  return `SELECT ${CHOSEN.join(', ')}
FROM (SELECT key, ${VERSION} AS version, ${IS_LATEST} AS is_latest, ${IS_MARKER} AS is_marker, size, ${modified} AS modified, ${STORAGE_CLASS} AS storage_class,
  rank() OVER (PARTITION BY key, CASE WHEN ${existed} THEN ${IS_MARKER} END ORDER BY last_modified_date DESC, ${IS_LATEST} DESC) AS place
  FROM ${TABLES.replica} WHERE ${keysBelow(prefix, ignored)}) AS listed
WHERE place = 1 ${IN_ORDER}`;
}

/** Returns the query for the first and the last key of each part of a table, which has so many rows. */
export function partsSql(table: string, rows: number): string {
  return `SELECT min(key), max(key) FROM ${table} GROUP BY rowid // ${rows} ORDER BY rowid // ${rows}`;
}

/** Returns the query for rows of a table after one key, its first parameter, and up to another one. @param end whether there is another one */
export function rangeSql(table: string, fromRow: number, toRow: number, end: boolean): string {
  return `SELECT ${CHOSEN.join(', ')} FROM ${table} WHERE rowid >= ${fromRow} AND rowid < ${toRow} AND key > $1${end ? ' AND key <= $2' : ''} ${IN_ORDER}`;
}
