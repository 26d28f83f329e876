import { type Listable, type ListedVersion, listObjectsV2, listObjectVersions } from './listing';
import { type Answer, type Bucket, type Conditions, empty, type Request, S3Error } from './protocol';

/** `folders`: 20 folders of 50 folders each; `flat`: no folder, and keys spread like random ones. */
export type Layout = 'folders' | 'flat';
export type Side = 'source' | 'destination';

/** How a key writes what is not plain in a URL. */
interface Spelling {
  readonly space: string;
  readonly open: string;
  readonly close: string;
}

const PLAIN: Spelling = { space: ' ', open: '(', close: ')' };
const URL_ENCODED: Spelling = { space: '+', open: '%28', close: '%29' };

/** What an audit of the two sides has to find. */
export interface Expectation {
  readonly missing: number;
  readonly unexpected: number;
  readonly otherSize: number;
}

/** Ten keys, the last of which has an older version. */
const GROUP = 11;

const FOLDERS = 1_000;
const FOLDERS_OF_A_FOLDER = 50;
const FLAT_SPREAD = 2 ** 48;
const DAY = 86_400_000;
const VARIETY = 4_096;

const LAST_MODIFIED: Readonly<Record<Side, readonly string[]>> = { source: dates(0), destination: dates(7_000) };
/** Stand for the parts of ETags and version ids that cost time to compute. */
const RANDOM = Array.from({ length: VARIETY }, (_, position) =>
  (BigInt(position + 1) * 0x9e3779b97f4a7c15f39cc0605cedc834n).toString(16).slice(-24).padStart(24, '0'),
);

/** How many versions so many objects have. */
export function versionsOf(objects: number): number {
  return Math.floor((objects * GROUP) / (GROUP - 1));
}

/** A bucket that exists only as arithmetic: the version at each position of its listing is computed from the position. */
export class GeneratedBucket implements Bucket, Listable {
  private readonly storageClass: string;

  /** @param positions of which each side lacks a few */
  constructor(
    readonly name: string,
    private readonly side: Side,
    private readonly layout: Layout,
    readonly positions: number,
  ) {
    this.storageClass = side === 'source' ? 'STANDARD' : 'STANDARD_IA';
  }

  /** What an audit asks, and rclone. */
  answer({ operation, query }: Request, { pageSize }: Conditions): Answer {
    if (operation === 'ListObjectVersions') {
      return listObjectVersions(this, query, pageSize);
    }
    if (operation === 'ListObjectsV2') {
      return listObjectsV2(this, query, pageSize);
    }
    if (operation === 'HeadBucket' || operation === 'HeadObject') {
      return empty(200, { 'x-amz-replication-status': 'FAILED', 'last-modified': new Date(0).toUTCString() });
    }
    if (operation === 'GetBucketReplication') {
      throw new S3Error(404, 'ReplicationConfigurationNotFoundError');
    }
    if (operation === 'GetBucketOwnershipControls') {
      throw new S3Error(404, 'OwnershipControlsNotFoundError');
    }
    throw new S3Error(501, 'NotImplemented');
  }

  keyAt(position: number): string {
    return this.spelledAt(position, PLAIN);
  }

  encodedKeyAt(position: number): string {
    return this.spelledAt(position, URL_ENCODED);
  }

  versionIdAt(position: number): string {
    return `${RANDOM[position % VARIETY]}${digits(position, 8)}`;
  }

  versionAt(position: number): ListedVersion | undefined {
    const isDestination = this.side === 'destination';
    if (isDestination ? isMissing(position) : isUnexpected(position)) {
      return undefined;
    }
    const size = 1_000 + ((position * 7_919) % 5_000_000);
    return {
      versionId: this.versionIdAt(position),
      isLatest: position % GROUP !== GROUP - 1,
      isDeleteMarker: false,
      lastModified: LAST_MODIFIED[this.side][position % VARIETY] ?? '',
      etag: `${digits(position, 8)}${RANDOM[(position * 7) % VARIETY]}`,
      size: isDestination && hasOtherSize(position) ? size + 1 : size,
      storageClass: this.storageClass,
    };
  }

  /** Keys grow with the position, except that a key's older version has the same one. */
  private spelledAt(position: number, { space, open, close }: Spelling): string {
    const group = Math.floor(position / GROUP);
    const ordinal = group * (GROUP - 1) + Math.min(position - group * GROUP, GROUP - 2);
    if (this.layout === 'flat') {
      const spread = Math.floor((ordinal * FLAT_SPREAD) / this.positions);
      return `${spread.toString(16).padStart(12, '0')}${space}${open}1${close}.pdf`;
    }
    const folder = Math.floor((ordinal * FOLDERS) / this.positions);
    const upper = Math.floor(folder / FOLDERS_OF_A_FOLDER);
    return `area-${digits(upper, 2)}/case${space}${digits(folder, 4)}/object-${digits(ordinal, 9)}${space}${open}1${close}.pdf`;
  }
}

/** Counts the differences between the two sides. */
export function expectationOf(versions: number): Expectation {
  const expected = { missing: 0, unexpected: 0, otherSize: 0 };
  for (let position = 0; position < versions; position += 1) {
    expected.missing += Number(isMissing(position));
    expected.unexpected += Number(isUnexpected(position));
    expected.otherSize += Number(hasOtherSize(position));
  }
  return expected;
}

// None of them is a version of the key with two: which of its versions is the latest never changes.
function isMissing(position: number): boolean {
  return position % GROUP === 3 && Math.floor(position / GROUP) % 1_000 === 7;
}

function isUnexpected(position: number): boolean {
  return position % GROUP === 5 && Math.floor(position / GROUP) % 2_000 === 11;
}

function hasOtherSize(position: number): boolean {
  return position % GROUP === 7 && Math.floor(position / GROUP) % 1_000 === 500;
}

/** Over a year, which a listing by key has in no order. */
function dates(lagMilliseconds: number): string[] {
  const start = Date.parse('2025-06-01T00:00:00Z') + lagMilliseconds;
  return Array.from({ length: VARIETY }, (_, position) =>
    new Date(start + ((position * 2_654_435_761) % (365 * DAY))).toISOString().replace(/\d{3}Z$/, '000Z'),
  );
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
