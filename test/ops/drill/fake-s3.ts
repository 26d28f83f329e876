import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { encode } from '../fake-s3';

/** A version or delete marker. */
export interface Stored {
  readonly key: string;
  readonly versionId: string;
  readonly body: string;
  readonly lastModified: string;
  readonly storageClass: string;
  readonly isDeleteMarker: boolean;
  /** What HEAD and GET answer, checksum and key among them. */
  headers: Record<string, string>;
  tags: Record<string, string>;
}

export interface Bucket {
  readonly made: string;
  /** The newest of a key first. */
  versions: Stored[];
  /** XML of its tags and of its default encryption. */
  tagging: string;
  encryption: string;
}

export const OLD = '2026-10-01T12:00:00.000Z';

/** S3 in memory, as far as a drill knows it. */
export class FakeS3 {
  readonly buckets = new Map<string, Bucket>();
  /** Requests that change something, as `PUT bucket/key` or `POST bucket?delete`. */
  readonly changes: string[] = [];
  /** Status and code to answer with instead. */
  fault: (request: string) => { readonly status: number; readonly code: string } | undefined = () => undefined;
  /** What becomes of an object while it is written. */
  written: (bucket: string, stored: Stored) => Stored | undefined = (_, stored) => stored;
  private server: Server | undefined;
  private count = 0;

