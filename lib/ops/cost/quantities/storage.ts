import { whole } from '../../../cli/units';
import { CLASS_RULES, SMALLEST_TRANSITION, type StorageClass } from '../../../config/storage-classes';
import { noncurrentTransitionsOf } from '../../../model/lifecycle';
import { exactly, exactSize, GB, type PairMonth, present, type Quantity } from './quantity';

/** Versions of one bucket, all of them or a part. */
interface Versions {
  readonly count: number;
  readonly bytes: number;
  /** How they come to be so many, for the formula. */
  readonly text: string;
}

/** What both buckets of a pair hold at the end of the month: an upper bound for the month, and the start of the next one. */
export function storageQuantities(month: PairMonth): Quantity[] {
  const { config } = month;
  return present([...bucket(month, 'source', config.source.region), ...bucket(month, 'replica', config.destination.region)]);
}

function bucket(month: PairMonth, side: 'source' | 'replica', region: string): Quantity[] {
  const { current, noncurrent } = versions(month);
  const shares = sharesOf(month, side);
  const written = side === 'source' ? 'STANDARD' : month.pair.storageClass;
  const of = (part: Versions, parts: readonly ClassShare[], kind: string, what: string) =>
    parts.flatMap((share) => {
      const { storageClass } = share;
      const id = `${side}-${kind}${storageClass === written ? '' : `-${storageClass}`}`;
      const own = shareOf(part, share);
      const item = `${side} bucket, ${what}`;
      return [held(own, storageClass, region, id, item), ...extras(own, storageClass, region, id, item)];
    });
  return [
    ...of(current, shares.current, 'storage', 'current versions'),
    ...of(current, shares.expired, 'storage-expired', 'expired versions'),
    ...of(noncurrent, shares.noncurrent, 'storage-noncurrent', 'overwritten and deleted versions'),
  ];
}

function shareOf({ count, bytes, text }: Versions, { share, text: part }: ClassShare): Versions {
  return part === '' ? { count, bytes, text } : { count: count * share, bytes: bytes * share, text: `(${text}) × ${part}` };
}

/** Every version that is written adds its bytes, before lifecycle rules delete any. */
function versions({ workload }: PairMonth): { readonly current: Versions; readonly noncurrent: Versions } {
  const { objects, averageSize, storedBytes, storedObjects, overwrites, deletes } = workload;
  const written = `${whole(objects)} written × ${exactSize(averageSize)}`;
  const count = Math.min((objects * (overwrites + deletes)) / 100, objects + storedObjects);
  const share = `${whole(objects)} written × ${whole(overwrites + deletes)} %`;
  const all = storedBytes > 0 ? `${exactSize(storedBytes)} there + ${written}` : written;
  return {
    current: {
      count: objects + storedObjects - count,
      bytes: Math.max(storedBytes + (objects - count) * averageSize, 0),
      text: count === 0 ? all : `${all} − ${share} × ${exactSize(averageSize)}`,
    },
    noncurrent: { count, bytes: count * averageSize, text: `${share} × ${exactSize(averageSize)}` },
  };
}

function held(part: Versions, storageClass: StorageClass, region: string, id: string, item: string): Quantity {
  const { minimumSize = 0, minimumDays, overhead } = CLASS_RULES[storageClass];
  const small = part.count * minimumSize > part.bytes;
  const billed = (small ? part.count * minimumSize : part.bytes) + part.count * (overhead?.inClass ?? 0);
  const days = minimumDays === undefined ? '' : `; each is billed for ${minimumDays} days at least`;
  const size = small
    ? `${whole(Math.round(part.count))} versions × ${exactSize(minimumSize)}, the least that is billed, instead of ${part.text}`
    : part.text;
  const metadata =
    overhead === undefined ? '' : ` + ${whole(Math.round(part.count))} versions × ${exactSize(overhead.inClass)} of metadata`;
  return {
    id,
    item: `${item} (${storageClass})`,
    price: { id: `s3-storage-${storageClass}`, region },
    amount: exactly(billed / GB),
    formula: `(${size}${metadata}) / 1 GiB${days}`,
  };
}

/** What a class bills besides its bytes. */
function extras(part: Versions, storageClass: StorageClass, region: string, id: string, item: string): Quantity[] {
  const { overhead, monitoredFrom = Infinity } = CLASS_RULES[storageClass];
  const count = whole(Math.round(part.count));
  const monitored = part.bytes >= part.count * monitoredFrom ? part.count : 0;
  return [
    {
      id: `${id}-metadata`,
      item: `${item}, metadata (STANDARD)`,
      price: { id: 's3-storage-STANDARD', region },
      amount: exactly((part.count * (overhead?.inStandard ?? 0)) / GB),
      formula: `${count} versions × ${exactSize(overhead?.inStandard ?? 0)} / 1 GiB`,
    },
    {
      id: `${id}-monitoring`,
      item: `${item}, monitoring`,
      price: { id: 's3-monitoring-INTELLIGENT_TIERING', region },
      amount: exactly(monitored / 1000),
      formula: `${count} versions of ${exactSize(monitoredFrom)} or more / 1,000`,
    },
  ];
}

/** What is in one class, as a part of all versions of a kind. */
interface ClassShare {
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
function sharesOf(month: PairMonth, side: 'source' | 'replica') {
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
function spread(steps: readonly Step[], end: number, depth: number): ClassShare[] {
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
