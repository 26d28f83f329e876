import type { Cursor } from '../../aws/listing/cursor';
import type { Page } from '../../aws/listing/page';
import type { Tally } from './tally';

/** What a version and its replica have to be for nothing to be said about them. */
interface Expected {
  /** Of the replica, as bytes. */
  readonly storageClass: Uint8Array;
  /** The prefix of the pair's filter, after which prefixes of the tally begin. */
  readonly root: string;
}

/**
 * Passes over the keys that both pages have alike, and counts them. Nearly all keys are, so their versions do not become objects.
 *
 * A key is passed over when both pages have all of its versions, in the same order, and each is what is expected.
 *
 * @returns the last key that was passed over; undefined where there was none
 */
export function passAlike(source: Cursor, replica: Cursor, { storageClass, root }: Expected, tally: Tally): string | undefined {
  const left = source.place;
  const right = replica.place;
  if (left === undefined || right === undefined) {
    return undefined;
  }
  const count = new PrefixCount(left.page, Buffer.byteLength(root), tally);
  let { index } = left;
  let other = right.index;
  while (index < left.end && other < right.end) {
    const versions = left.page.versionsOfKey(index);
    if (versions === undefined || right.page.versionsOfKey(other) !== versions) {
      break;
    }
    let alike = 0;
    while (alike < versions && left.page.isAlike(index + alike, right.page, other + alike, storageClass)) {
      alike += 1;
    }
    if (alike < versions) {
      break;
    }
    count.add(index, versions);
    index += versions;
    other += versions;
  }
  if (index === left.index) {
    return undefined;
  }
  count.end();
  source.goTo(index);
  replica.goTo(other);
  return left.page.key(index - 1);
}

/** Counts versions that are alike, by the prefixes of their keys: one addition for all that come together. */
class PrefixCount {
  private prefix = '';
  /** Bytes of the prefix in the page; 0 for keys without a slash. */
  private length = 0;
  /** A version that has it. */
  private index = -1;
  private versions = 0;
  private bytes = 0;

  constructor(
    private readonly page: Page,
    private readonly root: number,
    private readonly tally: Tally,
  ) {}

  /** Counts the versions of a key. */
  add(index: number, versions: number): void {
    const { page } = this;
    if (this.length === 0 || !page.beginAlike(index, this.index, this.length)) {
      const length = page.bytesToSlash(index, this.root);
      if (length > 0 || this.length > 0) {
        this.end();
        this.prefix = page.keyTo(index, length);
        this.length = length;
      }
      this.index = index;
    }
    this.versions += versions;
    for (let each = index; each < index + versions; each += 1) {
      this.bytes += page.size(each);
    }
  }

  /** Adds what was counted to the tally. */
  end(): void {
    const { tally, prefix, versions, bytes } = this;
    if (versions > 0) {
      tally.addListed('source', false, versions, bytes);
      tally.addListed('replica', false, versions, bytes);
      tally.addAlike(prefix, versions, bytes);
    }
    this.versions = 0;
    this.bytes = 0;
  }
}
