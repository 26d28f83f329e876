import type { KeyRange } from '../../aws/listing/cursor';
import { type Decision, decide } from '../copy/decide';
import { forEachRange } from '../copy/keys';
import { addMarker, type MarkerTally, noMarkers } from '../copy/markers';
import { type Amount, addTo, type Item, isArchived, noAmount } from '../copy/model';
import { partsOf, SIZES } from '../copy/transfer/layout';
import { batchItem } from './batch/choice';
import type { Manifest } from './batch/manifest';
import type { RestoreJob } from './job';
import type { RestoreOptions } from './options';

/** What a restore of one pair will do, by the listings, or by an inventory report and the listing of the target. */
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
  /** Of those to be copied: by S3 Batch Operations. The others by this process. */
  readonly batch: Amount;
  /** Of those to be copied: the target has something that is replaced. */
  replaced: number;
  /** Bytes of the largest object to be copied. */
  largest: number;
  /** Keys whose current version at that moment was a delete marker. */
  deleted: number;
  /** Those keys, and those whose delete marker is ignored. */
  readonly markers: MarkerTally;
  /** Keys that had no version at that moment. */
  later: number;
  /** Those of both that the target has an object under, which stays. */
  stays: number;
  /** Requests that copying and comparing take. */
  readonly requests: CopyRequests;
  /** Requests that listing takes; the plan took as many. */
  listRequests: number;
}

/** Requests that copying sends to either side. */
interface CopyRequests {
  /** HEAD and GET, of the replica bucket, those for tags among them. */
  from: number;
  /** HEAD, of the target. */
  look: number;
  /** PUT, and what begins and completes an upload in parts, to the target. */
  put: number;
}

type PlanOptions = Pick<RestoreOptions, 'overwrite' | 'withoutTags' | 'ignoreForeignMarkers'>;

/** Keys between two pictures of the progress. */
const SHOW_EVERY = 500;

/**
 * Goes through the keys of a pair, holding counters only.
 *
 * @param listed called now and then with the keys that were looked at
 * @param manifest takes what S3 Batch Operations is to copy. @default - this process copies everything
 * @returns the plan, and ranges of keys that divide the work
 * @throws AppError when S3 gives no answer, or the person interrupts
 */
export async function planPair(
  job: RestoreJob,
  options: PlanOptions,
  signal: AbortSignal,
  listed: (keys: number) => void,
  manifest?: Pick<Manifest, 'add'>,
): Promise<{ readonly plan: PairPlan; readonly ranges: readonly KeyRange[] }> {
  const ranges = await job.ranges();
  const plan = noPlan();
  let looked = 0;
  await forEachRange(ranges, job.keysOf, signal, async (keys) => {
    for await (const state of keys) {
      count(plan, decide(state, options.overwrite, options.ignoreForeignMarkers), options, manifest);
      looked += 1;
      if (looked % SHOW_EVERY === 0) {
        listed(looked);
      }
    }
  });
  return { plan, ranges };
}

function count(
  plan: PairPlan,
  decision: Decision,
  { withoutTags }: PlanOptions,
  manifest: Pick<Manifest, 'add'> | undefined,
): void {
  if (decision.marker !== undefined) {
    addMarker(plan.markers, decision.marker, decision.kind !== 'deleted');
  }
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
    if (manifest !== undefined && batchItem(decision) !== undefined) {
      addTo(plan.batch, item.size);
      manifest.add(item);
    } else {
      addRequests(plan.requests, item, withoutTags);
    }
    plan.replaced += item.replaces === undefined ? 0 : 1;
    plan.largest = Math.max(plan.largest, item.size);
  }
}

function noPlan(): PairPlan {
  return {
    chosen: noAmount(),
    copy: noAmount(),
    archived: noAmount(),
    compare: noAmount(),
    there: noAmount(),
    conflict: noAmount(),
    batch: noAmount(),
    replaced: 0,
    largest: 0,
    deleted: 0,
    markers: noMarkers(),
    later: 0,
    stays: 0,
    requests: { from: 0, look: 0, put: 0 },
    listRequests: 0,
  };
}

/**
 * Adds what copying one version, or comparing it, takes at least. What no listing tells takes more: two GETs of the whole object where
 * S3 keeps no checksums to compare.
 */
function addRequests(requests: CopyRequests, item: Item, withoutTags: boolean): void {
  const { size, present, replaces } = item;
  if (present !== undefined) {
    requests.from += 1;
    requests.look += 2;
  }
  if (present !== undefined && replaces === undefined) {
    return;
  }
  requests.from += withoutTags ? 0 : 1;
  requests.look += replaces === undefined ? 0 : 1;
  if (size <= SIZES.whole) {
    requests.from += 1;
    requests.put += 1;
    return;
  }
  const parts = partsOf(item, undefined).length;
  requests.from += 1 + parts;
  requests.look += 1;
  requests.put += parts + 2;
}
