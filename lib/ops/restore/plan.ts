import type { Clock } from '../../aws/clock';
import type { KeyRange } from '../../aws/listing/cursor';
import { discoverRanges } from '../../aws/listing/ranges';
import { isArchived } from '../copy/archive';
import { decide } from '../copy/decide';
import { Pool } from '../copy/pool';
import { type Amount, addTo } from '../copy/totals';
import type { Subject } from './job';
import type { RestoreOptions } from './options';
import { addRequests, type CopyRequests, noRequests } from './plan/requests';
import { RANGES_AT_ONCE } from './restore-pair';

/** What a restore of one pair will do, by the listings. */
export interface PairPlan {
  /** Objects that existed at the moment asked for: those of the five below. */
  readonly chosen: Amount;
  /** To be copied. Those in archive classes are not among them. */
  readonly copy: Amount;
  /** In archive classes: they can be copied once they have been requested. */
  readonly archived: Amount;
  /** The target has something of the same size, which is not replaced: checksums say whether it is the same or a conflict. */
  readonly compare: Amount;
  /** The target has this very version. */
  readonly there: Amount;
  /** The target has something else. */
  readonly conflict: Amount;
  /** Of those to be copied: the target has something that is replaced. */
  replaced: number;
  /** Bytes of the largest object to be copied. */
  largest: number;
  /** Keys whose current version at that moment was a delete marker. */
  deleted: number;
  /** Keys that had no version at that moment. */
  later: number;
  /** Those of both that the target has an object under, which stays. */
  stays: number;
  /** Requests that copying and comparing take. */
  readonly requests: CopyRequests;
  /** Requests that listing both buckets takes; the plan took as many. */
  listRequests: number;
}

type PlanOptions = Pick<RestoreOptions, 'overwrite' | 'withoutTags'>;

/** Keys between two looks at whether the person interrupts. */
const LOOK_EVERY = 500;

/**
 * Lists both buckets of a pair, holding counters only.
 *
 * @param listed called now and then with the keys that were looked at
 * @returns the plan, and ranges of keys that divide the work
 * @throws AppError when S3 gives no answer, or the person interrupts
 */
export async function planPair(
  subject: Subject,
  options: PlanOptions,
  clock: Clock,
  listed: (keys: number) => void,
): Promise<{ readonly plan: PairPlan; readonly ranges: readonly KeyRange[] }> {
  const ranges = await discoverRanges(subject.from);
  const plan = noPlan();
  const pool = new Pool(RANGES_AT_ONCE);
  let keys = 0;
  const look = async (range: KeyRange) => {
    for await (const state of subject.keys(range)) {
      count(plan, decide(state, options.overwrite), options);
      keys += 1;
      if (keys % LOOK_EVERY === 0) {
        listed(keys);
        await clock.sleep(0);
        // Another range may have failed.
        await pool.until(() => true);
      }
    }
  };
  try {
    for (const range of ranges) {
      await pool.begin(() => look(range));
    }
  } finally {
    await pool.end();
  }
  return { plan, ranges };
}

function count(plan: PairPlan, decision: ReturnType<typeof decide>, { withoutTags }: PlanOptions): void {
  if (decision.kind === 'deleted' || decision.kind === 'later') {
    plan[decision.kind] += 1;
    plan.stays += decision.stays ? 1 : 0;
    return;
  }
  const { kind, item } = decision;
  addTo(plan.chosen, item.size);
  if (kind !== 'copy') {
    addTo(plan[kind], item.size);
  } else if (item.present !== undefined && item.replaces === undefined) {
    addTo(plan.compare, item.size);
    addRequests(plan.requests, item, withoutTags);
  } else if (isArchived(item)) {
    addTo(plan.archived, item.size);
  } else {
    addTo(plan.copy, item.size);
    addRequests(plan.requests, item, withoutTags);
    plan.replaced += item.replaces === undefined ? 0 : 1;
    plan.largest = Math.max(plan.largest, item.size);
  }
}

export function noPlan(): PairPlan {
  const none = (): Amount => ({ objects: 0, bytes: 0 });
  return {
    chosen: none(),
    copy: none(),
    archived: none(),
    compare: none(),
    there: none(),
    conflict: none(),
    replaced: 0,
    largest: 0,
    deleted: 0,
    later: 0,
    stays: 0,
    requests: noRequests(),
    listRequests: 0,
  };
}
