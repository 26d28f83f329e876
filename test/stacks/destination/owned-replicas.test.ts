import { Match } from 'aws-cdk-lib/assertions';
import { templates } from '../../helpers/app';
import { LOCKDOWN } from '../../helpers/config';
import { placesIn, propertiesOf, resourceCounts, stringsIn } from '../../helpers/templates';

const KEY = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OWNED_KEY = { destination: { keyArn: KEY } };
const OWNED_BUCKET = { pairs: [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }] };
const PARAMETERS = { 'AWS::SSM::Parameter': 2 };

describe('with a replica key that is owned elsewhere', () => {
  test('the destination makes no key and exchanges nothing, and encrypts its bucket with that key', () => {
    const { destination } = templates(OWNED_KEY);

    expect(resourceCounts(destination)).toEqual({
      'AWS::S3::Bucket': 1,
      'AWS::S3::BucketPolicy': 1,
      'AWS::SQS::Queue': 1,
      'AWS::SQS::QueuePolicy': 1,
      ...PARAMETERS,
    });
    expect(destination.findOutputs('*')).toEqual({});
    destination.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          Match.objectLike({ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } }),
        ],
      },
    });
    destination.hasResourceProperties('AWS::SSM::Parameter', { Name: '/backups/destination/key-arn', Value: KEY });
  });

  test('the source names that key in its rule, and its role may use no other key of the backup account', () => {
    const { source } = templates(OWNED_KEY);
    const [bucket] = propertiesOf(source, 'AWS::S3::Bucket');
    const role = propertiesOf(source, 'AWS::IAM::Role').find(({ RoleName }) => RoleName.includes('replication'));

    expect(bucket?.ReplicationConfiguration.Rules[0]?.Destination.EncryptionConfiguration).toEqual({ ReplicaKmsKeyID: KEY });
    expect(role?.Policies[0]?.PolicyDocument.Statement.find(({ Sid }) => Sid === 'EncryptReplicas')).toMatchObject({
      Resource: KEY,
    });
    expect(stringsIn(role).filter((text) => text.includes(':kms:'))).toEqual([KEY]);
    expect(JSON.stringify(source.toJSON())).not.toContain('GetStackOutput');
  });

  test('no stack writes its policy, under lockdown neither', () => {
    const { destination } = templates({ ...OWNED_KEY, ...LOCKDOWN });

    expect(placesIn(destination.toJSON()).filter(({ path }) => path.at(-1) === 'KeyPolicy')).toEqual([]);
    expect(stringsIn(destination.toJSON()).filter((text) => text.startsWith('kms:'))).toEqual([]);
  });
});

describe('with a replica bucket that is owned elsewhere', () => {
  test('the destination has nothing of the bucket, and its key admits the role for that bucket', () => {
    const { destination } = templates(OWNED_BUCKET);
    const [key] = propertiesOf(destination, 'AWS::KMS::Key');

    expect(resourceCounts(destination)).toEqual({ 'AWS::IAM::Role': 1, 'AWS::KMS::Alias': 1, 'AWS::KMS::Key': 1, ...PARAMETERS });
    expect(key?.KeyPolicy.Statement.find(({ Sid }) => Sid === 'EncryptReplicasXdocuments')?.Condition?.['StringLike']).toEqual({
      'kms:EncryptionContext:aws:s3:arn': ['arn:aws:s3:::acme-backup', 'arn:aws:s3:::acme-backup/*'],
    });
    destination.hasResourceProperties('AWS::SSM::Parameter', { Value: 'arn:aws:s3:::acme-backup' });
  });

  test('the rule writes into it, as the backup account owns it', () => {
    const [bucket] = propertiesOf(templates(OWNED_BUCKET).source, 'AWS::S3::Bucket');

    expect(bucket?.ReplicationConfiguration.Rules[0]?.Destination).toMatchObject({
      Account: '222222222222',
      Bucket: 'arn:aws:s3:::acme-backup',
    });
  });

  test('there is no heartbeat of the pair, and with no other pair no stack for heartbeats', () => {
    const alone = templates(OWNED_BUCKET);
    const beside = templates({ pairs: [...OWNED_BUCKET.pairs, { id: 'photos' }] });

    expect([alone.heartbeat, alone.backupHealth]).toEqual([undefined, undefined]);
    expect(
      Object.values(beside.heartbeat?.findResources('AWS::Scheduler::Schedule') ?? {}).map(({ Properties }) => Properties.Name),
    ).toEqual(['backups-photos']);
    expect(
      Object.values(beside.backupHealth?.findResources('AWS::CloudWatch::Alarm') ?? {}).map(
        ({ Properties }) => Properties.AlarmName,
      ),
    ).toEqual(['backups-photos-heartbeat']);
    expect(resourceCounts(beside.destination)).toMatchObject({ 'AWS::S3::Bucket': 1, 'AWS::SQS::Queue': 1 });
  });
});

test('with both, the backup account gets parameters alone', () => {
  const { destination } = templates({ ...OWNED_KEY, ...OWNED_BUCKET, ...LOCKDOWN });

  expect(resourceCounts(destination)).toEqual(PARAMETERS);
});
