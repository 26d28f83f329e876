import type { Clock } from '../../../aws/clock';
import type { Item, OpenUploads } from '../model';
import type { Bucket } from './bucket';
import type { Buffers } from './buffers';
import type { Gate } from './gate';
import { keptHeaders } from './headers';
import { tagsOf } from './tags';
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
  readonly withoutTags: boolean;
  /** Bytes of small objects in memory. */
  readonly memory: Gate;
  /** One for each large body under way, even where it does not fit and is sent on as it arrives. */
  readonly buffers: Buffers;
}

/** Headers to write with a copy of what was read: metadata, content headers, tags, storage class. */
export async function headersToWrite({ from, storageClass, withoutTags }: Work, item: Item, read: Headers): Promise<Headers> {
  const tags = withoutTags ? '' : await tagsOf(from, item, read);
  return {
    ...keptHeaders(read),
    ...(tags === '' ? {} : { 'x-amz-tagging': tags }),
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
  };
}
