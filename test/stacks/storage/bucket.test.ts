import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { lifecycleRulesOf } from '../../../lib/model/lifecycle';
import { HardenedBucket, type HardenedBucketProps } from '../../../lib/stacks/storage/bucket';
import { testApp } from '../../helpers/app';
import { validConfig } from '../../helpers/config';
import { resourceCounts } from '../../helpers/templates';

/** A pair below a prefix, with the given lifecycle. */
function pairOf(lifecycle: Record<string, unknown>, keys: Record<string, unknown> = {}) {
  const [pair] = validConfig({ pairs: [{ id: 'documents', filter: { prefix: 'in/' }, lifecycle, ...keys }] }).pairs;
  if (pair === undefined) {
    throw new TypeError('there is one pair');
  }
  return pair;
}

function build(props: Partial<HardenedBucketProps> = {}) {
  const stack = new Stack(testApp(), 'Stack');
  const encryptionKey = new Key(stack, 'Key');
  const bucket = new HardenedBucket(stack, 'Bucket', {
    bucketName: 'some-bucket',
    encryptionKey,
    bucketKeys: true,
    bucketNamespace: 'account-regional',
    lifecycleRules: lifecycleRulesOf(pairOf({}), 'source'),
    removal: 'retain',
    ...props,
  });
  const keyId = stack.getLogicalId(encryptionKey.node.defaultChild as CfnKey);
  return { template: Template.fromStack(stack), keyId, bucketId: stack.getLogicalId(bucket.resource) };
}

test('the bucket has the given name', () => {
  build({ bucketName: 'another-bucket' }).template.hasResourceProperties('AWS::S3::Bucket', { BucketName: 'another-bucket' });
});

test('all public access is blocked', () => {
  build().template.hasResourceProperties('AWS::S3::Bucket', {
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
});

test('the owner of the bucket owns every object, and ACLs are off', () => {
  const { template } = build();
  template.hasResourceProperties('AWS::S3::Bucket', {
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    AccessControl: Match.absent(),
  });
});

test('versions are kept', () => {
  build().template.hasResourceProperties('AWS::S3::Bucket', { VersioningConfiguration: { Status: 'Enabled' } });
});

test.each([true, false])('objects are encrypted with the given key, bucket keys being %s', (bucketKeys) => {
  const { template, keyId } = build({ bucketKeys });
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: bucketKeys,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [keyId, 'Arn'] } },
        },
      ],
    },
  });
});

test('nothing locks objects unless it is told to', () => {
  build().template.hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockEnabled: Match.absent(),
    ObjectLockConfiguration: Match.absent(),
  });
});

test('objects can be locked, with or without a retention for those that name none', () => {
  build({ objectLockEnabled: true }).template.hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: Match.absent(),
  });
  const retention = ObjectLockRetention.governance(Duration.days(30));
  build({ objectLockDefaultRetention: retention }).template.hasResourceProperties('AWS::S3::Bucket', {
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } },
    },
  });
});

test('requests without TLS are refused, to the bucket and to its objects, and the policy says nothing else', () => {
  const { template, bucketId } = build();
  const arn = { 'Fn::GetAtt': [bucketId, 'Arn'] };
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: { Ref: bucketId },
    PolicyDocument: Match.objectEquals({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:*',
          Resource: [arn, { 'Fn::Join': ['', [arn, '/*']] }],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    }),
  });
});

test('a bucket of the account regional namespace says so', () => {
  build({ bucketNamespace: 'account-regional' }).template.hasResourceProperties('AWS::S3::Bucket', {
    BucketNamespace: 'account-regional',
  });
});

test('a bucket of the global namespace leaves the namespace out', () => {
  build({ bucketNamespace: 'global' }).template.hasResourceProperties('AWS::S3::Bucket', { BucketNamespace: Match.absent() });
});

