import type { Entry } from '../../../aws/listing/scan-page';
import type { Pair } from '../../../config/replication-config';
import { afterDays } from '../../../model/lifecycle-days';
import { different, type Finding } from './finding';

/** Whether lifecycle rules of the replica bucket make or delete anything, so that an audit has to know what they go by. */
export function expiresReplicas({ lifecycle }: Pair): boolean {
  return lifecycle.noncurrentDays !== undefined || lifecycle.replicaExpireDays !== undefined;
}

/**
 * That the replica of a version is gone because the lifecycle rules of the replica bucket have deleted it by now: it was noncurrent there
 * for long enough. Undefined where they cannot have.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
export function judgeExpired({ lastModified, history }: Entry, { lifecycle }: Pair, now: Date): Finding | undefined {
  const { noncurrentDays, noncurrentVersions = 0, replicaExpireDays } = lifecycle;
  const { replacedAt, newerNoncurrent = 0 } = history ?? {};
  if (noncurrentDays === undefined || newerNoncurrent < noncurrentVersions) {
    return undefined;
  }
  const noncurrentSince = [
    ...(replacedAt === undefined ? [] : [new Date(replacedAt)]),
    ...(replicaExpireDays === undefined ? [] : [afterDays(new Date(lastModified), replicaExpireDays)]),
  ].map((date) => date.getTime());
  if (noncurrentSince.length === 0) {
    return undefined;
  }
  const due = afterDays(new Date(Math.min(...noncurrentSince)), noncurrentDays);
  return due > now
    ? undefined
    : different(
        'expired',
        false,
        `a lifecycle rule deletes noncurrent replicas after ${noncurrentDays} days, this one from ${due.toISOString().slice(0, 10)} on`,
      );
}

/** That a delete marker of the replica bucket is the lifecycle rule's, which expired the replica below it. Undefined where it cannot be. */
export function judgeExpiryMarker({ lastModified, history }: Entry, { lifecycle }: Pair): Finding | undefined {
  const { noncurrentDays, replicaExpireDays } = lifecycle;
  const hides = history?.hides;
  const isLate = hides !== undefined && new Date(lastModified) >= afterDays(new Date(hides), replicaExpireDays);
  // With nothing below it, the version that it hid was deleted since.
  const isAlone = hides === undefined && noncurrentDays !== undefined;
  return replicaExpireDays !== undefined && (isLate || isAlone)
    ? different('expired', false, `a lifecycle rule expires replicas after ${replicaExpireDays} days, and hides them with this`)
    : undefined;
}

/** Whether a replica is in a class that it was written in, or that a lifecycle rule may have moved it to by now. */
export function isInClass({ storageClass, lastModified }: Entry, { storageClass: written, lifecycle }: Pair, now: Date): boolean {
  return (
    storageClass === written ||
    lifecycle.transitions.some(
      (move) => move.storageClass === storageClass && afterDays(new Date(lastModified), move.days) <= now,
    )
  );
}
