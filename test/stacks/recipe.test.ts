import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { plugin } from '../../cdk.json';
import { ConfigError } from '../../lib/errors/errors';
import { replicationStacks, templates } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { keyArnIn, propertiesOf, stringsIn } from '../helpers/templates';

const SOURCE_BUCKET = 'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an';
const REPLICA_BUCKET = 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an';
const ROLE = 'arn:aws:iam::111111111111:role/backups-documents-replication-ap-southeast-2';

/** The statements of the replication role that reach one resource. */
function roleStatements(resource: unknown) {
  return propertiesOf(templates().source, 'AWS::IAM::Role')
    .flatMap(({ Policies }) => Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement))
    .filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify(resource));
}

/** The statements of the replica bucket's policy that admit somebody. */
function admitted() {
  return propertiesOf(templates().destination, 'AWS::S3::BucketPolicy')
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Effect }) => Effect === 'Allow');
}

// Each title is a part of the recipe that this project began as; the test says what stands for it here.
describe('the original recipe', () => {
  test('provider ap-southeast-2, and provider us-west-2 through an assumed role of the other account', () => {
    const { destination, source } = replicationStacks();
    expect([source.environment, destination.environment]).toEqual([
      'aws://111111111111/ap-southeast-2',
      'aws://222222222222/us-west-2',
    ]);
    const { source: from, destination: to } = validConfig({ source: { profile: 'main' }, destination: { profile: 'backup' } });
    expect([from.profile, to.profile]).toEqual(['main', 'backup']);
    expect(plugin).toContain('s3-replication-credential-plugin');
  });

  test('account ids from the caller identity of each provider', () => {
    const { destination, source } = replicationStacks({
      source: { account: '333333333333' },
      destination: { account: '222222222222' },
    });
    expect([source.account, destination.account]).toEqual(['333333333333', '222222222222']);
    expect(() => validConfig({ source: { account: '123' }, destination: { account: 444 } })).toThrow(ConfigError);
  });

  test('KMS key in each account, 30 days deletion window, rotation on', () => {
    const { source, destination } = templates();
    for (const [template, Description] of [
      [source, 'Encrypts the source buckets of backups'],
      [destination, 'Encrypts the replicas of backups'],
    ] as const) {
      template.hasResourceProperties('AWS::KMS::Key', { Description, PendingWindowInDays: 30, EnableKeyRotation: true });
    }
  });

  test('destination key policy: the source account may kms:Encrypt; the destination account kms:*', () => {
    templates().destination.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: [
          { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::222222222222:root' }, Action: 'kms:*' },
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111111111111:root' },
            Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
            Condition: {
              ArnEquals: { 'aws:PrincipalArn': ROLE },
              StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' },
              StringLike: { 'kms:EncryptionContext:aws:s3:arn': [REPLICA_BUCKET, `${REPLICA_BUCKET}/*`] },
            },
          },
        ],
      },
    });
  });

  test('private, versioned buckets with SSE-KMS under their own key, random suffix', () => {
    const { source, destination } = templates();
    for (const [template, bucket] of [
      [source, SOURCE_BUCKET],
      [destination, REPLICA_BUCKET],
    ] as const) {
      template.hasResourceProperties('AWS::S3::Bucket', {
        BucketName: bucket.replace('arn:aws:s3:::', ''),
        BucketNamespace: 'account-regional',
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: keyArnIn(template) } },
          ],
        },
      });
    }
  });

  test('role trusted by s3.amazonaws.com', () => {
    const roles = propertiesOf(templates({ pairs: [{ id: 'a' }, { id: 'b' }] }).source, 'AWS::IAM::Role');
    const trust = [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }];
    expect(roles.map(({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument.Statement)).toEqual([trust, trust]);
  });

  test('role: s3:GetReplicationConfiguration, s3:ListBucket on the source bucket', () => {
    expect(roleStatements(SOURCE_BUCKET)).toMatchObject([
      { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'] },
    ]);
  });

  test('role: s3:GetObjectVersionForReplication, GetObjectVersionAcl, GetObjectVersionTagging on its objects', () => {
    expect(roleStatements(`${SOURCE_BUCKET}/*`)).toMatchObject([
      {
        Effect: 'Allow',
        Action: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
      },
    ]);
  });

  test("role: s3:ReplicateObject, ReplicateDelete, ReplicateTags on the destination's objects", () => {
    expect(roleStatements(`${REPLICA_BUCKET}/*`)).toMatchObject([
      { Effect: 'Allow', Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'] },
    ]);
  });

  test('role: kms:Decrypt on the source key; kms:Encrypt on the destination key', () => {
    const { source } = templates();
    const replicaKey = propertiesOf(source, 'AWS::S3::Bucket')[0]?.ReplicationConfiguration.Rules[0]?.Destination
      .EncryptionConfiguration.ReplicaKmsKeyID;
    expect(roleStatements(keyArnIn(source))).toMatchObject([
      { Action: 'kms:Decrypt', Condition: { StringEquals: { 'kms:ViaService': 's3.ap-southeast-2.amazonaws.com' } } },
    ]);
    expect(roleStatements(replicaKey)).toMatchObject([
      {
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
        Condition: { StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' } },
      },
    ]);
  });

  test('destination bucket policy for the role: ReplicateDelete, ReplicateObject on objects', () => {
    expect(admitted()).toMatchObject([
      {
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
        Resource: `${REPLICA_BUCKET}/*`,
        Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
      },
    ]);
  });

  test('destination bucket policy for the role: s3:List*, GetBucketVersioning, PutBucketVersioning on the bucket', () => {
    const { source, destination } = templates();
    const actions = stringsIn([source.toJSON(), destination.toJSON()]).filter((text) => text.startsWith('s3:'));
    expect(actions).toContain('s3:ReplicateObject');
    expect(actions.filter((action) => /BucketVersioning/.test(action))).toEqual([]);
    expect(admitted().flatMap(({ Resource }) => Resource)).toEqual([`${REPLICA_BUCKET}/*`]);
  });

  test('rule "replicate": enabled, SSE-KMS objects selected, destination account, STANDARD_IA, replica key', () => {
    templates().source.hasResourceProperties('AWS::S3::Bucket', {
      ReplicationConfiguration: {
        Role: ROLE,
        Rules: [
          {
            Status: 'Enabled',
            Filter: Match.anyValue(),
            DeleteMarkerReplication: { Status: 'Disabled' },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
            Destination: {
              Account: '222222222222',
              Bucket: REPLICA_BUCKET,
              StorageClass: 'STANDARD_IA',
              EncryptionConfiguration: {
                ReplicaKmsKeyID: { 'Fn::GetStackOutput': Match.objectLike({ StackName: 'backups-destination' }) },
              },
              Metrics: { Status: 'Enabled' },
            },
          },
        ],
      },
    });
  });

  test('test: place a file, look at its Replication Status', () => {
    const { scripts } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
      scripts?: Record<string, string>;
    };
    expect(scripts?.['demo']).toEqual(expect.any(String));
  });
});
