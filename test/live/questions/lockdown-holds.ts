import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { isAccessDenied } from '../../../lib/aws/aws-error';
import { question } from '../question';

export const LOCKDOWN_HOLDS = question({
  name: 'lockdown-holds',
  unknown: 'Whether the lockdown refuses an administrator of the backup account, as AWS documents `aws:PrincipalArn`.',
  pages: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn'],
  settles: [{ file: 'docs/protection.md', words: 'as documented when CloudFormation acts with its role was not tried on AWS' }],
  how: 'An administrator deletes a version of a replica. That the break-glass role may, and that CloudFormation could deploy, the run itself shows.',
  answers: {
    'it refuses': 'The lockdown holds as proven.',
    'it does not': 'The lockdown protects nothing: withdraw the key until it does.',
  },
  notOnEmulator: 'an emulator evaluates no Deny of a bucket policy',
  minutes: 35,
  ask: async (asking) => {
    const written = await asking.put(asking.pair('plain'), 'lockdown-holds');
    const { status } = await asking.outcome(written, 30);
    const replica = await asking.replica(written);
    if (replica === undefined) {
      return { answer: null, seen: `there is no replica: ${status}` };
    }
    const s3 = await asking.access.clients.s3('destination');
    const version = { Bucket: written.pair.names.replicaBucket.name, Key: written.key, VersionId: replica.VersionId };
    try {
      await s3.send(new DeleteObjectCommand(version));
      return { answer: 'it does not', seen: 'the version is deleted' };
    } catch (error) {
      if (isAccessDenied(error)) {
        return { answer: 'it refuses', seen: 'AccessDenied' };
      }
      throw error;
    }
  },
});
