import { whole } from '../../../cli/units';
import { CLASS_RULES, type StorageClass } from '../../../config/storage-classes';
import { type Share, sharesOf } from './lifecycle';
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
  const of = (part: Versions, parts: readonly Share[], kind: string, what: string) =>
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

function shareOf({ count, bytes, text }: Versions, { share, text: part }: Share): Versions {
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
