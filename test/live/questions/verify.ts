import type { VerifyData } from '../../../lib/ops/verify/result';
import { question } from '../question';

export const VERIFY_QUESTION = question({
  name: 'verify',
  unknown: 'Whether `verify` finds the replica of its canary as configured: key, storage class, tags, checksum and owner.',
  pages: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html'],
  settles: [],
  how: '`npx --no -- s3-replication verify` runs for every pair.',
  answers: {
    verified: 'The replicas are as configured.',
    'not verified': 'Each property that is named differs on AWS: correct what writes it, or what verify expects.',
  },
  minutes: 20,
  ask: async (asking) => {
    const { code, data } = await asking.cli('verify', '--yes');
    const { pairs } = data as VerifyData;
    const wrong = pairs.flatMap(({ pair, ended, checks }) => [
      ...(ended === 'COMPLETED' ? [] : [`${pair}: ${ended}`]),
      ...checks
        .filter(({ status }) => status === 'failed')
        .map(({ name, found, expected }) => `${pair}: ${name} is ${found}, not ${expected}`),
    ]);
    const seconds = pairs.map((pair) => `${pair.pair}: ${pair.seconds} s`).join(', ');
    return { answer: wrong.length > 0 ? 'not verified' : code === 2 ? null : 'verified', seen: wrong.join('; ') || seconds };
  },
});
