import { type Clock, stopIfInterrupted } from '../../../aws/clock';
import { type BucketClient, type CopyVersion, type Item, type ItemOutcome, isArchived, type OpenUploads } from '../model';
import { Bucket, WITH_CHECKSUM } from './bucket';
import { S3Error } from './connection';
import { fatal, isCode, reasonOf, repeated } from './failure';
import { checksumOf } from './headers';
import { copyInParts, endUpload, uploadChecksum } from './in-parts';
import { SIZES, type Sizes } from './layout';
import { checkLength } from './length';
import { Buffers, Gate } from './memory';
import { type CopyContext, Target } from './target';
import { copyWhole } from './whole';

const MIB = 1024 ** 2;

/** Most bytes of a PUT. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const LARGEST_PUT = 5 * 1024 * MIB;

/** Large bodies that are under way at a time, each with a buffer. */
const LARGE_BODIES = 8;

/** How versions are copied. */
export interface CopyOptions {
  readonly uploads: OpenUploads;
  readonly clock: Clock;
  /** Interrupts copying in parts. */
  readonly signal: AbortSignal;
  /** Storage class of what is written. @default STANDARD */
  readonly storageClass?: string;
  /** Copies no tags, and does not ask for them. @default false */
  readonly withoutTags?: boolean;
  /** Ids of the accounts that must own the buckets; S3 refuses requests to buckets of others. @default - not checked */
  readonly owners?: { readonly from: string; readonly to: string };
  /** Bytes in small buffers, and bytes of objects in memory of their own, however many copies run at a time. @default 32 MiB */
  readonly memory?: number;
  /** Tests have smaller ones. @default SIZES */
  readonly sizes?: Sizes;
}

/** Copies versions from one bucket to another through this process. Any number of copies may run at a time. */
export function copier(from: BucketClient, to: BucketClient, options: CopyOptions): CopyVersion {
  const { sizes = SIZES, memory = 32 * MIB } = options;
  const source = new Bucket(from, options.owners?.from, options.signal);
  const sink = new Bucket(to, options.owners?.to, options.signal);
  const context: CopyContext = {
    from: source,
    to: sink,
    target: new Target(source, sink),
    clock: options.clock,
    signal: options.signal,
    uploads: options.uploads,
    storageClass: options.storageClass ?? 'STANDARD',
    withoutTags: options.withoutTags ?? false,
    small: new Buffers(Math.max(1, Math.floor(memory / sizes.small)), sizes.small),
    memory: new Gate(memory),
    buffers: new Buffers(LARGE_BODIES, sizes.part),
    sizes,
  };
  return async (item) => {
    try {
      const outcome = await copy(context, item);
      if (outcome.kind !== 'archived' && outcome.kind !== 'failed') {
        await endUpload(context, item);
      }
      return outcome.kind === 'restored' && context.withoutTags ? { ...outcome, withoutTags: true } : outcome;
    } catch (error) {
      // What was under way has neither succeeded nor failed.
      stopIfInterrupted(options.signal);
      const end = fatal(error);
      if (end !== undefined) {
        throw end;
      }
      return { kind: 'failed', why: reasonOf(error) };
    }
  };
}

async function copy(context: CopyContext, item: Item): Promise<ItemOutcome> {
  if (item.present !== undefined) {
    return await repeated(context.clock, () => context.target.compare(item));
  }
  const inArchive = isArchived(item) ? await archived(context, item) : undefined;
  if (inArchive !== undefined) {
    return inArchive;
  }
  try {
    return (item.size > context.sizes.whole ? undefined : await copyWhole(context, item)) ?? (await copyLarge(context, item));
  } catch (error) {
    // Intelligent-Tiering has archives too, which its class in a listing does not tell.
    const outcome = isCode(error, 'InvalidObjectState') ? await archived(context, item) : undefined;
    if (outcome !== undefined) {
      return outcome;
    }
    throw error;
  }
}

async function copyLarge(context: CopyContext, item: Item): Promise<ItemOutcome> {
  const read = await repeated(context.clock, () => context.from.head(item.key, item.versionId, WITH_CHECKSUM));
  if (read === undefined) {
    throw new S3Error('NoSuchVersion', 'there is no such version', 404);
  }
  checkLength(item.size, { headers: read });
  const checksum = checksumOf(read);
  // S3 cannot make every checksum of a whole object in parts: those came with a PUT, and are verified by one.
  const needsPut = checksum !== undefined && uploadChecksum(checksum).known === undefined && item.size <= LARGEST_PUT;
  return (needsPut ? await copyWhole(context, item) : undefined) ?? (await copyInParts(context, item, read));
}

/**
 * Looks for the copy that S3 keeps for a while of an archived version that was requested.
 *
 * @returns undefined when there is one
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
 */
async function archived({ from, clock }: CopyContext, { key, versionId, storageClass }: Item): Promise<ItemOutcome | undefined> {
  const head = await repeated(clock, () => from.head(key, versionId));
  const state = head?.['x-amz-restore'];
  if (head === undefined || state?.includes('ongoing-request="false"') === true) {
    return undefined;
  }
  const archive = head['x-amz-archive-status'] ?? head['x-amz-storage-class'] ?? storageClass;
  return {
    kind: 'archived',
    why: state === undefined ? `in ${archive}, and not requested from there` : `requested from ${archive}; S3 is not done yet`,
  };
}
