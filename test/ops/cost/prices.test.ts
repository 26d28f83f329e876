import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../lib/errors/errors';
import { amount, findPrice, readPrices, SHIPPED_FILE } from '../../../lib/ops/cost/prices/prices';
import { roundPrices } from './round-prices';

const KEY = {
  id: 'kms-key',
  region: 'us-west-2',
  unit: 'key-month',
  tiers: [{ usd: 1 }],
  source: 'https://example.com/',
  asOf: '2026-11-01',
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-prices-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function read(...prices: readonly object[]) {
  const path = join(directory, 'prices.json');
  writeFileSync(path, JSON.stringify({ asOf: '2026-11-01', currency: 'USD', prices }));
  return readPrices(path);
}

function problemsOf(...prices: readonly object[]): string {
  try {
    read(...prices);
  } catch (error) {
    if (error instanceof UsageError) {
      return error.message;
    }
    throw error;
  }
  return '';
}

test('every shipped price has an AWS page and a date', () => {
  const { prices } = readPrices(SHIPPED_FILE);

  expect(prices.length).toBeGreaterThan(0);
  expect(prices.filter(({ source }) => new URL(source).hostname !== 'aws.amazon.com')).toEqual([]);
  expect(prices.filter(({ asOf }) => Date.parse(asOf) > Date.now())).toEqual([]);
});

test.each([
  ['an unknown id', { id: 'kms-keys' }, 'id: found "kms-keys"; write one of'],
  ['another unit, which would make it a thousand times too much', { unit: 'key' }, 'unit: '],
  ['no source', { source: undefined }, 'source: found nothing; write the address'],
  ['no date', { asOf: 'today' }, 'asOf: found "today"; write a date'],
  ['a guess that is marked as one', { guessed: true }, 'prices[0].guessed: found true; there is no such key'],
  ['a negative price', { tiers: [{ usd: -1 }] }, 'write dollars of 0 or more'],
  ['no end of a tier before the last', { tiers: [{ usd: 2 }, { usd: 1 }] }, 'write an end (upTo)'],
  ['an end of the last tier', { tiers: [{ upTo: 5, usd: 1 }] }, 'write an end (upTo)'],
  ['tiers that go back', { tiers: [{ upTo: 5, usd: 3 }, { upTo: 4, usd: 2 }, { usd: 1 }] }, 'in ascending order'],
])('a price with %s is refused', (_, change, problem) => {
  expect(problemsOf({ ...KEY, ...change })).toContain(problem);
});

test('a price that is written twice is refused', () => {
  expect(problemsOf(KEY, KEY)).toContain('write each id and region once');
});

test('a file that is not there is a wrong option', () => {
  expect(() => readPrices(join(directory, 'none.json'))).toThrow(UsageError);
});

test("a region's own price comes before that of every region", () => {
  const prices = read({ ...KEY, region: '*' }, { ...KEY, tiers: [{ usd: 2 }] });

  expect(findPrice(prices, { id: 'kms-key', region: 'us-west-2' })?.tiers).toEqual([{ usd: 2 }]);
  expect(findPrice(prices, { id: 'kms-key', region: 'eu-west-1' })?.tiers).toEqual([{ usd: 1 }]);
  expect(findPrice(read(KEY), { id: 'kms-key', region: 'eu-west-1' })).toBeUndefined();
});

test.each([
  [5, 15],
  [10, 30],
  [12, 34],
  [40, 85],
])('a quantity of %d goes through the tiers to $%d', (quantity, expected) => {
  expect(amount({ tiers: [{ upTo: 10, usd: 3 }, { upTo: 30, usd: 2 }, { usd: 1.5 }] }, quantity)).toBe(expected);
});

test('prices for reckoning in tests are a file as a person would write it', () => {
  expect(read(...roundPrices().prices).prices).toHaveLength(roundPrices().prices.length);
});
