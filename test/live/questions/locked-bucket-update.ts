import { question } from '../question';
import { failuresOf } from '../run';

export const LOCKED_BUCKET_UPDATE = question({
  name: 'locked-bucket-update',
  unknown:
    'Whether CloudFormation sends an unchanged Object Lock configuration again when it updates a bucket, which the lockdown refuses to it.',
  pages: [
    'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-objectlockconfiguration.html',
  ],
  settles: [
    {
      file: 'docs/protection.md',
      words: 'No AWS page says whether CloudFormation sends an Object Lock configuration again that has not changed',
    },
  ],
  how: 'Another lifecycle of the locked replica bucket is deployed under the lockdown.',
  answers: {
    'the update succeeds': 'resentLockWarning of lib/deploy/plan/lockdown.ts can go.',
    'the update is refused': 'resentLockWarning of lib/deploy/plan/lockdown.ts has to become a stop.',
  },
  notOnEmulator: 'an emulator takes no notice of Object Lock in a template',
  minutes: 15,
  alone: true,
  ask: async (asking) => {
    const changed = { lifecycle: { abortMultipartDays: 8 } };
    const { code } = await asking.cliWith(changed, 'deploy', 'Destination', '--yes');
    const reasons = code === 0 ? [] : await failuresOf(asking.config, asking.access);
    const refused = reasons.some((reason) => /ObjectLock|AccessDenied|not authorized/i.test(reason));
    return {
      answer: code === 0 ? 'the update succeeds' : refused ? 'the update is refused' : null,
      seen: code === 0 ? 'deployed' : reasons.join('; '),
    };
  },
});
