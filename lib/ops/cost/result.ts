import type { PriceId } from './prices/catalog';
import type { Range } from './quantities/quantity';
import type { Workload, WorkloadOrigin } from './workload/workload';

/** One line of the estimate: `usd` is quantity × price. */
export interface Line {
  readonly id: string;
  readonly item: string;
  /** Null for what the pairs share. */
  readonly pair: string | null;
  /** In units of the price; null when nobody knows. */
  readonly quantity: Range | null;
  readonly unit: string;
  readonly formula: string;
  readonly price: LinePrice;
  /** Null while the line is open: its price or its quantity is missing. */
  readonly usd: Range | null;
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
export interface Total extends Range {
  /** How many lines are in no sum. */
  readonly open: number;
}

/** What one option of the configuration would change. */
export interface Change {
  /** The key of the configuration, and the value it would have. */
  readonly option: string;
  readonly value: string | boolean;
  /** Difference of the lines that are not open, in dollars a month. */
  readonly usd: Range;
  /** Ids of the prices and lines without which the difference is not whole. */
  readonly open: readonly string[];
}

/** The result of `ops cost`. Dollars a month, without taxes and free tiers. */
export interface CostData {
  readonly deployment: string;
  readonly currency: 'USD';
  readonly prices: { readonly file: string; readonly asOf: string };
  readonly origin: WorkloadOrigin;
  readonly backfill: boolean;
  readonly workloads: Readonly<Record<string, Workload>>;
  readonly total: Total;
  readonly lines: readonly Line[];
  readonly missingPrices: readonly MissingPrice[];
  /** What costs more than it saves at the size of the versions, with the arithmetic. */
  readonly warnings: readonly string[];
  readonly notCounted: readonly string[];
  /** Null without `--compare`. */
  readonly changes: readonly Change[] | null;
}

/** What no line has, and why. */
export const NOT_COUNTED: readonly string[] = [
  "the application's own requests, reads and KMS requests: they are there without replication too",
  'GET and HEAD requests of replication, and its PUT to the source bucket: S3 bills one PUT for each object',
  'free tiers and discounts: other work of the accounts may use them up; volume tiers count for each line by itself',
  'objects around the average: where a class has a least size, objects below it are billed as that',
  'reading replicas back, and source objects in a class that bills retrieval; a restore from S3 Glacier',
  'SNS, SQS and mail, a message for each failure or alarm; requests of these commands and the canaries of verify; build logs; reports of backfill; CloudTrail data events',
  'SSM standard parameters, CloudFormation and replication itself, which have no price of their own; taxes',
];
