import { DOCTOR, type FailureReason, OTHER_DENIES, PAGES, resource, setting, statement } from './reason';

/** Doctor reads what the fault is about, and prints the command that repairs it. */
const BY_DOCTOR = 'Doctor compares them with the configuration, and prints the repair.';

/** A write of a replica that the replication role's policy or the replica bucket's policy does not allow. */
function writeNotPermitted(code: string, cause: string): FailureReason {
  return {
    code,
    cause,
    concerns: [statement('WriteReplicas')],
    fix: `The statement has to be in the role's policy and in the replica bucket's policy. ${BY_DOCTOR} ${OTHER_DENIES}`,
    commands: [DOCTOR],
    page: PAGES.permissions,
  };
}

/** The failure reasons whose cause is on the destination's side, and those of roles and jobs that write there. */
const DESTINATION_REASONS: readonly FailureReason[] = [
  {
    code: 'DstBucketInvalidRegion',
    cause: 'The destination bucket is not in the region that the Batch Operations job expects. Batch Replication only.',
    concerns: [resource('Batch Replication job'), setting('destination.region')],
    fix: 'Create the job again in the source Region, from the replication configuration that is deployed now. {backfillAgain}.',
    commands: [
      { as: 'source', run: 'aws s3api get-bucket-replication --bucket {sourceBucket} --region {sourceRegion}' },
      { as: 'destination', run: 'aws s3api head-bucket --bucket {replicaBucket} --region {destinationRegion}' },
    ],
    page: PAGES.batch,
  },
  {
    code: 'DstBucketNotFound',
    cause: 'The destination bucket of the replication rule does not exist, or belongs to another account than the rule says.',
    concerns: [resource('replica bucket'), setting('deployment'), setting('destination.account')],
    fix: 'Deploy the destination with the configuration that the source was deployed with: names follow from it. Doctor says whether somebody deleted the bucket, and prints the repair.',
    commands: [
      {
        as: 'destination',
        run: 'aws s3api head-bucket --bucket {replicaBucket} --region {destinationRegion} --expected-bucket-owner {destinationAccount}',
      },
      DOCTOR,
    ],
    page: PAGES.requirements,
  },
  {
    code: 'DstBucketUnversioned',
    cause: 'Versioning of the replica bucket is suspended.',
    concerns: [resource('replica bucket')],
    fix: 'Enable versioning of the replica bucket: doctor prints the command. Find out who suspended it: the replication role cannot.',
    commands: [DOCTOR],
    page: PAGES.requirements,
  },
  {
    ...writeNotPermitted(
      'DstDelObjNotPermitted',
      'S3 may not write a delete marker into the replica bucket: s3:ReplicateDelete is missing.',
    ),
    concerns: [statement('WriteReplicas'), setting('pairs[].replicateDeleteMarkers')],
  },
  {
    code: 'DstKmsKeyInvalidState',
    cause: 'The replica key cannot be used: it is disabled, or waits for its deletion.',
    concerns: [resource('replica key'), setting('keyDeletionDays')],
    fix: 'Enable the key again, now: doctor prints the commands. Objects under a deleted key are lost permanently. Find out who did it.',
    commands: [DOCTOR],
    page: PAGES.keyStates,
  },
  {
    code: 'DstKmsKeyNotFound',
    cause: 'The key in the replication rule does not exist. S3 accepts any key ARN when a rule is written, and fails later.',
    concerns: [resource('replication rule'), resource('replica key'), setting('keyExchange')],
    fix: 'Doctor compares the key of the rule with the replica key, and prints the repair. With "keyExchange": "ssm", it also compares the recorded ARN.',
    commands: [DOCTOR],
    page: PAGES.encryption,
  },
  writeNotPermitted(
    'DstMultipartCompleteNotPermitted',
    'S3 may not complete the multipart upload of a replica: s3:ReplicateObject is missing.',
  ),
  writeNotPermitted(
    'DstMultipartInitNotPermitted',
    'S3 may not start the multipart upload of a replica: s3:ReplicateObject is missing.',
  ),
  writeNotPermitted('DstMultipartUploadNotPermitted', 'S3 may not upload a part of a replica: s3:ReplicateObject is missing.'),
  {
    code: 'DstObjectHardDeleted',
    cause:
      'The replica was deleted by its version id, and Batch Replication never writes such a version again. Batch Replication only.',
    concerns: [resource('replica bucket'), resource('Batch Replication job')],
    fix: 'Copy the source object over itself: that makes a new version, which live replication takes.',
    commands: [
      {
        as: 'source',
        run: 'aws s3 cp "s3://{sourceBucket}/KEY" "s3://{sourceBucket}/KEY" --storage-class STANDARD --region {sourceRegion}',
      },
    ],
    page: PAGES.notReplicated,
  },
  writeNotPermitted(
    'DstPutAclNotPermitted',
    'S3 may not write the access control list of a replica: s3:ReplicateObject is missing.',
  ),
  {
    code: 'DstPutObjectNotPermitted',
    cause:
      'S3 may not write the replica: the replica bucket does not admit the role (s3:ReplicateObject), or the replica key does not (kms:Decrypt, kms:Encrypt, kms:GenerateDataKey). Also refused: an SSE-C object by a replica bucket that blocks SSE-C, and an object that is locked for longer than objectLock.maximumRetentionDays.',
    concerns: [
      statement('WriteReplicas'),
      statement('EncryptReplicas'),
      setting('pairs[].bucketKeys'),
      setting('pairs[].objectLock.maximumRetentionDays'),
    ],
    fix: `Both statements have to be in the role's policy, the replica bucket's policy and the replica key's policy. ${BY_DOCTOR} ${OTHER_DENIES}`,
    commands: [DOCTOR],
    page: PAGES.troubleshooting,
  },
  writeNotPermitted(
    'DstPutTaggingNotPermitted',
    'S3 may not write the tags of a replica: s3:ReplicateObject or s3:ReplicateTags is missing or denied.',
  ),
  {
    code: 'DstVersionNotFound',
    cause: 'The replica whose metadata was to be changed is not in the replica bucket: it was deleted there, or never arrived.',
    concerns: [resource('replica bucket')],
    fix: 'Look at both sides of the object; if the replica is missing, copy the source object over itself.',
    commands: [
      { as: 'destination', run: "npx --no -- s3-replication explain 's3://{replicaBucket}/KEY'" },
      {
        as: 'source',
        run: 'aws s3 cp "s3://{sourceBucket}/KEY" "s3://{sourceBucket}/KEY" --storage-class STANDARD --region {sourceRegion}',
      },
    ],
    page: PAGES.troubleshooting,
  },
];

