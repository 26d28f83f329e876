import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { cost } from '../../../lib/ops/cost/cost';
import type { CostData, CostLine } from '../../../lib/ops/cost/estimate';
import { PIPELINE } from '../../helpers/config';
import { testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';
import { roundPriceFile } from './round-prices';

const GIVEN = { objects: '1000', 'average-size': '1MiB' };
const TWO_PAIRS = { pairs: [{ id: 'documents' }, { id: 'photos', timeControl: true }] };

const cloudWatch = mockClient(CloudWatchClient);
let directory: string;
beforeEach(() => {
  cloudWatch.reset();
  directory = mkdtempSync(join(tmpdir(), 's3-replication-cost-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function run(values: Record<string, string | boolean>, keys: Record<string, unknown> = {}) {
  const { context } = testContext(keys, { directory });
  const { exitCode, data, text } = await cost(context, { argument: undefined, values });
  return { exitCode, data: data as CostData, text };
}

const lineOf = (data: CostData, id: string, pair: string | null = 'documents'): CostLine => {
  const line = data.lines.find((one) => one.id === id && one.pair === pair);
  if (line === undefined) {
    throw new Error(`no line ${id} of ${pair}`);
  }
  return line;
};

function workloadFile(content: unknown): string {
  const path = join(directory, 'workload.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('a line whose price is missing', () => {
  test('stays open, in no sum, and is shown', async () => {
    const prices = roundPriceFile(directory, ['s3-transfer']);
    const { data, text, exitCode } = await run({ ...GIVEN, prices });
    const whole = await run({ ...GIVEN, prices: roundPriceFile(directory) });

    expect([exitCode, whole.exitCode]).toEqual([3, 0]);
    expect(lineOf(data, 'transfer')).toMatchObject({ usd: null, price: { tiers: null, source: null } });
    expect(data.total.open).toBe(1);
    expect(whole.data.total.least - data.total.least).toBeCloseTo(1000 / 1024 / 10, 8);
    expect(text).toMatch(/^ {2}transfer between the regions +open +0\.976563 +× \? per GB/m);
    expect(text).toMatch(/^\? deployment backups: \$\S+ to \$\S+ a month, and 1 line open$/m);
  });

  test('is asked for, with what to write where and the page that has it', async () => {
    const { data, text } = await run({ ...GIVEN, prices: roundPriceFile(directory, ['s3-transfer', 'kms-requests']) });

    expect(data.missingPrices).toEqual([
      { id: 's3-transfer', region: 'ap-southeast-2 to us-west-2', unit: 'GB', page: 'https://aws.amazon.com/s3/pricing/' },
      { id: 'kms-requests', region: 'ap-southeast-2', unit: '10,000 requests', page: 'https://aws.amazon.com/kms/pricing/' },
      { id: 'kms-requests', region: 'us-west-2', unit: '10,000 requests', page: 'https://aws.amazon.com/kms/pricing/' },
    ]);
    expect(text).toMatch(/^\? [^\n]+\n3 prices missing[^\n]+\nnpx --no -- s3-replication cost --refresh-prices\n/);
  });
});

test('what nobody can know stays open, whatever the prices', async () => {
  const { data } = await run({ ...GIVEN, prices: roundPriceFile(directory) }, { pipeline: PIPELINE });

  expect(lineOf(data, 'pipeline-builds', null)).toMatchObject({ quantity: null, usd: null });
  expect(data.total.open).toBe(2);
  expect(data.missingPrices).toEqual([]);
});

test('every line names its price and how its quantity is computed', async () => {
  const { data, text } = await run({ ...GIVEN, prices: roundPriceFile(directory) });

  expect(lineOf(data, 'transfer')).toEqual({
    id: 'transfer',
    item: 'transfer between the regions',
    pair: 'documents',
    quantity: { least: 0.9765625, most: 0.9765625 },
    unit: 'GB',
    formula: '1,000 written × 1 MiB / 1 GiB',
    price: {
      id: 's3-transfer',
      region: 'ap-southeast-2 to us-west-2',
      tiers: [{ usd: 0.1 }],
      source: 'https://example.com/prices',
      asOf: '2026-11-01',
    },
    usd: { least: 0.09765625, most: 0.09765625 },
  });
  expect(data.lines.filter(({ formula }) => formula === '')).toEqual([]);
  for (const { price } of data.lines) {
    expect(text).toMatch(new RegExp(`^ {2}${price.id} +2026-11-01 +https://example.com/prices$`, 'm'));
  }
});

test('minimum duration and size of the class are said where they count', async () => {
  const { data } = await run({ objects: '1000', 'average-size': '1KiB' });

  expect(lineOf(data, 'replica-storage').formula).toBe(
    '(1,000 versions × 128 KiB, the least that is billed, instead of 1,000 written × 1 KiB) / 1 GiB; each is billed for 30 days at least',
  );
});

describe('the workload', () => {
  test('is not needed for what the deployment costs without objects', async () => {
    const prices = roundPriceFile(directory);
    const [none, some] = [await run({ prices }), await run({ ...GIVEN, prices })];

    expect([none.exitCode, none.data.origin.kind, none.data.warnings]).toEqual([0, 'none', []]);
    expect(none.data.lines).toEqual(some.data.lines.filter(({ id }) => none.data.lines.some((line) => line.id === id)));
    expect(none.data.total.most).toBeLessThan(some.data.total.most);
    expect(none.text).toContain('cost --objects 200000 --average-size 5MiB --stored 1TiB');
  });

  test('comes from a file, one for each chosen pair', async () => {
    const workload = workloadFile({
      documents: { objects: 10, averageSize: '1GB' },
      photos: { objects: 20, averageSize: 1024, stored: '1MiB', overwrites: 5, deletes: 1 },
    });
    const { data } = await run({ workload }, TWO_PAIRS);

    expect(data.workloads).toEqual({
      documents: { objects: 10, averageSize: 1e9, storedBytes: 0, storedObjects: 0, overwrites: 0, deletes: 0 },
      photos: { objects: 20, averageSize: 1024, storedBytes: 2 ** 20, storedObjects: 1024, overwrites: 5, deletes: 1 },
    });
    expect(data.lines.filter(({ id }) => id === 'time-control').map(({ pair }) => pair)).toEqual(['photos']);
  });

  test('in a file is refused with every problem', async () => {
    const workload = workloadFile({ documents: { objects: -1, averageSize: 'big', size: 5 } });
    const { message } = await rejectionOf(run({ workload }, TWO_PAIRS), UsageError);

    expect([...message.matchAll(/^ {2}- (\S+):/gm)].map(([, path]) => path)).toEqual([
      'documents.objects',
      'documents.averageSize',
      'documents.size',
      'photos',
    ]);
  });

  test.each([
    [{ ...GIVEN, measure: true }, 'TwoWorkloads'],
    [{ objects: '10' }, 'BadWorkload'],
    [{ ...GIVEN, objects: 'many' }, 'BadWorkload'],
    [{ ...GIVEN, 'average-size': '0' }, 'BadWorkload'],
    [{ ...GIVEN, stored: '1 XB' }, 'BadWorkload'],
    [{ ...GIVEN, overwrites: '101' }, 'BadWorkload'],
    [{ workload: 'nowhere.json' }, 'NoFile'],
  ])('given as %j is a wrong use', async (values, code) => {
    const error = await rejectionOf(run(values), UsageError);

    expect(error.code).toBe(code);
  });

  test('that is incomplete names every option', async () => {
    const { message } = await rejectionOf(run({ deletes: '200' }), UsageError);

    expect(message).toMatch(/--objects: .*\n.*--average-size: .*\n.*--deletes: /);
  });
});

describe('the measured workload', () => {
  const day = (number: number) => new Date(Date.UTC(2026, 9, number));
  const answer = (sizes: readonly number[], counts: readonly number[], days: readonly number[]) =>
    cloudWatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [
        { Id: 'bytes', Values: [...sizes], Timestamps: days.map(day) },
        { Id: 'objects', Values: [...counts], Timestamps: days.map(day) },
      ],
    });

  test('is what is there and how it grew, as if it were a month', async () => {
    answer([1_000_000, 1_500_000, 2_000_000], [100, 150, 300], [1, 8, 16]);
    const { data, text } = await run({ measure: true });

    expect(data.workloads['documents']).toEqual({
      objects: 400,
      averageSize: 5000,
      storedBytes: 2_000_000,
      storedObjects: 300,
      overwrites: 0,
      deletes: 0,
    });
    expect(text).toContain('cannot tell overwrites and deletions');
  });

  test('of a bucket that shrinks has nothing written', async () => {
    answer([2_000_000, 1_000_000], [300, 200], [1, 2]);

    expect((await run({ measure: true })).data.workloads['documents']).toMatchObject({ objects: 0, averageSize: 5000 });
  });

  test.each([
    [[], [], []],
    [[1_000_000], [100], [1]],
  ])('of too few values %j is an error', async (sizes, counts, days) => {
    answer(sizes, counts, days);

    expect((await rejectionOf(run({ measure: true }), AppError)).code).toBe('NoMetrics');
  });

  test('without an answer of CloudWatch could not be found out', async () => {
    cloudWatch.on(GetMetricDataCommand).rejects(new Error('no'));

    expect((await rejectionOf(run({ measure: true }), UnreachableError)).message).toContain(
      'metrics of bucket backups-documents',
    );
  });
});

describe('--compare', () => {
  test('shows what each other value would change, the greatest saving first', async () => {
    const prices = roundPriceFile(directory);
    const { data } = await run({ objects: '1024', 'average-size': '1GiB', prices, compare: true }, { heartbeat: false });
    const changes = Object.fromEntries((data.changes ?? []).map(({ option, value, usd }) => [`${option} ${value}`, usd]));

    // 1,024 GiB at $0.03 instead of $0.02, and 1,024 PUT at $1 instead of $0.01 a thousand.
    expect(changes['pairs[].storageClass STANDARD']?.least).toBeCloseTo(10.24 + 1.024 * 0.99, 8);
    expect(changes['pairs[].timeControl true']?.least).toBeCloseTo(15.36, 8);
    expect(changes['monitoring.dashboard false']).toEqual({ least: -3, most: -3 });
    expect(changes['pairs[].bucketKeys false']?.least).toBeCloseTo(0, 8);
    expect(changes['pairs[].bucketKeys false']?.most).toBeCloseTo(0.1024 * 2 * 0.03 * 0.99, 8);
    const savings = (data.changes ?? []).map(({ usd }) => usd.least);
    expect(savings).toEqual(savings.toSorted((one, other) => one - other));
  });

  test('leaves out what the configuration has already, and what changes nothing', async () => {
    const { data } = await run({ ...GIVEN, compare: true });
    const options = (data.changes ?? []).map(({ option, value }) => `${option} ${value}`);

    expect(options).not.toContain('pairs[].storageClass STANDARD_IA');
    expect(options).not.toContain('pairs[].bucketKeys true');
    // Nothing is deleted.
    expect(options).not.toContain('pairs[].replicateDeleteMarkers true');
  });

  test('leaves a change open where a price is missing, and says which', async () => {
    const prices = roundPriceFile(directory, ['s3-put-STANDARD']);
    const { data, text } = await run({ ...GIVEN, prices, compare: true }, { heartbeat: false });

    expect((data.changes ?? []).findLast(({ option }) => option === 'pairs[].storageClass')).toMatchObject({
      value: 'STANDARD',
      open: ['s3-put-STANDARD us-west-2'],
    });
    expect(text).toMatch(/pairs\[\]\.storageClass: STANDARD +open +needs s3-put-STANDARD us-west-2; without them/);
  });

  test('never proposes delete markers with a tag filter, and counts a pipeline', async () => {
    const pairs = [{ id: 'documents', filter: { tags: { keep: 'yes' } } }];
    const { data } = await run({ ...GIVEN, deletes: '5', compare: true }, { pairs, pipeline: PIPELINE });
    const options = (data.changes ?? []).map(({ option }) => option);

    expect(options).not.toContain('pairs[].replicateDeleteMarkers');
    expect(options).toContain('pipeline');
  });
});

describe('an inventory', () => {
  const INVENTORY = { inventory: {}, pairs: [{ id: 'a' }, { id: 'b', inventory: false }] };
  const values = { objects: '100000000', 'average-size': '20KiB' };

  test('bills each version that both lists have, and the reports; what keeps them needs no workload of its own', async () => {
    const { data } = await run({ ...values, prices: roundPriceFile(directory) }, INVENTORY);
    const amount = (id: string, pair: string | null = 'a') => lineOf(data, id, pair).quantity?.most;

    // 100 million written × 30 lists / 1 million, and as many × 100 bytes / 1 GiB.
    expect(amount('inventory-source')).toBe(3000);
    expect(amount('inventory-replica')).toBe(3000);
    expect(amount('inventory-reports')).toBeCloseTo(279.396772, 6);
    // 4 objects of each of the 30 reports, which are replicated.
    expect(data.workloads['inventory']).toMatchObject({ objects: 120, averageSize: 2.5e9, storedObjects: 0 });
    expect(amount('replica-storage', 'inventory')).toBeCloseTo(279.396772, 6);
    expect(data.lines.filter(({ id, pair }) => id.startsWith('inventory-') && pair !== 'a')).toEqual([]);
  });

  test('is less often, and its reports are there longer', async () => {
    const keys = { inventory: { frequency: 'Weekly', reportDays: 90 }, pairs: [{ id: 'a' }] };
    const { data } = await run({ ...values, prices: roundPriceFile(directory) }, keys);

    expect(lineOf(data, 'inventory-source', 'a').quantity?.most).toBeCloseTo(428.571429, 6);
    // 30 / 7 lists a month, of three months.
    expect(lineOf(data, 'inventory-reports', 'a').quantity?.most).toBeCloseTo(119.741474, 6);
    expect(data.workloads['inventory']).toMatchObject({ objects: 17, storedObjects: 34 });
  });

  test('is compared with the other frequency, and with none', async () => {
    const { data } = await run({ ...values, prices: roundPriceFile(directory), compare: true }, INVENTORY);
    const changes = data.changes?.filter(({ option }) => option.startsWith('inventory'));

    expect(changes?.map(({ option, value }) => [option, value])).toEqual([
      ['inventory', false],
      ['inventory.frequency', 'Weekly'],
    ]);
    expect(changes?.every(({ usd }) => usd.most < 0)).toBe(true);
  });

  test('needs no description in a file of workloads', async () => {
    const file = join(directory, 'workload.json');
    writeFileSync(file, JSON.stringify({ a: { objects: 10, averageSize: '1KiB' }, b: { objects: 10, averageSize: '1KiB' } }));
    const { data } = await run({ workload: file }, INVENTORY);

    expect(Object.keys(data.workloads)).toEqual(['a', 'b', 'inventory']);
  });
});
