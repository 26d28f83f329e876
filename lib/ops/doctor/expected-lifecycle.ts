import type { LifecycleRule as LiveRule } from '@aws-sdk/client-s3';
import type { Pair, SideName } from '../../config/replication-config';
import { type LifecycleRule, lifecycleRulesOf } from '../../model/lifecycle';

/** The lifecycle rules that the stack of a side writes, as the S3 API spells them: made from the stack's own. */
export function expectedLifecycle(pair: Pair, side: SideName): LiveRule[] {
  return lifecycleRulesOf(pair, side).map(toApi);
}

function toApi(rule: LifecycleRule): LiveRule {
  const { transitions = [], noncurrentTransitions = [] } = rule;
  return {
    ID: rule.id,
    Status: 'Enabled',
    Filter: { Prefix: rule.prefix ?? '' },
    ...(rule.abortUploadsAfter !== undefined && {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abortUploadsAfter },
    }),
    ...(transitions.length > 0 && {
      Transitions: transitions.map(({ storageClass, days }) => ({ Days: days, StorageClass: storageClass })),
    }),
    ...(noncurrentTransitions.length > 0 && {
      NoncurrentVersionTransitions: noncurrentTransitions.map(({ storageClass, days }) => ({
        NoncurrentDays: days,
        StorageClass: storageClass,
      })),
    }),
    ...(rule.expireAfter !== undefined && { Expiration: { Days: rule.expireAfter } }),
    ...(rule.removeExpiredDeleteMarkers && { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ...(rule.deleteNoncurrentAfter !== undefined && {
      NoncurrentVersionExpiration: {
        NoncurrentDays: rule.deleteNoncurrentAfter,
        ...(rule.keepNoncurrent !== undefined && { NewerNoncurrentVersions: rule.keepNoncurrent }),
      },
    }),
  };
}
