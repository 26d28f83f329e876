import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cost } from '../../../lib/ops/cost/cost';
import type { CostData } from '../../../lib/ops/cost/estimate';
import { testContext } from '../../helpers/ops';
import { roundPriceFile } from './round-prices';

/** The three workloads that docs/scale.md works out. */
const WORKLOADS = {
  documents: {
    keys: { heartbeat: false, pairs: [{ id: 'documents', timeControl: true }] },
    values: { objects: '20000', 'average-size': '5MiB', stored: '1TiB', overwrites: '10' },
  },
  'small objects': {
    keys: { heartbeat: false, pairs: [{ id: 'documents', bucketKeys: false }] },
    values: { objects: '100000000', 'average-size': '20KiB' },
  },
  logs: {
    keys: { heartbeat: false, pairs: [{ id: 'documents', storageClass: 'GLACIER' }] },
    values: { objects: '8192', 'average-size': '128MiB', stored: '10TiB', backfill: true },
  },
} as const;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-cost-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function estimate(name: keyof typeof WORKLOADS, prices?: string): Promise<CostData> {
  const { keys, values } = WORKLOADS[name];
  const { data } = await cost(testContext(keys).context, { argument: undefined, values: { ...values, prices } });
  return data as CostData;
}

/** Quantities of the pair's own lines, by id: everything but what watches. */
function quantities({ lines }: CostData): Record<string, number | undefined> {
  const own = lines.filter(({ pair, id }) => pair !== null && !/^(metrics|alarms)-/.test(id));
  return Object.fromEntries(own.map(({ id, quantity }) => [id, quantity?.most]));
}

describe('the quantities of a workload are those that were worked out by hand', () => {
  test('1 TiB of documents of 5 MiB, 20,000 more a month, with time control', async () => {
    expect(quantities(await estimate('documents'))).toEqual({
      // 1,024 GiB + 20,000 × 5 / 1,024 = 1,024 + 97.65625, of which a tenth of the written was overwritten.
      'source-storage': 1111.890625,
      'source-storage-noncurrent': 9.765625,
      'replica-storage': 1111.890625,
      'replica-storage-noncurrent': 9.765625,
      'replication-puts': 20,
      transfer: 97.65625,
      'time-control': 97.65625,
      'kms-decrypt': 2,
      'kms-encrypt': 2,
    });
  });

  test('100 million objects of 20 KiB, billed as 128 KiB in STANDARD_IA, without Bucket Keys', async () => {
    expect(quantities(await estimate('small objects'))).toEqual({
      // 100,000,000 × 20 / 2^20
      'source-storage': 1907.3486328125,
      // 100,000,000 × 128 / 2^20
      'replica-storage': 12207.03125,
      'replication-puts': 100_000,
      transfer: 1907.3486328125,
      'kms-decrypt': 10_000,
      'kms-encrypt': 10_000,
    });
  });

  test('10 TiB of logs of 128 MiB, 1 TiB more a month, into GLACIER, with what was there before', async () => {
    expect(quantities(await estimate('logs'))).toEqual({
      'source-storage': 11_264,
      // 90,112 versions × 32 KiB of metadata = 2.75 GiB
      'replica-storage': 11_266.75,
      // 90,112 × 8 KiB
      'replica-storage-metadata': 0.6875,
      'replication-puts': 90.112,
      transfer: 11_264,
      'batch-job': 1,
      'batch-objects': 0.08192,
      'batch-manifest': 0.08192,
      'kms-decrypt': 9.0112,
      'kms-encrypt': 9.0112,
    });
  });
});

test.each([
  // Four keys, $4 to $12; time control 97.65625 × $0.015 = $1.46484375.
  ['documents', 5.46484375, 13.46484375, 15],
  ['small objects', 4, 12, 13],
  ['logs', 4, 12, 17],
] as const)('of the shipped prices, %s has at least $%d and at most $%d, and %d lines open', async (name, least, most, open) => {
  const { total } = await estimate(name);

  expect(total.open).toBe(open);
  expect(total.least).toBeCloseTo(least, 8);
  expect(total.most).toBeCloseTo(most, 8);
});

test.each([
  // Watching in each: 4 metrics $1.20, 4 alarms $0.40, 2 composite alarms $1.00, dashboard $3.00, together $5.60; keys $4 to $12.
  // 1,121.65625 GiB × ($0.03 + $0.02) = $56.0828125; 20 × $0.01 = $0.20; 97.65625 × $0.115 = $11.23046875; KMS $0.0012 to $0.12.
  ['documents', 56.0828125 + 0.2 + 11.23046875 + 0.0012 + 5.6 + 4, 56.0828125 + 0.2 + 11.23046875 + 0.12 + 5.6 + 12],
  // $57.220458984375 + $244.140625 stored; $1,000 PUT; $190.73486328125 transfer; $600 KMS.
  ['small objects', 2092.095947265625 + 9.6, 2092.095947265625 + 17.6],
  // $337.92 + $45.067 + $0.020625 stored; $4.5056 PUT; $1,126.40 transfer; $1 + $0.08192 + $0.08192 Batch; KMS $0.00540672 to $0.540672.
  ['logs', 1515.077065 + 0.00540672 + 9.6, 1515.077065 + 0.540672 + 17.6],
] as const)('at round prices, %s comes to the sum that was reckoned by hand', async (name, least, most) => {
  const { total } = await estimate(name, roundPriceFile(directory));

  expect(total.open).toBe(0);
  expect(total.least).toBeCloseTo(least, 6);
  expect(total.most).toBeCloseTo(most, 6);
});
