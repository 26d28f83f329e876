import {
  type Bucket,
  etagAt,
  has,
  isLatest,
  keyAt,
  lastModifiedAt,
  PLAIN,
  type Spelling,
  sizeAt,
  URL_ENCODED,
  versionIdAt,
} from './bucket';

/** S3 returns no more in a page. */
const PAGE = 1_000;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const OWNER = '<Owner><ID>75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a</ID></Owner>';

interface Page {
  readonly text: string;
  readonly entries: number;
  /** Position after the last one of a page that another one follows. */
  readonly next?: number;
}

/** What a listing asks for. */
interface Request {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly spelling: Spelling;
  readonly start: number;
}

/**
 * The page of ListObjectVersions that a query asks for.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 */
export function listObjectVersions(bucket: Bucket, query: URLSearchParams): string {
  const request = requestOf(query, startOfVersions(bucket, query));
  const page = pageOf(bucket, request, (position, key) => {
    const size = sizeAt(bucket, position);
    return (
      `<Version><Key>${key}</Key><VersionId>${versionIdAt(position)}</VersionId><IsLatest>${isLatest(position)}</IsLatest>` +
      `<LastModified>${lastModifiedAt(bucket, position)}</LastModified><ETag>&quot;${etagAt(position)}&quot;</ETag>` +
      `<Size>${size}</Size>${OWNER}<StorageClass>${storageClass(bucket)}</StorageClass></Version>`
    );
  });
  const last = (page.next ?? 0) - 1;
  const next =
    page.next === undefined
      ? ''
      : `<NextKeyMarker>${keyAt(bucket, last, request.spelling)}</NextKeyMarker>` +
        `<NextVersionIdMarker>${versionIdAt(last)}</NextVersionIdMarker>`;
  return (
    `${DECLARATION}<ListVersionsResult ${NAMESPACE}><Name>${bucket.name}</Name><Prefix>${written(request.prefix, request)}</Prefix>` +
    `<KeyMarker>${written(query.get('key-marker') ?? '', request)}</KeyMarker>` +
    `<VersionIdMarker>${query.get('version-id-marker') ?? ''}</VersionIdMarker>${next}${common(request, query, page)}` +
    `${page.text}</ListVersionsResult>`
  );
}

/**
 * The page of ListObjectsV2 that a query asks for.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjectsV2(bucket: Bucket, query: URLSearchParams): string {
  const token = query.get('continuation-token');
  const start = token === null ? firstAfter(bucket, query.get('start-after') ?? '') : Number(token);
  const request = requestOf(query, start);
  const page = pageOf(bucket, request, (position, key) =>
    isLatest(position)
      ? `<Contents><Key>${key}</Key><LastModified>${lastModifiedAt(bucket, position)}</LastModified>` +
        `<ETag>&quot;${etagAt(position)}&quot;</ETag><Size>${sizeAt(bucket, position)}</Size>` +
        `<StorageClass>${storageClass(bucket)}</StorageClass></Contents>`
      : undefined,
  );
  const next = page.next === undefined ? '' : `<NextContinuationToken>${page.next}</NextContinuationToken>`;
  return (
    `${DECLARATION}<ListBucketResult ${NAMESPACE}><Name>${bucket.name}</Name><Prefix>${written(request.prefix, request)}</Prefix>` +
    `<KeyCount>${page.entries}</KeyCount>${next}${common(request, query, page)}${page.text}</ListBucketResult>`
  );
}

/** Writes entries from the first position with the prefix; what shares a folder is one common prefix if there is a delimiter. */
function pageOf(bucket: Bucket, request: Request, entryOf: (position: number, key: string) => string | undefined): Page {
  const { prefix, delimiter, maxKeys, spelling } = request;
  const end = prefix === '' ? bucket.versions : firstFrom(bucket, after(prefix));
  const folders: string[] = [];
  let position = Math.max(request.start, firstFrom(bucket, prefix));
  let text = '';
  let entries = 0;
  while (position < end && entries < maxKeys) {
    const folder = delimiter === '' ? undefined : folderIn(keyAt(bucket, position), prefix, delimiter);
    if (folder !== undefined) {
      folders.push(`<CommonPrefixes><Prefix>${written(folder, request)}</Prefix></CommonPrefixes>`);
      position = firstFrom(bucket, after(folder));
      entries += 1;
      continue;
    }
    const entry = has(bucket, position) ? entryOf(position, keyAt(bucket, position, spelling)) : undefined;
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

function requestOf(query: URLSearchParams, start: number): Request {
  const spelling = query.get('encoding-type') === 'url' ? URL_ENCODED : PLAIN;
  const maxKeys = Math.min(Number(query.get('max-keys') ?? PAGE), PAGE);
  return { prefix: query.get('prefix') ?? '', delimiter: query.get('delimiter') ?? '', maxKeys, spelling, start };
}

function common({ maxKeys, delimiter }: Request, query: URLSearchParams, { next }: Page): string {
  const encoding = query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : '';
  const separator = delimiter === '' ? '' : `<Delimiter>${delimiter}</Delimiter>`;
  return `<MaxKeys>${maxKeys}</MaxKeys>${separator}${encoding}<IsTruncated>${next !== undefined}</IsTruncated>`;
}

function startOfVersions(bucket: Bucket, query: URLSearchParams): number {
  const key = query.get('key-marker') ?? '';
  const version = query.get('version-id-marker') ?? '';
  if (version === '') {
    return firstAfter(bucket, key);
  }
  for (let position = firstFrom(bucket, key); keyAt(bucket, position) === key; position += 1) {
    if (versionIdAt(position) === version) {
      return position + 1;
    }
  }
  return firstAfter(bucket, key);
}

function firstAfter(bucket: Bucket, key: string): number {
  return key === '' ? 0 : firstFrom(bucket, `${key}\0`);
}

/** The first position whose key is not before another one. Keys here are ASCII, so that the order of JavaScript is the one of S3. */
function firstFrom(bucket: Bucket, key: string): number {
  let low = 0;
  let high = bucket.versions;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (keyAt(bucket, middle) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** What is after every key with the prefix. */
function after(prefix: string): string {
  return `${prefix}\uffff`;
}

function storageClass({ side }: Bucket): string {
  return side === 'source' ? 'STANDARD' : 'STANDARD_IA';
}

/** A key that comes from outside, in the spelling of the answer. */
function written(key: string, { spelling }: Request): string {
  return spelling === PLAIN
    ? key
    : encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+').replaceAll('(', '%28').replaceAll(')', '%29');
}
