import { UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import { compareEncodedKeys, HEX } from './key-order';
import { decodeUrl, unescapeXml } from './text';

/** One version of an object, or a delete marker, as a listing has it. */
export interface Entry {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  /** ISO 8601, as S3 writes it. */
  readonly lastModified: string;
  /** Bytes; 0 for delete markers. */
  readonly size: number;
  /** Empty for delete markers. */
  readonly storageClass: string;
  /** What its neighbours say, for who asks. @default - nobody asked */
  readonly history?: History;
}

/** What a listing says about the other versions of a key. */
export interface History {
  /** When the next newer version came. @default - there is none */
  readonly replacedAt?: string | undefined;
  /** How many newer versions are noncurrent themselves. */
  readonly newerNoncurrent?: number;
  /** Of a delete marker, when the version below it was written. @default - there is nothing below it */
  readonly hides?: string | undefined;
}

/**
 * Numbers that say where the texts of a version are in the bytes of its page: each the first byte, and in the next number the byte after the
 * last. 0 for a text that is not there.
 */
export const KEY = 0;
export const ID = 2;
export const LATEST = 4;
export const TIME = 6;
export const SIZE = 8;
export const CLASS = 10;
/** 1 for a delete marker. */
export const IS_MARKER = 12;
/** 1 where the version before it has the same key. */
const REPEATS = 13;
/** Numbers of a version. */
export const WIDTH = 14;

/**
 * One answer to ListObjectVersions. A version becomes an object when somebody asks for it: most are only compared with their replica, and
 * stay bytes, which no garbage collection looks at.
 */
export class Page {
  readonly count: number;
  readonly commonPrefixes: readonly string[];
  readonly isTruncated: boolean;
  /** Undefined on the last page. */
  readonly nextKeyMarker: string | undefined;
  readonly nextVersionIdMarker: string | undefined;
  /**
   * Keys are URL-encoded and nothing else, as S3 writes them. So their bytes can be compared as they are: keys that are written alike are
   * the same, and a slash is never encoded.
   */
  readonly isPlain: boolean;
  /** Keys are in the order of S3, and no version comes twice in succession. Known of plain pages only. */
  readonly isInOrder: boolean;
  private readonly sizes: Float64Array;
  private readonly decode: (text: string) => string;

  /**
   * @param places where the versions are in the bytes
   * @param head texts beside the versions, by the names of their elements
   * @param prefixes of CommonPrefixes
   * @throws UnreachableError for a size, a time or a key that S3 does not write in that way
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly places: Int32Array,
    head: ReadonlyMap<string, string>,
    prefixes: readonly string[],
  ) {
    this.count = places.length / WIDTH;
    const isEncoded = head.get('EncodingType') === 'url';
    this.decode = isEncoded ? decodeUrl : unescapeXml;
    this.commonPrefixes = prefixes.map(this.decode);
    this.isTruncated = head.get('IsTruncated') === 'true';
    const marker = (name: string, decode: (text: string) => string) => {
      const text = head.get(name) ?? '';
      return text === '' ? undefined : decode(text);
    };
    this.nextKeyMarker = marker('NextKeyMarker', this.decode);
    this.nextVersionIdMarker = marker('NextVersionIdMarker', unescapeXml);
    this.sizes = new Float64Array(this.count);
    let isPlain = isEncoded;
    let isInOrder = true;
    for (let index = 0; index < this.count; index += 1) {
      isPlain = isEncoded && this.isPlainKey(index) && isPlain;
      this.assertTime(index);
      this.sizes[index] = this.readSize(index);
      isInOrder &&= index === 0 || this.follows(index);
    }
    this.isPlain = isPlain;
    this.isInOrder = isPlain && isInOrder;
  }

  /** Versions and delete markers, in the order of the answer. */
  get entries(): Entry[] {
    return Array.from({ length: this.count }, (_, index) => this.entry(index));
  }

  entry(index: number): Entry {
    const isDeleteMarker = this.isMarker(index);
    return {
      key: this.key(index),
      // What was written before versioning has the id null.
      versionId: unescapeXml(this.text(index, ID) ?? 'null'),
      isLatest: this.text(index, LATEST) === 'true',
      isDeleteMarker,
      lastModified: this.text(index, TIME) ?? '',
      size: this.size(index),
      storageClass: isDeleteMarker ? '' : (this.text(index, CLASS) ?? 'STANDARD'),
    };
  }

  key(index: number): string {
    return this.decode(this.text(index, KEY) ?? '');
  }

  size(index: number): number {
    return this.sizes[index] ?? 0;
  }

  /** How many versions the key has that begins here; undefined where the next page may have more. */
  versionsOfKey(index: number): number | undefined {
    let end = index + 1;
    while (end < this.count && this.number(end, REPEATS) === 1) {
      end += 1;
    }
    return end < this.count ? end - index : undefined;
  }

  /** Whether the key, the id and the size of two versions are the same, neither is a delete marker, and the other one has a storage class. */
  isAlike(index: number, other: Page, otherIndex: number, otherClass: Uint8Array): boolean {
    return (
      this.size(index) === other.size(otherIndex) &&
      !this.isMarker(index) &&
      !other.isMarker(otherIndex) &&
      this.hasSame(KEY, index, other, otherIndex) &&
      this.hasSame(ID, index, other, otherIndex) &&
      other.has(CLASS, otherIndex, otherClass)
    );
  }

  /**
   * Bytes of a key up to a slash, with the slash; 0 where it has none.
   *
   * @param after bytes of the decoded key that are passed over first
   */
  bytesToSlash(index: number, after: number): number {
    const { bytes } = this;
    const start = this.number(index, KEY);
    const end = this.number(index, KEY + 1);
    let at = start;
    for (let left = after; left > 0; left -= 1) {
      at += bytes[at] === PERCENT ? 3 : 1;
    }
    while (at < end && bytes[at] !== SLASH) {
      at += 1;
    }
    return at < end ? at + 1 - start : 0;
  }

  /** Whether the keys of two versions begin with the same bytes. */
  beginAlike(index: number, other: number, length: number): boolean {
    const start = this.number(index, KEY);
    return (
      length <= this.number(index, KEY + 1) - start && isSame(this.bytes, start, this.bytes, this.number(other, KEY), length)
    );
  }

  /** The first bytes of a key, decoded. */
  keyTo(index: number, length: number): string {
    const start = this.number(index, KEY);
    return this.decode(this.bytes.toString('utf8', start, start + length));
  }

  /**
   * Whether an encoded key is URL-encoded and nothing else.
   *
   * @throws UnreachableError for one that cannot be decoded
   */
  private isPlainKey(index: number): boolean {
    const { bytes } = this;
    const end = this.number(index, KEY + 1);
    let isPlain = true;
    let isSure = true;
    for (let at = this.number(index, KEY); at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === PERCENT) {
        const first = bytes[at + 1] ?? 0;
        const second = bytes[at + 2] ?? 0;
        // Others are parts of longer characters, or none.
        isSure &&= first >= ZERO && first < EIGHT && HEX[second] !== undefined && at + 2 < end;
        isPlain &&= first !== TWO || HEX[second] !== 15;
      } else if (byte === AMPERSAND || byte >= ASCII_END) {
        isPlain = false;
        isSure = false;
      }
    }
    if (!isSure) {
      this.key(index);
    }
    return isPlain;
  }

  /** Whether a version comes after the one before it, in the order of S3. Notes whether it has the same key. */
  private follows(index: number): boolean {
    const order = compareEncodedKeys(
      this.bytes,
      this.number(index - 1, KEY),
      this.number(index - 1, KEY + 1),
      this.number(index, KEY),
      this.number(index, KEY + 1),
    );
    this.places[index * WIDTH + REPEATS] = order === 0 ? 1 : 0;
    return order < 0 || (order === 0 && !this.hasSame(ID, index, this, index - 1));
  }

  /** @throws UnreachableError for a time that cannot be compared */
  private assertTime(index: number): void {
    // A text is made only of what is written in another way than S3 does.
    if (isTime(this.bytes, this.number(index, TIME), this.number(index, TIME + 1))) {
      return;
    }
    const text = this.text(index, TIME) ?? '';
    if (Number.isNaN(Date.parse(text))) {
      throw new UnreachableError('BadTime', badTime(this.key(index), text));
    }
  }

  /** Above 2^53, numbers of JavaScript that differ compare equal. @throws UnreachableError for a size that is none of those */
  private readSize(index: number): number {
    if (this.isMarker(index)) {
      return 0;
    }
    const { bytes } = this;
    const start = this.number(index, SIZE);
    const end = this.number(index, SIZE + 1);
    let size = start === end ? Number.NaN : 0;
    for (let at = start; at < end; at += 1) {
      const digit = (bytes[at] ?? 0) - ZERO;
      size = digit >= 0 && digit <= 9 ? size * 10 + digit : Number.NaN;
    }
    if (!Number.isSafeInteger(size)) {
      throw new UnreachableError('BadSize', badSize(this.key(index), this.text(index, SIZE) ?? ''));
    }
    return size;
  }

  private isMarker(index: number): boolean {
    return this.number(index, IS_MARKER) === 1;
  }

  private hasSame(field: number, index: number, other: Page, otherIndex: number): boolean {
    const start = this.number(index, field);
    const length = this.number(index, field + 1) - start;
    const otherStart = other.number(otherIndex, field);
    return (
      length === other.number(otherIndex, field + 1) - otherStart && isSame(this.bytes, start, other.bytes, otherStart, length)
    );
  }

  private has(field: number, index: number, text: Uint8Array): boolean {
    const start = this.number(index, field);
    return text.length === this.number(index, field + 1) - start && isSame(this.bytes, start, text, 0, text.length);
  }

  private text(index: number, field: number): string | undefined {
    const start = this.number(index, field);
    return start === 0 ? undefined : this.bytes.toString('utf8', start, this.number(index, field + 1));
  }

  private number(index: number, place: number): number {
    return this.places[index * WIDTH + place] ?? 0;
  }
}

