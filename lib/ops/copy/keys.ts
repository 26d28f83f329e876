import type { Stream } from '../../aws/listing/cursor';
import { compareKeys } from '../../aws/listing/key-order';
import type { Entry } from '../../aws/listing/scan-page';
import { newest } from './newest';

/** What both buckets have under one key. */
export interface KeyState {
  readonly key: string;
  /** Version or delete marker of the replica bucket that was current at the moment asked for; undefined when there was none. */
  readonly wanted: Entry | undefined;
  /** Version that is current in the target now; undefined when there is none, or a delete marker. */
  readonly current: Entry | undefined;
}

/**
 * Walks through the keys of both buckets, in the order of keys. What it holds does not depend on how many keys or versions there are.
 *
 * @param asOf milliseconds since 1970. @default - the newest version of each key
 * @throws AppError when S3 gives no answer
 */
export async function* keyStates(replica: Stream, target: Stream, asOf: number | undefined): AsyncGenerator<KeyState, void> {
  for (;;) {
    const key = firstKey(await loaded(replica), await loaded(target));
    if (key === undefined) {
      return;
    }
    let wanted: Entry | undefined;
    let current: Entry | undefined;
    for (let entry = await loaded(replica); entry?.key === key; entry = await loaded(replica)) {
      wanted = newest(wanted, entry, asOf);
      replica.advance();
    }
    for (let entry = await loaded(target); entry?.key === key; entry = await loaded(target)) {
      current = entry.isLatest && !entry.isDeleteMarker ? entry : current;
      target.advance();
    }
    yield { key, wanted, current };
  }
}

async function loaded(stream: Stream): Promise<Entry | undefined> {
  if (stream.current === undefined) {
    await stream.load();
  }
  return stream.current;
}

function firstKey(left: Entry | undefined, right: Entry | undefined): string | undefined {
  if (left === undefined || right === undefined) {
    return (left ?? right)?.key;
  }
  return compareKeys(left.key, right.key) <= 0 ? left.key : right.key;
}
