/** What AWS takes, at most. None of it is adjustable, but for the policies of a role. */
export interface Limit {
  readonly unit: string;
  readonly most: number;
  /** AWS's page on it. */
  readonly page: string;
}

const CLOUDFORMATION = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';

export const LIMITS = {
  resources: { unit: 'resources', most: 500, page: CLOUDFORMATION },
  /** In S3, from where the CDK has CloudFormation read it. */
  template: { unit: 'bytes of template', most: 1_000_000, page: CLOUDFORMATION },
  keyPolicy: {
    unit: 'bytes of key policy',
    most: 32_768,
    page: 'https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html',
  },
  bucketPolicy: {
    unit: 'bytes of bucket policy',
    most: 20_480,
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html',
  },
  queuePolicy: {
    unit: 'bytes of queue policy',
    most: 8_192,
    page: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html',
  },
  /** All of them together, without whitespace. */
  inlinePolicies: { unit: 'characters of inline policies', most: 10_240, page: IAM },
  managedPolicy: { unit: 'characters of managed policy', most: 6_144, page: IAM },
  bucketName: {
    unit: 'characters of bucket name',
    most: 63,
    page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
  },
  roleName: { unit: 'characters of role name', most: 64, page: IAM },
  /** Children of one composite alarm. */
  compositeChildren: {
    unit: 'alarms of a composite alarm',
    most: 100,
    page: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html',
  },
  serviceControlPolicy: {
    unit: 'characters of service control policy',
    most: 5120,
    page: 'https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html',
  },
  /** Unless the quota of the account was raised. */
  managedPolicies: { unit: 'managed policies of a role', most: 10, page: IAM },
} as const satisfies Record<string, Limit>;
