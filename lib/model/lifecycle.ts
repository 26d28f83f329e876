import type { SideName } from '../config/replication-config';
import type { DeployedPair } from './deployment';
import { canaryPrefix } from './names';

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
  /**
   * Removes a delete marker that is all that is left of an object. S3 refuses it in a rule that has `expireAfter`, and CloudFormation in a
   * rule that has no other action.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html
   */
  readonly removeExpiredDeleteMarkers?: true;
}

type Transitions = DeployedPair['lifecycle']['transitions'];

/** Every bucket has this rule. @param days after which S3 aborts an upload that was never completed */
export function abortIncompleteUploads(days: number): LifecycleRule {
  return { id: 'AbortIncompleteUploads', abortUploadsAfter: days };
}

/** The rules of one bucket of a pair. */
export function lifecycleRulesOf(pair: DeployedPair, side: SideName): LifecycleRule[] {
  const prefix = canaryPrefix(pair);
  return [
    abortIncompleteUploads(pair.lifecycle.abortMultipartDays),
    // The first hides a canary that `s3-replication verify` could not delete, the second deletes it and what hid it.
    { id: 'ExpireCanaries', prefix, expireAfter: 1 },
    { id: 'DeleteExpiredCanaries', prefix, deleteNoncurrentAfter: 1, removeExpiredDeleteMarkers: true },
    ...reportRules(pair),
    ...(side === 'source' ? sourceRules(pair) : replicaRules(pair)),
  ];
}

/** S3 gives each report keys of its own, but the bucket is versioned, as replication requires: the second rule deletes what the first hides. */
function reportRules({ reportDays }: DeployedPair): LifecycleRule[] {
  return reportDays === undefined
    ? []
    : [{ id: 'ExpireReports', expireAfter: reportDays }, ...deleteNoncurrent('DeleteExpiredReports', 1, undefined)];
}

function sourceRules({ lifecycle: { sourceNoncurrentDays, sourceNoncurrentVersions } }: DeployedPair): LifecycleRule[] {
  return deleteNoncurrent('ExpireNoncurrentVersions', sourceNoncurrentDays, sourceNoncurrentVersions);
}

function replicaRules({ lifecycle }: DeployedPair): LifecycleRule[] {
  const { transitions, noncurrentDays, noncurrentVersions, replicaExpireDays } = lifecycle;
  const moves = transitions.length > 0 || replicaExpireDays !== undefined;
  return [
    ...(moves
      ? [
          {
            id: 'MoveAndExpireReplicas',
            transitions,
            noncurrentTransitions: noncurrentTransitionsOf(lifecycle),
            expireAfter: replicaExpireDays,
          },
        ]
      : []),
    ...deleteNoncurrent('DeleteNoncurrentReplicas', noncurrentDays, noncurrentVersions),
  ];
}

/** @param keep so many newest noncurrent versions of an object stay */
function deleteNoncurrent(id: string, days: number | undefined, keep: number | undefined): LifecycleRule[] {
  return days === undefined ? [] : [{ id, deleteNoncurrentAfter: days, keepNoncurrent: keep, removeExpiredDeleteMarkers: true }];
}

/** The transitions that a noncurrent replica lives to see: S3 refuses one that is not before the deletion. */
export function noncurrentTransitionsOf({ transitions, noncurrentDays = Infinity }: DeployedPair['lifecycle']): Transitions {
  return transitions.filter(({ days }) => days < noncurrentDays);
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * When a lifecycle rule acts, so many days after a moment: S3 rounds up to the next midnight, and may be late.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function afterDays(start: Date, days = 0): Date {
  return new Date((Math.floor(start.getTime() / DAY) + 1 + days) * DAY);
}
