import { type Bucket, pageOf } from './bucket';
import type { KeyRange } from './cursor';
import { compareKeys } from './key-order';

/** Ranges that are listed at a time: each has a page of both sides waiting. */
export const RANGES_AT_ONCE = 6;

/** Ranges that are enough to keep the connections busy, also when some are much larger than others. */
const ENOUGH = 32;

/** Most ranges: each takes two requests at least, and a place in the file of an interrupted command. */
const MOST = 256;

/** Requests that looking for ranges may take. */
const BUDGET = 150;

const PAGE = 1000;

/**
 * Divides the keys of a bucket into ranges that can be listed at the same time. Follows common prefixes; where there are too
 * many keys side by side, looks with which characters they go on. Where ranges begin matters for speed alone: together they hold
 * every key there may be.
 */
export async function discoverRanges(bucket: Bucket): Promise<KeyRange[]> {
  const first = await pageOf(bucket, { MaxKeys: PAGE });
  const ends = first.isTruncated ? await new Search(bucket).ends() : [];
  const bounds = thin(ends.toSorted(compareKeys));
  return [...bounds, undefined].map((to, index) => ({ from: bounds[index - 1] ?? '', to }));
}

/** Looks for keys to end ranges with. */
class Search {
  private left = BUDGET;

  constructor(private readonly bucket: Bucket) {}

  async ends(): Promise<string[]> {
    const found = new Set<string>();
    const queue = [this.bucket.prefix];
    for (let prefix = queue.shift(); prefix !== undefined && found.size < ENOUGH && this.left > 0; prefix = queue.shift()) {
      const below = await this.below(prefix);
      // One alone divides nothing.
      if (below.length > 1) {
        below.forEach((each) => found.add(each));
      }
      queue.push(...below);
    }
    return [...found];
  }

  /** Prefixes that are one step longer than this one. */
  private async below(prefix: string): Promise<readonly string[]> {
    this.left -= 1;
    const page = await pageOf(this.bucket, { Prefix: prefix, Delimiter: '/', MaxKeys: PAGE });
    return page.isTruncated ? this.nextCharacters(prefix) : page.commonPrefixes;
  }

  /** The prefix with each character that a key goes on with: one request for each. */
  private async nextCharacters(prefix: string): Promise<string[]> {
    const found: string[] = [];
    let marker = prefix;
    while (this.left > 0) {
      this.left -= 1;
      const { entries } = await pageOf(this.bucket, {
        Prefix: prefix,
        MaxKeys: 1,
        ...(marker !== '' && { KeyMarker: marker }),
      });
      const character = entries[0]?.key.slice(prefix.length).codePointAt(0);
      // A marker may be in its own answer: going on with it would not end.
      if (character === undefined || found.includes(prefix + String.fromCodePoint(character))) {
        break;
      }
      found.push(prefix + String.fromCodePoint(character));
      const next = character === 0xd7ff ? 0xe000 : character + 1;
      if (next > 0x10ffff) {
        break;
      }
      marker = prefix + String.fromCodePoint(next);
    }
    return found;
  }
}

/** Every so many, when there are too many. */
function thin(ends: readonly string[]): readonly string[] {
  const step = Math.ceil(ends.length / (MOST - 1));
  return step <= 1 ? ends : ends.filter((_, index) => index % step === step - 1);
}
