import { UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import { type Bucket, noProgress, pageOf } from './bucket';
import { compareKeys } from './key-order';
import type { Entry, Page } from './page';

/** A stream of versions in the order of their keys. */
export interface Stream {
  /** Undefined at the end of what is loaded. */
  readonly current: Entry | undefined;
  advance(): void;
  /** Loads until there is a current version, or none is left. */
  load(): Promise<void>;
}

/** A part of the key space. */
export interface KeyRange {
  /** Every key is after this one; empty for the first range. */
  readonly from: string;
  /** The last key; undefined for the last range, which has no end. */
  readonly to: string | undefined;
}

/**
 * Walks through the versions of a range of keys in the order of keys. The next page is fetched while one is worked on.
 *
 * Keys are looked at, and not only the marker: no AWS page says whether a listing that starts with a key has that key in it.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export class Cursor implements Stream {
  private page: Page | undefined;
  private index = 0;
  /** Behind the last version of the page that is in the range. */
  private end = 0;
  /** The page has keys that are passed over. */
  private hasIgnored = false;
  /** The current version, once somebody has asked for it. */
  private entry: Entry | undefined;
  private coming: Promise<Page> | undefined;
  /** The key of the last marker, and the version ids that came with it: they have no order that would show whether one comes again. */
  private last: { readonly key: string; readonly ids: Set<string | undefined> } | undefined;

  /** The last version of the last page. */
  private listed: Entry | undefined;

  /** @param ignored keys below this prefix are passed over */
  constructor(
    private readonly bucket: Bucket,
    private readonly range: KeyRange,
    private readonly ignored: string,
  ) {
    this.coming = this.fetch(range.from === '' ? {} : { KeyMarker: range.from });
  }

  /** The version that the cursor is at; undefined at the end of what is loaded. */
  get current(): Entry | undefined {
    if (this.entry === undefined && this.index < this.end) {
      this.entry = this.page?.entry(this.index);
    }
    return this.entry;
  }

  advance(): void {
    this.goTo(this.index + 1);
  }

  /**
   * The page that the cursor is in, its version in there, and the end of those that are part of the walk: for who compares pages. Undefined
   * for a page that cannot be compared as it is.
   */
  get place(): { readonly page: Page; readonly index: number; readonly end: number } | undefined {
    const { page, index, end, hasIgnored } = this;
    return page === undefined || hasIgnored || !page.isPlain ? undefined : { page, index, end };
  }

  /** Moves to a version of the page, or to its end; past keys that are ignored. */
  goTo(index: number): void {
    this.index = index;
    this.entry = undefined;
    while (this.hasIgnored && this.current?.key.startsWith(this.ignored) === true) {
      this.index += 1;
      this.entry = undefined;
    }
  }

  /**
   * Loads until there is a current version, or the range has ended.
   * @throws AppError when there is no answer
   */
  async load(): Promise<void> {
    while (this.current === undefined && this.coming !== undefined) {
      const page = await this.coming;
      this.assertOrder(page);
      this.begin(page);
      const { to } = this.range;
      const { nextKeyMarker: next } = page;
      if (page.isTruncated && next === undefined) {
        throw new UnreachableError('NoMarker', `bucket ${this.bucket.name} did not say where its listing continues`);
      }
      if (page.isTruncated && next !== undefined) {
        this.note(next, page.nextVersionIdMarker);
      }
      this.coming =
        page.isTruncated && next !== undefined && (to === undefined || compareKeys(next, to) <= 0)
          ? this.fetch({ KeyMarker: next, VersionIdMarker: page.nextVersionIdMarker })
          : undefined;
    }
  }

  /** @throws UnreachableError for versions that are not in the order of keys, or come twice: what is compared by that order would differ */
  private assertOrder(page: Page): void {
    const { count } = page;
    if (count === 0) {
      return;
    }
    const last = page.entry(count - 1);
    if (!page.isInOrder || (this.listed !== undefined && !mayFollow(this.listed, page.entry(0)))) {
      this.assertEach(page.entries);
    }
    this.listed = last;
  }

  private assertEach(entries: readonly Entry[]): void {
    let before = this.listed;
    for (const entry of entries) {
      if (before !== undefined && !mayFollow(before, entry)) {
        throw new UnreachableError(
          'NoOrder',
          before.key === entry.key
            ? `bucket ${this.bucket.name} listed version ${entry.versionId} of ${quoted(entry.key)} twice`
            : `bucket ${this.bucket.name} listed ${quoted(entry.key)} after ${quoted(before.key)}, which is not the order of S3`,
          'nothing can be compared by such a listing: repeat the command; if the fault stays, check what answers in the place of S3',
        );
      }
      before = entry;
    }
  }

  /** @throws UnreachableError for a marker that was there before */
  private note(key: string, id: string | undefined): void {
    if (this.last?.key !== key) {
      this.last = { key, ids: new Set() };
    }
    if (this.last.ids.has(id)) {
      throw noProgress(`bucket ${this.bucket.name}`, `the key ${quoted(key)}`);
    }
    this.last.ids.add(id);
  }

  /** Begins a page whose keys are in order, with those in the range. */
  private begin(page: Page): void {
    const { from, to } = this.range;
    let [start, end] = [0, page.count];
    while (start < end && compareKeys(page.key(start), from) <= 0) {
      start += 1;
    }
    const isBehind = (index: number) => to !== undefined && compareKeys(page.key(index), to) > 0;
    while (start < end && isBehind(end - 1)) {
      end -= 1;
    }
    const isIgnored = (index: number) => page.key(index).startsWith(this.ignored);
    // Ignored keys are side by side.
    this.hasIgnored =
      start < end &&
      (isIgnored(start) ||
        isIgnored(end - 1) ||
        (compareKeys(page.key(start), this.ignored) < 0 && compareKeys(this.ignored, page.key(end - 1)) < 0));
    this.page = page;
    this.end = end;
    this.goTo(start);
  }

  private fetch(marker: { KeyMarker?: string; VersionIdMarker?: string | undefined }): Promise<Page> {
    const page = pageOf(this.bucket, marker);
    // Whoever awaits it hears of the error; until then it is not unhandled.
    page.catch(() => undefined);
    return page;
  }
}

/** Whether a version can come after another one in a listing of S3. */
function mayFollow(before: Entry, { key, versionId }: Entry): boolean {
  return before.key === key ? before.versionId !== versionId : compareKeys(before.key, key) < 0;
}
