import { canaryPrefix } from '../canary-prefix';
import type { Pair, SideName } from '../config/model';

/** One rule of S3 Lifecycle as plain data: the stacks write it, and doctor looks for it. Days are whole. */
export interface LifecycleRule {
  readonly id: string;
  /** @default - every object */
  readonly prefix?: string;
  /** Days after which S3 aborts an upload that was never completed. @default - never */
  readonly abortUploadsAfter?: number;
  /** Where current versions go, so many days after their creation. @default - nowhere */
  readonly transitions?: Transitions;
  /** Where noncurrent versions go, so many days after they became that. @default - nowhere */
  readonly noncurrentTransitions?: Transitions;
  /** Days after its creation at which a current version expires: in a versioned bucket it gets a delete marker. @default - never */
  readonly expireAfter?: number | undefined;
  /** Days after which a noncurrent version is deleted for good. @default - never */
  readonly deleteNoncurrentAfter?: number | undefined;
  /** So many newest noncurrent versions of an object are kept all the same. @default - none */
  readonly keepNoncurrent?: number | undefined;
  /** Removes a delete marker that is all that is left of an object. S3 takes it in no rule that expires after days. */
  readonly removeExpiredDeleteMarkers?: true;
}

type Transitions = Pair['lifecycle']['transitions'];

const REMOVE_DELETE_MARKERS: LifecycleRule = { id: 'RemoveExpiredDeleteMarkers', removeExpiredDeleteMarkers: true };

/** Every bucket has this rule. @param days after which S3 aborts an upload that was never completed */
export function abortIncompleteUploads(days: number): LifecycleRule {
  return { id: 'AbortIncompleteUploads', abortUploadsAfter: days };
}

/** The rules of one bucket of a pair. */
export function lifecycleRulesOf(pair: Pair, side: SideName): LifecycleRule[] {
  const prefix = canaryPrefix(pair);
  return [
    abortIncompleteUploads(pair.lifecycle.abortMultipartDays),
    // Removes the canaries of `ops verify` that nobody may delete, and then their delete markers, for which S3 wants a rule apart.
    { id: 'ExpireCanaries', prefix, expireAfter: 1, deleteNoncurrentAfter: 1 },
    { id: 'ExpireCanaryDeleteMarkers', prefix, removeExpiredDeleteMarkers: true },
    ...(side === 'source' ? sourceRules(pair) : replicaRules(pair)),
  ];
}

function sourceRules({ lifecycle: { sourceNoncurrentDays, sourceNoncurrentVersions } }: Pair): LifecycleRule[] {
  return sourceNoncurrentDays === undefined
    ? []
    : [
        {
          id: 'ExpireNoncurrentVersions',
          deleteNoncurrentAfter: sourceNoncurrentDays,
          keepNoncurrent: sourceNoncurrentVersions,
        },
        REMOVE_DELETE_MARKERS,
      ];
}

function replicaRules({ lifecycle }: Pair): LifecycleRule[] {
  const { transitions, noncurrentDays, noncurrentVersions, replicaExpireDays } = lifecycle;
  if (transitions.length === 0 && noncurrentDays === undefined && replicaExpireDays === undefined) {
    return [];
  }
  return [
    {
      id: 'MoveAndExpireReplicas',
      transitions,
      noncurrentTransitions: noncurrentTransitionsOf(lifecycle),
      expireAfter: replicaExpireDays,
      deleteNoncurrentAfter: noncurrentDays,
      keepNoncurrent: noncurrentVersions,
    },
    ...(noncurrentDays === undefined ? [] : [REMOVE_DELETE_MARKERS]),
  ];
}

/** The transitions that a noncurrent replica lives to see: S3 refuses one that is not before the deletion. */
export function noncurrentTransitionsOf({ transitions, noncurrentDays = Infinity }: Pair['lifecycle']): Transitions {
  return transitions.filter(({ days }) => days < noncurrentDays);
}
