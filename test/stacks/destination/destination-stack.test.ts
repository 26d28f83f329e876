import { Match } from 'aws-cdk-lib/assertions';
import { templates } from '../../helpers/app';
import { keyArnIn, pathsOf, propertiesOf, recordedKey, resourceCounts } from '../../helpers/templates';

const replicaBucketArn = (pair: string) => `arn:aws:s3:::backups-${pair}-222222222222-us-west-2-an`;
const replicationRoleArn = (pair: string) => `arn:aws:iam::111111111111:role/backups-${pair}-replication-ap-southeast-2`;

const DELEGATE_TO_IAM = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::222222222222:root' },
  Action: 'kms:*',
  Resource: '*',
};

const encryptReplicas = (pair: string, sid: string) => ({
  Sid: sid,
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
  Resource: '*',
  Condition: {
    ArnEquals: { 'aws:PrincipalArn': replicationRoleArn(pair) },
    StringEquals: { 'kms:ViaService': 's3.us-west-2.amazonaws.com' },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [replicaBucketArn(pair), `${replicaBucketArn(pair)}/*`] },
  },
});

const writeReplicas = (pair: string) => ({
  Sid: 'WriteReplicas',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  Action: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
  Resource: `${replicaBucketArn(pair)}/*`,
  Condition: { ArnEquals: { 'aws:PrincipalArn': replicationRoleArn(pair) } },
});

const destinationOf = (keys: Record<string, unknown> = {}) => templates(keys).destination;

describe('the replica key', () => {
  test('rotates, waits and is called as the configuration says', () => {
    const template = destinationOf({ keyRotationDays: 180, keyDeletionDays: 14 });
    template.resourceCountIs('AWS::KMS::Key', 1);
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      RotationPeriodInDays: 180,
      PendingWindowInDays: 14,
    });
    template.hasResourceProperties('AWS::KMS::Alias', {
      AliasName: 'alias/backups-destination',
      TargetKeyId: keyArnIn(template),
    });
  });

  test('admits IAM of its own account, and the replication role through S3 for the replica bucket', () => {
    destinationOf().hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: Match.objectEquals({
        Version: '2012-10-17',
        Statement: [DELEGATE_TO_IAM, encryptReplicas('documents', 'EncryptReplicasXdocuments')],
      }),
    });
  });

  test('admits the role of every pair, each for its own bucket', () => {
    destinationOf({ pairs: [{ id: 'documents' }, { id: 'team-photos' }, { id: 'teamphotos' }] }).hasResourceProperties(
      'AWS::KMS::Key',
      {
        KeyPolicy: Match.objectEquals({
          Version: '2012-10-17',
          Statement: [
            DELEGATE_TO_IAM,
            encryptReplicas('documents', 'EncryptReplicasXdocuments'),
            encryptReplicas('team-photos', 'EncryptReplicasXteamXphotos'),
            encryptReplicas('teamphotos', 'EncryptReplicasXteamphotos'),
          ],
        }),
      },
    );
  });
});

