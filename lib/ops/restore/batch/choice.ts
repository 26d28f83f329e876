import { type Decision, decide } from '../../copy/decide';
import type { KeysOf } from '../../copy/keys';
import { type Item, isArchived } from '../../copy/model';
import type { RestoreOptions } from '../options';

/**
 * Bytes of the largest object that S3 Batch Operations copies: 5 GB. Read as the smaller of the two units, so that no job gets an object that it
 * cannot copy.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-copy-object.html
 */
export const MOST_BATCH_BYTES = 5_000_000_000;

/** Whether S3 Batch Operations can copy an item. In INTELLIGENT_TIERING only S3 knows whether it is archived: the report names it then. */
export function fitsBatch(item: Pick<Item, 'size' | 'storageClass'>): boolean {
  return item.size <= MOST_BATCH_BYTES && !isArchived(item);
}

/** The item that a job gets; undefined where there is nothing to copy, or the item goes by the streaming path. */
export function batchItem(decision: Decision): Item | undefined {
  return decision.kind === 'copy' && fitsBatch(decision.item) ? decision.item : undefined;
}

/**
 * The keys that are left to the streaming path. What a job has written by then is a conflict in the listings, and is not of this path either.
 */
export function streamedKeys(
  keysOf: KeysOf,
  { overwrite, ignoreForeignMarkers }: Pick<RestoreOptions, 'overwrite' | 'ignoreForeignMarkers'>,
): KeysOf {
  return async function* streamed(range) {
    for await (const state of keysOf(range)) {
      const decision = decide(state, overwrite, ignoreForeignMarkers);
      if ((decision.kind !== 'copy' && decision.kind !== 'conflict') || !fitsBatch(decision.item)) {
        yield state;
      }
    }
  };
}