/** A lock of a source object that the role may not read. */
function lockNotReadable(code: string, what: string, action: string): FailureReason {
  return {
    code,
    cause: `S3 may not read the ${what} of a source object: ${action} is missing.`,
    concerns: [setting('pairs[].sourceObjectLock'), resource('replication role')],
    fix: `Statement ReadSourceLocks has to be in the role's policy, which it is with "sourceObjectLock": true alone: where somebody gave the source bucket Object Lock by hand, write that and objectLock into the configuration, then deploy both stacks. ${BY_DOCTOR} ${OTHER_DENIES}`,
    commands: [DOCTOR],
    page: PAGES.objectLock,
  };
}

/** A lock of a source object that its replica cannot take over. */
function lockNotPermitted(code: string, cause: string, action: string): FailureReason {
  return {
    code,
    cause,
    concerns: [statement('WriteReplicas'), resource('replica bucket')],
    fix: `Look for a Deny of ${action} or s3:ReplicateObject: on the replica bucket AWS documents no permission for locked objects besides those of WriteReplicas. Where S3 requires ${action}, add it to WriteReplicas in lib/model/permissions.ts, then deploy both stacks. ${OTHER_DENIES}`,
    commands: [DOCTOR],
    page: PAGES.objectLock,
  };
}

const RETENTION_NOT_PERMITTED = lockNotPermitted(
  'DstPutRetentionNotPermitted',
  'S3 may not put the retention period of a source object on its replica: it is longer than objectLock.maximumRetentionDays, or s3:PutObjectRetention is denied or missing.',
  's3:PutObjectRetention',
);

