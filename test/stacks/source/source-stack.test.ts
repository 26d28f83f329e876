import { Match, type Template } from 'aws-cdk-lib/assertions';
import { templates } from '../../helpers/app';
import { keyArnIn, pathsOf, placesIn, propertiesOf, recordedKey, resourceCounts } from '../../helpers/templates';

const sourceBucketArn = (pair: string) => `arn:aws:s3:::backups-${pair}-111111111111-ap-southeast-2-an`;
const replicaBucketArn = (pair: string) => `arn:aws:s3:::backups-${pair}-222222222222-us-west-2-an`;
const roleArn = (pair: string) => `arn:aws:iam::111111111111:role/backups-${pair}-replication-ap-southeast-2`;

const REPLICA_KEY = recordedKey();

/** The source template with a replica key whose ARN is known, so that it can be compared. */
function sourceOf(keys: Record<string, unknown> = {}): Template {
  return templates({ keyExchange: 'ssm', ...keys }, REPLICA_KEY.context).source;
}

const throughS3 = (region: string, bucketArn: string) => ({
  StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
  StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
});

/** What the replication role of a pair may do: the whole of it. */
const roleStatements = (pair: string, sourceKey: unknown) => [
  {
    Sid: 'ReadReplicationConfiguration',
    Effect: 'Allow',
    Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
    Resource: sourceBucketArn(pair),
  },
  {
    Sid: 'ReadSourceVersions',
    Effect: 'Allow',
    Action: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
    Resource: `${sourceBucketArn(pair)}/*`,
  },
  {
    Sid: 'DecryptSourceObjects',
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: sourceKey,
    Condition: throughS3('ap-southeast-2', sourceBucketArn(pair)),
  },
  {
    Sid: 'WriteReplicas',
    Effect: 'Allow',
    Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
    Resource: `${replicaBucketArn(pair)}/*`,
  },
  {
    Sid: 'EncryptReplicas',
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
    Resource: REPLICA_KEY.arn,
    Condition: throughS3('us-west-2', replicaBucketArn(pair)),
  },
];

describe('the source key', () => {
  test('rotates, waits and is called as the configuration says', () => {
    const template = sourceOf({ keyRotationDays: 180, keyDeletionDays: 14 });
    template.allResourcesProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      RotationPeriodInDays: 180,
      PendingWindowInDays: 14,
    });
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/backups-source', TargetKeyId: keyArnIn(template) });
  });

  test('delegates to IAM of its own account and admits nobody of the other', () => {
    sourceOf().hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: Match.objectEquals({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 'kms:*', Resource: '*' }],
      }),
    });
  });
});

describe('a source bucket', () => {
  test('is encrypted with the source key under a name of the source', () => {
    const template = sourceOf();
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'backups-documents-111111111111-ap-southeast-2-an',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: keyArnIn(template) } }],
      },
    });
  });

  const LOCKED = { pairs: [{ id: 'documents', sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: 30 } }] };

  test('with Object Lock leaves retention to the applications', () => {
    sourceOf(LOCKED).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: Match.absent(),
    });
  });

  test('with Object Lock lets the role read locks, after the versions, and nothing else', () => {
    const template = sourceOf(LOCKED);
    const [versions, ...rest] = roleStatements('documents', keyArnIn(template)).slice(1);
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              Match.anyValue(),
              versions,
              {
                Sid: 'ReadSourceLocks',
                Effect: 'Allow',
                Action: ['s3:GetObjectLegalHold', 's3:GetObjectRetention'],
                Resource: `${sourceBucketArn('documents')}/*`,
              },
              ...rest,
            ],
          },
        },
      ],
    });
  });

  test('has no Object Lock where the replicas alone have it', () => {
    const keys = { pairs: [{ id: 'documents', objectLock: { mode: 'GOVERNANCE', days: 30 } }] };

    expect(sourceOf(keys).toJSON()).toEqual(sourceOf().toJSON());
  });

  test('has a policy that grants nothing', () => {
    const policies = propertiesOf(sourceOf(), 'AWS::S3::BucketPolicy');
    expect(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(({ Effect }) => Effect))).toEqual(['Deny']);
  });

  test.each([true, false])('with bucketKeys %s has S3 Bucket Keys so', (bucketKeys) => {
    sourceOf({ pairs: [{ id: 'documents', bucketKeys }] }).hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: bucketKeys }] },
    });
  });

  test('waits for its own role, which carries its policy inline, so that no object meets the rule too early', () => {
    const template = sourceOf({ pairs: [{ id: 'documents' }, { id: 'photos' }] });
    for (const pair of ['documents', 'photos']) {
      const role = template.getResourceId('AWS::IAM::Role', { Properties: { RoleName: roleArn(pair).split('/')[1] } });
      template.hasResource('AWS::S3::Bucket', {
        Properties: { ReplicationConfiguration: { Role: roleArn(pair) } },
        DependsOn: Match.arrayWith([role]),
      });
    }
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('is not waited for by the role, which waits for the key alone', () => {
    const template = sourceOf();
    const [role] = Object.values(template.findResources('AWS::IAM::Role'));
    const references = placesIn(role).filter(({ path }) => ['Ref', 'Fn::GetAtt', 'Fn::Sub'].includes(path.at(-1) ?? ''));
    expect(references.map(({ value }) => value)).toEqual([keyArnIn(template)['Fn::GetAtt']]);
    expect(role).not.toHaveProperty('DependsOn');
  });
});

