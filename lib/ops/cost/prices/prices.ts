import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readChecked, replaceFile } from '../../../cli/files';
import { STORAGE_CLASSES, TRANSITION_CLASSES } from '../../../config/schema';
import type { StorageClass } from '../../../config/storage-classes';
import { toJson } from '../../../errors/visible';

/** Kinds of price that an estimate needs, each with the unit that AWS's pages print it in. */
const UNITS = {
  's3-monitoring-INTELLIGENT_TIERING': '1,000 objects',
  's3-delete-marker-replication': '1,000 requests',
  's3-transfer': 'GB',
  's3-time-control': 'GB',
  's3-inventory': '1,000,000 objects',
  's3-batch-job': 'job',
  's3-batch-objects': '1,000,000 objects',
  's3-batch-manifest': '1,000,000 objects',
  'kms-key': 'key-month',
  'kms-requests': '10,000 requests',
  'cloudwatch-metric': 'metric-month',
  'cloudwatch-alarm': 'alarm-month',
  'cloudwatch-composite-alarm': 'alarm-month',
  'cloudwatch-dashboard': 'dashboard-month',
  'scheduler-invocations': '1,000,000 invocations',
  'sqs-requests': '1,000,000 requests',
  'codepipeline-minutes': 'minute',
  'codebuild-minutes': 'minute',
} as const;

export type PriceId =
  | keyof typeof UNITS
  | `s3-storage-${StorageClass}`
  | `s3-put-${StorageClass}`
  | `s3-transition-${(typeof TRANSITION_CLASSES)[number]}`;

/** What a price is looked up by. */
export interface PriceKey {
  readonly id: PriceId;
  /** The region whose price it is; for what crosses regions, see `between`. */
  readonly region: string;
}

/** The unit of every price there is. */
export const PRICE_UNITS: ReadonlyMap<string, string> = new Map<string, string>([
  ...STORAGE_CLASSES.map((name) => [`s3-storage-${name}`, 'GB-month'] as const),
  ...STORAGE_CLASSES.map((name) => [`s3-put-${name}`, '1,000 requests'] as const),
  ...TRANSITION_CLASSES.map((name) => [`s3-transition-${name}`, '1,000 requests'] as const),
  ...Object.entries(UNITS),
]);

/** Where AWS prints the prices of a service, for a person who fills the file. */
const PAGES: readonly (readonly [prefix: string, page: string])[] = [
  ['s3-', 'https://aws.amazon.com/s3/pricing/'],
  ['kms-', 'https://aws.amazon.com/kms/pricing/'],
  ['cloudwatch-', 'https://aws.amazon.com/cloudwatch/pricing/'],
  ['scheduler-', 'https://aws.amazon.com/eventbridge/pricing/'],
  ['sqs-', 'https://aws.amazon.com/sqs/pricing/'],
  ['codepipeline-', 'https://aws.amazon.com/codepipeline/pricing/'],
  ['codebuild-', 'https://aws.amazon.com/codebuild/pricing/'],
];

/** How many of what is counted make one unit of a price: 1000 for `1,000 requests`. */
export function unitSize(id: PriceId): number {
  const count = /^([\d,]+) /.exec(unitOf(id))?.[1];
  return count === undefined ? 1 : Number(count.replaceAll(',', ''));
}

export function unitOf(id: PriceId): string {
  return PRICE_UNITS.get(id) ?? '';
}

export function pageOf(id: PriceId): string {
  return PAGES.find(([prefix]) => id.startsWith(prefix))?.[1] ?? '';
}

/** The region of a price for what goes from one region to another. */
export function between(from: string, to: string): string {
  return `${from} to ${to}`;
}

/** The region of a price that AWS says is the same in every region. */
const EVERY_REGION = '*';

/** The prices that come with the repository. */
export const SHIPPED_FILE = join(__dirname, 'prices.json');

const date = z.iso.date({ error: 'write a date such as "2026-11-23"' });
const dollars = z.number({ error: 'write dollars as a number' }).min(0, { error: 'write dollars of 0 or more' });
const text = (what: string) => z.string({ error: `write ${what}` }).min(1, { error: `write ${what}` });

const price = z
  .strictObject({
    id: z.string().refine((id) => PRICE_UNITS.has(id), { error: `write one of ${[...PRICE_UNITS.keys()].join(', ')}` }),
    region: text('a region, "REGION to REGION" for what crosses regions, or "*" where it is the same everywhere'),
    unit: text('the unit of the price'),
    /** Dollars for each unit. Several tiers, each up to a quantity in units; the last one has no end. */
    tiers: z
      .array(z.strictObject({ upTo: z.number().positive().optional(), usd: dollars }), { error: 'write a list of tiers' })
      .min(1, { error: 'write at least one tier, such as [{ "usd": 1 }]' }),
    source: z.url({ error: 'write the address of the page or file that the price is from' }),
    asOf: date,
    note: z.string().optional(),
  })
  .refine(({ id, unit }) => !PRICE_UNITS.has(id) || PRICE_UNITS.get(id) === unit, {
    error: 'write the unit that prices of this id have, as the command prints it',
    path: ['unit'],
  })
  .refine(({ tiers }) => tiers.every(({ upTo = Infinity }, index) => (index === tiers.length - 1) === (upTo === Infinity)), {
    error: 'write an end (upTo) for every tier but the last',
    path: ['tiers'],
  })
  .refine(({ tiers }) => tiers.every(({ upTo = Infinity }, index) => upTo > (tiers[index - 1]?.upTo ?? 0)), {
    error: 'write the tiers in ascending order',
    path: ['tiers'],
  });

const file = z
  .strictObject({
    asOf: date,
    currency: z.literal('USD', { error: 'write "USD": other currencies are not supported' }),
    prices: z.array(price, { error: 'write a list of prices' }),
  })
  .refine(({ prices }) => new Set(prices.map(({ id, region }) => `${id} ${region}`)).size === prices.length, {
    error: 'write each id and region once',
    path: ['prices'],
  });

export type Price = z.output<typeof price>;
export type PriceFile = z.output<typeof file>;

/** @throws UsageError when the file cannot be read or is wrong, with every problem */
export function readPrices(path: string): PriceFile {
  return readChecked(path, file, { what: 'price file', hint: 'name another one with --prices' });
}

/** The prices of a file that may not be there yet. */
export function readPricesIfThere(path: string, today: string): PriceFile {
  return existsSync(path) ? readPrices(path) : { asOf: today, currency: 'USD', prices: [] };
}

/** @throws UsageError when the file cannot be written; the old one is unchanged then */
export function writePrices(path: string, prices: PriceFile): void {
  const words = { code: 'NoPriceFile', hint: 'name another file with --prices' };
  replaceFile(path, `${toJson(prices)}\n`, words);
}

/** The price of a region, or the one of every region; undefined when there is none. */
export function findPrice({ prices }: PriceFile, { id, region }: PriceKey): Price | undefined {
  const candidates = prices.filter((one) => one.id === id);
  return candidates.find((one) => one.region === region) ?? candidates.find((one) => one.region === EVERY_REGION);
}

/** Dollars for a quantity in units, through the tiers from the first one on. */
export function amount({ tiers }: Pick<Price, 'tiers'>, quantity: number): number {
  let start = 0;
  let sum = 0;
  for (const { upTo = Infinity, usd } of tiers) {
    sum += Math.max(Math.min(quantity, upTo) - start, 0) * usd;
    start = upTo;
  }
  return sum;
}
