import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { question } from '../question';

const DAYS = 3;
const PREFIX = 'failed-lifecycle/';

export const FAILED_LIFECYCLE = question({
  name: 'failed-lifecycle',
  unknown: 'Whether S3 Lifecycle deletes a source version whose replication FAILED.',
  pages: [
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html',
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html',
  ],
  settles: [
    { file: 'docs/protection.md', words: "AWS's pages disagree on one that is `FAILED`" },
    { file: 'docs/troubleshooting.md', words: "AWS's pages disagree on one that is `FAILED`" },
    { file: 'docs/protection.md', words: 'it bills as if it were not. None of this was run against AWS' },
  ],
  how: 'A version that FAILED becomes noncurrent in a bucket that deletes noncurrent versions after a day, and is looked for during three days.',
  answers: {
    'it is deleted': 'docs/protection.md and docs/troubleshooting.md can say that Lifecycle does not wait for what failed.',
    'it stays': 'docs/protection.md and docs/troubleshooting.md can say that Lifecycle waits for what failed too.',
  },
  notOnEmulator: 'an emulator runs no lifecycle rules',
  minutes: (DAYS * 24 + 1) * 60,
  long: true,
  ask: async (asking) => {
    const pair = asking.pair('single');
    const s3 = await asking.access.clients.s3('source');
    const noncurrent = async () => {
      const { Versions: versions = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket: pair.names.sourceBucket.name, Prefix: PREFIX }),
      );
      return versions;
    };
    const before = await noncurrent();
    if (before.length === 0) {
      await asking.refuse(pair, 's3:ReplicateObject', PREFIX);
      const Key = `${PREFIX}object`;
      const { status } = await asking.outcome(await asking.put(pair, 'failed-lifecycle', { Key }), 60);
      if (status !== 'FAILED') {
        return { answer: null, seen: `the first version is ${status}` };
      }
      await asking.put(pair, 'failed-lifecycle', { Key });
    }
    const start = Math.min(...(await noncurrent()).map(({ LastModified: at }) => at?.getTime() ?? 0));
    const end = start + DAYS * 24 * 60 * 60_000;
    const gone = await asking.until((end - Date.now()) / 60_000, async () =>
      (await noncurrent()).length < 2 ? true : undefined,
    );
    return gone === undefined
      ? { answer: 'it stays', seen: `both versions are there after ${DAYS} days` }
      : { answer: 'it is deleted', seen: `one version is left after ${((Date.now() - start) / 3_600_000).toFixed(0)} hours` };
  },
});
