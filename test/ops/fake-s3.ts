import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A version or delete marker of a bucket. */
export interface Stored {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker?: boolean;
  readonly lastModified?: string;
  readonly size?: number;
  readonly storageClass?: string;
  /** What HEAD answers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** HTTP status that HEAD answers. @default 200 */
  readonly head?: number;
  /** Error that GET answers with that status. @default - it answers the content */
  readonly refused?: { readonly code: string; readonly message?: string };
  readonly tags?: Readonly<Record<string, string>>;
}

interface Kept extends Stored {
  readonly bytes: Buffer;
  readonly isLatest: boolean;
}

export const OLD = '2026-10-01T12:00:00.000Z';

/** S3 as far as listings and questions about single versions go: over HTTP, so that the SDK signs, retries and parses as it does with S3. */
export class FakeS3 {
  readonly buckets = new Map<string, readonly Kept[]>();
  /** Every request, as `GET bucket?query` or `HEAD bucket/key`. */
  readonly requests: string[] = [];
  /** Rules of the source bucket, as XML. */
  rules = '';
  /** Of every bucket, as XML. */
  versioning = '<Status>Enabled</Status>';
  pageSize = 1000;
  /** Answers instead, when it returns a status and a body. */
  fault: (
    url: URL,
    method: string,
  ) => { readonly status: number; readonly body: string; readonly headers?: Record<string, string> } | undefined = () =>
    undefined;
  private server: Server | undefined;

  get endpoint(): string {
    const address = this.server?.address() as AddressInfo | undefined;
    return `http://127.0.0.1:${address?.port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => this.answer(request, response));
    this.server = server;
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => {
      this.server?.close(done);
    });
  }

  /** Sorts as S3 does: keys by the bytes of UTF-8, versions of a key as they are given. */
  put(bucket: string, stored: readonly Stored[]): void {
    const sorted = stored
      .map((each) => ({ ...each, bytes: Buffer.from(each.key) }))
      .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes));
    this.buckets.set(
      bucket,
      sorted.map((each, index) => ({ ...each, isLatest: sorted[index - 1]?.key !== each.key })),
    );
  }

  private answer({ url: path = '/', method = 'GET' }: IncomingMessage, response: ServerResponse): void {
    const url = new URL(path, 'http://127.0.0.1');
    const [, bucket = '', ...words] = url.pathname.split('/');
    const key = decodeURIComponent(words.join('/'));
    this.requests.push(`${method} ${bucket}${method === 'HEAD' ? `/${key}` : url.search}`);
    const fault = this.fault(url, method);
    const stored = this.buckets.get(bucket);
    const found = stored?.find((each) => each.key === key && each.versionId === url.searchParams.get('versionId'));
    if (fault !== undefined) {
      response.writeHead(fault.status, fault.headers).end(fault.body);
    } else if (stored === undefined) {
      response.writeHead(404).end('<Error><Code>NoSuchBucket</Code><Message>no such bucket</Message></Error>');
    } else if (method === 'HEAD' && key === '') {
      response.writeHead(200).end();
    } else if (method === 'HEAD') {
      const size = { 'content-length': String(found?.size ?? 0) };
      response.writeHead(found === undefined ? 404 : (found.head ?? 200), { ...size, ...found?.headers }).end();
    } else if (url.searchParams.has('versions')) {
      response.end(listing(stored, url.searchParams, this.pageSize));
    } else if (url.searchParams.has('tagging')) {
      const tags = Object.entries(found?.tags ?? {}).map(
        ([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`,
      );
      response.end(`<Tagging><TagSet>${tags.join('')}</TagSet></Tagging>`);
    } else if (method === 'GET' && key !== '' && found?.refused !== undefined) {
      const { code, message = code } = found.refused;
      response.writeHead(found.head ?? 400).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
    } else if (method === 'GET' && key !== '') {
      response.writeHead(found === undefined ? 404 : 206).end(found === undefined ? '' : 'x');
    } else if (url.searchParams.has('restore')) {
      response.writeHead(202).end();
    } else if (url.searchParams.has('versioning')) {
      response.end(`<VersioningConfiguration>${this.versioning}</VersioningConfiguration>`);
    } else if (url.searchParams.has('replication')) {
      response.end(`<ReplicationConfiguration><Role>r</Role>${this.rules}</ReplicationConfiguration>`);
    } else {
      response.end('<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>');
    }
  }
}

/** An answer to ListObjectVersions. A marker without a version id is passed, one with it is gone on after. */
function listing(stored: readonly Kept[], query: URLSearchParams, pageSize: number): string {
  const [prefix, delimiter, marker, versionMarker] = ['prefix', 'delimiter', 'key-marker', 'version-id-marker'].map(
    (name) => query.get(name) ?? '',
  ) as [string, string, string, string];
  const after = stored.findIndex(({ key, versionId }) => key === marker && versionId === versionMarker);
  const markerBytes = Buffer.from(marker);
  const behind = stored.findIndex(({ bytes }) => marker === '' || Buffer.compare(bytes, markerBytes) > 0);
  const rest = after === -1 ? (behind === -1 ? [] : stored.slice(behind)) : stored.slice(after + 1);
  const most = Math.min(Number(query.get('max-keys') ?? 1000), pageSize);
  const items: { readonly group: string | undefined; readonly stored: Kept }[] = [];
  for (const each of rest) {
    if (items.length > most) {
      break;
    }
    if (!each.key.startsWith(prefix)) {
      continue;
    }
    const slash = delimiter === '' ? -1 : each.key.indexOf(delimiter, prefix.length);
    const group = slash === -1 ? undefined : each.key.slice(0, slash + 1);
    if (group === undefined || !items.some((item) => item.group === group)) {
      items.push({ group, stored: each });
    }
  }
  const page = items.slice(0, most);
  const last = page.at(-1)?.stored;
  const next =
    items.length > most && last !== undefined
      ? `<NextKeyMarker>${encode(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.versionId}</NextVersionIdMarker>`
      : '';
  const elements = page.map(({ group, stored: each }) =>
    group === undefined ? element(each) : `<CommonPrefixes><Prefix>${encode(group)}</Prefix></CommonPrefixes>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>${encode(prefix)}</Prefix><EncodingType>url</EncodingType><IsTruncated>${next !== ''}</IsTruncated>${next}${elements.join('')}</ListVersionsResult>`;
}

function element({
  key,
  versionId,
  isLatest,
  isDeleteMarker = false,
  lastModified = OLD,
  size = 10,
  storageClass = 'STANDARD',
}: Kept) {
  const common = `<Key>${encode(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${lastModified}</LastModified>`;
  return isDeleteMarker
    ? `<DeleteMarker>${common}<Owner><ID>o</ID></Owner></DeleteMarker>`
    : `<Version>${common}<ETag>&quot;e&quot;</ETag><Size>${size}</Size><Owner><ID>o</ID></Owner><StorageClass>${storageClass}</StorageClass></Version>`;
}

/** As S3 encodes keys: like a form, with slashes as they are. */
export function encode(key: string): string {
  return new URLSearchParams({ '': key }).toString().slice(1).replaceAll('%2F', '/');
}
