import type { Clock } from '../../../aws/clock';

import { type BucketClient, type CopyVersion, type Item, type ItemOutcome, isArchived, type OpenUploads } from '../model';
import { archived } from './archive';
import { Bucket, WITH_CHECKSUM } from './bucket';
import { Buffers } from './buffers';
import { fatal, isCode, reasonOf } from './failure';
import { Gate } from './gate';
import { checksumOf } from './headers';
import { copyInParts, uploadChecksum } from './in-parts';
import { LARGEST_WHOLE, PART } from './layout';
import { Target } from './target';
import { S3Error } from './thin/s3-error';
import { copyWhole } from './whole';
import type { Work } from './work';

const MIB = 1024 ** 2;

/** Most bytes of a PUT. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const LARGEST_PUT = 5 * 1024 * MIB;

/** Large bodies that are under way at a time, each with a buffer. */
const LARGE_BODIES = 8;

/** How versions are copied. */
export interface CopyOptions {
  readonly uploads: OpenUploads;
  readonly clock: Clock;
  /** Storage class of what is written. @default STANDARD */
  readonly storageClass?: string;
  /** Copies no tags, and does not ask for them. @default false */
  readonly withoutTags?: boolean;
  /** Ids of the accounts that must own the buckets; S3 refuses requests to buckets of others. @default - not checked */
  readonly owners?: { readonly from: string; readonly to: string };
  /** Bytes of small objects that are held in memory at once, however many copies run at a time. @default 32 MiB */
  readonly memory?: number;
}

/** Copies versions from one bucket to another through this process. Any number of copies may run at a time. */
export function copier(from: BucketClient, to: BucketClient, options: CopyOptions): CopyVersion {
  const source = new Bucket(from, options.owners?.from);
  const sink = new Bucket(to, options.owners?.to);
  const work: Work = {
    from: source,
    to: sink,
    target: new Target(source, sink),
    clock: options.clock,
    uploads: options.uploads,
    storageClass: options.storageClass ?? 'STANDARD',
    withoutTags: options.withoutTags ?? false,
    memory: new Gate(options.memory ?? 32 * MIB),
    buffers: new Buffers(LARGE_BODIES, PART),
  };
  return async (item) => {
    try {
      const outcome = await copy(work, item);
      return outcome.kind === 'restored' && work.withoutTags ? { ...outcome, withoutTags: true } : outcome;
    } catch (error) {
      const end = fatal(error);
      if (end !== undefined) {
        throw end;
      }
      return { kind: 'failed', why: reasonOf(error) };
    }
  };
}

async function copy(work: Work, item: Item): Promise<ItemOutcome> {
  if (item.present !== undefined) {
    return await work.target.compare(item);
  }
  const inArchive = isArchived(item) ? await archived(work.from, item) : undefined;
  if (inArchive !== undefined) {
    return inArchive;
  }
  try {
    return (item.size > LARGEST_WHOLE ? undefined : await copyWhole(work, item)) ?? (await copyLarge(work, item));
  } catch (error) {
    // Intelligent-Tiering has archives too, which its class in a listing does not tell.
    const outcome = isCode(error, 'InvalidObjectState') ? await archived(work.from, item) : undefined;
    if (outcome !== undefined) {
      return outcome;
    }
    throw error;
  }
}

async function copyLarge(work: Work, item: Item): Promise<ItemOutcome> {
  const read = await work.from.head(item.key, item.versionId, WITH_CHECKSUM);
  if (read === undefined) {
    throw new S3Error('NoSuchVersion', 'there is no such version', 404);
  }
  const checksum = checksumOf(read);
  // S3 cannot make every checksum of a whole object in parts: those came with a PUT, and are verified by one.
  const needsPut = checksum !== undefined && uploadChecksum(checksum).known === undefined && item.size <= LARGEST_PUT;
  return (needsPut ? await copyWhole(work, item) : undefined) ?? (await copyInParts(work, item, read));
}
