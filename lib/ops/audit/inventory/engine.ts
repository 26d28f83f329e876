import type { Dialect } from './sql';

/** One row of an answer: every value as text, null where SQL has none. */
export type Row = readonly (string | null)[];

/** The reports of one pair as tables of an engine, under the names that sql.ts has for them. */
export interface ReportTables {
  readonly dialect: Dialect;
  /**
   * Makes what a query returns a table, or an equal query.
   *
   * @returns what stands behind FROM
   */
  derive(name: string, sql: string): Promise<string>;
  /**
   * Reads the rows of a query as they come.
   *
   * @throws UnreachableError when the engine fails, or the person interrupts
   */
  read(sql: string): AsyncIterable<readonly Row[]>;
  /** Removes what was made for them. */
  close(): Promise<void>;
}
