import { whole } from '../../units';
import type { StorageClass } from '../prices/catalog';
import { CLASS_RULES } from './classes';
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
  const { config, pair } = month;
  return present([
    ...bucket(month, 'source', 'STANDARD', config.source.region),
    ...bucket(month, 'replica', pair.storageClass, config.destination.region),
  ]);
}

function bucket(month: PairMonth, side: 'source' | 'replica', storageClass: StorageClass, region: string): Quantity[] {
  const { current, noncurrent } = versions(month);
  const of = (part: Versions, id: string, what: string) => [
    held(part, storageClass, region, `${side}-${id}`, `${side} bucket, ${what}`),
    ...extras(part, storageClass, region, `${side}-${id}`, `${side} bucket, ${what}`),
  ];
  return [
    ...of(current, 'storage', 'current versions'),
    ...of(noncurrent, 'storage-noncurrent', 'overwritten and deleted versions'),
  ];
}

/** Overwritten and deleted versions stay, so every version that is written adds its bytes. */
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
