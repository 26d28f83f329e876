/** What examples of replication grant, AWS's own among them, and this project does not. */
export interface NotGranted {
  readonly what: string;
  /** Actions that the proof has denied to the replication role. */
  readonly actions: readonly string[];
  readonly argument: string;
  /** Where the example is, or what makes the argument. */
  readonly page: string;
}

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';

export const NOT_GRANTED: readonly NotGranted[] = [
  {
    what: 'versioning and listing of the replica bucket',
    actions: ['s3:PutBucketVersioning', 's3:GetBucketVersioning', 's3:ListBucket', 's3:ListBucketVersions'],
    argument:
      "The bucket policy of AWS's walkthrough has them, its role has not: across accounts both are needed, so they allow nothing. " +
      'Granted on both sides, the first would let the source suspend versioning of its own backup.',
    page: `${S3}/setting-repl-config-perm-overview.html`,
  },
  {
    what: 'change of owner',
    actions: ['s3:ObjectOwnerOverrideToBucketOwner'],
    argument: 'The replica bucket is BucketOwnerEnforced: the backup account owns every replica without it.',
    page: `${S3}/replication-change-owner.html`,
  },
  {
    what: 'reading, deleting or overwriting replicas',
    actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'],
    argument: 'Replication needs none of them, and with them the source could spoil its own backup.',
    page: `${S3}/replication-what-is-isnot-replicated.html`,
  },
  {
    what: 'kms:ReEncrypt* and kms:DescribeKey',
    actions: ['kms:ReEncryptFrom', 'kms:DescribeKey'],
    argument: 'No AWS page on replication asks for them; the grants of the CDK and of many modules include them.',
    page: `${S3}/replication-config-for-kms-objects.html`,
  },
  {
    what: 'keys by wildcard, or without conditions',
    actions: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
    argument:
      'Many examples allow every key of the destination account, or a key for any use. Here each key is named, and only S3 may use it, ' +
      'in its own region and for its own bucket.',
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html',
  },
  {
    what: 'other principals of the source account',
    actions: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'],
    argument:
      'The account as principal without a condition lets every role of the source account write replicas whose own policy says so. ' +
      'Here `aws:PrincipalArn` pins the one role.',
    page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html',
  },
  {
    what: 'locks of replicas',
    actions: ['s3:PutObjectRetention', 's3:BypassGovernanceRetention'],
    argument:
      'S3 puts the retention period of a source object on its replica with `s3:ReplicateObject`. For locked objects AWS documents two actions ' +
      'on the source that read, and none on the replica. S3 has failure reasons that name `s3:PutObjectRetention` and `s3:PutObjectLegalHold` ' +
      'all the same, so a lockdown does not refuse them to the role.',
    page: `${S3}/object-lock-managing.html`,
  },
];
