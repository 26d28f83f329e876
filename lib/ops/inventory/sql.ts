/*
 * What the queries over reports of S3 Inventory share. They use what DuckDB and Trino, on which Athena is built, have in common; `Dialect` has the
 * rest.
 */

/** What the engines spell differently. Each function takes a column or an expression, and returns an expression. */
export interface Dialect {
  /**
   * One value for one or two texts, by which rows are matched. Different texts may share a value only by a chance that can be neglected. The first of two
   * texts has no blank.
   */
  readonly matched: (...texts: [string] | [string, string]) => string;
  /** Whether a derived table is kept, so that reading it again costs nothing. */
  readonly keepsTables: boolean;
  /** Milliseconds since 1970 of a timestamp, as a whole number. */
  readonly milliseconds: (timestamp: string) => string;
  /** The same of the end of a retention, which is of another type on Athena. */
  readonly retainedUntil: (column: string) => string;
}

/** The names that the reports have in SQL. */
export const TABLES = { source: 'source_report', replica: 'replica_report' } as const;

export type Table = keyof typeof TABLES;

/** One row of an answer: every value as text, null where SQL has none. */
export type Row = readonly (string | null)[];

/** S3 gives the null version no id, or names it so. */
export const VERSION = "coalesce(nullif(version_id, ''), 'null')";
export const IS_MARKER = 'coalesce(is_delete_marker, false)';
export const IS_LATEST = 'coalesce(is_latest, false)';
export const STORAGE_CLASS = "nullif(storage_class, '')";

/** Returns the condition for keys that begin with one prefix, and not with another; an empty one is of every key. */
export function keysBelow(prefix: string, ignored: string | undefined): string {
  const conditions = [
    ...(prefix === '' ? [] : [`starts_with(key, ${literal(prefix)})`]),
    ...(ignored === undefined ? [] : [`NOT starts_with(key, ${literal(ignored)})`]),
  ];
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

/** Returns text in SQL. Prefixes come from the configuration, and may hold any character. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Returns the values of a row by the names of its columns. */
export function named<Name extends string>(columns: readonly Name[], row: Row): Readonly<Record<Name, string | null>> {
  return Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])) as Record<Name, string | null>;
}
