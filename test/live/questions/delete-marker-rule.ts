import { question } from '../question';

export const DELETE_MARKER_RULE = question({
  name: 'delete-marker-rule',
  unknown: 'Whether CloudFormation accepts a lifecycle rule whose only action is `ExpiredObjectDeleteMarker`.',
  pages: ['https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html'],
  settles: [],
  how: 'A stack with one bucket and such a rule is created.',
  answers: {
    accepted: 'lib/model/lifecycle.ts puts the action beside another one, which stays right. The rules could be simpler.',
    refused: 'lib/model/lifecycle.ts is right to put the action beside another one.',
  },
  notOnEmulator: 'an emulator takes no notice of lifecycle rules in a template',
  minutes: 10,
  ask: async (asking) => {
    const rule = { Id: 'Markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true };
    const bucket = { Type: 'AWS::S3::Bucket', Properties: { LifecycleConfiguration: { Rules: [rule] } } };
    const { status, reasons } = await asking.stack('delete-marker-rule', { Resources: { Bucket: bucket } });
    return { answer: status === 'COMPLETE' ? 'accepted' : 'refused', seen: [status, ...reasons].join('; ') };
  },
});
