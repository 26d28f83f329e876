import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';

export type Headers = Record<string, string>;

/** One version of an object, as a test puts it there or as it was written. */
export interface Stored {
  versionId: string;
  body: Buffer;
  headers: Headers;
  etag: string;
  tags?: Record<string, string>;
  deleted?: boolean;
  /** Bodies of its parts, where its checksum is composite. */
  parts?: Buffer[];
  archived?: boolean;
}

interface Upload {
  key: string;
  headers: Headers;
  parts: Map<number, Buffer>;
}

/** What goes wrong with a request, instead of or after it. */
export type Fault = 'lose the answer' | 'reset' | 'cut the body' | { status: number; code: string } | { body: string };

export interface Request {
  method: string;
  key: string;
  query: URLSearchParams;
  headers: Headers;
}

const KEPT =
  /^(cache-control|content-(disposition|encoding|language|type)|expires|x-amz-website-redirect-location|x-amz-meta-.*)$/;

export function crc32Of(body: Buffer): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return value.toString('base64');
}

export const SUMS: Record<string, (body: Buffer) => string> = {
  crc32: crc32Of,
  sha256: (body) => createHash('sha256').update(body).digest('base64'),
};

export function composite(parts: readonly Buffer[], algorithm = 'crc32'): string {
  const sum = SUMS[algorithm] ?? crc32Of;
  return `${sum(Buffer.concat(parts.map((part) => Buffer.from(sum(part), 'base64'))))}-${parts.length}`;
}

const md5 = (body: Buffer) => createHash('md5').update(body).digest('hex');

/** An error that S3 answers with. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`${code} says the server`);
  }
}

/** One bucket with versions, in memory, on loopback: checks what S3 checks. */
export class FakeS3 {
  readonly requests: Request[] = [];
  readonly uploads = new Map<string, Upload>();
  readonly objects = new Map<string, Stored[]>();
  /** Whether the caller may read tags. S3 shows their number only then. */
  tagsReadable = true;
  private readonly faults: { when: (request: Request) => boolean; fault: Fault | (() => void); times: number }[] = [];
  private count = 0;

  private constructor(
    readonly server: Server,
    /** As under a KMS key: no ETag says anything of the content. */
    readonly opaque: boolean,
  ) {
    server.on('request', (request, response) => void this.serve(request, response));
  }

  static async start(opaque = true): Promise<FakeS3> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeS3(server, opaque);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The next requests that the test means end this way, or have this happen before. */
  fault(when: (request: Request) => boolean, fault: Fault | (() => void), times = 1): void {
    this.faults.push({ when, fault, times });
  }

  put(key: string, body: Buffer, more: Partial<Stored> & { checksum?: string | null } = {}): Stored {
    const { checksum = 'crc32', ...rest } = more;
    this.count += 1;
    const sum = checksum === null ? undefined : more.parts ? composite(more.parts, checksum) : (SUMS[checksum] ?? crc32Of)(body);
    const stored: Stored = {
      versionId: `version-${this.count}`,
      body,
      etag: `"${this.opaque ? md5(Buffer.from(`${this.endpoint} ${this.count}`)) : md5(body)}"`,
      ...rest,
      headers: {
        ...(sum === undefined
          ? {}
          : { [`x-amz-checksum-${checksum}`]: sum, 'x-amz-checksum-type': more.parts ? 'COMPOSITE' : 'FULL_OBJECT' }),
        ...rest.headers,
      },
    };
    this.objects.set(key, [stored, ...this.versions(key)]);
    return stored;
  }

  versions(key: string): Stored[] {
    return this.objects.get(key) ?? [];
  }

