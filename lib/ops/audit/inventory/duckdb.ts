import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../../cli/command';
import { bytes } from '../../../cli/units';
import { assertFits, TemporaryFolder } from '../../inventory/download';
import { type Api, DuckDb } from '../../inventory/duckdb';
import { bytesOf, type ReportBucket } from '../../inventory/reports';
import type { PairReports, ReadyEngine } from './engine';

/** What DuckDB writes beside the reports at most, for each of their bytes; measured with `npm run bench:inventory`, and rounded up. */
const SPILL = 0.5;

/** DuckDB reads files of this machine: those of one pair at a time. */
export function downloading(
  { terminal, signal }: Context,
  all: readonly PairReports[],
  from: ReportBucket,
  api: Api,
): ReadyEngine {
  const folder = new TemporaryFolder();
  try {
    const most = Math.max(0, ...all.map(({ source, replica }) => Math.ceil(bytesOf([source, replica]) * (1 + SPILL))));
    terminal.tell(`DuckDB compares the reports in ${tmpdir()}, and needs at most ${bytes(most)} of disk there while it runs`);
    assertFits(folder, most, ', or let Athena read the reports where they are: --engine athena');
  } catch (error) {
    folder.remove();
    throw error;
  }
  return {
    async open({ pair, source, replica }) {
      const database = await DuckDb.start(api, join(folder.path, 'reports'), signal, bytesOf([source, replica]));
      const show = (read: string) => terminal.progress(`audit: ${read} of the reports about pair ${pair.id}`);
      try {
        await database.load({ source, replica }, from, show);
      } catch (error) {
        await database.close();
        throw error;
      }
      terminal.progress(`audit: DuckDB compares the reports about pair ${pair.id}`);
      return database;
    },
    async close() {
      folder.remove();
    },
  };
}
