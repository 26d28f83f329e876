import { whole } from '../../../cli/units';
import { SMALLEST_TRANSITION, type StorageClass } from '../../../config/storage-classes';
import { noncurrentTransitionsOf } from '../../../model/lifecycle';
import { exactly, type PairMonth, present, type Quantity } from './quantity';

/** What is in one class, as a part of all versions of a kind. */
export interface Share {
  readonly storageClass: StorageClass;
  readonly share: number;
  /** How it is computed; empty for all of them. */
  readonly text: string;
}

interface Step {
  readonly storageClass: StorageClass;
  /** Age from which on. */
  readonly days: number;
}

/** Days of the month that is estimated. */
const MONTH = 30;

/**
 * Where lifecycle rules have the versions of a bucket at the end of the month, by their age. It assumes that every month was like this one:
 * what is there came at the same rate, so its ages are spread evenly, and what is overwritten is so evenly over the month.
 */
export function sharesOf(month: PairMonth, side: 'source' | 'replica') {
  const { pair } = month;
  const { lifecycle } = pair;
  if (side === 'source') {
    const days = lifecycle.sourceNoncurrentVersions === undefined ? (lifecycle.sourceNoncurrentDays ?? Infinity) : Infinity;
    const step = { storageClass: 'STANDARD', days: 0 } as const;
    return { current: spread([step], Infinity, Infinity), expired: [], noncurrent: spread([step], days, MONTH) };
  }
  const first = { storageClass: pair.storageClass, days: 0 };
  const steps = [first, ...transitionsOf(month)];
  const { replicaExpireDays = Infinity } = lifecycle;
  // How many versions are kept all the same is not known: an upper bound.
  const noncurrentDays = lifecycle.noncurrentVersions === undefined ? (lifecycle.noncurrentDays ?? Infinity) : Infinity;
  const last = steps.at(-1) ?? first;
  return {
    current: spread(steps, replicaExpireDays, depthOf(month)),
    expired:
      replicaExpireDays === Infinity
        ? []
        : spread([{ ...last, days: replicaExpireDays }], replicaExpireDays + noncurrentDays, depthOf(month)),
    noncurrent: spread(
      [first, ...noncurrentTransitionsOf({ ...lifecycle, transitions: transitionsOf(month) })],
      noncurrentDays,
      MONTH,
    ),
  };
}

/** The transitions of a month: in a month like every other, each version that is written now stands for one that is old enough. */
export function transitionQuantities(month: PairMonth): Quantity[] {
  const { config, workload } = month;
  return present(
    transitionsOf(month)
      .filter(({ days }) => days < depthOf(month))
      .map(({ storageClass, days }) => ({
        id: `transition-${storageClass}`,
        item: `transitions to ${storageClass}`,
        price: { id: `s3-transition-${storageClass}`, region: config.destination.region },
        amount: exactly(workload.objects / 1000),
        formula: `${whole(workload.objects)} written, and as many ${days} days before × 1 request / 1,000`,
      })),
  );
}

/** S3 moves no small object. */
function transitionsOf({ pair, workload }: PairMonth) {
  return workload.averageSize < SMALLEST_TRANSITION ? [] : pair.lifecycle.transitions;
}

/** Days in which what is there at the end of the month came. */
function depthOf({ workload: { objects, storedObjects } }: PairMonth): number {
  return objects === 0 ? Infinity : (MONTH * (objects + storedObjects)) / objects;
}

/** @param end age at which versions are of this kind no longer  @param depth age of the oldest */
function spread(steps: readonly Step[], end: number, depth: number): Share[] {
  return steps.flatMap(({ storageClass, days }, index) => {
    const to = Math.min(steps[index + 1]?.days ?? end, end);
    if (days >= depth || days >= to) {
      return [];
    }
    if (to >= depth && days === 0) {
      return [{ storageClass, share: 1, text: '' }];
    }
    if (depth === Infinity) {
      return to === Infinity ? [{ storageClass, share: 1, text: '' }] : [];
    }
    const length = Math.min(to, depth) - days;
    return [{ storageClass, share: length / depth, text: `${round(length)} of ${round(depth)} days` }];
  });
}

function round(days: number): string {
  return days.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