  get endpoint(): string {
    const address = this.server?.address() as AddressInfo | undefined;
    return `http://127.0.0.1:${address?.port}`;
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => void this.answer(request, response));
    await new Promise<void>((done) => {
      this.server?.listen(0, '127.0.0.1', done);
    });
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((done) => {
      this.server?.close(done);
    });
  }

  make(name: string, made = '2026-11-01T11:00:00.000Z', tagging = ''): Bucket {
    const bucket = { made, versions: [], tagging, encryption: '' };
    this.buckets.set(name, bucket);
    return bucket;
  }

  put(bucket: string, key: string, more: Partial<Stored> & { readonly checksum?: boolean } = {}): Stored {
    this.count += 1;
    const { checksum = true, ...rest } = more;
    const body = rest.body ?? `content of ${key}`;
    const stored = {
      key,
      versionId: `v${this.count}`,
      lastModified: OLD,
      storageClass: 'STANDARD',
      isDeleteMarker: false,
      tags: {},
      ...rest,
      body,
      headers: {
        ...(checksum && { 'x-amz-checksum-crc32': crcOf(body), 'x-amz-checksum-type': 'FULL_OBJECT' }),
        ...rest.headers,
      },
    };
    const found = this.buckets.get(bucket) ?? this.make(bucket);
    found.versions.unshift(stored);
    return stored;
  }

  private async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = message;
    const url = new URL(message.url ?? '/', 'http://host');
    const [, name = '', ...words] = url.pathname.split('/');
    const key = decodeURIComponent(words.join('/'));
    let body = '';
    for await (const chunk of message.setEncoding('latin1')) {
      body += String(chunk);
    }
    const subresource = [
      'versions',
      'delete',
      'uploads',
      'tagging',
      'encryption',
      'replication',
      'versioning',
      'ownershipControls',
    ].find((each) => url.searchParams.has(each));
    const request = `${method} ${name}${key === '' ? '' : `/${key}`}${subresource === undefined ? '' : `?${subresource}`}`;
    const fault = this.fault(request);
    const refuse = (status: number, code: string) =>
      response.writeHead(status).end(method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    if (fault !== undefined) {
      refuse(fault.status, fault.code);
      return;
    }
    if (!['GET', 'HEAD'].includes(method)) {
      this.changes.push(request);
    }
    const bucket = this.buckets.get(name);
    if (name === '') {
      response.end(this.list(url.searchParams.get('prefix') ?? ''));
    } else if (method === 'PUT' && key === '' && subresource === undefined) {
      this.make(name);
      response.end();
    } else if (bucket === undefined) {
      refuse(404, 'NoSuchBucket');
    } else if (key === '') {
      this.answerBucket(method, subresource, name, bucket, body, url, response);
    } else if (method === 'DELETE') {
      bucket.versions = bucket.versions.filter((each) => each.key !== key);
      response.writeHead(204).end();
    } else if (method === 'PUT') {
      this.write(name, key, body, headers as Record<string, string>);
      response.end();
    } else {
      const versionId = url.searchParams.get('versionId');
      const found = bucket.versions.find((each) => each.key === key && (versionId === null || each.versionId === versionId));
      if (found === undefined || found.isDeleteMarker) {
        refuse(404, 'NoSuchKey');
      } else if (subresource === 'tagging') {
        response.end(tagsXml(found.tags));
      } else {
        const own = {
          'content-length': String(found.body.length),
          'last-modified': 'Thu, 01 Oct 2026 12:00:00 GMT',
          etag: '"e"',
        };
        const tags = Object.keys(found.tags).length;
        response.writeHead(200, { ...own, ...(tags > 0 && { 'x-amz-tagging-count': String(tags) }), ...found.headers });
        response.end(method === 'HEAD' ? '' : Buffer.from(found.body, 'latin1'));
      }
    }
  }

  private answerBucket(
    method: string,
    subresource: string | undefined,
    name: string,
    bucket: Bucket,
    body: string,
    { searchParams }: URL,
    response: ServerResponse,
  ): void {
    if (method === 'DELETE') {
      response.writeHead(bucket.versions.length === 0 ? 204 : 409).end();
      if (bucket.versions.length === 0) {
        this.buckets.delete(name);
      }
    } else if (subresource === 'versions') {
      response.end(versions(bucket, searchParams.get('prefix') ?? '', searchParams.get('key-marker') ?? ''));
    } else if (subresource === 'delete') {
      const ids = [...body.matchAll(/<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/g)].map(
        ([, key = '', id = '']) => `${unescaped(key)} ${id}`,
      );
      bucket.versions = bucket.versions.filter(({ key, versionId }) => !ids.includes(`${key} ${versionId}`));
      response.end('<DeleteResult></DeleteResult>');
    } else if (method === 'PUT' && (subresource === 'tagging' || subresource === 'encryption')) {
      bucket[subresource] = body;
      response.end();
    } else if (subresource === 'tagging') {
      response.end(bucket.tagging);
    } else if (subresource === 'versioning') {
      response.end('<VersioningConfiguration></VersioningConfiguration>');
    } else if (subresource === 'replication') {
      const rule =
        '<Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter><Destination><Bucket>b</Bucket></Destination></Rule>';
      const code = 'ReplicationConfigurationNotFoundError';
      response
        .writeHead(name.includes('documents') ? 200 : 404)
        .end(
          name.includes('documents')
            ? `<ReplicationConfiguration><Role>r</Role>${rule}</ReplicationConfiguration>`
            : `<Error><Code>${code}</Code></Error>`,
        );
    } else if (subresource === 'uploads') {
      response.end('<ListMultipartUploadsResult></ListMultipartUploadsResult>');
    } else {
      response.end('<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>');
    }
  }

  private write(name: string, key: string, body: string, headers: Record<string, string>): void {
    const bucket = this.buckets.get(name);
    const kept = Object.entries(headers).filter(([header]) =>
      /^(content-type|cache-control|x-amz-meta-.*|x-amz-checksum-crc32)$/.test(header),
    );
    const keyArn = /<KMSMasterKeyID>(.*?)</.exec(bucket?.encryption ?? '')?.[1];
    const stored: Stored = {
      key,
      versionId: 'null',
      body,
      lastModified: '2026-11-01T12:00:00.000Z',
      storageClass: 'STANDARD',
      isDeleteMarker: false,
      headers: {
        ...Object.fromEntries(kept),
        ...(keyArn !== undefined && {
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': keyArn,
        }),
      },
      tags: Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? '')),
    };
    const changed = this.written(name, stored);
    if (bucket !== undefined && changed !== undefined) {
      bucket.versions = [changed, ...bucket.versions.filter((each) => each.key !== key)];
    }
  }

  private list(prefix: string): string {
    const rows = [...this.buckets]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { made }]) => `<Bucket><Name>${name}</Name><CreationDate>${made}</CreationDate></Bucket>`);
    return `<ListAllMyBucketsResult><Buckets>${rows.join('')}</Buckets></ListAllMyBucketsResult>`;
  }
}

/** Text of XML that was read byte by byte. */
function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', '#x0A': '\n' };
  return Buffer.from(text, 'latin1')
    .toString('utf8')
    .replaceAll(/&(#?\w+);/g, (_, name: string) => entities[name] ?? '');
}

function crcOf(body: string): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(Buffer.from(body, 'latin1')));
  return value.toString('base64');
}

function tagsXml(tags: Readonly<Record<string, string>>): string {
  const rows = Object.entries(tags).map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`);
  return `<Tagging><TagSet>${rows.join('')}</TagSet></Tagging>`;
}

function versions({ versions: all }: Bucket, prefix: string, marker: string): string {
  const sorted = all.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  const rows = sorted.flatMap(({ key, versionId, isDeleteMarker, lastModified, body, storageClass }, index) => {
    if (!key.startsWith(prefix) || key <= marker) {
      return [];
    }
    const latest = sorted[index - 1]?.key !== key;
    const common = `<Key>${encode(key)}</Key><VersionId>${versionId}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${lastModified}</LastModified>`;
    return isDeleteMarker
      ? `<DeleteMarker>${common}</DeleteMarker>`
      : `<Version>${common}<Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass></Version>`;
  });
  return `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${rows.join('')}</ListVersionsResult>`;
}
