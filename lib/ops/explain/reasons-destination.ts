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

/** A write of a replica that the replication role's policy or the replica bucket's policy does not allow. */
function writeNotPermitted(code: string, cause: string): FailureReason {
  return {
    code,
    cause,
    concerns: [statement('WriteReplicas')],
    fix: `Restore the statement in the role's policy and in the replica bucket's policy. ${OTHER_DENIES}`,
    commands: [ROLE_POLICY, REPLICA_BUCKET_POLICY, RESTORE_DESTINATION, RESTORE_SOURCE],
    page: PAGES.permissions,
  };
}

/** The failure reasons whose cause is on the destination's side, and those of roles and jobs that write there. */
export const DESTINATION_REASONS: readonly FailureReason[] = [
  {
    code: 'DstBucketInvalidRegion',
    cause: 'The destination bucket is not in the region that the Batch Operations job expects. Batch Replication only.',
    concerns: [resource('Batch Replication job'), setting('destination.region')],
    fix: 'Create the job again in the source region, from the replication configuration that is deployed now: npm run ops -- backfill does.',
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
    fix: 'Deploy the destination with the configuration that the source was deployed with: names follow from it.',
    commands: [
      {
        as: 'destination',
        run: 'aws s3api head-bucket --bucket {replicaBucket} --region {destinationRegion} --expected-bucket-owner {destinationAccount}',
      },
      RESTORE_DESTINATION,
      RESTORE_SOURCE,
    ],
    page: PAGES.requirements,
  },
  {
    code: 'DstBucketUnversioned',
    cause: 'Versioning of the replica bucket is suspended.',
    concerns: [resource('replica bucket')],
    fix: 'Enable versioning of the replica bucket, and find out who suspended it: the replication role cannot.',
    commands: [
      {
        as: 'destination',
        run: 'aws s3api put-bucket-versioning --bucket {replicaBucket} --versioning-configuration Status=Enabled --region {destinationRegion}',
      },
    ],
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
    fix: 'Cancel the deletion, enable the key, and find out who did it. Objects under a deleted key are lost for good.',
    commands: [
      { as: 'destination', run: 'aws kms describe-key --key-id {replicaKeyAlias} --region {destinationRegion}' },
      { as: 'destination', run: 'aws kms cancel-key-deletion --key-id KEY_ID --region {destinationRegion}' },
      { as: 'destination', run: 'aws kms enable-key --key-id KEY_ID --region {destinationRegion}' },
    ],
    page: PAGES.keyStates,
  },
  {
    code: 'DstKmsKeyNotFound',
    cause: 'The key in the replication rule does not exist. S3 takes any key ARN when a rule is written, and fails later.',
    concerns: [resource('replication rule'), resource('replica key'), setting('keyExchange')],
    fix: 'Compare the ReplicaKmsKeyID of the rule with the replica key, then deploy the source with the right one. With "keyExchange": "ssm", run "npm run ops -- exchange" first.',
    commands: [
      {
        as: 'destination',
        run: 'aws kms describe-key --key-id {replicaKeyAlias} --query KeyMetadata.Arn --region {destinationRegion}',
      },
      { as: 'source', run: 'aws s3api get-bucket-replication --bucket {sourceBucket} --region {sourceRegion}' },
      RESTORE_SOURCE,
    ],
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
      'S3 may not write the replica: the replica bucket does not admit the role (s3:ReplicateObject), or the replica key does not (kms:Decrypt, kms:Encrypt, kms:GenerateDataKey). An SSE-C object is also refused by a replica bucket that blocks SSE-C, and an object that is locked for longer than objectLock.maximumRetentionDays by a bound.',
    concerns: [
      statement('WriteReplicas'),
      statement('EncryptReplicas'),
      setting('pairs[].bucketKeys'),
      setting('pairs[].objectLock.maximumRetentionDays'),
    ],
    fix: `Restore both statements in the role's policy, the replica bucket's policy and the replica key's policy. The key's condition has to admit the bucket's ARN and its objects' ARNs. ${OTHER_DENIES}`,
    commands: [
      ROLE_POLICY,
      REPLICA_BUCKET_POLICY,
      {
        as: 'destination',
        run: 'aws kms get-key-policy --key-id KEY_ID --policy-name default --output text --region {destinationRegion}',
      },
      RESTORE_DESTINATION,
      RESTORE_SOURCE,
    ],
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
      { as: 'destination', run: "npm run ops -- explain 's3://{replicaBucket}/KEY'" },
      {
        as: 'source',
        run: 'aws s3 cp "s3://{sourceBucket}/KEY" "s3://{sourceBucket}/KEY" --storage-class STANDARD --region {sourceRegion}',
      },
    ],
    page: PAGES.troubleshooting,
  },
];
