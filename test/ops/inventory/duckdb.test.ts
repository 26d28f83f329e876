import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDb, loadDuckDb } from '../../../lib/ops/inventory/duckdb';
import { temporaryFolder } from '../../helpers/folder';

const folder = temporaryFolder('duckdb-');
afterAll(() => rmSync(folder, { recursive: true }));

test('what DuckDB may keep in memory grows with the reports', async () => {
  const memory = async (bytes: number) => {
    const database = await DuckDb.start(loadDuckDb(''), join(folder, 'd'), new AbortController().signal, bytes);
    try {
      const { value } = await database
        .read("SELECT regexp_extract(current_setting('memory_limit'), '^([0-9.]+) MiB$', 1)")
        .next();
      return Number(value?.[0]?.[0]);
    } finally {
      await database.close();
    }
  };
  expect(await memory(0)).toBe(286.1);
  expect(await memory(20e9)).toBeGreaterThan(400);
});
