import { question } from '../question';

export const BUCKET_KEYS = question({
  name: 'bucket-keys',
  unknown: 'Whether `kms:ViaService` and the encryption context hold with S3 Bucket Keys on and off, and mixed.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html',
  ],
  settles: [{ file: 'docs/permissions.md', words: 'No AWS page on replication asks for them' }],
  how: 'Four objects are written: with and without a Bucket Key, into a bucket that has them on and into one that has them off.',
  answers: {
    'all arrive': 'The conditions of the permission table admit every mix.',
    'some fail': 'The condition on `kms:EncryptionContext:aws:s3:arn` in lib/model/permissions.ts has to admit one more context.',
  },
  notOnEmulator: 'an emulator asks no key',
  minutes: 45,
  ask: async (asking) => {
    const mixes = (['plain', 'single'] as const).flatMap((id) => [true, false].map((own) => ({ pair: asking.pair(id), own })));
    const ended = await Promise.all(
      mixes.map(async ({ pair, own }) => {
        const written = await asking.put(pair, 'bucket-keys', {
          ServerSideEncryption: 'aws:kms',
          // Without it, S3 takes the key that AWS manages.
          SSEKMSKeyId: asking.config.names.source.keyAlias,
          BucketKeyEnabled: own,
        });
        const { status, reasons } = await asking.outcome(written, 30);
        const { BucketKeyEnabled: replica = false } = (await asking.replica(written)) ?? {};
        return {
          status,
          text: [`bucket ${pair.bucketKeys}, object ${own}, replica ${replica}: ${status}`, ...reasons].join(' '),
        };
      }),
    );
    const seen = ended.map(({ text }) => text).join('; ');
    const pending = ended.some(({ status }) => status === 'PENDING');
    const failed = ended.some(({ status }) => !['COMPLETED', 'PENDING'].includes(status));
    return { answer: failed ? 'some fail' : pending ? null : 'all arrive', seen };
  },
});