describe('a replica bucket', () => {
  test('is encrypted with the replica key under a name of the destination', () => {
    const template = destinationOf();
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'backups-documents-222222222222-us-west-2-an',
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { KMSMasterKeyID: keyArnIn(template) } }],
      },
    });
  });

  test('replicates nowhere itself', () => {
    expect(pathsOf('ReplicationConfiguration', destinationOf().toJSON())).toEqual([]);
  });

  test('lets the replication role write replicas and do nothing else', () => {
    destinationOf().hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: Match.objectEquals({
        Version: '2012-10-17',
        Statement: [Match.objectLike({ Effect: 'Deny', Action: 's3:*' }), writeReplicas('documents')],
      }),
    });
  });

  test('admits the role of its own pair only', () => {
    const pairs = ['documents', 'photos', 'team-photos'];
    const policies = propertiesOf(destinationOf({ pairs: pairs.map((id) => ({ id })) }), 'AWS::S3::BucketPolicy');
    const granted = policies.map(({ PolicyDocument }) => PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow'));
    expect(granted).toEqual(pairs.map((pair) => [writeReplicas(pair)]));
  });

  test.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('with bucketKeys %s has S3 Bucket Keys %s', (bucketKeys, enabled) => {
    destinationOf({ pairs: [{ id: 'documents', bucketKeys }] }).hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: enabled }] },
    });
  });

  const locked = (mode: string, keys: object = {}) =>
    destinationOf({ pairs: [{ id: 'documents', ...keys, objectLock: { mode, days: 30, ...confirmed(mode), ...bound(keys) } }] });
  const confirmed = (mode: string) => (mode === 'COMPLIANCE' ? { confirm: 'I cannot delete these objects for 30 days' } : {});
  const bound = (keys: object) => ('sourceObjectLock' in keys ? { maximumRetentionDays: 90 } : {});

  test.each(['GOVERNANCE', 'COMPLIANCE'])('with Object Lock keeps every new version in its mode, %s, for its days', (mode) => {
    locked(mode).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: mode, Days: 30 } } },
    });
  });

  test('has no Object Lock without it', () => {
    expect(pathsOf('ObjectLockEnabled', destinationOf().toJSON())).toEqual([]);
  });

  test('refuses everybody a longer retention than the bound, and nothing without one', () => {
    const denials = (template: ReturnType<typeof destinationOf>) =>
      propertiesOf(template, 'AWS::S3::BucketPolicy').flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.filter(({ Effect, Action }) => Effect === 'Deny' && Action !== 's3:*'),
      );

    expect(denials(locked('GOVERNANCE', { sourceObjectLock: true }))).toEqual([
      {
        Sid: 'BoundRetention',
        Effect: 'Deny',
        Principal: '*',
        Action: ['s3:PutObject', 's3:PutObjectRetention', 's3:ReplicateObject'],
        Resource: `${replicaBucketArn('documents')}/*`,
        Condition: { NumericGreaterThan: { 's3:object-lock-remaining-retention-days': '90' } },
      },
    ]);
    expect(denials(locked('GOVERNANCE'))).toEqual([]);
  });

  test('in the global namespace has a name without the suffix of the other', () => {
    destinationOf({ bucketNamespace: 'global' }).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'backups-documents-222222222222-us-west-2',
      BucketNamespace: Match.absent(),
    });
  });
});

describe('published ARNs', () => {
  test('the key and every bucket have an SSM parameter of the stack', () => {
    const template = destinationOf({ pairs: [{ id: 'documents' }, { id: 'photos' }] });
    template.resourceCountIs('AWS::SSM::Parameter', 3);
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/backups/destination/key-arn',
      Type: 'String',
      Value: keyArnIn(template),
    });
    for (const pair of ['documents', 'photos']) {
      template.hasResourceProperties('AWS::SSM::Parameter', {
        Name: `/backups/destination/pairs/${pair}/bucket-arn`,
        Type: 'String',
        Value: replicaBucketArn(pair),
      });
    }
  });
});

describe('the exchange role', () => {
  test('may describe the destination stack, and only the execution role of the source may assume it', () => {
    const template = destinationOf();
    template.resourceCountIs('AWS::IAM::Role', 1);
    template.hasResourceProperties(
      'AWS::IAM::Role',
      Match.objectEquals({
        RoleName: 'backups-exchange-us-west-2',
        Description: Match.anyValue(),
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: 'arn:aws:iam::111111111111:root' },
              Action: 'sts:AssumeRole',
              Condition: {
                ArnEquals: {
                  'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/cdk-hnb659fds-cfn-exec-role-111111111111-ap-southeast-2',
                },
              },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'ReadStackOutput',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  Sid: 'ReadDestinationStack',
                  Effect: 'Allow',
                  Action: 'cloudformation:DescribeStacks',
                  Resource: 'arn:aws:cloudformation:us-west-2:222222222222:stack/backups-destination/*',
                },
              ],
            },
          },
        ],
      }),
    );
  });

  test('reads the one output of the stack, the ARN of the replica key', () => {
    const template = destinationOf();
    expect(Object.keys(template.findOutputs('*'))).toEqual(['ReplicaKeyArn']);
    template.hasOutput('ReplicaKeyArn', { Value: keyArnIn(template), Export: Match.absent() });
  });

  test('is not there when the ARN is recorded, nor is the output', () => {
    const { destination } = templates({ keyExchange: 'ssm' }, recordedKey().context);
    expect(destination.findOutputs('*')).toEqual({});
    expect(resourceCounts(destination)).toEqual({
      'AWS::KMS::Alias': 1,
      'AWS::KMS::Key': 1,
      'AWS::S3::Bucket': 1,
      'AWS::S3::BucketPolicy': 1,
      'AWS::SQS::Queue': 1,
      'AWS::SQS::QueuePolicy': 1,
      'AWS::SSM::Parameter': 2,
    });
  });
});

test('the destination waits for nothing of the source', () => {
  const body = destinationOf({ pairs: [{ id: 'documents' }, { id: 'photos' }] }).toJSON();
  expect(pathsOf('Fn::GetStackOutput', body)).toEqual([]);
  expect(pathsOf('Fn::ImportValue', body)).toEqual([]);
});
