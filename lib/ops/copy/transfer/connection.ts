import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Sha256 } from '@smithy/core/checksum';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { SignatureV4 } from '@smithy/signature-v4';
import { type Dispatcher, Pool } from 'undici';
import { ForeignAnswer } from '../../../aws/foreign-answer';
import { endWhenTooSlow, RequestHandler, TIMEOUTS, type Timeouts } from '../../../aws/request-handler';
import { PROGRAM } from '../../../config/program';
import { type Received, type Receiver, received } from './receive';

/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** A request for one object. */
export interface ObjectRequest {
  readonly method: 'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT';
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as they are. A stream without `content-length` is sent in chunks. */
  readonly headers?: Headers;
  /** Not signed unless the headers have its hash: S3 compares it with the checksum among the headers. @default - none */
  readonly body?: Buffer | Readable;
  readonly signal?: AbortSignal;
  /** An interruption waits some time for its answer, which says what has to be remembered. @default false */
  readonly uninterrupted?: true;
}

export interface Answer {
  readonly headers: Headers;
  /** To be read to its end or destroyed: the connection is kept until then. */
  readonly body: Readable;
}

/** As many as a client of the SDK opens to one host. */
const SOCKETS = 50;

/** Milliseconds that the clock of this machine may be wrong: S3 refuses 15 minutes, and the SDK corrects 4. */
const SKEW = 240_000;

/** Milliseconds for which an interruption waits for an answer: within the five seconds in which a command ends. */
const PATIENCE = 2000;

/** Most bytes that are given to a socket at once: the time in which an answer must begin starts anew with each. */
const SLICE = 256 * 1024;

/** SHA-256 of nothing. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Where requests for a bucket go, and what they are signed for. */
interface Endpoint {
  readonly url: URL;
  readonly region: string;
  /** Name of the service in the signature. */
  readonly service: string;
  readonly headers: Headers;
}

/** Has the SDK's rules say where requests for a bucket go: they know partitions, FIPS, dual-stack, path style and configured endpoints. */
export async function endpointOf({ config }: S3Client, bucket: string): Promise<Endpoint> {
  const { url, headers = {}, properties } = await getEndpointFromInstructions({ Bucket: bucket }, HeadObjectCommand, config);
  const schemes = (properties?.['authSchemes'] ?? []) as { name: string; signingRegion?: string; signingName?: string }[];
  const scheme = schemes.find(({ name }) => name === 'sigv4');
  return {
    url,
    region: scheme?.signingRegion ?? (await config.region()),
    service: scheme?.signingName ?? 's3',
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name.toLowerCase(), values.join(',')])),
  };
}

/**
 * Sends signed requests with the endpoint and the credentials of a client of the SDK, without the client itself, which takes more time
 * than everything else about a small object. It repeats nothing by itself, but for a clock that is wrong.
 */
