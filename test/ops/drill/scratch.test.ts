import type { S3Client } from '@aws-sdk/client-s3';
import type { Item, OwnedBucket } from '../../../lib/ops/copy/model';
import { Scratch } from '../../../lib/ops/drill/scratch';

const item: Item = { key: 'k', versionId: 'v', size: 1, storageClass: 'STANDARD', lastModified: '2026-10-01T12:00:00.000Z' };

/** A bucket that remembers the commands it gets. */
function bucket(answer: (command: string) => void = () => undefined) {
  const sent: unknown[] = [];
  const s3 = {
    send: async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
      sent.push([command.constructor.name, command.input]);
      answer(command.constructor.name);
      return {};
    },
  } as unknown as S3Client;
  const requests = {
    send: async (_: string, request: () => Promise<unknown>) => request(),
  } as unknown as OwnedBucket['requests'];
  return { sent, place: { name: 'scratch', s3, requests, owner: '111111111111', prefix: '' } };
}

test('ends uploads in parts that were never completed', async () => {
  const { place, sent } = bucket();
  const scratch = new Scratch(place, false, place, '');
  await scratch.uploads.begun(item, 'one');
  await scratch.uploads.begun({ ...item, key: 'completed' }, 'two');
  scratch.uploads.ended({ ...item, key: 'completed' });
  expect(scratch.uploads.find(item)).toBe('one');

  await scratch.clear();

  expect(sent).toEqual([['AbortMultipartUploadCommand', expect.objectContaining({ Key: 'k', UploadId: 'one' })]]);
  expect(scratch.uploads.find(item)).toBeUndefined();
});

test('an upload that S3 knows no longer is no failure', async () => {
  const { place } = bucket(() => {
    throw Object.assign(new Error('gone'), { name: 'NoSuchUpload' });
  });
  const scratch = new Scratch(place, false, place, '');
  await scratch.uploads.begun(item, 'one');

  expect(await scratch.close()).toBeUndefined();
});

test('says what stays, and what removes it', async () => {
  const { place } = bucket(() => {
    throw new Error('no network');
  });
  const scratch = new Scratch(place, false, place, 'aws s3 rm');
  await scratch.uploads.begun(item, 'one');

  expect(await scratch.close()).toBe(
    'bucket scratch could not be cleaned up: no network; it was empty before the drill; do: aws s3 rm',
  );
});
