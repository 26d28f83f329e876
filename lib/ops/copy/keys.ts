import { stopIfInterrupted } from '../../aws/clock';
import type { KeyRange, Stream } from '../../aws/listing/cursor';
import { compareKeys } from '../../aws/listing/key-order';
import type { Entry } from '../../aws/listing/page';
import { RANGES_AT_ONCE } from '../../aws/listing/ranges';
import { Pool } from './pool';

/** What both buckets have under one key. */
export interface KeyState {
  readonly key: string;
  /** Version or delete marker of the replica bucket that was current at the moment asked for; undefined when there was none. */
  readonly wanted: Entry | undefined;
  /** Newest version of the replica bucket at that moment that is not a delete marker. @default - there was none */
  readonly version?: Entry | undefined;
  /** Version that is current in the target now; undefined when there is none, or a delete marker. */
  readonly current: Entry | undefined;
}

/** What both buckets have under each key of a range, in the order of keys. */
export type KeysOf = (range: KeyRange) => AsyncIterable<KeyState>;

/**
 * Works on several ranges of keys at a time. The first that fails ends the others at their next key, as does an interruption.
 *
 * @param work gets the keys of each range
 * @throws what the first range failed with, once all have ended
 */
export async function forEachRange(
  ranges: Iterable<KeyRange>,
  keysOf: KeysOf,
  signal: AbortSignal,
  work: (keys: AsyncIterable<KeyState>, range: KeyRange) => Promise<void>,
): Promise<void> {
  const pool = new Pool(RANGES_AT_ONCE);
  async function* untilStopped(keys: AsyncIterable<KeyState>): AsyncGenerator<KeyState, void> {
    for await (const state of keys) {
      pool.check();
      stopIfInterrupted(signal);
      yield state;
    }
  }
  try {
    for (const range of ranges) {
      await pool.begin(() => work(untilStopped(keysOf(range)), range));
    }
  } finally {
    await pool.end();
  }
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
    let version: Entry | undefined;
    let current: Entry | undefined;
    for (let entry = await loaded(replica); entry?.key === key; entry = await loaded(replica)) {
      wanted = newest(wanted, entry, asOf);
      version = entry.isDeleteMarker ? version : newest(version, entry, asOf);
      replica.advance();
    }
    for (let entry = await loaded(target); entry?.key === key; entry = await loaded(target)) {
      current = entry.isLatest && !entry.isDeleteMarker ? entry : current;
      target.advance();
    }
    yield { key, wanted, version, current };
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

/**
 * Of two versions of a key, the one that was current at a moment. To be called with the versions as a listing has them: of two
 * with the same time, the one that is listed first is the newer one.
 *
 * @param asOf milliseconds since 1970; what is younger did not exist. @default - the newest of all
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/list-obj-version-enabled-bucket.html
 */
function newest(best: Entry | undefined, next: Entry, asOf: number | undefined): Entry | undefined {
  const time = Date.parse(next.lastModified);
  if (asOf !== undefined && time > asOf) {
    return best;
  }
  return best === undefined || time > Date.parse(best.lastModified) ? next : best;
}
