/* What several lists of requests ask for. */

export const REPLICATE = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'];
export const READ_VERSIONS = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'];
export const USE_KEY = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'];
/** What somebody would do with a copy who should not be able to. */
export const TOUCH_REPLICA = ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion'];
export const WEAKEN_BUCKET = ['s3:PutBucketVersioning', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration', 's3:DeleteBucket'];
/** What reads a stack's content or changes it. */
export const MORE_WITH_STACK = [
  'cloudformation:DescribeStackResources',
  'cloudformation:GetStackPolicy',
  'cloudformation:GetTemplate',
  'cloudformation:UpdateStack',
  'cloudformation:DeleteStack',
];
export const PLAIN_HTTP = { 'aws:SecureTransport': 'false' };
