import { Match } from 'aws-cdk-lib/assertions';
import { templates } from '../../helpers/app';

const QUEUE = 'arn:aws:sqs:us-west-2:222222222222:backups-documents-witness';
const EXECUTION = 'arn:aws:iam::222222222222:role/cdk-hnb659fds-cfn-exec-role-222222222222-us-west-2';

const witnessed = (keys: Record<string, unknown> = {}) => templates({ ...keys, witness: true });

/** The part of an event that a rule compares. */
interface ChangeEvent {
  readonly eventName: string;
  readonly bucketName?: string;
  readonly keyArn?: string;
  readonly issuer?: string;
}

interface Pattern {
  readonly detail: {
    readonly userIdentity: {
      readonly sessionContext: { readonly sessionIssuer: { readonly arn: readonly (object | string)[] } };
    };
    readonly $or: readonly {
      readonly eventName: readonly string[];
      readonly requestParameters?: { readonly bucketName: readonly string[] };
      readonly resources?: { readonly ARN: readonly unknown[] };
    }[];
  };
}

const KEY = { 'Fn::GetAtt': ['ReplicaKey4DE8F013', 'Arn'] };

/** Whether the rule takes an event, by what EventBridge documents of `$or`, `exists` and `anything-but`. */
function takes({ detail }: Pattern, { eventName, bucketName, keyArn, issuer }: ChangeEvent): boolean {
  const isExempt = !detail.userIdentity.sessionContext.sessionIssuer.arn.some((one) => {
    const { exists, 'anything-but': but } = one as { exists?: boolean; 'anything-but'?: readonly string[] };
    return exists === false ? issuer === undefined : issuer !== undefined && but?.includes(issuer) === false;
  });
  return (
    !isExempt &&
    detail.$or.some(
      (one) =>
        one.eventName.includes(eventName) &&
        (one.requestParameters === undefined || one.requestParameters.bucketName.includes(bucketName ?? '')) &&
        (one.resources === undefined || (keyArn !== undefined && JSON.stringify(one.resources.ARN) === keyArn)),
    )
  );
}

function pattern(): Pattern {
  const [rule] = Object.values(witnessed().destination.findResources('AWS::Events::Rule'));
  return rule?.['Properties'].EventPattern as Pattern;
}

test('the replica bucket itself tells of versions that are deleted and of delete markers, beside the heartbeat', () => {
  witnessed().destination.hasResource('AWS::S3::Bucket', {
    DependsOn: Match.arrayWith([Match.stringLikeRegexp('WitnessPolicy')]),
    Properties: {
      NotificationConfiguration: {
        QueueConfigurations: [
          Match.objectLike({ Event: 's3:ObjectCreated:*' }),
          { Event: 's3:ObjectRemoved:Delete', Queue: QUEUE },
          { Event: 's3:ObjectRemoved:DeleteMarkerCreated', Queue: QUEUE },
        ],
      },
    },
  });
});

test('where replication writes delete markers, only versions count', () => {
  const pairs = [{ id: 'documents', replicateDeleteMarkers: true }];
  witnessed({ heartbeat: false, pairs }).destination.hasResourceProperties('AWS::S3::Bucket', {
    NotificationConfiguration: { QueueConfigurations: [{ Event: 's3:ObjectRemoved:Delete', Queue: QUEUE }] },
  });
});

const BUCKET = 'backups-documents-222222222222-us-west-2-an';

test.each<[string, ChangeEvent, boolean]>([
  ['the policy of the bucket', { eventName: 'PutBucketPolicy', bucketName: BUCKET, issuer: 'arn:aws:iam::1:role/x' }, true],
  ['versioning, by a root user', { eventName: 'PutBucketVersioning', bucketName: BUCKET }, true],
  ['the lifecycle', { eventName: 'PutBucketLifecycle', bucketName: BUCKET }, true],
  ['the key', { eventName: 'ScheduleKeyDeletion', keyArn: JSON.stringify([KEY]) }, true],
  ['a grant on the key', { eventName: 'CreateGrant', keyArn: JSON.stringify([KEY]) }, true],
  ['another bucket', { eventName: 'PutBucketPolicy', bucketName: 'another' }, false],
  ['another key', { eventName: 'ScheduleKeyDeletion', keyArn: '["another"]' }, false],
  ['a read', { eventName: 'GetBucketPolicy', bucketName: BUCKET }, false],
  ['a deployment', { eventName: 'PutBucketPolicy', bucketName: BUCKET, issuer: EXECUTION }, false],
])('the rule takes a change of %s: %j, %s', (_, event, expected) => {
  expect(takes(pattern(), event)).toBe(expected);
});

test('the pattern is shorter than EventBridge takes', () => {
  expect(JSON.stringify(pattern()).length).toBeLessThan(4096);
});

test('one alarm for a pair is on when there is an event, and tells through the composite alarm', () => {
  const { backupHealth } = witnessed();
  backupHealth?.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: 'backups-documents-witness',
    MetricName: 'NumberOfMessagesSent',
    Dimensions: [{ Name: 'QueueName', Value: 'backups-documents-witness' }],
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: Match.absent(),
  });
  backupHealth?.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    AlarmRule: 'ALARM("backups-documents-heartbeat") OR ALARM("backups-documents-witness")',
  });
});

test('without heartbeat it has the stack of the backup account to itself, and without witness there is nothing of it', () => {
  const alone = witnessed({ heartbeat: false });
  expect(alone.heartbeat).toBeUndefined();
  alone.backupHealth?.resourceCountIs('AWS::CloudWatch::Alarm', 1);
  templates().destination.resourceCountIs('AWS::Events::Rule', 0);
});
