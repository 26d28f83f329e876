import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cost } from '../../../lib/ops/cost/cost';
import type { CostData } from '../../../lib/ops/cost/estimate';
import { testContext } from '../../helpers/ops';

const folder = mkdtempSync(join(tmpdir(), 'cost-'));
const prices = join(folder, 'prices.json');
writeFileSync(prices, JSON.stringify({ asOf: '2026-11-01', currency: 'USD', prices: [] }));
afterAll(() => rmSync(folder, { recursive: true }));

/** 30 GiB a month of 1 MiB each, so a GiB a day, a third of them overwrites; 60 GiB there: ages of up to 90 days. */
const WORKLOAD = { objects: '30720', 'average-size': '1MiB', stored: '60GiB', overwrites: '33.3333333333' };

async function estimate(lifecycle: object, keys: object = {}, workload: object = {}) {
  const { context } = testContext({
    heartbeat: false,
    pairs: [{ id: 'documents', storageClass: 'STANDARD', lifecycle, ...keys }],
  });
  const values = { ...WORKLOAD, prices, compare: true, ...workload };
  const { data, text } = await cost(context, { argument: undefined, values });
  return { data: data as CostData, text };
}

/** GB-months and thousands of requests by line. */
async function quantities(lifecycle: object, keys: object = {}, workload: object = {}) {
  const { data } = await estimate(lifecycle, keys, workload);
  return Object.fromEntries(
    data.lines
      .filter(({ id }) => /storage|transition/.test(id))
      .map(({ id, quantity }) => [id, Math.round((quantity?.most ?? 0) * 1000) / 1000]),
  );
}

const move = (storageClass: string, days: number) => ({ storageClass, days });
const SOURCE = { 'source-storage': 80, 'source-storage-noncurrent': 10 };

test('without lifecycle everything stays in its class', async () => {
  expect(await quantities({})).toEqual({ ...SOURCE, 'replica-storage': 80, 'replica-storage-noncurrent': 10 });
});

test('noncurrent versions are there for their days, on each side by its own', async () => {
  expect(await quantities({ noncurrentDays: 15, sourceNoncurrentDays: 6 })).toEqual({
    'source-storage': 80,
    'source-storage-noncurrent': 2,
    'replica-storage': 80,
    'replica-storage-noncurrent': 5,
  });
});

test('more days than a month delete nothing of a month, nor do days with versions that are kept all the same', async () => {
  expect(await quantities({ noncurrentDays: 31 })).toMatchObject({ 'replica-storage-noncurrent': 10 });
  expect(await quantities({ noncurrentDays: 15, noncurrentVersions: 1 })).toMatchObject({ 'replica-storage-noncurrent': 10 });
});

test('replicas move by their age, and each transition is a request', async () => {
  // Of 90 days 45 in STANDARD, 45 in GLACIER_IR, and none are as old as 135.
  expect(await quantities({ transitions: [move('GLACIER_IR', 45), move('DEEP_ARCHIVE', 135)] })).toEqual({
    ...SOURCE,
    'replica-storage': 40,
    'replica-storage-GLACIER_IR': 40,
    'replica-storage-noncurrent': 10,
    'transition-GLACIER_IR': 30.72,
  });
});

test('replicas that expire are noncurrent until they are deleted', async () => {
  expect(await quantities({ replicaExpireDays: 45, noncurrentDays: 9 })).toMatchObject({
    'replica-storage': 40,
    'replica-storage-expired': 8,
    'replica-storage-noncurrent': 3,
  });
  expect(await quantities({ replicaExpireDays: 45 })).toMatchObject({ 'replica-storage': 40, 'replica-storage-expired': 40 });
});

test('what nobody writes to any more is past every transition, and gone where it expires', async () => {
  const quiet = { objects: '0', overwrites: '0' };
  expect(await quantities({ transitions: [move('GLACIER_IR', 45)] }, {}, quiet)).toEqual({
    'source-storage': 60,
    'replica-storage-GLACIER_IR': 60,
  });
  expect(await quantities({ replicaExpireDays: 45, noncurrentDays: 9 }, {}, quiet)).toEqual({ 'source-storage': 60 });
});

test('small versions move nowhere, and the warning has the arithmetic', async () => {
  const small = { objects: '1000', 'average-size': '32KiB', stored: '0', overwrites: '0' };
  const { data, text } = await estimate({ transitions: [move('GLACIER', 1)] }, { storageClass: 'STANDARD_IA' }, small);

  expect(data.lines.filter(({ id }) => /GLACIER/.test(id))).toEqual([]);
  expect(data.warnings).toEqual([
    'pair documents: STANDARD_IA bills versions of 32 KiB as 128 KiB: 128 KiB / 32 KiB = 4.00 times their size',
    'pair documents: S3 moves no object below 128 KiB: versions of 32 KiB stay in STANDARD_IA, and lifecycle.transitions saves nothing',
  ]);
  expect(text).toContain(`\n! warning: ${data.warnings[0]}\n`);
  expect((await estimate({}, { storageClass: 'GLACIER' }, small)).data.warnings).toEqual([
    'pair documents: GLACIER bills 40 KiB of metadata with each version of 32 KiB: 72 KiB / 32 KiB = 2.25 times their size',
  ]);
});

test('versions of a usual size warn of nothing', async () => {
  const { data, text } = await estimate({ transitions: [move('GLACIER', 30)] }, { storageClass: 'STANDARD_IA' });
  expect(data.warnings).toEqual([]);
  expect(text).not.toContain('warning:');
});

test('--compare shows the pair without its lifecycle, and no class that could not move as configured', async () => {
  const { data } = await estimate({ noncurrentDays: 15, transitions: [move('GLACIER_IR', 45)] });
  const options = data.changes?.map(({ option, value }) => `${option} ${value}`) ?? [];

  expect(options).toContain('pairs[].lifecycle none');
  expect(options).toContain('pairs[].storageClass STANDARD_IA');
  expect(options.filter((option) => /GLACIER|DEEP|ONEZONE/.test(option))).toEqual([]);
  expect((await estimate({})).data.changes?.map(({ option }) => option)).not.toContain('pairs[].lifecycle');
});
