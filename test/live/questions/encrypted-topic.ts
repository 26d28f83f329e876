import { question } from '../question';

export const ENCRYPTED_TOPIC = question({
  name: 'encrypted-topic',
  unknown:
    'Whether EventBridge reaches an encrypted topic by its policy and that of the key, as the notice of the pipeline has it.',
  pages: [
    'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html',
    'https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services',
  ],
  settles: [],
  how: 'A stack has EventBridge publish every minute to a topic under a key of its own, and a queue that is subscribed is read.',
  answers: {
    'the message arrives': 'The notice of the pipeline works as deployed.',
    'no message arrives': 'FailureNotice in lib/stacks/pipeline needs a role for its target, or another key policy.',
  },
  notOnEmulator: 'an emulator evaluates neither policy',
  minutes: 20,
  ask: async (asking) => {
    const { name, status, reasons } = await asking.stack('encrypted-topic', TEMPLATE);
    if (status !== 'COMPLETE') {
      return { answer: null, seen: [status, ...reasons].join('; ') };
    }
    const body = await asking.message('destination', name, 8, () => true);
    return body === undefined
      ? { answer: 'no message arrives', seen: 'nothing in 8 minutes' }
      : { answer: 'the message arrives', seen: 'a message of the rule is in the queue' };
  },
});

const allow = (Principal: object, Action: readonly string[], Resource: unknown) => ({
  Effect: 'Allow',
  Principal,
  Action,
  Resource,
});
const EVENTS = { Service: 'events.amazonaws.com' };
const TEMPLATE = {
  Resources: {
    Key: {
      Type: 'AWS::KMS::Key',
      Properties: {
        PendingWindowInDays: 7,
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            allow({ AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } }, ['kms:*'], '*'),
            allow(EVENTS, ['kms:Decrypt', 'kms:GenerateDataKey'], '*'),
          ],
        },
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: { Version: '2012-10-17', Statement: [allow(EVENTS, ['sns:Publish'], { Ref: 'Topic' })] },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'AWS::StackName' }, SqsManagedSseEnabled: true } },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [allow({ Service: 'sns.amazonaws.com' }, ['sqs:SendMessage'], { 'Fn::GetAtt': ['Queue', 'Arn'] })],
        },
      },
    },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      DependsOn: ['TopicPolicy', 'QueuePolicy', 'Subscription'],
      Properties: { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED', Targets: [{ Id: 'topic', Arn: { Ref: 'Topic' } }] },
    },
  },
};
