import { parameterArn } from '../../lib/model/names';
import { actorsOf, throughS3 } from '../proof/actors';
import type { Request } from '../proof/decide';
import type { World } from '../proof/world';
import type { Sent } from './verification-recording';

/** A permission that an operation takes, and on what. */
type Needed = Pick<Request, 'action' | 'resource' | 'context'>;

/**
 * The permissions that operations take. Of S3 by "Required permissions for Amazon S3 API operations", of the others by the Service
 * Authorization Reference.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const OPERATIONS: Readonly<Record<string, (sent: Sent, world: World) => readonly Needed[]>> = {
  GetRegionOptStatus: ({ account: side, input }, world) => [
    {
      action: 'account:GetRegionOptStatus',
      resource: actorsOf(world).ownAccount(world.config[side].account),
      context: { 'account:TargetRegion': text(input, 'RegionName') },
    },
  ],
  GetParameter: ({ account: side, region, input }, world) => [
    { action: 'ssm:GetParameter', resource: parameterArn({ ...world.config[side], region }, text(input, 'Name')) },
  ],
  DescribeStacks: ({ account: side, region, input }, world) => [
    {
      action: 'cloudformation:DescribeStacks',
      resource: actorsOf(world).stack(region, world.config[side].account, text(input, 'StackName')),
    },
  ],
  GetTemplate: ({ account: side, region, input }, world) => [
    {
      action: 'cloudformation:GetTemplate',
      resource: actorsOf(world).stack(region, world.config[side].account, text(input, 'StackName')),
    },
  ],
  ListMetrics: ({ account: side, region }, world) => [
    { action: 'cloudwatch:ListMetrics', resource: actorsOf(world).metric(region, world.config[side].account) },
  ],
  GetMetricData: ({ account: side, region }, world) => [
    { action: 'cloudwatch:GetMetricData', resource: actorsOf(world).metric(region, world.config[side].account) },
  ],
  // Composite alarms are told only to who may describe all alarms, so anybody's stands for them.
  DescribeAlarms: ({ account: side, region }, { config, partition }) => [
    {
      action: 'cloudwatch:DescribeAlarms',
      resource: `arn:${partition}:cloudwatch:${region}:${config[side].account}:alarm:somebody-elses`,
    },
  ],

  GetQueueUrl: onQueue('sqs:GetQueueUrl'),
  GetQueueAttributes: onQueue('sqs:GetQueueAttributes'),
  GetSchedule: ({ region, input }, { config, partition }) => [
    {
      action: 'scheduler:GetSchedule',
      resource: `arn:${partition}:scheduler:${region}:${config.source.account}:schedule/${text(input, 'GroupName')}/${text(input, 'Name')}`,
    },
  ],
  ListSubscriptionsByTopic: ({ input }) => [{ action: 'sns:ListSubscriptionsByTopic', resource: text(input, 'TopicArn') }],
  PutParameter: ({ account: side, input }, world) => [
    { action: 'ssm:PutParameter', resource: parameterArn(world.config[side], text(input, 'Name')) },
  ],

  DescribeKey: onKey('kms:DescribeKey'),
  GetKeyPolicy: onKey('kms:GetKeyPolicy'),
  GetKeyRotationStatus: onKey('kms:GetKeyRotationStatus'),

  GetOpenIDConnectProvider: ({ input }) => [
    { action: 'iam:GetOpenIDConnectProvider', resource: text(input, 'OpenIDConnectProviderArn') },
  ],
  GetRole: onRole('iam:GetRole'),
  GetRolePolicy: onRole('iam:GetRolePolicy'),
  ListAttachedRolePolicies: onRole('iam:ListAttachedRolePolicies'),
  ListRolePolicies: onRole('iam:ListRolePolicies'),

  HeadBucket: onBucket('s3:ListBucket'),
  GetBucketEncryption: onBucket('s3:GetEncryptionConfiguration'),
  GetBucketLifecycleConfiguration: onBucket('s3:GetLifecycleConfiguration'),
  GetObjectLockConfiguration: onBucket('s3:GetBucketObjectLockConfiguration'),
  GetBucketOwnershipControls: onBucket('s3:GetBucketOwnershipControls'),
  GetBucketPolicy: onBucket('s3:GetBucketPolicy'),
  GetBucketNotificationConfiguration: onBucket('s3:GetBucketNotification'),
  GetBucketRequestPayment: onBucket('s3:GetBucketRequestPayment'),
  GetBucketInventoryConfiguration: onBucket('s3:GetInventoryConfiguration'),
  GetBucketReplication: onBucket('s3:GetReplicationConfiguration'),
  GetBucketVersioning: onBucket('s3:GetBucketVersioning'),
  GetPublicAccessBlock: onBucket('s3:GetBucketPublicAccessBlock'),
  ListObjectsV2: onBucket('s3:ListBucket'),
  ListObjectVersions: ({ input }, world) => [
    {
      action: 's3:ListBucketVersions',
      resource: bucketOf(input, world),
      context: { 's3:prefix': text(input, 'Prefix') },
    },
  ],

  PutObject: (sent, world) => [
    { action: 's3:PutObject', resource: objectOf(sent, world) },
    ...('Tagging' in sent.input ? [{ action: 's3:PutObjectTagging', resource: objectOf(sent, world) }] : []),
    ...throughKey('kms:GenerateDataKey', sent, world),
  ],
  // S3 says how long Object Lock keeps a version only to who may ask that by itself.
  HeadObject: (sent, world) => [
    ...(isVersion(sent) ? ['s3:GetObjectVersion', 's3:GetObjectRetention', 's3:GetObjectLegalHold'] : ['s3:GetObject']).map(
      (action) => ({ action, resource: objectOf(sent, world) }),
    ),
    // The checksum of an object under SSE-KMS is encrypted.
    ...('ChecksumMode' in sent.input ? throughKey('kms:Decrypt', sent, world) : []),
  ],
  GetObject: (sent, world) => [
    { action: isVersion(sent) ? 's3:GetObjectVersion' : 's3:GetObject', resource: objectOf(sent, world) },
    ...throughKey('kms:Decrypt', sent, world),
  ],
  GetObjectTagging: (sent, world) => [
    { action: isVersion(sent) ? 's3:GetObjectVersionTagging' : 's3:GetObjectTagging', resource: objectOf(sent, world) },
  ],
  DeleteObject: (sent, world) => [
    { action: isVersion(sent) ? 's3:DeleteObjectVersion' : 's3:DeleteObject', resource: objectOf(sent, world) },
  ],
};

/**
 * What a request takes of the verification role of its side.
 *
 * @throws Error for an operation that the table does not have
 */
