import { whole } from '../../../cli/units';
import type { DeployedPair, Deployment } from '../../../model/deployment';
import { hasInventory } from '../../../model/inventory';
import type { Workload, Workloads } from '../workload';
import { exactly, exactSize, GB, type PairMonth, present, type Quantity } from './quantity';

/** Days of the month that is estimated. */
const MONTH = 30;

/** Lists of one bucket in a month. */
const LISTS = { Daily: MONTH, Weekly: MONTH / 7 } as const;

/** Bytes of a report for each version that it lists, compressed. No AWS page says how many: keys decide most of it. */
const REPORT_BYTES = 100;

/** Objects of one report of a bucket with few versions: a file, a manifest, its checksum and a symlink. */
const REPORT_OBJECTS = 4;

/**
 * What S3 bills for listing every version of both buckets of a pair, and for keeping the reports about the replica bucket. Those about the source bucket
 * are objects of the pair that keeps them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html
 */
export function inventoryQuantities({ config, pair, workload }: PairMonth): Quantity[] {
  const { inventory, source, destination } = config;
  if (inventory === undefined || !hasInventory(config, pair)) {
    return [];
  }
  const lists = LISTS[inventory.frequency];
  const versions = versionsOf(workload);
  const text = `(${whole(workload.storedObjects)} there + ${whole(workload.objects)} written)`;
  const days = Math.max(inventory.reportDays, MONTH);
  const kept = (lists * days) / MONTH;
  const listed = (what: string, region: string): Quantity => ({
    id: `inventory-${what}`,
    item: `S3 Inventory, versions listed in the ${what} bucket`,
    price: { id: 's3-inventory', region },
    amount: exactly((versions * lists) / 1_000_000),
    formula: `${text} × ${rounded(lists)} lists / 1,000,000`,
  });
  return present([
    listed('source', source.region),
    listed('replica', destination.region),
    {
      id: 'inventory-reports',
      item: 'reports about the replica bucket (STANDARD)',
      price: { id: 's3-storage-STANDARD', region: destination.region },
      amount: exactly((versions * REPORT_BYTES * kept) / GB),
      formula: `${text} × ${exactSize(REPORT_BYTES)} × ${rounded(kept)} reports / 1 GiB; no AWS page says how long a report is`,
    },
  ]);
}

/**
 * Adds what happens in the pair that keeps the reports: nobody describes it, since it follows from the other pairs.
 *
 * @param pairs the chosen ones
 */
export function withReports(config: Deployment, pairs: readonly DeployedPair[], workloads: Workloads): Workloads {
  const reports = pairs
    .filter(({ reportDays }) => reportDays !== undefined)
    .map(({ id, group }) => [id, reportWorkload(config, group, workloads)] as const);
  return { ...workloads, pairs: new Map([...workloads.pairs, ...reports]) };
}

function reportWorkload(config: Deployment, group: string | undefined, workloads: Workloads): Workload {
  const { inventory } = config;
  const listed = config.pairs
    .filter((pair) => pair.group === group && hasInventory(config, pair))
    .flatMap(({ id }) => workloads.pairs.get(id) ?? []);
  const lists = inventory === undefined ? 0 : LISTS[inventory.frequency];
  const versions = listed.reduce((sum, workload) => sum + versionsOf(workload), 0);
  const objects = Math.round(lists * REPORT_OBJECTS * listed.length);
  const averageSize = objects === 0 ? 0 : (versions * REPORT_BYTES * lists) / objects;
  // At the end of the month, those of reportDays are there, and of a month at least.
  const before = Math.max((inventory?.reportDays ?? 0) / MONTH - 1, 0);
  const storedObjects = Math.round(objects * before);
  return { objects, averageSize, storedObjects, storedBytes: storedObjects * averageSize, overwrites: 0, deletes: 0 };
}

function versionsOf({ storedObjects, objects }: Workload): number {
  return storedObjects + objects;
}

function rounded(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
