import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StoredBucket } from './bucket';
import { cut, drip, type Fault, Faults, type Outcome } from './faults';
import { PAGE } from './listing';
import { type Answer, type Bucket, empty, Request, S3Error, xml } from './protocol';
import type { Headers, Stored, Version } from './version';

/** What answers before the buckets do. */
export interface Elsewhere {
  /** Undefined for what the buckets answer. */
  readonly answer: (request: Request) => Answer | undefined;
  /** An error in the protocol of the service that the request is for. */
  readonly refusal: (error: S3Error, request: Request) => Answer;
}

/** S3 on loopback: over HTTP, so that the SDK signs, retries and parses as it does with S3. */
export class FakeS3 {
  readonly buckets = new Map<string, StoredBucket>();
  /** Every request, those with a fault too. */
  readonly requests: Request[] = [];
  /** Most entries in a page of a listing. */
  pageSize = PAGE;
  /** Others at the same address, by the access key id of what is for them. */
  readonly neighbours = new Map<string, FakeS3>();
  private readonly sockets = new Set<Socket>();
  private readonly faults = new Faults();
  private server: Server | undefined;

  /**
   * @param other finds buckets that tests did not make
   * @param elsewhere answers in place of the buckets, for other services too
   */
  constructor(
    private readonly other: (name: string) => Bucket | undefined = () => undefined,
    private readonly elsewhere: Elsewhere = { answer: () => undefined, refusal: ({ answer }) => answer },
  ) {}

  get endpoint(): string {
    const address = this.server?.address() as AddressInfo | undefined;
    return `http://127.0.0.1:${address?.port}`;
  }

  /** Requests that change something, as `PUT bucket/key` or `POST bucket?delete`. */
  get changes(): string[] {
    return this.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method)).map(({ line }) => line);
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.serve(request, response));
    // A connection that ends while it is used again looks like a failure of S3.
    server.keepAliveTimeout = 0;
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

  /** Ends every connection of what it was asked, after what clients had sent when they ended has arrived. */
  async disconnect(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) {
      await new Promise((done) => setImmediate(done));
    }
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** Has the next requests that the test means end this way. */
  fault(when: (request: Request) => boolean, outcome: Outcome, times = 1): void {
    this.faults.add(when, outcome, times);
  }

  /** Ends all faults. */
  heal(): void {
    this.faults.clear();
  }

  /** The bucket of a name, which is there from now on. */
  bucket(name: string): StoredBucket {
    return this.buckets.get(name) ?? this.make(name);
  }

  make(name: string, made?: string, tagging = ''): StoredBucket {
    const bucket = new StoredBucket(name, made);
    bucket.tagging = tagging;
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Adds a version, the newest of its key. */
  put(bucket: string, key: string, more: Partial<Stored> & { readonly checksum?: string | null } = {}): Version {
    const content = more.isDeleteMarker === true ? '' : `content of ${key}`;
    return this.bucket(bucket).put(key, more.body ?? Buffer.from(content), more);
  }

  /** Has these versions in a bucket, and no others. */
  fill(bucket: string, versions: readonly Stored[]): void {
    this.bucket(bucket).fill(versions);
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = new Request(message.method ?? '', message.url ?? '/', message.headers as Headers);
    await (this.neighbours.get(request.signed.accessKeyId) ?? this).receive(request, message, response);
  }

  private async receive(request: Request, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = message;
    if (!this.sockets.has(socket)) {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    }
    this.requests.push(request);
    try {
      request.body = await bodyOf(message);
    } catch {
      // The client is gone.
      return;
    }
    const outcome = chosen(this.faults.next(request));
    if (outcome === 'hang') {
      return;
    }
    if (outcome === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    const { status, headers: own, body } = this.answerWith(request, outcome);
    const headers = typeof outcome === 'object' && 'foreign' in outcome ? own : { 'x-amz-request-id': 'R', ...own };
    if (outcome === 'lose the answer') {
      socket.destroy();
      return;
    }
    if (request.method === 'HEAD') {
      response.writeHead(status, headers).end();
      return;
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    response.writeHead(status, { 'content-length': String(bytes.length), ...headers });
    if (outcome === 'cut the body') {
      cut(response, bytes);
    } else if (typeof outcome === 'object' && 'drip' in outcome) {
      await drip(response, bytes, outcome.drip);
    } else {
      response.end(bytes);
    }
  }

  private answerWith(request: Request, outcome: Fault | undefined): Answer {
    if (typeof outcome === 'object' && 'code' in outcome) {
      return this.elsewhere.refusal(new S3Error(outcome.status, outcome.code, outcome.message), request);
    } else if (typeof outcome === 'object' && 'body' in outcome) {
      return { status: outcome.status ?? 200, headers: { ...outcome.headers }, body: outcome.body };
    } else if (typeof outcome === 'object' && 'change' in outcome) {
      return outcome.change(this.answer(request));
    } else if (typeof outcome === 'object' && 'keeps' in outcome) {
      return this.answer(request, outcome.keeps);
    }
    return this.answer(request);
  }

  private answer(request: Request, keeps?: (version: Version) => Stored | undefined): Answer {
    const { operation, bucket: name, query } = request;
    try {
      const answer = this.elsewhere.answer(request);
      if (answer !== undefined) {
        return answer;
      }
      if (operation === 'ListBuckets') {
        return this.list(query.get('prefix') ?? '');
      }
      if (operation === 'CreateBucket') {
        this.make(name).versioning = 'never';
        return empty();
      }
      const bucket = this.buckets.get(name) ?? this.other(name);
      if (bucket === undefined) {
        throw new S3Error(404, 'NoSuchBucket');
      }
      if (operation === 'DeleteBucket') {
        if (this.bucket(name).versions().length > 0) {
          throw new S3Error(409, 'BucketNotEmpty');
        }
        this.buckets.delete(name);
        return empty(204);
      }
      return bucket.answer(request, { pageSize: this.pageSize, ...(keeps !== undefined && { keeps }) });
    } catch (error) {
      return (error instanceof S3Error ? error : new S3Error(500, 'Broken', String(error))).answer;
    }
  }

  private list(prefix: string): Answer {
    const rows = [...this.buckets.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, made }) => `<Bucket><Name>${name}</Name><CreationDate>${made}</CreationDate></Bucket>`);
    return xml(`<ListAllMyBucketsResult><Buckets>${rows.join('')}</Buckets></ListAllMyBucketsResult>`);
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Of what has no body, to wait for its end would take longer than everything else.
  if (message.headers['content-length'] === '0' || message.method === 'GET' || message.method === 'HEAD') {
    message.resume();
    return Buffer.alloc(0);
  }
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function chosen(outcome: Outcome | undefined): Fault | undefined {
  if (typeof outcome === 'function') {
    outcome();
    return undefined;
  }
  return typeof outcome === 'object' && 'choose' in outcome ? outcome.choose() : outcome;
}
