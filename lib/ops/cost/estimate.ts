import { amount, findPrice, type PriceFile, type PriceId, pageOf, unitOf } from './prices/prices';
import type { QuantityGroup } from './quantities/quantities';
import type { AmountRange, Quantity } from './quantities/quantity';
import type { Workload, WorkloadOrigin } from './workload';

/** One line of the estimate: `usd` is quantity × price. */
export interface CostLine {
  readonly id: string;
  readonly item: string;
  /** Null for what the pairs share. */
  readonly pair: string | null;
  /** In units of the price; null when nobody knows. */
  readonly quantity: AmountRange | null;
  readonly unit: string;
  readonly formula: string;
  readonly price: LinePrice;
  /** Null while the line is open: its price or its quantity is missing. */
  readonly usd: AmountRange | null;
}

/** The price of a line, by what the price file calls it. */
export interface LinePrice {
  readonly id: PriceId;
  /** The region that the price is for. */
  readonly region: string;
  /** Dollars for each unit up to so many, the last without an end; null when the file has no such price. */
  readonly tiers: readonly { readonly upTo?: number | undefined; readonly usd: number }[] | null;
  readonly source: string | null;
  readonly asOf: string | null;
}

/** A price that the file lacks. */
export interface MissingPrice {
  readonly id: PriceId;
  readonly region: string;
  readonly unit: string;
  /** Where AWS prints it. */
  readonly page: string;
}

/** The sum of the lines that are not open. */
export interface CostTotal extends AmountRange {
  /** How many lines are in no sum. */
  readonly open: number;
}

/** What one option of the configuration would change. */
export interface OptionChange {
  /** The key of the configuration, and the value it would have. */
  readonly option: string;
  readonly value: string | boolean;
  /** Difference of the lines that are not open, in dollars a month. */
  readonly usd: AmountRange;
  /** Ids of the prices and lines without which the difference is not whole. */
  readonly open: readonly string[];
}

/** The result of `s3-replication cost`. Dollars a month, without taxes and free tiers. */
export interface CostData {
  readonly deployment: string;
  readonly currency: 'USD';
  readonly prices: { readonly file: string; readonly asOf: string };
  readonly origin: WorkloadOrigin;
  readonly backfill: boolean;
  readonly workloads: Readonly<Record<string, Workload>>;
  readonly total: CostTotal;
  readonly lines: readonly CostLine[];
  readonly missingPrices: readonly MissingPrice[];
  /** What costs more than it saves at the size of the versions, with the arithmetic. */
  readonly warnings: readonly string[];
  readonly notCounted: readonly string[];
  /** Null without `--compare`. */
  readonly changes: readonly OptionChange[] | null;
}

/** What no line has, and why. */
export const NOT_COUNTED: readonly string[] = [
  "the application's own requests, reads and KMS requests: you pay for them without replication too",
  'GET and HEAD requests of replication, and its PUT to the source bucket: S3 bills one PUT for each object',
  'free tiers and discounts: other work of the accounts may use them up; volume tiers count for each line separately',
  'objects around the average: where a class has a least size, objects below it are billed as that',
  'reading replicas back, and source objects in a class that bills retrieval; a restore from S3 Glacier',
  'SNS, SQS and mail, a message for each failure or alarm; requests of these commands and the canaries of verify; build logs; reports of backfill; CloudTrail data events',
  'SSM standard parameters, CloudFormation and replication itself, which have no price of their own; taxes',
];

/** Every quantity at its price; open where the file has none. */
export function linesOf(groups: readonly QuantityGroup[], prices: PriceFile): CostLine[] {
  return groups.flatMap(({ pair, quantities }) => quantities.map((quantity) => lineOf(pair, quantity, prices)));
}

function lineOf(pair: string | undefined, quantity: Quantity, prices: PriceFile): CostLine {
  const { id, item, amount: range, formula, price: key } = quantity;
  const price = findPrice(prices, key);
  return {
    id,
    item,
    pair: pair ?? null,
    quantity: range,
    unit: unitOf(key.id),
    formula,
    price: { ...key, tiers: price?.tiers ?? null, source: price?.source ?? null, asOf: price?.asOf ?? null },
    usd: price === undefined || range === null ? null : { least: amount(price, range.least), most: amount(price, range.most) },
  };
}

/** The sum of what is known, and how much is not. */
export function totalOf(lines: readonly CostLine[]): CostTotal {
  const known = lines.flatMap(({ usd }) => usd ?? []);
  return {
    least: known.reduce((sum, { least }) => sum + least, 0),
    most: known.reduce((sum, { most }) => sum + most, 0),
    open: lines.length - known.length,
  };
}

/** The prices that lines wait for, each once. */
export function missingPrices(lines: readonly CostLine[]): MissingPrice[] {
  const missing = lines.flatMap(({ price: { id, region, tiers } }) =>
    tiers === null ? [[`${id} ${region}`, { id, region, unit: unitOf(id), page: pageOf(id) }] as const] : [],
  );
  return [...new Map(missing).values()];
}
