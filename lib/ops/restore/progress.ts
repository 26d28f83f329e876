import { bytes, duration, whole } from '../../cli/units';
import { type Amount, endedIn, sumOf } from '../copy/totals';
import type { Ledger } from './ledger';
import type { PairPlan } from './plan';

const WIDTH = 24;

/**
 * Where a restore is, in one line: a bar, objects and bytes, rate, time left, failures.
 *
 * @param seconds since it began, or went on
 * @param before what had ended by then
 */
export function progressLine(
  jobs: readonly { readonly plan: PairPlan; readonly ledger: Ledger }[],
  seconds: number,
  before: Amount,
): string {
  const all = sumOf(jobs.map(({ plan }) => plan.chosen));
  const done = sumOf(jobs.map(({ ledger }) => endedIn(ledger.totals)));
  const failed = sumOf(jobs.map(({ ledger }) => ledger.totals.ends.failed)).objects;
  // Objects cost requests and bytes cost time: both halves count.
  const share = (part(done.objects, all.objects) + part(done.bytes, all.bytes)) / 2;
  const shareBefore = (part(before.objects, all.objects) + part(before.bytes, all.bytes)) / 2;
  const filled = Math.round(share * WIDTH);
  const rate =
    seconds < 1
      ? ''
      : `; ${whole(Math.round((done.objects - before.objects) / seconds))} objects and ${bytes((done.bytes - before.bytes) / seconds)} a second`;
  const left = seconds < 1 || share <= shareBefore ? '' : `; ${duration(((1 - share) / (share - shareBefore)) * seconds)} left`;
  return `restore [${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${whole(done.objects)}/${whole(all.objects)} objects, ${bytes(done.bytes)}/${bytes(all.bytes)}${rate}${left}; ${whole(failed)} failed`;
}

/** Nothing of nothing is all of it. More than was planned may have come since. */
function part(done: number, all: number): number {
  return all === 0 ? 1 : Math.min(done / all, 1);
}