export function requestsOf(sent: Sent, world: World): Request[] {
  const needed = OPERATIONS[sent.operation];
  if (needed === undefined) {
    throw new Error(`nobody has said which permissions ${sent.operation} takes`);
  }
  return needed(sent, world).map((one) => ({
    ...one,
    name: sent.operation,
    principal: { kind: 'role', arn: actorsOf(world).names[sent.account].verificationRole.arn },
    owner: world.config[sent.account].account,
  }));
}

function text(input: Sent['input'], member: string): string {
  const value = input[member];
  if (typeof value !== 'string') {
    throw new TypeError(`the request has no ${member}: ${JSON.stringify(input)}`);
  }
  return value;
}

function isVersion({ input }: Sent): boolean {
  return input['VersionId'] !== undefined;
}

function bucketOf(input: Sent['input'], world: World): string {
  return actorsOf(world).bucket(text(input, 'Bucket'));
}

function objectOf({ input }: Sent, world: World): string {
  return `${bucketOf(input, world)}/${text(input, 'Key')}`;
}

/** KMS looks at the key, by whatever name a request calls it. */
function keyOf({ account: side }: Sent, { sourceKey, replicaKey }: World): string {
  return side === 'source' ? sourceKey : replicaKey;
}

function onBucket(action: string) {
  return ({ input }: Sent, world: World): Needed[] => [{ action, resource: bucketOf(input, world) }];
}

function onRole(action: string) {
  return ({ account: side, input }: Sent, world: World): Needed[] => {
    const { iam } = actorsOf(world);
    return [{ action, resource: iam(world.config[side].account, `role/${text(input, 'RoleName')}`) }];
  };
}

function onQueue(action: string) {
  return ({ account: side, region, input }: Sent, { config, partition }: World): Needed[] => {
    const name = text(input, 'QueueName' in input ? 'QueueName' : 'QueueUrl').replace(/^.*\//, '');
    return [{ action, resource: `arn:${partition}:sqs:${region}:${config[side].account}:${name}` }];
  };
}

function onKey(action: string) {
  return (sent: Sent, world: World): Needed[] => [{ action, resource: keyOf(sent, world) }];
}

/** S3 uses the bucket's key, with and without an S3 Bucket Key. */
function throughKey(action: string, sent: Sent, world: World): Needed[] {
  return [bucketOf(sent.input, world), objectOf(sent, world)].map((arn) => ({
    action,
    resource: keyOf(sent, world),
    context: throughS3(sent.region, arn),
  }));
}
