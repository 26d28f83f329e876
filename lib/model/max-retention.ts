import type { DeployedPair } from './deployment';
import type { PairNames } from './names';
import type { Statement } from './policies';

/** Days that are left of the retention period with which a request writes an object, or which it sets. Absent without one. */
export const REMAINING_RETENTION = 's3:object-lock-remaining-retention-days';

/**
 * What the replica bucket's policy refuses so that nobody, a source least of all, imposes more than `objectLock.maximumRetentionDays` on
 * the backup. A replica takes the retention of its object over: one that is longer is then FAILED, and not in the backup at all.
 *
 * AWS's policy has `s3:PutObjectRetention` alone, and says of replicas that `s3:ReplicateObject` has to be allowed. Objects that are written
 * with a retention take `s3:PutObject`. Whoever does not ask with the key is not refused.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-retention-limits
 */
export function retentionBound({ objectLock }: DeployedPair, { replicaBucket }: PairNames): Statement[] {
  return objectLock?.maximumRetentionDays === undefined
    ? []
    : [
        {
          Sid: 'BoundRetention',
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3:PutObject', 's3:PutObjectRetention', 's3:ReplicateObject'],
          Resource: [`${replicaBucket.arn}/*`],
          Condition: { NumericGreaterThan: { [REMAINING_RETENTION]: String(objectLock.maximumRetentionDays) } },
        },
      ];
}
