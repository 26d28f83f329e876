import type { Deployment } from '../../lib/model/deployment';
import { estimateLines } from '../../lib/ops/cost/compare';
import { readPrices, SHIPPED_FILE } from '../../lib/ops/cost/prices/prices';

/** Hours in a month, as AWS reckons. */
const HOURS = 730;

/** What a run writes: a few objects of a few bytes. */
const WORKLOAD = { objects: 20, averageSize: 100, storedBytes: 0, storedObjects: 0, overwrites: 0, deletes: 0 };

/**
 * Says what a run costs. Keys, alarms and metrics are billed by the month in proportion to the hours; a key that is scheduled for deletion
 * is not billed.
 *
 * @param hours that the deployment is there
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
 */
export function priceOf(config: Deployment, hours: number): string {
  const ids = config.pairs.map(({ id }) => id);
  const input = {
    config,
    pairs: ids,
    workloads: { origin: { kind: 'options', text: 'the live suite' }, pairs: new Map(ids.map((id) => [id, WORKLOAD])) },
    backfill: false,
    prices: readPrices(SHIPPED_FILE),
  } as const;
  const lines = estimateLines(input, config);
  const known = lines.reduce((sum, { usd }) => sum + (usd?.least ?? 0), 0);
  const open = new Set(lines.filter(({ usd }) => usd === null).map(({ price: { id } }) => id));
  return (
    `at least $${((known * hours) / HOURS).toFixed(2)} for ${hours} hours: the keys. Not in it, because this project ships no prices of them: ` +
    `${[...open].join(', ')}. AWS bills these by the hour, the request or the gigabyte, and the run writes some dozens of objects below a kilobyte.`
  );
}
