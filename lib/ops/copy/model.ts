import type { S3Client } from '@aws-sdk/client-s3';
import type { Bucket } from '../../aws/listing/bucket';
import type { RequestCounts, Requests } from '../../aws/requests';

/** The kinds of requests that a restore sends. */
export type RestoreRequest = 'list' | 'head' | 'get' | 'put' | 'other';

export function noRequestCounts(): RequestCounts<RestoreRequest> {
  return { list: 0, head: 0, get: 0, put: 0, other: 0 };
}

/** A bucket that a restore reads from or writes to, with the credentials of its own account. */
export interface BucketClient {
  readonly name: string;
  readonly s3: S3Client;
  readonly requests: Requests<RestoreRequest>;
}

/** The same for a bucket that is listed too, and whose account is known. */
export type OwnedBucket = BucketClient & Bucket & { readonly owner: string };

/** One version of the replica bucket that is to be the current one of the target. */
export interface Item {
  readonly key: string;
  readonly versionId: string;
  /** Bytes. */
  readonly size: number;
  readonly storageClass: string;
  /** ISO 8601, as the listing of the replica bucket has it. */
  readonly lastModified: string;
  /** Version that was current in the target when the item was chosen, and is to be replaced. @default - there was none, or a delete marker */
  readonly replaces?: string;
  /**
   * Version of the same size that was current in the target when the item was chosen: its content says whether the item is there
   * already. If not, it is a conflict unless it is to be replaced; nothing is written by then. @default - there was none
   */
  readonly present?: string;
}

/** Storage classes whose objects have to be requested before they can be read. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Whether a version is archived by its class. In INTELLIGENT_TIERING S3 says so only when the object is read. */
export function isArchived({ storageClass }: Pick<Item, 'storageClass'>): boolean {
  return ARCHIVES.has(storageClass);
}

/** Names one version: version ids hold no slash. */
export function idOf({ key, versionId }: Pick<Item, 'key' | 'versionId'>): string {
  return `${versionId}/${key}`;
}

/** How it ended for one item. */
export type ItemOutcome =
  | { readonly kind: 'restored'; readonly verifiedBy: Verification; readonly withoutTags?: true }
  /** The target has the same content already: an interrupted run wrote it. */
  | { readonly kind: 'already-there' }
  /** The target has something that nobody decided to replace. */
  | { readonly kind: 'conflict'; readonly why: string }
  /** It has to be requested from the archive first. */
  | { readonly kind: 'archived'; readonly why: string; readonly requested?: true }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * What says that the target has the same bytes: the checksum of the whole object that S3 keeps with the replica, the checksums of its
 * parts, or the checksums of what went over the network where S3 keeps none.
 */
export type Verification = 'object-checksum' | 'part-checksums' | 'transfer';

/** Uploads in parts that were begun and not completed, which survive the end of the process. */
export interface OpenUploads {
  /** Id of the upload that was begun for this version; undefined for none. */
  find(item: Item): string | undefined;
  /** Resolves when a later process would find it. */
  begun(item: Item, uploadId: string): Promise<void>;
  ended(item: Item): void;
}

/**
 * Copies one version.
 *
 * @throws AppError when no item can be copied any more: the credentials have expired, a bucket is gone, the person interrupts
 */
export type CopyVersion = (item: Item) => Promise<ItemOutcome>;

/** How many objects, and how large together. */
export interface Amount {
  objects: number;
  bytes: number;
}

export function noAmount(): Amount {
  return { objects: 0, bytes: 0 };
}

/** Adds so many objects of this size; a negative number takes them away. */
export function addTo(amount: Amount, size: number, objects = 1): void {
  amount.objects += objects;
  amount.bytes += objects * size;
}

export function sumOf(amounts: readonly Amount[]): Amount {
  const sum = noAmount();
  for (const { objects, bytes } of amounts) {
    sum.objects += objects;
    sum.bytes += bytes;
  }
  return sum;
}
