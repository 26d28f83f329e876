import type { FailureReason } from './reasons';
import { OTHER_DENIES, PAGES, RESTORE_SOURCE, ROLE_POLICY, resource, setting, statement } from './remedies';

/** A read of a source object that the replication role's policy does not allow. */
function readNotPermitted(code: string, what: string, action: string): FailureReason {
  return {
    code,
    cause: `S3 may not read ${what}: ${action} is missing.`,
    concerns: [statement('ReadSourceVersions')],
    fix: `Restore the statement in the role's policy. ${OTHER_DENIES}`,
    commands: [ROLE_POLICY, RESTORE_SOURCE],
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
    commands: [{ as: 'source', run: "npm run ops -- explain 's3://{sourceBucket}/KEY'" }],
    page: PAGES.status,
  };
}

/** The failure reasons whose cause is on the source's side. */
export const SOURCE_REASONS: readonly FailureReason[] = [
  {
    code: 'AssumeRoleNotPermitted',
    cause:
      'S3 cannot assume the replication role: the role is gone, or its trust does not name s3.amazonaws.com, or carries a condition that S3 does not meet. In a Batch Replication job, its own role has to trust batchoperations.s3.amazonaws.com.',
    concerns: [resource('replication role'), resource('Batch Replication job')],
    fix: "Restore the role and its trust: s3.amazonaws.com may sts:AssumeRole, without a condition. For a job, correct the trust of the job's own role.",
    commands: [
      { as: 'source', run: 'aws iam get-role --role-name {role} --query Role.AssumeRolePolicyDocument' },
      RESTORE_SOURCE,
    ],
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
    fix: 'Create the job again in {sourceRegion}, where the source bucket is: npm run ops -- backfill does.',
    commands: [{ as: 'source', run: 'aws s3api head-bucket --bucket {sourceBucket} --region {sourceRegion}' }],
    page: PAGES.batch,
  },
  {
    code: 'SrcBucketNotFound',
    cause: 'The source bucket does not exist any more.',
    concerns: [resource('source bucket'), setting('deployment')],
    fix: 'Check that the bucket is there, and that the deployment and the pair are still called what they were.',
    commands: [{ as: 'source', run: 'aws s3api head-bucket --bucket {sourceBucket} --region {sourceRegion}' }],
    page: PAGES.requirements,
  },
  {
    code: 'SrcBucketReplicationConfigMissing',
    cause: 'The source bucket has no replication configuration: somebody removed it.',
    concerns: [resource('replication rule'), resource('source bucket')],
    fix: 'Restore it with the source stack. What was written meanwhile has no replica: npm run ops -- backfill replicates it.',
    commands: [
      { as: 'source', run: 'aws s3api get-bucket-replication --bucket {sourceBucket} --region {sourceRegion}' },
      RESTORE_SOURCE,
    ],
    page: PAGES.requirements,
  },
  {
    ...readNotPermitted('SrcGetAclNotPermitted', 'the source object or its access control list', 's3:GetObjectVersionAcl'),
    cause:
      'S3 may not read the source object or its access control list: s3:GetObjectVersionAcl is missing, or another account owns the object, which needs an Object Ownership other than BucketOwnerEnforced.',
    concerns: [statement('ReadSourceVersions'), resource('source bucket')],
    fix: `Restore the statement in the role's policy, and BucketOwnerEnforced on the source bucket. ${OTHER_DENIES}`,
    commands: [
      ROLE_POLICY,
      { as: 'source', run: 'aws s3api get-bucket-ownership-controls --bucket {sourceBucket} --region {sourceRegion}' },
      RESTORE_SOURCE,
    ],
  },
  {
    ...readNotPermitted('SrcGetObjectNotPermitted', 'the source object', 's3:GetObjectVersionForReplication'),
    cause:
      'S3 may not read the source object: s3:GetObjectVersionForReplication is missing, or kms:Decrypt on the key that it is encrypted under, which may be another key than the source key.',
    concerns: [statement('ReadSourceVersions'), statement('DecryptSourceObjects')],
    fix: `Restore both statements in the role's policy. An object under another key than the source key has to be written again without naming a key. ${OTHER_DENIES}`,
  },
  readNotPermitted('SrcGetTaggingNotPermitted', 'the tags of the source object', 's3:GetObjectVersionTagging'),
  readNotPermitted('SrcHeadObjectNotPermitted', 'the metadata of the source object', 's3:GetObjectVersionForReplication'),
  gone('SrcKeyNotFound', 'The source bucket has no object under this key.'),
  {
    code: 'SrcKmsKeyInvalidState',
    cause: 'The key of the source object cannot be used: it is disabled, or waits for its deletion.',
    concerns: [resource('source key'), statement('DecryptSourceObjects'), setting('keyDeletionDays')],
    fix: 'Cancel the deletion, enable the key, and find out who did it. Objects under a deleted key are lost for good.',
    commands: [
      { as: 'source', run: 'aws kms describe-key --key-id {sourceKeyAlias} --region {sourceRegion}' },
      { as: 'source', run: 'aws kms cancel-key-deletion --key-id KEY_ID --region {sourceRegion}' },
      { as: 'source', run: 'aws kms enable-key --key-id KEY_ID --region {sourceRegion}' },
    ],
    page: PAGES.keyStates,
  },
  {
    code: 'SrcObjectNotEligible',
    cause:
      'The object is not eligible: its storage class (S3 Glacier Flexible Retrieval, S3 Glacier Deep Archive, an archive tier) is not replicated, or its tags or its key do not match the rule.',
    concerns: [setting('pairs[].filter'), resource('replication rule')],
    fix: 'Compare the object with the rule. An archived object has to be restored and copied to another storage class first.',
    commands: [{ as: 'source', run: "npm run ops -- explain 's3://{sourceBucket}/KEY'" }],
    page: PAGES.notReplicated,
  },
  gone('SrcObjectNotFound', 'The source object does not exist.'),
  {
    code: 'SrcReplicationNotPending',
    cause: 'S3 has replicated the object already; it is not pending any more.',
    concerns: [resource('replication rule')],
    fix: 'Nothing to repair.',
    commands: [{ as: 'source', run: "npm run ops -- explain 's3://{sourceBucket}/KEY'" }],
    page: PAGES.status,
  },
  gone('SrcVersionNotFound', 'The source bucket does not have this version of the object.'),
];
