import { whole } from '../../../cli/units';
import type { Pair, ReplicationConfig } from '../../../config/replication-config';
import type { PriceKey } from '../prices/prices';
import type { Workload } from '../workload';

/** How much of something that AWS bills. */
export interface Quantity {
  /** What it is, stable across releases: unique together with group and region. */
  readonly id: string;
  /** The same for a person. */
  readonly item: string;
  readonly price: PriceKey;
  /** In units of the price. Null when it cannot be known from configuration and workload. */
  readonly amount: AmountRange | null;
  /** How it is computed, with the numbers in it. */
  readonly formula: string;
}

/** At least and at most. Both are the same where AWS documents no range. */
export interface AmountRange {
  readonly least: number;
  readonly most: number;
}

/** A pair and what happens in it. */
export interface PairMonth {
  readonly config: ReplicationConfig;
  readonly pair: Pair;
  readonly workload: Workload;
  /** Whether S3 Batch Replication sends in this month what was there before. Otherwise it is in both buckets already. */
  readonly backfill: boolean;
}

/** What S3 calls a GB. */
export const GB = 2 ** 30;

export function exactly(amount: number): AmountRange {
  return { least: amount, most: amount };
}

/** The quantity without those that are 0, which say nothing. */
export function present(quantities: readonly Quantity[]): Quantity[] {
  return quantities.filter(({ amount }) => amount === null || amount.most > 0);
}

/** A size without a rounding, so that a formula can be checked: `5 MiB`, `5,000,000 B`. */
export function exactSize(size: number): string {
  const units = [
    ['PiB', 2 ** 50],
    ['TiB', 2 ** 40],
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const;
  const [unit, factor] = units.find(([, each]) => size > 0 && Number.isInteger(size / each)) ?? ['B', 1];
  return `${whole(size / factor)} ${unit}`;
}