export class Connection {
  private readonly patience: AbortSignal;
  private ready: Promise<Prepared> | undefined;

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    /** Account that must own the bucket. */
    private readonly owner?: string,
    /** Aborted when the person interrupts: it ends every request. */
    private readonly interruption = new AbortController().signal,
    private readonly timeouts = timeoutsOf(s3),
  ) {
    this.patience = later(interruption, PATIENCE);
    // Every request that is under way listens.
    setMaxListeners(0, interruption, this.patience);
  }

  /**
   * Sends a request whose answer is read as a stream.
   *
   * @throws S3Error for every answer but success, ForeignAnswer when S3 did not answer, and whatever the network throws
   */
  async send(request: ObjectRequest): Promise<Answer> {
    return await this.tried(request, async ({ pool, endpoint }, sent) => {
      const { method } = request;
      const answer = await pool.request({ ...sent, signal: this.signalOf(request) });
      // An answer that is destroyed, or that nobody reads yet, fails without anybody who listens.
      const body = answer.body.on('error', () => undefined);
      const foreign = ForeignAnswer.in(answer, endpoint.url.host, { signed: true, withContent: false });
      if (foreign !== undefined) {
        body.destroy();
        throw foreign;
      }
      if (method !== 'POST') {
        endWhenTooSlow(body, this.timeouts);
      }
      const headers = joined(answer.headers);
      if (answer.statusCode >= 300) {
        throw errorOf(answer.statusCode, headers, await textOf({ body }));
      }
      return { headers, body };
    });
  }

  /**
   * Sends a request whose answer is received into memory, with less work than a stream takes.
   *
   * @param place says where the body goes, from the headers; undefined gives it up. What it throws, this throws. @default - a buffer of its own
   * @throws as `send`, and Error for a body that is not as long as its place
   */
  async receive(request: ObjectRequest, place?: (headers: Headers) => Buffer | undefined): Promise<Received> {
    const { method } = request;
    return await this.tried(request, async ({ pool, endpoint }, sent) => {
      let isError = false;
      const receiver: Receiver = {
        begin: (statusCode, all) => {
          const foreign = ForeignAnswer.in({ statusCode, headers: all }, endpoint.url.host, { signed: true, withContent: false });
          if (foreign !== undefined) {
            throw foreign;
          }
          const headers = joined(all);
          isError = statusCode >= 300;
          return { headers, place: isError || place === undefined ? 'own' : place(headers) };
        },
        signal: this.signalOf(request),
        timeouts: method === 'POST' ? undefined : this.timeouts,
      };
      const { statusCode, ...answer } = await received(pool, sent, receiver);
      if (isError) {
        throw errorOf(statusCode, answer.headers, answer.body.toString('utf8'));
      }
      return answer;
    });
  }

  /** Signs a request and sends it, twice where S3 says that the clock of this machine is wrong. */
  private async tried<Result>(
    request: ObjectRequest,
    exchange: (prepared: Prepared, sent: Dispatcher.RequestOptions) => Promise<Result>,
  ): Promise<Result> {
    this.ready ??= this.prepare().catch((error: unknown) => {
      this.ready = undefined;
      throw error;
    });
    const prepared = await this.ready;
    const { method, body: content = null } = request;
    for (let attempt = 0; ; attempt += 1) {
      const offset = this.s3.config.systemClockOffset;
      const signed = await this.signed(request, prepared, offset);
      const body = Buffer.isBuffer(content) && content.length > SLICE ? Readable.from(slices(content)) : content;
      try {
        // Without `reset`, a HEAD request would close its connection.
        return await exchange(prepared, { method, ...signed, body, reset: false });
      } catch (error) {
        const again = content === null || Buffer.isBuffer(content);
        if (!(error instanceof S3Error && (await this.learnsTime(error, offset))) || attempt > 0 || !again) {
          throw error;
        }
      }
    }
  }

  private signalOf({ signal, uninterrupted }: ObjectRequest): AbortSignal {
    const end = uninterrupted === true ? this.patience : this.interruption;
    return signal === undefined ? end : AbortSignal.any([end, signal]);
  }

  private async signed(
    { method, key, query = {}, headers = {}, body }: ObjectRequest,
    { endpoint: { url, headers: more }, signer }: Prepared,
    offset: number,
  ): Promise<{ path: string; headers: Record<string, string> }> {
    const path = `${url.pathname === '/' ? '' : url.pathname}/${key.split('/').map(escapeUri).join('/')}`;
    const { headers: signed } = await signer.sign(
      {
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path,
        query: { ...query },
        headers: {
          'x-amz-content-sha256': body === undefined ? EMPTY : 'UNSIGNED-PAYLOAD',
          ...headers,
          ...more,
          ...(Buffer.isBuffer(body) ? { 'content-length': String(body.length) } : {}),
        },
      },
      { signingDate: new Date(Date.now() + offset) },
    );
    const parameters = Object.entries(query).map((words) => words.map(escapeUri).join('='));
    return { path: parameters.length === 0 ? path : `${path}?${parameters.join('&')}`, headers: signed };
  }

  /** Has the client sign with the time of S3 where S3 refused that of this machine, which an answer to HEAD does not say. */
  private async learnsTime({ $metadata, headers: { date = '', age } }: S3Error, offset: number): Promise<boolean> {
    const { config } = this.s3;
    const there = Date.parse(date) - Date.now();
    const wrong = [400, 403].includes($metadata.httpStatusCode) && age === undefined && Math.abs(there - offset) >= SKEW;
    if (!wrong || (await config.disableClockSkewCorrection())) {
      return false;
    }
    config.systemClockOffset = there;
    return true;
  }

  private async prepare(): Promise<Prepared> {
    const endpoint = await endpointOf(this.s3, this.bucket);
    const { region, service, url } = endpoint;
    const own = {
      host: url.host,
      'user-agent': PROGRAM,
      ...(this.owner === undefined ? {} : { 'x-amz-expected-bucket-owner': this.owner }),
    };
    // S3 signs paths as they are sent.
    const options = { uriEscapePath: false, applyChecksum: false };
    // S3 takes minutes to complete an upload, and sends blanks meanwhile.
    const { connect: timeout, firstByte: headersTimeout, idle: bodyTimeout } = this.timeouts;
    return {
      endpoint: { ...endpoint, headers: { ...endpoint.headers, ...own } },
      signer: new SignatureV4({ credentials: this.s3.config.credentials, region, service, sha256: Sha256, ...options }),
      pool: new Pool(url.origin, { connections: SOCKETS, connect: { timeout }, headersTimeout, bodyTimeout }),
    };
  }
}

