import { question } from '../question';

export const RETENTION_BOUND = question({
  name: 'retention-bound',
  unknown:
    'Whether a bound on the retention holds back a replica: the Service Authorization Reference has the condition key for other actions than `s3:ReplicateObject`.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-retention-limits',
    'https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html',
  ],
  settles: [
    { file: 'docs/protection.md', words: 'the user guide says that it bounds replicas too; nobody tried it on AWS here' },
    { file: 'docs/protection.md', words: 'AWS does not say which reason S3 gives' },
  ],
  how: 'An object with five days of retention is written into the pair whose bound is two days.',
  answers: {
    'the replica is refused':
      '`maximumRetentionDays` holds. The reason that was seen is the one that `explain` should name first.',
    'the replica is written':
      '`maximumRetentionDays` does not hold: refuse the key until AWS has a way, and say so in docs/protection.md.',
  },
  notOnEmulator: 'an emulator evaluates no such condition',
  minutes: 45,
  ask: async (asking) => {
    const written = await asking.put(asking.pair('locked'), 'retention-bound', {
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + 5 * 24 * 60 * 60_000),
      ChecksumAlgorithm: 'CRC32',
    });
    const { status, reasons } = await asking.outcome(written, 30);
    const seen = [status, ...reasons].join(', ');
    return {
      answer: status === 'PENDING' ? null : status === 'COMPLETED' ? 'the replica is written' : 'the replica is refused',
      seen,
    };
  },
});
