import type { DeployedPair } from '../../../model/deployment';
import type { InventoryReport } from '../../inventory/reports';
import type { Dialect, Row } from '../../inventory/sql';
import type { Snapshot } from '../report';

/** Both reports of one pair. */
export interface PairReports {
  readonly pair: DeployedPair;
  readonly source: InventoryReport;
  readonly replica: InventoryReport;
}

/** An engine that is ready, after the person agreed to what it takes. */
export interface ReadyEngine {
  /**
   * Verifies the files of the reports of one pair, and makes them tables.
   *
   * @throws UnreachableError when a file is missing or is not as S3 wrote it, the engine fails, or the person interrupts
   */
  open(reports: PairReports): Promise<ReportTables>;
  /** Removes what was made. */
  close(): Promise<void>;
}

/** The reports of one pair as tables of an engine, under the names that sql.ts has for them. */
export interface ReportTables {
  readonly dialect: Dialect;
  /** How the files were verified. */
  readonly verified: Snapshot['verified'];
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