/** What every request for the bucket is sent with. */
interface Prepared {
  readonly endpoint: Endpoint;
  readonly signer: SignatureV4;
  readonly pool: Pool;
}

function* slices(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.length; start += SLICE) {
    yield body.subarray(start, start + SLICE);
  }
}

/** A signal that is aborted so many milliseconds after another one. */
function later(signal: AbortSignal, milliseconds: number): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => controller.abort(), milliseconds).unref(), { once: true });
  return controller.signal;
}

/** Those of the client whose place this takes. */
function timeoutsOf({ config: { requestHandler } }: S3Client): Timeouts {
  return requestHandler instanceof RequestHandler ? requestHandler.timeouts : TIMEOUTS;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Has a header that came more than once as one: only those have arrays. */
function joined(headers: Record<string, string | string[] | undefined>): Headers {
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') {
      headers[name] = [value].flat().join(', ');
    }
  }
  return headers as Headers;
}

/** Reads a short body. */
export async function textOf({ body }: Pick<Answer, 'body'>): Promise<string> {
  const chunks: Buffer[] = [];
  await consumed(body, (chunk) => {
    chunks.push(chunk);
  });
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads a body chunk by chunk. Less work than iteration, which makes promises for every chunk. */
export async function consumed(body: Readable, take: (chunk: Buffer) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    body.on('data', take).once('end', resolve).once('error', reject);
  });
}

/** An answer of S3 that is none of success, in the form of the SDK's errors: the code of S3 is the name. */
export class S3Error extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(
    code: string,
    message: string,
    status: number,
    readonly headers: Headers = {},
  ) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
  }
}

/** Codes of answers without a body, which HEAD requests get. */
const BY_STATUS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  307: 'TemporaryRedirect',
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  412: 'PreconditionFailed',
  503: 'SlowDown',
};

function errorOf(status: number, headers: Headers, xml: string): S3Error {
  // The header comes with redirections.
  const region = status < 400 ? headers['x-amz-bucket-region'] : undefined;
  return s3Error(status, xml, `S3 answered ${status}${region === undefined ? '' : `: the bucket is in ${region}`}`, headers);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function s3Error(status: number, xml: string, otherwise = `S3 answered ${status}`, headers: Headers = {}): S3Error {
  const code = xmlText(xml, 'Code') ?? BY_STATUS[status] ?? 'Unknown';
  return new S3Error(code, xmlText(xml, 'Message') ?? otherwise, status, headers);
}

/** Text of the first element of this name. */
export function xmlText(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(xml)?.[1]
    ?.replace(/&(lt|gt|quot|apos|amp|#(\d+)|#x([\da-f]+));/gi, (_, entity: string, decimal?: string, hex?: string) => {
      const point = decimal ?? (hex === undefined ? undefined : String(Number.parseInt(hex, 16)));
      return point === undefined ? (ENTITIES[entity] ?? '') : String.fromCodePoint(Number(point));
    });
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