test('incomplete uploads are aborted after seven days, canaries after one day with their delete markers, and nothing else ever expires', () => {
  build().template.hasResourceProperties('AWS::S3::Bucket', {
    LifecycleConfiguration: Match.objectEquals({
      Rules: [
        {
          Id: 'AbortIncompleteUploads',
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        },
        {
          Id: 'ExpireCanaries',
          Status: 'Enabled',
          Prefix: 'in/.s3-replication-canary/',
          ExpirationInDays: 1,
        },
        {
          Id: 'DeleteExpiredCanaries',
          Status: 'Enabled',
          Prefix: 'in/.s3-replication-canary/',
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          ExpiredObjectDeleteMarker: true,
        },
      ],
    }),
  });
});

/** The rules that a bucket has besides those of every bucket. */
function ownRules(side: 'source' | 'destination', lifecycle: Record<string, unknown>, keys: Record<string, unknown> = {}) {
  const { template } = build({ lifecycleRules: lifecycleRulesOf(pairOf(lifecycle, keys), side) });
  const [bucket] = Object.values(template.findResources('AWS::S3::Bucket')) as [
    { Properties: { LifecycleConfiguration: { Rules: object[] } } },
  ];
  return bucket.Properties.LifecycleConfiguration.Rules.slice(3);
}

test.each(['source', 'destination'] as const)('the days of abortMultipartDays are those of the %s bucket', (side) => {
  build({ lifecycleRules: lifecycleRulesOf(pairOf({ abortMultipartDays: 3 }), side) }).template.hasResourceProperties(
    'AWS::S3::Bucket',
    {
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 3 } })]),
      },
    },
  );
});

test('replicas move, expire and are deleted as configured, and no noncurrent one moves that is deleted by then', () => {
  const transitions = [
    { storageClass: 'GLACIER_IR', days: 30 },
    { storageClass: 'DEEP_ARCHIVE', days: 365 },
  ];
  const lifecycle = { transitions, noncurrentDays: 365, noncurrentVersions: 5, replicaExpireDays: 700 };
  expect(ownRules('destination', lifecycle)).toEqual([
    {
      Id: 'MoveAndExpireReplicas',
      Status: 'Enabled',
      Transitions: [
        { StorageClass: 'GLACIER_IR', TransitionInDays: 30 },
        { StorageClass: 'DEEP_ARCHIVE', TransitionInDays: 365 },
      ],
      NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 30 }],
      ExpirationInDays: 700,
    },
    {
      Id: 'DeleteNoncurrentReplicas',
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 365, NewerNoncurrentVersions: 5 },
      ExpiredObjectDeleteMarker: true,
    },
  ]);
  expect(ownRules('source', lifecycle)).toEqual([]);
});

test('replicas that only expire keep their versions, and the delete markers above them', () => {
  expect(ownRules('destination', { replicaExpireDays: 700 })).toEqual([
    { Id: 'MoveAndExpireReplicas', Status: 'Enabled', ExpirationInDays: 700 },
  ]);
});

test('noncurrent versions of the source are deleted by its own rule, and the replicas by none', () => {
  const lifecycle = { sourceNoncurrentDays: 30, sourceNoncurrentVersions: 2 };
  expect(ownRules('source', lifecycle)).toEqual([
    {
      Id: 'ExpireNoncurrentVersions',
      Status: 'Enabled',
      NoncurrentVersionExpiration: { NoncurrentDays: 30, NewerNoncurrentVersions: 2 },
      ExpiredObjectDeleteMarker: true,
    },
  ]);
  expect(ownRules('destination', lifecycle)).toEqual([]);
});

test('a retained bucket outlives its stack, but not its own rolled-back creation', () => {
  build({ removal: 'retain' }).template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
});

test('a bucket to destroy goes with its stack, and nothing is there to empty it', () => {
  const { template } = build({ removal: 'destroy' });
  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  expect(resourceCounts(template)).toEqual({ 'AWS::KMS::Key': 1, 'AWS::S3::Bucket': 1, 'AWS::S3::BucketPolicy': 1 });
});
