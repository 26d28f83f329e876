import { AppError } from '../errors/errors';
import {
  type Adoption,
  checkAdoption,
  isHeldElsewhere,
  isSame,
  withEvents,
  withoutEvents,
  withoutRule,
  withRule,
} from '../model/adoption';
import type { BucketDocument, BucketDocuments } from './documents';

/** Takes a line of the log. */
export type Log = (entry: object) => void;

/** How to wait, in milliseconds. */
export type Sleep = (milliseconds: number) => Promise<void>;

/**
 * How often a document is read back until S3 shows what was written: settings of buckets are eventually consistent. In milliseconds.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
 */
const PAUSES = [500, 1000, 2000, 4000, 8000];

/** Writes of one document before this gives up: somebody else writes it all the time. */
const MOST_WRITES = 2;

/**
 * Puts our rule and our events into the documents of a bucket, or leaves them where they are already.
 *
 * Everything is checked before anything is written. Events come first: a failure of the first object is then told, too.
 *
 * @param previous what the pair had before the update that this belongs to
 * @throws AppError that names what is in the way; nothing of ours is then left that was not there before
 */
export async function adopt(
  documents: BucketDocuments,
  adoption: Adoption,
  { previous, sleep, log }: { readonly previous?: Adoption | undefined; readonly sleep: Sleep; readonly log: Log },
): Promise<void> {
  const actual = await documents.all();
  checkAdoption(actual, adoption, previous);
  const replaced = actual.replication?.Rules?.filter(({ ID: id = '' }) => adoption.replaces.includes(id)) ?? [];
  if (replaced.length > 0) {
    // No rollback brings them back: they are found here, as `aws s3api put-bucket-replication` takes them.
    log({ bucket: adoption.bucket, replaced: replaced.map(({ ID: id }) => id), before: actual.replication });
  }
  await converge(documents.notifications, (current) => withEvents(current, adoption, previous), sleep);
  try {
    await converge(documents.replication, (current) => withRule(current, adoption, previous), sleep);
  } catch (error) {
    if (previous === undefined && !isSame(actual.notifications, withEvents(actual.notifications, adoption))) {
      await converge(documents.notifications, (current) => withoutEvents(current, adoption), sleep).catch(() => {});
    }
    throw error;
  }
}

/** Takes our rule and our events out of the documents of a bucket, and nothing else. A bucket that is gone has neither. */
export async function release(documents: BucketDocuments, adoption: Adoption, sleep: Sleep): Promise<void> {
  try {
    if (isHeldElsewhere(await documents.notifications.read(), adoption)) {
      return;
    }
    await converge(documents.replication, (current) => withoutRule(current, adoption), sleep);
    await converge(documents.notifications, (current) => withoutEvents(current, adoption), sleep);
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucket') {
      throw error;
    }
  }
}

/**
 * Brings a document to what a merge makes of it. S3 has no conditional write for these documents, so the document is read again right
 * before the write, and read back after it. Where somebody else was faster, everything starts again from what they wrote, once.
 */
async function converge<T>(document: BucketDocument<T>, merge: (current: T) => T, sleep: Sleep): Promise<void> {
  for (let writes = 0; ; ) {
    const before = await document.read();
    const wanted = merge(before);
    if (isSame(before, wanted)) {
      return;
    }
    if (writes === MOST_WRITES) {
      throw new AppError(
        'SourceBucketBusy',
        `somebody else writes the ${document.name} of the bucket at the same time: ours was written ${MOST_WRITES} times and is not there`,
        'find out who, then deploy again',
      );
    }
    if (isSame(await document.read(), before)) {
      await document.write(wanted);
    }
    // Counted even where nothing was written: somebody who is always faster ends this as well.
    writes += 1;
    await readBack(document, before, wanted, sleep);
  }
}

/** Waits until a document is no longer what it was before it was written. */
async function readBack<T>(document: BucketDocument<T>, before: T, wanted: T, sleep: Sleep): Promise<void> {
  for (const pause of PAUSES) {
    const after = await document.read();
    if (isSame(after, wanted) || !isSame(after, before)) {
      return;
    }
    await sleep(pause);
  }
}
