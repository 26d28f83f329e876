import { CLASS, ID, IS_MARKER, KEY, LATEST, Page, SIZE, TIME, WIDTH } from './page';

/**
 * Reads an answer to ListObjectVersions. The parser of the SDK makes a tree of the whole answer first; this one notes where in the bytes
 * the few texts are that commands need, in one pass and in whatever order they come.
 *
 * S3 writes these elements without attributes that matter, and text can hold no `<`.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 * @returns undefined for an answer that is no complete page
 * @throws UnreachableError for a size, a time or a key that S3 does not write in that way
 */
export function scanPage(bytes: Buffer): Page | undefined {
  const scan = new Scan(bytes);
  return scan.isComplete() ? new Page(bytes, scan.found, scan.head, scan.prefixes) : undefined;
}

const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const QUESTION = 0x3f;

const ROOT = Buffer.from('ListVersionsResult');
const VERSION = Buffer.from('Version');
const DELETE_MARKER = Buffer.from('DeleteMarker');
const COMMON_PREFIXES = Buffer.from('CommonPrefixes');
const PREFIX = Buffer.from('Prefix');

interface Field {
  readonly name: Uint8Array;
  readonly place: number;
}

/** The elements of a version that are read, by the length of their names. */
const FIELDS: (readonly Field[])[] = Array.from({ length: 16 }, (_, length) =>
  (
    [
      ['Key', KEY],
      ['VersionId', ID],
      ['IsLatest', LATEST],
      ['LastModified', TIME],
      ['Size', SIZE],
      ['StorageClass', CLASS],
    ] as const
  )
    .filter(([name]) => name.length === length)
    .map(([name, place]) => ({ name: Buffer.from(name), place })),
);

/** What an element below the page's own is. */
type Kind = 'version' | 'delete marker' | 'common prefix' | 'text';

/** Where the versions are of the page that is read. All pages share it: a new one would be as large for each. */
let places = new Int32Array(1000 * WIDTH);

class Scan {
  /** The texts beside the versions, by the names of their elements: the first of each. */
  readonly head = new Map<string, string>();
  readonly prefixes: string[] = [];
  /** Where the numbers of the version begin that is read. */
  private base = -WIDTH;

  constructor(private readonly bytes: Buffer) {}

  /** Where the versions are. */
  get found(): Int32Array {
    return places.slice(0, this.base + WIDTH);
  }

  /** Reads the page, and says whether it is whole. */
  isComplete(): boolean {
    const { bytes } = this;
    let kind: Kind = 'text';
    let depth = 0;
    let at = 0;
    for (;;) {
      const start = this.find(LESS, at) + 1;
      const first = bytes[start];
      if (first === undefined) {
        return false;
      }
      if (first === QUESTION) {
        at = start;
        continue;
      }
      const text = this.find(GREATER, start) + 1;
      if (first === SLASH) {
        depth -= 1;
        at = text;
      } else {
        const isEmpty = bytes[text - 2] === SLASH;
        const nameEnd = isEmpty ? text - 2 : text - 1;
        at = isEmpty ? text : this.find(LESS, text);
        if (depth === 2 && !isEmpty) {
          this.field(kind, start, nameEnd, text, at);
        } else if (depth === 1) {
          kind = this.child(start, nameEnd, text, at);
        } else if (depth === 0 && !this.is(ROOT, start, start + ROOT.length)) {
          return false;
        }
        const close = at + nameEnd - start + 2;
        if (bytes[at + 1] === SLASH && bytes[close] === GREATER && !isEmpty) {
          // The usual end of a text, of which nothing else has to be read.
          at = close + 1;
        } else if (!isEmpty) {
          depth += 1;
        }
      }
      if (depth <= 0) {
        return depth === 0 && text <= bytes.length && bytes.toString('latin1', at).trim() === '';
      }
    }
  }

  /** Reads an element of the page. */
  private child(start: number, end: number, text: number, textEnd: number): Kind {
    const isMarker = this.is(DELETE_MARKER, start, end);
    if (isMarker || this.is(VERSION, start, end)) {
      this.base += WIDTH;
      if (this.base === places.length) {
        const shorter = places;
        places = new Int32Array(shorter.length * 2);
        places.set(shorter);
      }
      places.fill(0, this.base, this.base + WIDTH);
      places[this.base + IS_MARKER] = isMarker ? 1 : 0;
      return isMarker ? 'delete marker' : 'version';
    }
    if (this.is(COMMON_PREFIXES, start, end)) {
      return 'common prefix';
    }
    const name = this.bytes.toString('latin1', start, end);
    if (!this.head.has(name)) {
      this.head.set(name, this.bytes.toString('utf8', text, textEnd));
    }
    return 'text';
  }

  /** Reads an element of a version or a common prefix. */
  private field(kind: Kind, start: number, end: number, text: number, textEnd: number): void {
    if (kind === 'common prefix' && this.is(PREFIX, start, end)) {
      this.prefixes.push(this.bytes.toString('utf8', text, textEnd));
    }
    if (kind !== 'version' && kind !== 'delete marker') {
      return;
    }
    for (const { name, place } of FIELDS[end - start] ?? []) {
      if (places[this.base + place] === 0 && this.is(name, start, end)) {
        places[this.base + place] = text;
        places[this.base + place + 1] = textEnd;
        return;
      }
    }
  }

  private is(name: Uint8Array, start: number, end: number): boolean {
    const { bytes } = this;
    const { length } = name;
    let at = end - start === length ? 0 : length + 1;
    while (at < length && bytes[start + at] === name[at]) {
      at += 1;
    }
    return at === length;
  }

  /** The next place with a byte; the length of the page where there is none. */
  private find(byte: number, from: number): number {
    const { bytes } = this;
    const { length } = bytes;
    let at = from;
    while (at < length && bytes[at] !== byte) {
      at += 1;
    }
    return at;
  }
}
