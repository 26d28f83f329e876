import { UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import { type Bucket, noProgress, pageOf } from './bucket';
import { compareKeys } from './key-order';
import type { Entry, Page } from './scan-page';

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
  private entries: readonly Entry[] = [];
  private index = 0;
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
    return this.entries[this.index];
  }

  advance(): void {
    this.index += 1;
  }

  /**
   * Loads until there is a current version, or the range has ended.
   * @throws AppError when there is no answer
   */
  async load(): Promise<void> {
    while (this.index >= this.entries.length && this.coming !== undefined) {
      const page = await this.coming;
      this.assertOrder(page);
      this.entries = page.entries.filter((entry) => this.wants(entry));
      this.index = 0;
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
  private assertOrder({ entries }: Page): void {
    let before = this.listed;
    for (const entry of entries) {
      if (before !== undefined && before.key >= entry.key && !mayFollow(before, entry)) {
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
    this.listed = before;
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

  private wants({ key }: Entry): boolean {
    const { from, to } = this.range;
    return compareKeys(key, from) > 0 && (to === undefined || compareKeys(key, to) <= 0) && !key.startsWith(this.ignored);
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
