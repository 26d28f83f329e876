import { faultInWords } from '../../../aws/aws-error';
import type { Clock } from '../../../aws/clock';
import { bytes } from '../../../cli/units';
import type { Item, ItemOutcome, OpenUploads } from '../model';
import { hashOf } from './body';
import { type Bucket, WITH_CHECKSUM } from './bucket';
import { type Headers, S3Error } from './connection';
import { fatal, isCode, isPassing } from './failure';
import { checksumOf, type WriteOptions } from './headers';
import type { Sizes } from './layout';
import { checkLength } from './length';
import type { Buffers, Gate } from './memory';

/** What all copies share. */
export interface CopyContext extends WriteOptions {
  readonly from: Bucket;
  readonly to: Bucket;
  readonly target: Target;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly uploads: OpenUploads;
  /** One for each small object under way. */
  readonly small: Buffers;
  /** Bytes of objects in memory of their own. */
  readonly memory: Gate;
  /** One for each large body under way, even where it does not fit and is sent on as it arrives. */
  readonly buffers: Buffers;
  readonly sizes: Sizes;
}

/** What S3 is to check when it writes, or how it ended without a write. */
export type Decision = { readonly condition: Headers } | { readonly outcome: ItemOutcome };

/**
 * Sees to it that nothing is replaced that nobody decided to replace, and that nothing is written twice.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class Target {
  constructor(
    private readonly from: Bucket,
    private readonly to: Bucket,
  ) {}

  /**
   * @param read headers of the version to copy
   * @param look whether to look at the target even where S3's own check is enough; after an attempt that may have written
   */
  async decide(item: Item, read: Headers, look: boolean): Promise<Decision> {
    if (item.replaces === undefined && !look) {
      return { condition: { 'if-none-match': '*' } };
    }
    const current = await this.to.head(item.key);
    if (current === undefined && item.replaces === undefined) {
      return { condition: { 'if-none-match': '*' } };
    }
    const { etag } = current ?? {};
    return current !== undefined && versionOf(current) === item.replaces && etag !== undefined
      ? { condition: { 'if-match': etag } }
      : { outcome: await this.judge(item, read, current) };
  }

  /** Whether the target has the content of a version already. */
  async compare(item: Item): Promise<ItemOutcome> {
    const read = await this.from.head(item.key, item.versionId, WITH_CHECKSUM);
    if (read === undefined) {
      throw new S3Error('NoSuchVersion', 'there is no such version', 404);
    }
    checkLength(item.size, { headers: read });
    return await this.refused(item, read);
  }

  /** After S3 refused to write because the target has changed. */
  async refused(item: Item, read: Headers): Promise<ItemOutcome> {
    return await this.judge(item, read, await this.to.head(item.key));
  }

  private async judge(item: Item, read: Headers, current: Headers | undefined): Promise<ItemOutcome> {
    if (current === undefined) {
      return { kind: 'conflict', why: 'the object was deleted in the target since it was chosen' };
    }
    const found = `the target has version ${versionOf(current)} of ${current['last-modified'] ?? 'an unknown time'}, ${bytes(sizeOf(current))}`;
    try {
      return (await this.sameContent(item, read, current)) ? { kind: 'already-there' } : { kind: 'conflict', why: found };
    } catch (error) {
      if (fatal(error) !== undefined || isPassing(error)) {
        throw error;
      }
      return { kind: 'conflict', why: `${found}, which could not be compared: ${faultInWords(error)}` };
    }
  }

  private async sameContent(item: Item, read: Headers, current: Headers): Promise<boolean> {
    if (sizeOf(current) !== item.size) {
      return false;
    }
    if (current['etag'] !== undefined && current['etag'] === read['etag']) {
      // Either MD5 of the content, or of its parts, or of what a KMS key made of it once.
      return true;
    }
    const version = versionOf(current);
    const there = checksumOf((await this.to.head(item.key, version, WITH_CHECKSUM)) ?? {});
    const here = checksumOf(read);
    if (here !== undefined && there?.algorithm === here.algorithm) {
      if (there.value === here.value) {
        return true;
      }
      if (there.parts === undefined && here.parts === undefined) {
        return false;
      }
    }
    const hash = async (bucket: Bucket, versionId: string) =>
      await hashOf(await bucket.send('get', { method: 'GET', key: item.key, query: { versionId } }));
    return (await hash(this.from, item.versionId)) === (await hash(this.to, version));
  }
}

/** Whether S3 refused to write because the target is not as it was expected to be. */
export function isRefusal(error: unknown, { replaces }: Item): boolean {
  // Without an object there is none whose ETag could match.
  return isCode(error, 'PreconditionFailed') || (replaces !== undefined && isCode(error, 'NoSuchKey'));
}

function versionOf(head: Headers): string {
  return head['x-amz-version-id'] ?? 'null';
}

function sizeOf(head: Headers): number {
  return Number(head['content-length']);
}