  sent(method: string): Request[] {
    return this.requests.filter((request) => request.method === method);
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(`http://host${message.url}`);
    const [, , ...path] = (message.url ?? '').split('?')[0]?.split('/') ?? [];
    const headers = message.headers as Headers;
    const request = { method: message.method ?? '', key: decodeURIComponent(path.join('/')), query: url.searchParams, headers };
    this.requests.push(request);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) {
        chunks.push(chunk as Buffer);
      }
    } catch {
      return;
    }
    const planned = this.faults.find(({ when, times }) => times > 0 && when(request));
    if (planned !== undefined) {
      planned.times -= 1;
    }
    const fault = planned?.fault;
    if (fault === 'reset') {
      message.socket.destroy();
      return;
    }
    try {
      if (typeof fault === 'function') {
        fault();
      } else if (typeof fault === 'object' && 'body' in fault) {
        response.end(fault.body);
        return;
      } else if (typeof fault === 'object') {
        throw new Refused(fault.status, fault.code);
      }
      const answer = this.answer(request, Buffer.concat(chunks));
      if (fault === 'lose the answer') {
        message.socket.destroy();
        return;
      }
      const body = answer.body ?? Buffer.alloc(0);
      response.writeHead(answer.status ?? 200, { 'content-length': String(body.length), ...answer.headers });
      if (fault === 'cut the body') {
        response.write(body.subarray(0, body.length / 2), () => message.socket.destroy());
        return;
      }
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      const { status, code, message: text } = error instanceof Refused ? error : new Refused(500, `Broken: ${String(error)}`);
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(request.method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>${text}</Message></Error>`);
    }
  }

  private answer(request: Request, raw: Buffer): { status?: number; headers?: Headers; body?: Buffer } {
    const { method, key, query, headers } = request;
    const uploadId = query.get('uploadId');
    const xml = (body: string) => ({
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from(`<?xml version="1.0"?>${body}`),
    });
    if (query.has('tagging')) {
      if (!this.tagsReadable) {
        throw new Refused(403, 'AccessDenied');
      }
      const tags = Object.entries(this.find(key, query).tags ?? {});
      return xml(
        `<Tagging><TagSet>${tags.map(([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`).join('')}</TagSet></Tagging>`,
      );
    }
    if (query.has('uploads')) {
      this.count += 1;
      this.uploads.set(`upload-${this.count}`, { key, headers: kept(headers, true), parts: new Map() });
      return xml(`<InitiateMultipartUploadResult><UploadId>upload-${this.count}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== null) {
      const upload = this.uploads.get(uploadId);
      if (upload?.key !== key) {
        throw new Refused(404, 'NoSuchUpload');
      }
      return this.inParts(uploadId, upload, request, raw);
    }
    if (method === 'PUT') {
      const body = received(headers, raw);
      this.check(key, headers);
      const { versionId, etag } = this.put(key, body, { checksum: null, ...described(headers, body) });
      return { headers: { etag, 'x-amz-version-id': versionId } };
    }
    return this.read(request, this.find(key, query));
  }

  private read({ query, headers }: Request, stored: Stored): { status?: number; headers: Headers; body: Buffer } {
    if (stored.archived && headers['range'] === undefined && this.requests.at(-1)?.method === 'GET') {
      throw new Refused(403, 'InvalidObjectState');
    }
    const sums = Object.entries(stored.headers).filter(([name]) => name.startsWith('x-amz-checksum'));
    const others = Object.fromEntries(Object.entries(stored.headers).filter(([name]) => !name.startsWith('x-amz-checksum')));
    const common: Headers = {
      ...others,
      etag: stored.etag,
      'x-amz-version-id': stored.versionId,
      'last-modified': 'Mon, 02 Nov 2026 10:00:00 GMT',
      ...(stored.tags === undefined || !this.tagsReadable
        ? {}
        : { 'x-amz-tagging-count': String(Object.keys(stored.tags).length) }),
    };
    const number = query.get('partNumber');
    if (number !== null) {
      const part = stored.parts?.[Number(number) - 1] ?? Buffer.alloc(0);
      const name = sums[0]?.[0] ?? '';
      const sum = SUMS[name.replace('x-amz-checksum-', '')] ?? crc32Of;
      return { status: 206, headers: { ...common, ...(name === '' ? {} : { [name]: sum(part) }) }, body: part };
    }
    const range = /bytes=(\d+)-(\d+)/.exec(headers['range'] ?? '');
    if (range !== null) {
      return { status: 206, headers: common, body: stored.body.subarray(Number(range[1]), Number(range[2]) + 1) };
    }
    const shown = headers['x-amz-checksum-mode'] === 'ENABLED' ? Object.fromEntries(sums) : {};
    return { headers: { ...common, ...shown, 'content-length': String(stored.body.length) }, body: stored.body };
  }

  private inParts(id: string, upload: Upload, { method, key, query, headers }: Request, raw: Buffer) {
    const xml = (body: string) => ({
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from(`<?xml version="1.0"?>${body}`),
    });
    if (method === 'PUT') {
      const body = received(headers, raw);
      upload.parts.set(Number(query.get('partNumber')), body);
      return { headers: { etag: `"${md5(body)}"`, 'x-amz-checksum-crc32': crc32Of(body) } };
    }
    if (method === 'DELETE') {
      this.uploads.delete(id);
      return { status: 204 };
    }
    const numbers = [...upload.parts.keys()].toSorted((a, b) => a - b);
    if (method === 'GET') {
      // One part a page.
      const next = numbers.find((number) => number > Number(query.get('part-number-marker') ?? 0));
      const body = next === undefined ? undefined : upload.parts.get(next);
      const part =
        body &&
        `<Part><PartNumber>${next}</PartNumber><ETag>"${md5(body)}"</ETag><Size>${body.length}</Size><ChecksumCRC32>${crc32Of(body)}</ChecksumCRC32></Part>`;
      const more = next !== undefined && next !== numbers.at(-1);
      return xml(
        `<ListPartsResult>${part ?? ''}<NextPartNumberMarker>${next ?? 0}</NextPartNumberMarker><IsTruncated>${more}</IsTruncated></ListPartsResult>`,
      );
    }
    const asked = [...raw.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
    if (asked.join() !== numbers.join()) {
      throw new Refused(400, 'InvalidPart');
    }
    const bodies = numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0));
    const whole = Buffer.concat(bodies);
    if (headers['x-amz-checksum-crc32'] !== undefined && headers['x-amz-checksum-crc32'] !== crc32Of(whole)) {
      throw new Refused(400, 'BadDigest');
    }
    if (headers['x-amz-mp-object-size'] !== String(whole.length)) {
      throw new Refused(400, 'InvalidRequest');
    }
    this.check(key, headers);
    this.uploads.delete(id);
    const isComposite = headers['x-amz-checksum-type'] === 'COMPOSITE';
    const { tags, headers: about } = described(upload.headers, whole);
    const stored = this.put(key, whole, { headers: about, ...(tags && { tags }), ...(isComposite && { parts: bodies }) });
    return xml(
      `<CompleteMultipartUploadResult><ETag>${stored.etag}</ETag><ChecksumCRC32>${stored.headers['x-amz-checksum-crc32']}</ChecksumCRC32></CompleteMultipartUploadResult>`,
    );
  }

  private find(key: string, query: URLSearchParams): Stored {
    const versionId = query.get('versionId');
    const [current] = this.versions(key);
    const stored = versionId === null ? current : this.versions(key).find((version) => version.versionId === versionId);
    if (stored === undefined || stored.deleted) {
      throw new Refused(404, versionId === null ? 'NoSuchKey' : 'NoSuchVersion');
    }
    return stored;
  }

  private check(key: string, headers: Headers): void {
    const [current] = this.versions(key);
    const there = current !== undefined && !current.deleted;
    if (headers['if-none-match'] === '*' && there) {
      throw new Refused(412, 'PreconditionFailed');
    }
    if (headers['if-match'] !== undefined) {
      if (!there) {
        throw new Refused(404, 'NoSuchKey');
      }
      if (headers['if-match'] !== current.etag) {
        throw new Refused(412, 'PreconditionFailed');
      }
    }
    if (headers['if-match'] === undefined && headers['if-none-match'] === undefined) {
      throw new Refused(400, 'Unconditional');
    }
  }
}

function kept(headers: Headers, all = false): Headers {
  const names = all ? /./ : KEPT;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.test(name)));
}

function described(headers: Headers, body: Buffer): Pick<Stored, 'headers' | 'tags'> {
  const sums = Object.entries(headers).filter(([name]) => /^x-amz-checksum-(crc32|sha256)$/.test(name));
  const tagging = headers['x-amz-tagging'];
  const { 'content-encoding': encoding, ...about } = kept(headers);
  const own = encoding
    ?.split(',')
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
  return {
    headers: {
      ...about,
      ...(own ? { 'content-encoding': own } : {}),
      ...(headers['x-amz-trailer'] === undefined ? Object.fromEntries(sums) : { 'x-amz-checksum-crc32': crc32Of(body) }),
      'x-amz-checksum-type': 'FULL_OBJECT',
      ...(headers['x-amz-storage-class'] === undefined ? {} : { 'x-amz-storage-class': headers['x-amz-storage-class'] }),
    },
    ...(tagging === undefined ? {} : { tags: Object.fromEntries(new URLSearchParams(tagging)) }),
  };
}

/** The body without its chunks, if its checksum is right. There has to be one. */
function received(headers: Headers, raw: Buffer): Buffer {
  const trailer = headers['x-amz-trailer'];
  let body = raw;
  let given = Object.entries(headers).find(([name]) => /^x-amz-checksum-(crc32|sha256)$/.test(name));
  if (trailer !== undefined) {
    const parts: Buffer[] = [];
    let at = 0;
    for (;;) {
      const line = raw.indexOf('\r\n', at);
      const size = Number.parseInt(raw.subarray(at, line).toString(), 16);
      if (size === 0) {
        const [name = '', value = ''] = raw
          .subarray(line + 2)
          .toString()
          .trim()
          .split(/:(.*)/);
        given = [name, value];
        break;
      }
      // Only the last one may be smaller.
      if ((parts.at(-1)?.length ?? 8192) < 8192) {
        throw new Refused(400, 'InvalidChunkSizeError');
      }
      parts.push(raw.subarray(line + 2, line + 2 + size));
      at = line + 2 + size + 2;
    }
    body = Buffer.concat(parts);
  }
  const length = headers['x-amz-decoded-content-length'] ?? headers['content-length'];
  if (String(body.length) !== length) {
    throw new Refused(400, 'IncompleteBody');
  }
  if (given === undefined || SUMS[given[0].replace('x-amz-checksum-', '')]?.(body) !== given[1]) {
    throw new Refused(400, 'BadDigest');
  }
  return body;
}
