import type { Headers, Stored, Version } from './version';

/** Operations by method, by what the path names, and by the parameter of the query that tells them apart. */
const OPERATIONS = {
  'GET service': 'ListBuckets',
  'HEAD bucket': 'HeadBucket',
  'PUT bucket': 'CreateBucket',
  'DELETE bucket': 'DeleteBucket',
  'GET bucket?versions': 'ListObjectVersions',
  'GET bucket?list-type': 'ListObjectsV2',
  'GET bucket?uploads': 'ListMultipartUploads',
  'POST bucket?delete': 'DeleteObjects',
  'GET bucket?tagging': 'GetBucketTagging',
  'PUT bucket?tagging': 'PutBucketTagging',
  'PUT bucket?encryption': 'PutBucketEncryption',
  'GET bucket?versioning': 'GetBucketVersioning',
  'GET bucket?location': 'GetBucketLocation',
  'GET bucket?replication': 'GetBucketReplication',
  'PUT bucket?replication': 'PutBucketReplication',
  'DELETE bucket?replication': 'DeleteBucketReplication',
  'PUT bucket?notification': 'PutBucketNotification',
  'GET bucket?inventory': 'GetBucketInventoryConfiguration',
  'PUT bucket?inventory': 'PutBucketInventoryConfiguration',
  'DELETE bucket?inventory': 'DeleteBucketInventoryConfiguration',
  'GET bucket?ownershipControls': 'GetBucketOwnershipControls',
  'GET bucket?encryption': 'GetBucketEncryption',
  'GET bucket?lifecycle': 'GetBucketLifecycleConfiguration',
  'GET bucket?notification': 'GetBucketNotificationConfiguration',
  'GET bucket?object-lock': 'GetObjectLockConfiguration',
  'GET bucket?policy': 'GetBucketPolicy',
  'GET bucket?requestPayment': 'GetBucketRequestPayment',
  'GET bucket?publicAccessBlock': 'GetPublicAccessBlock',
  'HEAD object': 'HeadObject',
  'GET object': 'GetObject',
  'PUT object': 'PutObject',
  'DELETE object': 'DeleteObject',
  'GET object?tagging': 'GetObjectTagging',
  'POST object?restore': 'RestoreObject',
  'POST object?uploads': 'CreateMultipartUpload',
  'PUT object?uploadId': 'UploadPart',
  'GET object?uploadId': 'ListParts',
  'POST object?uploadId': 'CompleteMultipartUpload',
  'DELETE object?uploadId': 'AbortMultipartUpload',
} as const;

export type Operation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

const SUBRESOURCES = [...new Set(Object.keys(OPERATIONS).flatMap((each) => each.split('?')[1] ?? []))];

/** An address that is no emulator's, for who has it resolve to this machine: a bucket is then part of the host's name, as with S3. */
export const AWS_HOST = 'aws.test';

/** One request, as it arrived. */
export class Request {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  /** Undefined for what S3 may know, and this S3 does not. */
  readonly operation: Operation | undefined;
  /** What signed it: access key id, Region, and name of the service; empty for what is not signed. */
  readonly signed: { readonly accessKeyId: string; readonly region: string; readonly service: string };
  /** Such as `HEAD bucket/key` or `POST bucket?delete`; no other parameters. */
  readonly line: string;
  body: Buffer = Buffer.alloc(0);

  constructor(
    method: string,
    url: string,
    readonly headers: Headers,
  ) {
    const [path = '', query = ''] = url.split('?');
    const [host = ''] = (headers['host'] ?? '').split(':');
    const named = host.endsWith(`.${AWS_HOST}`) ? host.slice(0, -AWS_HOST.length - 1) : undefined;
    const [, bucket = '', ...words] = (named === undefined ? path : `/${named}${path}`).split('/');
    const scope = /Credential=([^/]*)\/\d+\/([^/]*)\/([^/]*)\//.exec(headers['authorization'] ?? '') ?? [];
    this.signed = { accessKeyId: scope[1] ?? '', region: scope[2] ?? '', service: scope[3] ?? '' };
    this.method = method;
    this.path = path;
    this.bucket = bucket;
    this.key = decodeURIComponent(words.join('/'));
    this.query = new URLSearchParams(query);
    const name = SUBRESOURCES.find((each) => this.query.has(each));
    const subresource = name === undefined ? '' : `?${name}`;
    const level = bucket === '' ? 'service' : this.key === '' ? 'bucket' : 'object';
    this.operation = OPERATIONS[`${method} ${level}${subresource}` as keyof typeof OPERATIONS];
    this.line = `${method} ${bucket}${this.key === '' ? '' : `/${this.key}`}${subresource}`;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer | string;
}

/** What a server asks of a bucket beside the request. */
export interface Conditions {
  /** Most entries in a page of a listing. */
  readonly pageSize: number;
  /** Changes what is written, or loses it. */
  readonly keeps?: (version: Version) => Stored | undefined;
}

/** Answers the requests that name it. */
export interface Bucket {
  /** @throws S3Error for what S3 refuses */
  answer(request: Request, conditions: Conditions): Answer;
}

/** An error that S3 answers with. */
export class S3Error extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message = `${code} says the server`,
  ) {
    super(message);
  }

  get answer(): Answer {
    return xml(`<Error><Code>${this.code}</Code><Message>${this.message}</Message></Error>`, this.status);
  }
}

export function xml(body: string, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

export function empty(status = 200, headers: Headers = {}): Answer {
  return { status, headers, body: '' };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

export function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"'\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function unescapeXml(text: string): string {
  return text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (_, hex?: string, decimal?: string, name = '') =>
    hex === undefined && decimal === undefined
      ? (ENTITIES[name] ?? '')
      : String.fromCodePoint(Number.parseInt(hex ?? decimal ?? '', hex === undefined ? 10 : 16)),
  );
}