/** The failure reasons that only Object Lock has. */
const OBJECT_LOCK_REASONS: readonly FailureReason[] = [
  {
    code: 'DstBucketObjectLockConfigMissing',
    cause: 'The source bucket has Object Lock and the replica bucket does not.',
    concerns: [resource('replica bucket'), resource('source bucket'), setting('pairs[].objectLock')],
    fix: 'Write objectLock and "sourceObjectLock": true for the pair into the configuration, then deploy both stacks. Where they are there, doctor prints the repair. Nobody can switch Object Lock off again.',
    commands: [DOCTOR],
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
    fix: `An object with a longer retention is not in the backup: write it again with a shorter one, or raise the bound and deploy the destination. Otherwise: ${RETENTION_NOT_PERMITTED.fix}`,
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

/** A read of a source object that the replication role's policy does not allow. */
function readNotPermitted(code: string, what: string, action: string): FailureReason {
  return {
    code,
    cause: `S3 may not read ${what}: ${action} is missing.`,
    concerns: [statement('ReadSourceVersions')],
    fix: `The statement has to be in the role's policy. ${BY_DOCTOR} ${OTHER_DENIES}`,
    commands: [DOCTOR],
    page: PAGES.permissions,
  };
}

/** A source object that is not there any more. */
function gone(code: string, what: string): FailureReason {
  return {
    code,
    cause: `${what} Most often somebody, or a lifecycle rule, deleted it before its replication was complete.`,
    concerns: [resource('source bucket')],
    fix: 'Nothing to repair if it was to be deleted. If not, upload it again, and wait for COMPLETED before deleting.',
    commands: [{ as: 'source', run: "npx --no -- s3-replication explain 's3://{sourceBucket}/KEY'" }],
    page: PAGES.status,
  };
}

/** The failure reasons whose cause is on the source's side. */
const SOURCE_REASONS: readonly FailureReason[] = [
  {
    code: 'AssumeRoleNotPermitted',
    cause:
      'S3 cannot assume the replication role: the role is gone, or its trust does not name s3.amazonaws.com, or carries a condition that S3 does not meet. In a Batch Replication job, its own role has to trust batchoperations.s3.amazonaws.com.',
    concerns: [resource('replication role'), resource('Batch Replication job')],
    fix: "Doctor compares the role and its trust with the configuration, and prints the repair: s3.amazonaws.com may sts:AssumeRole, without a condition. For a job, correct the trust of the job's own role.",
    commands: [DOCTOR],
    page: PAGES.permissions,
  },
  {
    code: 'InitiateReplicationNotPermitted',
    cause: 'The role of the Batch Operations job may not s3:InitiateReplication on the source objects. Batch Replication only.',
    concerns: [resource('Batch Replication job')],
    fix: "Allow s3:InitiateReplication on arn:{partition}:s3:::{sourceBucket}/* in the policy of the job's role, {backfillRole}. The replication role never needs it.",
    commands: [{ as: 'source', run: 'aws iam list-role-policies --role-name {backfillRole}' }],
    page: PAGES.batchPermissions,
  },
  {
    code: 'SrcBucketInvalidRegion',
    cause: 'The source bucket is not in the region of the Batch Operations job. Batch Replication only.',
    concerns: [resource('Batch Replication job'), setting('source.region')],
    fix: 'Create the job again in {sourceRegion}, where the source bucket is. {backfillAgain}.',
    commands: [{ as: 'source', run: 'aws s3api head-bucket --bucket {sourceBucket} --region {sourceRegion}' }],
    page: PAGES.batch,
  },
  {
    code: 'SrcBucketNotFound',
    cause: 'The source bucket does not exist any more.',
    concerns: [resource('source bucket'), setting('deployment')],
    fix: 'Check that the deployment and the pair are still called what they were. Doctor says whether somebody deleted the bucket, and prints the repair.',
    commands: [DOCTOR],
    page: PAGES.requirements,
  },
  {
    code: 'SrcBucketReplicationConfigMissing',
    cause: 'The source bucket has no replication configuration: somebody removed it.',
    concerns: [resource('replication rule'), resource('source bucket')],
    fix: 'Write the rule again: doctor prints the command. What was written meanwhile has no replica. {backfillAgain}.',
    commands: [DOCTOR],
    page: PAGES.requirements,
  },
  {
    ...readNotPermitted('SrcGetAclNotPermitted', 'the source object or its access control list', 's3:GetObjectVersionAcl'),
    cause:
      'S3 may not read the source object or its access control list: s3:GetObjectVersionAcl is missing, or another account owns the object, which needs an Object Ownership other than BucketOwnerEnforced.',
    concerns: [statement('ReadSourceVersions'), resource('source bucket')],
    fix: `The statement has to be in the role's policy, and the source bucket has to be BucketOwnerEnforced. ${BY_DOCTOR} ${OTHER_DENIES}`,
  },
  {
    ...readNotPermitted('SrcGetObjectNotPermitted', 'the source object', 's3:GetObjectVersionForReplication'),
    cause:
      'S3 may not read the source object: s3:GetObjectVersionForReplication is missing, or kms:Decrypt on the key that it is encrypted under, which may be another key than the source key.',
    concerns: [statement('ReadSourceVersions'), statement('DecryptSourceObjects')],
    fix: `Both statements have to be in the role's policy. ${BY_DOCTOR} An object under another key than the source key has to be written again without naming a key. ${OTHER_DENIES}`,
  },
  readNotPermitted('SrcGetTaggingNotPermitted', 'the tags of the source object', 's3:GetObjectVersionTagging'),
  readNotPermitted('SrcHeadObjectNotPermitted', 'the metadata of the source object', 's3:GetObjectVersionForReplication'),
  gone('SrcKeyNotFound', 'The source bucket has no object under this key.'),
  {
    code: 'SrcKmsKeyInvalidState',
    cause: 'The key of the source object cannot be used: it is disabled, or waits for its deletion.',
    concerns: [resource('source key'), statement('DecryptSourceObjects'), setting('keyDeletionDays')],
    fix: 'Enable the key again, now: doctor prints the commands. Objects under a deleted key are lost permanently. Find out who did it.',
    commands: [DOCTOR],
    page: PAGES.keyStates,
  },
  {
    code: 'SrcObjectNotEligible',
    cause:
      'The object is not eligible: its storage class (S3 Glacier Flexible Retrieval, S3 Glacier Deep Archive, an archive tier) is not replicated, or its tags or its key do not match the rule.',
    concerns: [setting('pairs[].filter'), resource('replication rule')],
    fix: 'Compare the object with the rule. An archived object has to be restored and copied to another storage class first.',
    commands: [{ as: 'source', run: "npx --no -- s3-replication explain 's3://{sourceBucket}/KEY'" }],
    page: PAGES.notReplicated,
  },
  gone('SrcObjectNotFound', 'The source object does not exist.'),
  {
    code: 'SrcReplicationNotPending',
    cause: 'S3 has replicated the object already; it is not pending any more.',
    concerns: [resource('replication rule')],
    fix: 'Nothing to repair.',
    commands: [{ as: 'source', run: "npx --no -- s3-replication explain 's3://{sourceBucket}/KEY'" }],
    page: PAGES.status,
  },
  gone('SrcVersionNotFound', 'The source bucket does not have this version of the object.'),
];

/** AWS's list of failure reasons. */
export const FAILURE_REASONS_PAGE =
  'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes';

/**
 * Every failure reason that AWS documents, by code.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes
 */
export const FAILURE_REASONS: readonly FailureReason[] = [
  ...DESTINATION_REASONS,
  ...OBJECT_LOCK_REASONS,
  ...SOURCE_REASONS,
].toSorted((a, b) => a.code.localeCompare(b.code, 'en'));
