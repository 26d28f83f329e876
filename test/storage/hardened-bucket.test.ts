import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { HardenedBucket, type HardenedBucketProps } from '../../lib/storage/hardened-bucket';
import { testApp } from '../helpers/app';
import { resourceCounts } from '../helpers/templates';

function build(props: Partial<HardenedBucketProps> = {}) {
  const stack = new Stack(testApp(), 'Stack');
  const encryptionKey = new Key(stack, 'Key');
  const bucket = new HardenedBucket(stack, 'Bucket', {
    bucketName: 'some-bucket',
    encryptionKey,
    bucketKeys: true,
    bucketNamespace: 'account-regional',
    canaryPrefix: 'in/.s3-replication-canary/',
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
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        },
        {
          Id: 'ExpireCanaryDeleteMarkers',
          Status: 'Enabled',
          Prefix: 'in/.s3-replication-canary/',
          ExpiredObjectDeleteMarker: true,
        },
      ],
    }),
  });
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
