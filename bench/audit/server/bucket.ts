/** `folders`: 20 folders of 50 folders each; `flat`: no folder, and keys spread like random ones. */
export type Layout = 'folders' | 'flat';
export type Side = 'source' | 'destination';

/** A bucket that exists only as arithmetic: the version at each position of its listing is computed from the position. */
export interface Bucket {
  readonly name: string;
  readonly side: Side;
  readonly layout: Layout;
  /** Positions in the listing, of which a side lacks a few. */
  readonly versions: number;
}

/** How a key writes what is not plain in a URL. */
export interface Spelling {
  readonly space: string;
  readonly open: string;
  readonly close: string;
}

export const PLAIN: Spelling = { space: ' ', open: '(', close: ')' };

/** For `encoding-type=url`; a slash stays. */
export const URL_ENCODED: Spelling = { space: '+', open: '%28', close: '%29' };

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

/** Keys grow with the position, except that a key's older version has the same one. */
export function keyAt({ layout, versions }: Bucket, position: number, { space, open, close }: Spelling = PLAIN): string {
  const group = Math.floor(position / GROUP);
  const ordinal = group * (GROUP - 1) + Math.min(position - group * GROUP, GROUP - 2);
  if (layout === 'flat') {
    const spread = Math.floor((ordinal * FLAT_SPREAD) / versions);
    return `${spread.toString(16).padStart(12, '0')}${space}${open}1${close}.pdf`;
  }
  const folder = Math.floor((ordinal * FOLDERS) / versions);
  const upper = Math.floor(folder / FOLDERS_OF_A_FOLDER);
  return `area-${digits(upper, 2)}/case${space}${digits(folder, 4)}/object-${digits(ordinal, 9)}${space}${open}1${close}.pdf`;
}

export function isLatest(position: number): boolean {
  return position % GROUP !== GROUP - 1;
}

export function versionIdAt(position: number): string {
  return `${RANDOM[position % VARIETY]}${digits(position, 8)}`;
}

export function etagAt(position: number): string {
  return `${digits(position, 8)}${RANDOM[(position * 7) % VARIETY]}`;
}

export function lastModifiedAt({ side }: Bucket, position: number): string {
  return LAST_MODIFIED[side][position % VARIETY] ?? '';
}

export function sizeAt({ side }: Bucket, position: number): number {
  const size = 1_000 + ((position * 7_919) % 5_000_000);
  return side === 'destination' && hasOtherSize(position) ? size + 1 : size;
}

/** Whether the side has the version at a position. */
export function has({ side }: Bucket, position: number): boolean {
  return side === 'destination' ? !isMissing(position) : !isUnexpected(position);
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
