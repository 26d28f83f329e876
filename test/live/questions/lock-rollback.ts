import { question } from '../question';

export const LOCK_ROLLBACK = question({
  name: 'lock-rollback',
  unknown:
    'Whether a stack rolls back when a deployment that gives Object Lock to a bucket fails later: S3 never takes the lock back.',
  pages: [
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-objectlockconfiguration.html',
  ],
  settles: [{ file: 'docs/protection.md', words: 'No AWS page says whether the rollback then fails' }],
  how: 'A stack with a bucket is updated with Object Lock and, after it, a parameter that cannot be created.',
  answers: {
    'rolls back': 'docs/protection.md can say so: the bucket keeps Object Lock, and the stack is usable.',
    'is stuck': 'The plan should say before such a deployment that a failure leaves the stack in UPDATE_ROLLBACK_FAILED.',
    'is refused': 'CloudFormation gives no Object Lock to a bucket that is there: the plan has to stop at it with that reason.',
  },
  notOnEmulator: 'an emulator takes no notice of Object Lock in a template',
  minutes: 15,
  ask: async (asking) => {
    const bucket = (more: object) => ({
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { VersioningConfiguration: { Status: 'Enabled' }, ...more },
    });
    // Parameter Store refuses this name.
    const refused = {
      Type: 'AWS::SSM::Parameter',
      DependsOn: 'Bucket',
      Properties: { Name: 'ssm-refused', Type: 'String', Value: '-' },
    };
    const { status, reasons } = await asking.stack(
      'lock-rollback',
      { Resources: { Bucket: bucket({}) } },
      { Resources: { Bucket: bucket({ ObjectLockEnabled: true }), Refused: refused } },
    );
    const isOfBucket = reasons.some((reason) => reason.startsWith('Bucket:'));
    const answer =
      status === 'UPDATE_ROLLBACK_COMPLETE'
        ? isOfBucket
          ? 'is refused'
          : 'rolls back'
        : status === 'UPDATE_ROLLBACK_FAILED'
          ? 'is stuck'
          : null;
    return { answer, seen: [status, ...reasons].join('; ') };
  },
});