const PERCENT = 0x25;
const AMPERSAND = 0x26;
const SLASH = 0x2f;
const ZERO = 0x30;
const TWO = 0x32;
const EIGHT = 0x38;
const ASCII_END = 0x80;

const TIME_WRITTEN = Buffer.from('0000-00-00T00:00:00.000Z');

/** Whether a time is written as S3 writes it, and can be. */
function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = 0; at < TIME_WRITTEN.length; at += 1) {
    const byte = bytes[start + at] ?? 0;
    const written = TIME_WRITTEN[at];
    if (written === ZERO ? byte < ZERO || byte > ZERO + 9 : byte !== written) {
      return false;
    }
  }
  const number = (at: number) => ((bytes[start + at] ?? 0) - ZERO) * 10 + (bytes[start + at + 1] ?? 0) - ZERO;
  const [month, day] = [number(5), number(8)];
  return (
    end - start === TIME_WRITTEN.length &&
    month > 0 &&
    month < 13 &&
    day > 0 &&
    day < 32 &&
    number(11) < 24 &&
    number(14) < 60 &&
    number(17) < 60
  );
}

/** The message for a time that cannot be compared. */
export function badTime(key: string, time: string): string {
  return `S3 listed a version of ${quoted(key)} with the time ${quoted(time)}, which is not a valid time`;
}

/** The message for a size that cannot be compared. */
export function badSize(key: string, size: string): string {
  return `S3 listed a version of ${quoted(key)} with the size ${quoted(size)}, which is not a valid number of bytes`;
}

/** Whether so many bytes of two texts are the same. */
function isSame(one: Uint8Array, start: number, other: Uint8Array, otherStart: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) {
    if (one[start + at] !== other[otherStart + at]) {
      return false;
    }
  }
  return true;
}
