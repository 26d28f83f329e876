import { question } from '../question';

export const FIRST_REPLICA = question({
  name: 'first-replica',
  unknown: 'How long the first object of a new deployment takes to arrive in the backup account.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html',
  ],
  settles: [
    { file: 'README.md', words: 'No test has run against a live AWS account' },
    { file: 'docs/configuration.md', words: 'Nothing here has been run against a live AWS account' },
  ],
  how: 'An object is written as soon as the stacks are deployed, and its replication status is read until it has one.',
  answers: {
    'within 15 minutes': '`verify` waits 20 minutes by default, which is enough.',
    later: 'The default of `verify --timeout` has to be longer, and so has `monitoring.latencyMinutes`.',
    never: 'Replication does not work as deployed: `npx --no -- s3-replication doctor` and the reason of S3 say why.',
  },
  minutes: 60,
  ask: async (asking) => {
    const { status, seconds, reasons } = await asking.outcome(await asking.put(asking.pair('plain'), 'first-replica'), 60);
    const seen = [`${status} after ${seconds} s`, ...reasons].join(', ');
    return { answer: status !== 'COMPLETED' ? 'never' : seconds <= 15 * 60 ? 'within 15 minutes' : 'later', seen };
  },
});
