import { type Answer, escapeXml, xml } from './protocol';

/** What a listing says of a version beside its key. */
export interface ListedVersion {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: string;
  readonly etag: string;
  readonly size: number;
  readonly storageClass: string;
}

/** Versions by position: sorted by the bytes of their keys in UTF-8, the newest of a key first. */
export interface Listable {
  readonly name: string;
  readonly positions: number;
  keyAt(position: number): string;
  /** For `encoding-type=url`. */
  encodedKeyAt(position: number): string;
  versionIdAt(position: number): string;
  /** Undefined where a position has none. */
  versionAt(position: number): ListedVersion | undefined;
}

/** S3 returns no more in a page. */
export const PAGE = 1_000;

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const OWNER = '<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner>';

interface Page {
  readonly text: string;
  readonly entries: number;
  /** Position after the last one of a page that another one follows. */
  readonly next?: number;
}

/** What a listing asks for. */
interface Question {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly isEncoded: boolean;
  readonly start: number;
}

/**
 * The page of ListObjectVersions that a query asks for.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function listObjectVersions(bucket: Listable, query: URLSearchParams, pageSize: number): Answer {
  const question = questionOf(query, startOfVersions(bucket, query), pageSize);
  const page = pageOf(bucket, question, versionXml);
  const last = (page.next ?? 0) - 1;
  const next =
    page.next === undefined
      ? ''
      : `<NextKeyMarker>${writtenAt(bucket, last, question)}</NextKeyMarker>` +
        `<NextVersionIdMarker>${bucket.versionIdAt(last)}</NextVersionIdMarker>`;
  return xml(
    `<ListVersionsResult ${NAMESPACE}><Name>${bucket.name}</Name><Prefix>${written(question.prefix, question)}</Prefix>` +
      `<KeyMarker>${written(query.get('key-marker') ?? '', question)}</KeyMarker>` +
      `<VersionIdMarker>${query.get('version-id-marker') ?? ''}</VersionIdMarker>${next}${common(question, page)}` +
      `${page.text}</ListVersionsResult>`,
  );
}

/**
 * The page of ListObjectsV2 that a query asks for.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjectsV2(bucket: Listable, query: URLSearchParams, pageSize: number): Answer {
  const token = query.get('continuation-token');
  const start = token === null ? firstAfter(bucket, query.get('start-after') ?? '') : Number(token);
  const question = questionOf(query, start, pageSize);
  const page = pageOf(bucket, question, objectXml);
  const next = page.next === undefined ? '' : `<NextContinuationToken>${page.next}</NextContinuationToken>`;
  return xml(
    `<ListBucketResult ${NAMESPACE}><Name>${bucket.name}</Name><Prefix>${written(question.prefix, question)}</Prefix>` +
      `<KeyCount>${page.entries}</KeyCount>${next}${common(question, page)}${page.text}</ListBucketResult>`,
  );
}

/** As S3 encodes keys: like a form, with slashes as they are. */
export function encode(key: string): string {
  return new URLSearchParams({ '': key }).toString().slice(1).replaceAll('%2F', '/');
}

function versionXml(key: string, version: ListedVersion): string {
  const shared =
    `<Key>${key}</Key><VersionId>${version.versionId}</VersionId><IsLatest>${version.isLatest}</IsLatest>` +
    `<LastModified>${version.lastModified}</LastModified>`;
  return version.isDeleteMarker
    ? `<DeleteMarker>${shared}${OWNER}</DeleteMarker>`
    : `<Version>${shared}<ETag>&quot;${version.etag}&quot;</ETag><Size>${version.size}</Size>${OWNER}` +
        `<StorageClass>${version.storageClass}</StorageClass></Version>`;
}

function objectXml(key: string, version: ListedVersion): string | undefined {
  return version.isLatest && !version.isDeleteMarker
    ? `<Contents><Key>${key}</Key><LastModified>${version.lastModified}</LastModified>` +
        `<ETag>&quot;${version.etag}&quot;</ETag><Size>${version.size}</Size>` +
        `<StorageClass>${version.storageClass}</StorageClass></Contents>`
    : undefined;
}

