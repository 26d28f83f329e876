import type { FailureReason } from './reasons';
import {
  OTHER_DENIES,
  PAGES,
  REPLICA_BUCKET_POLICY,
  RESTORE_DESTINATION,
  RESTORE_SOURCE,
  ROLE_POLICY,
  resource,
  setting,
  statement,
} from './remedies';

/** A lock of a source object that the role may not read. */
function lockNotReadable(code: string, what: string, action: string): FailureReason {
  return {
    code,
    cause: `S3 may not read the ${what} of a source object: ${action} is missing.`,
    concerns: [setting('pairs[].sourceObjectLock'), resource('replication role')],
    fix: `Restore statement ReadSourceLocks in the role's policy. It is there with "sourceObjectLock": true alone: where somebody gave the source bucket Object Lock by hand, write that and objectLock into the configuration, then deploy both stacks. ${OTHER_DENIES}`,
    commands: [ROLE_POLICY, RESTORE_SOURCE],
    page: PAGES.objectLock,
  };
}

/** A lock of a source object that its replica cannot take over. */
function lockNotPermitted(code: string, cause: string, action: string): FailureReason {
  return {
    code,
    cause,
    concerns: [statement('WriteReplicas'), resource('replica bucket')],
    fix: `Look for a Deny of ${action} or s3:ReplicateObject: on the replica bucket AWS documents no permission for locked objects besides those of WriteReplicas. Where S3 wants ${action} all the same, add it to WriteReplicas in lib/model/permissions.ts, then deploy both stacks. ${OTHER_DENIES}`,
    commands: [REPLICA_BUCKET_POLICY, RESTORE_DESTINATION],
    page: PAGES.objectLock,
  };
}

const RETENTION_NOT_PERMITTED = lockNotPermitted(
  'DstPutRetentionNotPermitted',
  'S3 may not put the retention period of a source object on its replica: it is longer than objectLock.maximumRetentionDays, or s3:PutObjectRetention is denied or missing.',
  's3:PutObjectRetention',
);

/** The failure reasons that only Object Lock has. */
export const OBJECT_LOCK_REASONS: readonly FailureReason[] = [
  {
    code: 'DstBucketObjectLockConfigMissing',
    cause: 'The source bucket has Object Lock and the replica bucket does not.',
    concerns: [resource('replica bucket'), resource('source bucket'), setting('pairs[].objectLock')],
    fix: 'Write objectLock and "sourceObjectLock": true for the pair into the configuration, then deploy both stacks. The command does it by hand, without a default retention. Object Lock cannot be taken back.',
    commands: [
      {
        as: 'destination',
        run: 'aws s3api put-object-lock-configuration --bucket {replicaBucket} --object-lock-configuration ObjectLockEnabled=Enabled --region {destinationRegion}',
      },
    ],
    page: PAGES.objectLock,
  },
  lockNotPermitted(
    'DstPutLegalHoldNotPermitted',
    'S3 may not put the legal hold of a source object on its replica: s3:PutObjectLegalHold is denied or missing.',
    's3:PutObjectLegalHold',
  ),
  {
    ...RETENTION_NOT_PERMITTED,
    concerns: [setting('pairs[].objectLock.maximumRetentionDays'), ...RETENTION_NOT_PERMITTED.concerns],
    fix: `An object with a longer retention is not in the backup: write it again with a shorter one, or raise the bound, deploy the destination, and retry. Otherwise: ${RETENTION_NOT_PERMITTED.fix}`,
    commands: [
      {
        as: 'source',
        run: 'aws s3api get-object-retention --bucket {sourceBucket} --key KEY --version-id VERSION_ID --region {sourceRegion}',
      },
      ...RETENTION_NOT_PERMITTED.commands,
    ],
  },
  lockNotReadable('SrcGetLegalHoldNotPermitted', 'legal hold', 's3:GetObjectLegalHold'),
  lockNotReadable('SrcGetRetentionNotPermitted', 'retention period', 's3:GetObjectRetention'),
];
