import { question } from '../question';

export const LOCKED_OBJECT = question({
  name: 'locked-object',
  unknown:
    'Whether an object with a retention period or a legal hold replicates under lockdown, with no more permission than S3 documents.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes',
  ],
  settles: [
    { file: 'docs/protection.md', words: "AWS's pages disagree: the [guide to Object Lock]" },
    {
      file: 'docs/troubleshooting.md',
      words: 's3:PutObjectLegalHold or s3:ReplicateObject: on the replica bucket AWS documents no permission',
    },
    {
      file: 'docs/troubleshooting.md',
      words: 's3:PutObjectRetention or s3:ReplicateObject: on the replica bucket AWS documents no permission',
    },
  ],
  how: 'An object with a retention of a day and one with a legal hold are written into the pair with Object Lock on both sides.',
  answers: {
    'both replicate': 'Nothing changes. The exemption of the replication role from the lockdown may still be needed.',
    'both fail':
      'Add `s3:PutObjectRetention` and `s3:PutObjectLegalHold` to WriteReplicas in lib/model/permissions.ts for pairs with `sourceObjectLock`.',
    'the retention fails':
      'Add `s3:PutObjectRetention` to WriteReplicas in lib/model/permissions.ts for pairs with `sourceObjectLock`.',
    'the legal hold fails':
      'Add `s3:PutObjectLegalHold` to WriteReplicas in lib/model/permissions.ts for pairs with `sourceObjectLock`.',
  },
  notOnEmulator: 'an emulator replicates no locks, and holds nobody to them',
  minutes: 45,
  ask: async (asking) => {
    const pair = asking.pair('locked');
    const until = new Date(Date.now() + 24 * 60 * 60_000);
    const [retained, held] = await Promise.all(
      [
        { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until } as const,
        { ObjectLockLegalHoldStatus: 'ON' } as const,
      ].map(async (lock) => {
        const written = await asking.put(pair, 'locked-object', { ...lock, ChecksumAlgorithm: 'CRC32' });
        return { ...(await asking.outcome(written, 30)), replica: await asking.replica(written) };
      }),
    );
    const seen = [
      `retention: ${retained?.status} ${retained?.reasons.join(' ')} ${retained?.replica?.ObjectLockMode ?? ''}`,
      `legal hold: ${held?.status} ${held?.reasons.join(' ')} ${held?.replica?.ObjectLockLegalHoldStatus ?? ''}`,
    ].join('; ');
    if (retained?.status === 'PENDING' || held?.status === 'PENDING') {
      return { answer: null, seen };
    }
    const [one, other] = [retained?.status === 'COMPLETED', held?.status === 'COMPLETED'];
    return {
      answer: one && other ? 'both replicate' : one ? 'the legal hold fails' : other ? 'the retention fails' : 'both fail',
      seen,
    };
  },
});
