import { Match } from 'aws-cdk-lib/assertions';
import { templates } from '../../helpers/app';

const FAILED = 's3:Replication:OperationFailedReplication';
const NOT_TRACKED = 's3:Replication:OperationNotTracked';
const QUEUE = { 'Fn::GetAtt': ['FailureQueue4F308C52', 'Arn'] };

test('the queue keeps events for 14 days, encrypted by SQS', () => {
  templates().source.hasResourceProperties('AWS::SQS::Queue', {
    QueueName: 'backups-replication-failures',
    MessageRetentionPeriod: 14 * 24 * 60 * 60,
    SqsManagedSseEnabled: true,
  });
});

test('S3 may send to it for the source buckets of this account, and nobody may use it without TLS', () => {
  templates({ pairs: [{ id: 'documents' }, { id: 'photos' }] }).source.hasResourceProperties('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: 'FailureQueue4F308C52' }],
    PolicyDocument: Match.objectLike({
      Statement: [
        { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Principal: { Service: 's3.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: 'arn:aws:sqs:ap-southeast-2:111111111111:backups-replication-failures',
          Condition: {
            ArnEquals: {
              'aws:SourceArn': [
                'arn:aws:s3:::backups-documents-111111111111-ap-southeast-2-an',
                'arn:aws:s3:::backups-photos-111111111111-ap-southeast-2-an',
              ],
            },
            StringEquals: { 'aws:SourceAccount': '111111111111' },
          },
        },
      ].map((statement) => Match.objectLike(statement)),
    }),
  });
});

test.each([
  [false, [FAILED, NOT_TRACKED]],
  [true, [FAILED, NOT_TRACKED, 's3:Replication:OperationMissedThreshold', 's3:Replication:OperationReplicatedAfterThreshold']],
])('with time control %s a bucket sends these events, each once and for every object', (timeControl, events) => {
  templates({ pairs: [{ id: 'documents', timeControl }] }).source.hasResourceProperties('AWS::S3::Bucket', {
    NotificationConfiguration: Match.objectEquals({
      QueueConfigurations: events.map((event) => ({ Event: event, Queue: QUEUE })),
    }),
  });
});

test("a bucket waits for the queue's policy, which S3 tries when it is told of the queue", () => {
  const { source } = templates();
  const [policy] = Object.keys(source.findResources('AWS::SQS::QueuePolicy'));
  source.hasResource('AWS::S3::Bucket', { DependsOn: Match.arrayWith([policy]) });
});

test('no custom resource takes part', () => {
  const types = Object.values(templates().source.toJSON()['Resources'] as Record<string, { Type: string }>).map(
    ({ Type }) => Type,
  );
  expect(types.filter((type) => /Custom|Lambda/.test(type))).toEqual([]);
});
