import { Match } from 'aws-cdk-lib/assertions';
import { templates } from '../../helpers/app';

const REGIONS = [
  ['source', 'ap-southeast-2', 'source'],
  ['monitoring', 'us-west-2', 'destination'],
] as const;

describe.each(REGIONS)('the topic of the %s stack', (stack, region, side) => {
  const alarmsOfTheAccount = {
    StringEquals: { 'aws:SourceAccount': '111111111111' },
    ArnLike: { 'aws:SourceArn': `arn:aws:cloudwatch:${region}:111111111111:alarm:*` },
  };

  test('is encrypted under a key of its own that rotates and admits the alarms of this account and region', () => {
    const template = templates()[stack];
    template.hasResourceProperties('AWS::SNS::Topic', {
      TopicName: `backups-${side}-notifications`,
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^NotificationsKey'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111111111111:root' }, Action: 'kms:*' },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Condition: alarmsOfTheAccount,
          },
        ],
      },
    });
  });

  test('takes notifications of those alarms alone, and nothing without TLS', () => {
    templates()[stack].hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: alarmsOfTheAccount,
          },
        ],
      },
    });
  });

  test('sends mail to the configured address, and to nobody without one', () => {
    const { [stack]: template } = templates({ monitoring: { email: 'storage@example.com' } });
    template.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'storage@example.com' });
    templates()[stack].resourceCountIs('AWS::SNS::Subscription', 0);
  });
});