describe('the replication role', () => {
  test('is trusted to S3 alone, without a condition, and may do what the permission table says and nothing else', () => {
    const template = sourceOf();
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties(
      'AWS::IAM::Role',
      Match.objectEquals({
        RoleName: 'backups-documents-replication-ap-southeast-2',
        Description: Match.anyValue(),
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'Replication',
            PolicyDocument: { Version: '2012-10-17', Statement: roleStatements('documents', keyArnIn(template)) },
          },
        ],
      }),
    );
  });

  test('of each pair names the buckets of that pair only', () => {
    const pairs = ['documents', 'photos', 'team-photos'];
    const template = sourceOf({ pairs: pairs.map((id) => ({ id })) });
    const statements = propertiesOf(template, 'AWS::IAM::Role').map(({ Policies }) =>
      Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    );
    expect(statements).toEqual(pairs.map((pair) => roleStatements(pair, keyArnIn(template))));
  });
});

/** Checks that the rule of a pair has these properties, whatever else it has. */
function expectRule(pair: Record<string, unknown>, rule: Record<string, unknown>) {
  sourceOf({ pairs: [{ id: 'documents', ...pair }] }).hasResourceProperties('AWS::S3::Bucket', {
    ReplicationConfiguration: { Rules: [rule] },
  });
}

