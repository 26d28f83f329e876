import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { Clock } from '../../command';
import type { Item, OpenUploads } from '../model';
import type { Bucket } from './bucket';
import type { Buffers } from './buffers';
import type { Gate } from './gate';
import { keptHeaders } from './headers';
import type { Target } from './target';
import type { Headers } from './thin/connection';

/** What all copies share. */
export interface Work {
  readonly from: Bucket;
  readonly to: Bucket;
  readonly target: Target;
  readonly clock: Clock;
  readonly uploads: OpenUploads;
  readonly storageClass: string;
  /** Bytes of small objects in memory. */
  readonly memory: Gate;
  /** One for each large body under way, even where it does not fit and is sent on as it arrives. */
  readonly buffers: Buffers;
}

/** Headers to write with a copy of what was read: metadata, content headers, tags, storage class. */
export async function headersToWrite({ from, storageClass }: Work, item: Item, read: Headers): Promise<Headers> {
  const tags = Number(read['x-amz-tagging-count'] ?? 0) > 0 ? await tagsOf(from, item) : undefined;
  return {
    ...keptHeaders(read),
    ...(tags === undefined ? {} : { 'x-amz-tagging': tags }),
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
async function tagsOf(from: Bucket, { key, versionId }: Item): Promise<string> {
  const command = new GetObjectTaggingCommand({ ...from.object(key), VersionId: versionId });
  const { TagSet = [] } = await from.ask('other', () => from.s3.send(command));
  return TagSet.map(({ Key = '', Value = '' }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`).join('&');
}