/** Writes entries from the first position with the prefix; what shares a folder is one common prefix if there is a delimiter. */
function pageOf(
  bucket: Listable,
  question: Question,
  entryOf: (key: string, version: ListedVersion) => string | undefined,
): Page {
  const { prefix, delimiter, maxKeys, start } = question;
  const end = firstBehind(bucket, prefix);
  const folders: string[] = [];
  let position = Math.max(
    start,
    firstWhere(bucket, (key) => !isBefore(key, prefix)),
  );
  let text = '';
  let entries = 0;
  while (position < end && entries < maxKeys) {
    const folder = delimiter === '' ? undefined : folderIn(bucket.keyAt(position), prefix, delimiter);
    if (folder !== undefined) {
      folders.push(`<CommonPrefixes><Prefix>${written(folder, question)}</Prefix></CommonPrefixes>`);
      position = firstBehind(bucket, folder);
      entries += 1;
      continue;
    }
    const version = bucket.versionAt(position);
    const entry = version && entryOf(writtenAt(bucket, position, question), version);
    position += 1;
    if (entry !== undefined) {
      text += entry;
      entries += 1;
    }
  }
  return { text: text + folders.join(''), entries, ...(position < end ? { next: position } : {}) };
}

/** What a key shares with others up to the first delimiter after the prefix. */
function folderIn(key: string, prefix: string, delimiter: string): string | undefined {
  const cut = key.indexOf(delimiter, prefix.length);
  return cut === -1 ? undefined : key.slice(0, cut + delimiter.length);
}

function questionOf(query: URLSearchParams, start: number, pageSize: number): Question {
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    maxKeys: Math.min(Number(query.get('max-keys') ?? PAGE), pageSize),
    isEncoded: query.get('encoding-type') === 'url',
    start,
  };
}

function common({ maxKeys, delimiter, isEncoded }: Question, { next }: Page): string {
  const encoding = isEncoded ? '<EncodingType>url</EncodingType>' : '';
  const separator = delimiter === '' ? '' : `<Delimiter>${delimiter}</Delimiter>`;
  return `<MaxKeys>${maxKeys}</MaxKeys>${separator}${encoding}<IsTruncated>${next !== undefined}</IsTruncated>`;
}

/** A marker of a key alone stands behind all versions of the key. */
function startOfVersions(bucket: Listable, query: URLSearchParams): number {
  const key = query.get('key-marker') ?? '';
  const version = query.get('version-id-marker') ?? '';
  const behind = firstAfter(bucket, key);
  if (version !== '') {
    for (let position = behind - 1; position >= 0 && bucket.keyAt(position) === key; position -= 1) {
      if (bucket.versionIdAt(position) === version) {
        return position + 1;
      }
    }
  }
  return behind;
}

function firstAfter(bucket: Listable, key: string): number {
  return key === '' ? 0 : firstWhere(bucket, (each) => isBefore(key, each));
}

/** The first position behind every key with the prefix. */
function firstBehind(bucket: Listable, prefix: string): number {
  return prefix === '' ? bucket.positions : firstWhere(bucket, (key) => !key.startsWith(prefix) && isBefore(prefix, key));
}

/** The first position whose key is one of those, which are at the end of the listing. */
function firstWhere(bucket: Listable, isOne: (key: string) => boolean): number {
  let low = 0;
  let high = bucket.positions;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isOne(bucket.keyAt(middle))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

function isBefore(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) < 0;
}

function writtenAt(bucket: Listable, position: number, { isEncoded }: Question): string {
  return isEncoded ? bucket.encodedKeyAt(position) : escapeXml(bucket.keyAt(position));
}

function written(key: string, { isEncoded }: Question): string {
  return isEncoded ? encode(key) : escapeXml(key);
}