describe('the replication rule', () => {
  test('replicates every object, KMS-encrypted ones too, to STANDARD_IA under the replica key, with metrics', () => {
    sourceOf().hasResourceProperties('AWS::S3::Bucket', {
      ReplicationConfiguration: Match.objectEquals({
        Role: roleArn('documents'),
        Rules: [
          {
            Id: 'backups-documents',
            Priority: 1,
            Status: 'Enabled',
            Filter: { Prefix: '' },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
            DeleteMarkerReplication: { Status: 'Disabled' },
            Destination: {
              Account: '222222222222',
              Bucket: replicaBucketArn('documents'),
              StorageClass: 'STANDARD_IA',
              EncryptionConfiguration: { ReplicaKmsKeyID: REPLICA_KEY.arn },
              Metrics: { Status: 'Enabled' },
            },
          },
        ],
      }),
    });
  });

  test.each([
    [true, 'Enabled'],
    [false, 'Disabled'],
  ])('with replicateDeleteMarkers %s says %s', (replicateDeleteMarkers, Status) => {
    expectRule({ replicateDeleteMarkers }, { DeleteMarkerReplication: { Status } });
  });

  test.each(['STANDARD', 'GLACIER_IR', 'DEEP_ARCHIVE'])('stores replicas as %s when told so', (storageClass) => {
    expectRule({ storageClass }, { Destination: { StorageClass: storageClass } });
  });

  test('with time control has its fifteen minutes, and the same threshold on the metrics', () => {
    expectRule(
      { timeControl: true },
      {
        Destination: {
          ReplicationTime: Match.objectEquals({ Status: 'Enabled', Time: { Minutes: 15 } }),
          Metrics: Match.objectEquals({ Status: 'Enabled', EventThreshold: { Minutes: 15 } }),
        },
      },
    );
  });

  test.each([
    ['nothing', undefined, { Prefix: '' }],
    ['an empty filter', {}, { Prefix: '' }],
    ['no tags', { tags: {} }, { Prefix: '' }],
    ['a prefix', { prefix: 'reports/' }, { Prefix: 'reports/' }],
    ['a prefix and no tags', { prefix: 'reports/', tags: {} }, { Prefix: 'reports/' }],
    ['one tag', { tags: { keep: 'yes' } }, { TagFilter: { Key: 'keep', Value: 'yes' } }],
    [
      'several tags',
      { tags: { keep: 'yes', team: 'a' } },
      {
        And: {
          TagFilters: [
            { Key: 'keep', Value: 'yes' },
            { Key: 'team', Value: 'a' },
          ],
        },
      },
    ],
    [
      'a prefix and a tag',
      { prefix: 'reports/', tags: { keep: 'yes' } },
      { And: { Prefix: 'reports/', TagFilters: [{ Key: 'keep', Value: 'yes' }] } },
    ],
    [
      'a prefix and several tags',
      { prefix: 'reports/', tags: { keep: '', team: 'a' } },
      {
        And: {
          Prefix: 'reports/',
          TagFilters: [
            { Key: 'keep', Value: '' },
            { Key: 'team', Value: 'a' },
          ],
        },
      },
    ],
  ])('selects by %s', (_, filter, expected) => {
    // A Prefix beside the filter would make it a rule of the first schema, without tags, priority and delete markers.
    expectRule({ filter }, { Filter: Match.objectEquals(expected), Prefix: Match.absent(), Priority: 1, Status: 'Enabled' });
  });

  test('never changes the owner of replicas, which the replica bucket owns anyway', () => {
    const body = sourceOf({ pairs: [{ id: 'documents', timeControl: true }, { id: 'photos' }] }).toJSON();
    expect(pathsOf('AccessControlTranslation', body)).toEqual([]);
  });

  test('of each pair is in the bucket of that pair and writes to its replica bucket', () => {
    const pairs = ['documents', 'photos', 'team-photos'];
    const buckets = propertiesOf(sourceOf({ pairs: pairs.map((id) => ({ id })) }), 'AWS::S3::Bucket');
    expect(
      buckets.map(({ BucketName, ReplicationConfiguration }) => [
        `arn:aws:s3:::${BucketName}`,
        ReplicationConfiguration.Role,
        ...ReplicationConfiguration.Rules.map(({ Destination }) => Destination.Bucket),
      ]),
    ).toEqual(pairs.map((pair) => [sourceBucketArn(pair), roleArn(pair), replicaBucketArn(pair)]));
  });
});

describe('published ARNs', () => {
  test('the key, every bucket and every role have an SSM parameter of the stack', () => {
    const template = sourceOf({ pairs: [{ id: 'documents' }, { id: 'photos' }] });
    template.resourceCountIs('AWS::SSM::Parameter', 5);
    const expected: Record<string, unknown> = { '/backups/source/key-arn': keyArnIn(template) };
    for (const pair of ['documents', 'photos']) {
      expected[`/backups/source/pairs/${pair}/bucket-arn`] = sourceBucketArn(pair);
      expected[`/backups/source/pairs/${pair}/replication-role-arn`] = roleArn(pair);
    }
    for (const [Name, Value] of Object.entries(expected)) {
      template.hasResourceProperties('AWS::SSM::Parameter', { Name, Type: 'String', Value });
    }
  });
});

test('the stack has these resources and no custom ones', () => {
  expect(resourceCounts(sourceOf({ deployment: 'x-demo', removal: 'destroy', keyExchange: 'stack-output' }))).toEqual({
    'AWS::CloudWatch::Alarm': 1,
    'AWS::CloudWatch::Dashboard': 1,
    'AWS::IAM::Role': 1,
    'AWS::KMS::Alias': 2,
    'AWS::KMS::Key': 2,
    'AWS::S3::Bucket': 1,
    'AWS::S3::BucketPolicy': 1,
    'AWS::SNS::Topic': 1,
    'AWS::SNS::TopicPolicy': 1,
    'AWS::SQS::Queue': 1,
    'AWS::SQS::QueuePolicy': 1,
    'AWS::SSM::Parameter': 3,
  });
});
