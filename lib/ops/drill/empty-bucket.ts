import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
} from '@aws-sdk/client-s3';
import { pageOf } from '../../aws/listing/bucket';
import type { Entry } from '../../aws/listing/page';
import { AppError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import type { OwnedBucket } from '../copy/model';

/**
 * Deletes versions of a bucket, each by its id.
 *
 * @param wants which ones. @default - every version and delete marker
 * @throws AppError when one cannot be deleted
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export async function deleteVersions(bucket: OwnedBucket, wants: (entry: Entry) => boolean = () => true): Promise<void> {
  let marker: { KeyMarker?: string; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const { entries, isTruncated, nextKeyMarker, nextVersionIdMarker } = await pageOf(bucket, marker);
    const wanted = entries.filter(wants);
    const [together, apart] = [wanted.filter(({ key }) => !NO_XML.test(key)), wanted.filter(({ key }) => NO_XML.test(key))];
    if (together.length > 0) {
      await deleteAll(bucket, together);
    }
    for (const entry of apart) {
      await deleteOne(bucket, entry);
    }
    if (!isTruncated || nextKeyMarker === undefined) {
      return;
    }
    marker = { KeyMarker: nextKeyMarker, VersionIdMarker: nextVersionIdMarker };
  }
}

/** Characters of keys that no XML can have, not even escaped. */
// oxlint-disable-next-line no-control-regex
const NO_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

async function deleteOne({ name, s3, requests, owner }: OwnedBucket, { key, versionId }: Entry): Promise<void> {
  const version = { Bucket: name, Key: key, VersionId: versionId, ExpectedBucketOwner: owner };
  await requests.send('other', () => s3.send(new DeleteObjectCommand(version)));
}

/** At most a thousand, as a page of a listing has. */
async function deleteAll({ name, s3, requests, owner }: OwnedBucket, entries: readonly Entry[]): Promise<void> {
  const { Errors: [error] = [] } = await requests.send('other', () =>
    s3.send(
      new DeleteObjectsCommand({
        Bucket: name,
        ExpectedBucketOwner: owner,
        Delete: { Quiet: true, Objects: entries.map(({ key, versionId }) => ({ Key: key, VersionId: versionId })) },
      }),
    ),
  );
  if (error !== undefined) {
    throw new AppError('NotDeleted', `${quoted(error.Key)} could not be deleted: ${error.Message ?? error.Code}`);
  }
}

/** Ends an upload in parts that was never completed: its parts would be stored and charged for. */
export async function abortUpload({ name, s3, requests, owner }: OwnedBucket, key: string, uploadId: string): Promise<void> {
  const upload = { Bucket: name, Key: key, UploadId: uploadId, ExpectedBucketOwner: owner };
  await requests.send('other', () => s3.send(new AbortMultipartUploadCommand(upload)));
}

/**
 * Deletes a bucket with everything in it.
 *
 * @throws AppError when one version cannot be deleted, and whatever S3 answers
 */
export async function removeBucket(bucket: OwnedBucket): Promise<void> {
  const { name, s3, requests, owner } = bucket;
  const named = { Bucket: name, ExpectedBucketOwner: owner };
  await deleteVersions(bucket);
  const { Uploads: uploads = [] } = await requests.send('list', () => s3.send(new ListMultipartUploadsCommand(named)));
  for (const { Key: key, UploadId: id } of uploads) {
    if (key !== undefined && id !== undefined) {
      await abortUpload(bucket, key, id);
    }
  }
  await requests.send('other', () => s3.send(new DeleteBucketCommand(named)));
}
