import type { Stream } from '../../../aws/listing/cursor';
import { compareKeys } from '../../../aws/listing/key-order';
import type { Entry } from '../../../aws/listing/scan-page';
import type { Matcher } from './match';

/**
 * Joins both sides key by key.
 *
 * @param keyEnded awaited after each key that `isDue` says so of, with the key: everything up to it has been matched
 */
export async function join(
  source: Stream,
  replica: Stream,
  matcher: Matcher,
  isDue: () => boolean,
  keyEnded: (key: string) => Promise<void>,
): Promise<void> {
  let key: string | undefined;
  for (;;) {
    if (source.current === undefined) {
      await source.load();
    }
    if (replica.current === undefined) {
      await replica.load();
    }
    const left = source.current;
    const right = replica.current;
    const next = firstKey(left, right);
    if (next !== key && key !== undefined) {
      matcher.end();
      if (isDue()) {
        await keyEnded(key);
      }
    }
    if (next === undefined) {
      return;
    }
    key = next;
    if (left?.key === key) {
      matcher.source(left);
      source.advance();
    }
    if (right?.key === key) {
      matcher.replica(right);
      replica.advance();
    }
  }
}

function firstKey(left: Entry | undefined, right: Entry | undefined): string | undefined {
  if (left === undefined || right === undefined) {
    return (left ?? right)?.key;
  }
  return compareKeys(left.key, right.key) <= 0 ? left.key : right.key;
}
