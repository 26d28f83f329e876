import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { streamed } from '../../../../lib/ops/copy/transfer/body';
import { Connection, endpointOf, textOf } from '../../../../lib/ops/copy/transfer/connection';
import { computed } from '../../../../lib/ops/copy/transfer/headers';

interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the client. */
  readonly port?: number | undefined;
  body?: string;
}

const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
const KEYS = ['plain', 'a b+c', 'ü/日本/🪣', '../up', 'a/./b/..', '//two', '/leading', 'trailing/', "!'()*~@&=;:,$?#%25", 'a\tb'];

let server: Server;
let answer: Answered;
/** Undefined hangs. */
let respond: (request: Sent) => Answered | undefined;
const sent: Sent[] = [];
const clients: S3Client[] = [];
const others: Server[] = [];

beforeAll(async () => {
  server = createServer((message, response) => {
    const { method = '', url = '', headers, socket } = message;
    const request: Sent = { method, url, headers, port: socket.remotePort };
    sent.push(request);
    const chunks: Buffer[] = [];
    message.on('error', () => undefined);
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.once('end', () => {
      request.body = Buffer.concat(chunks).toString();
      const answered = respond(request);
      if (answered === undefined) {
        return;
      }
      const { status, body, headers: more = {} } = answered;
      response.writeHead(status, { 'x-amz-request-id': 'R', ...more });
      // One that promises more than it has hangs.
      const hangs = method !== 'HEAD' && Number(more['content-length'] ?? body.length) > body.length;
      if (hangs) {
        response.write(body);
      } else {
        response.end(method === 'HEAD' ? undefined : body);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  sent.length = 0;
  answer = { status: 200, body: '' };
  respond = () => answer;
});
afterAll(async () => {
  for (const made of clients) {
    made.destroy();
  }
  for (const each of [server, ...others]) {
    each.closeAllConnections();
    await new Promise((resolve) => each.close(resolve));
  }
});

/** Another server, for what this one cannot do. */
async function listening(listener: (...request: Parameters<RequestListener>) => unknown): Promise<string> {
  const other = createServer((request, response) => {
    response.setHeader('x-amz-request-id', 'R');
    void listener(request, response);
  });
  await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  others.push(other);
  return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
}

function client(more: S3ClientConfig = {}): S3Client {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = new S3Client({ region: 'eu-west-1', endpoint, forcePathStyle: true, credentials: CREDENTIALS, ...more });
  clients.push(made);
  return made;
}

type Request = Parameters<Connection['send']>[0];

/** Both ways of an answer: read as a stream, and received into memory. */
const WAYS: [string, (connection: Connection, request: Request) => Promise<{ headers: object; text: string }>][] = [
  [
    'read',
    async (connection, request) => {
      const { headers, body } = await connection.send(request);
      return { headers, text: await textOf({ body }) };
    },
  ],
  [
    'received',
    async (connection, request) => {
      const { headers, body } = await connection.receive(request);
      return { headers, text: body.toString() };
    },
  ],
];

/** Whether S3 would accept the signature of what arrived. @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
function isSigned({ method, url, headers }: Sent): boolean {
  const [, scope = '', names = '', signature] =
    /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(headers.authorization ?? '') ?? [];
  const [path = '', query = ''] = url.split('?');
  const pairs = query === '' ? [] : query.split('&').map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const lines = names.split(';').map((name) => `${name}:${String(headers[name]).replace(/ +/g, ' ').trim()}\n`);
  const canonical = [
    method,
    path,
    pairs.toSorted((a, b) => (a < b ? -1 : 1)).join('&'),
    lines.join(''),
    names,
    headers['x-amz-content-sha256'],
  ];
  const digest = createHash('sha256').update(canonical.join('\n')).digest('hex');
  const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const signingKey = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4secret');
  const toSign = `AWS4-HMAC-SHA256\n${String(headers['x-amz-date'])}\n${scope}\n${digest}`;
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
  return mustBeSigned.every((name) => names.split(';').includes(name)) && hmac(signingKey, toSign).toString('hex') === signature;
}

test.each(KEYS)('the key %j goes where the SDK sends it, under a signature that holds', async (key) => {
  const s3 = client();
  await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: key, VersionId: 'a+b/c=' }));
  await new Connection(s3, 'bucket').send({ method: 'GET', key, query: { versionId: 'a+b/c=' } });

  const [sdk, own] = sent;
  const path = sdk?.url.split('?')[0];
  expect(own?.url).toBe(`${path}?versionId=a%2Bb%2Fc%3D`);
  expect(sent.map(isSigned)).toEqual([true, true]);
});

test('a signature holds for headers and a body too', async () => {
  const headers = {
    'x-amz-meta-a': 'two  spaces',
    'content-type': 'text/plain',
    'x-amz-checksum-crc32': 'AAAA',
    'if-none-match': '*',
  };
  const connection = new Connection(client(), 'bucket', '222222222222');

  await connection.send({ method: 'PUT', key: 'a', headers, body: Buffer.from('body') });
  await connection.send({ method: 'POST', key: 'a', query: { uploads: '' }, headers });

  expect(sent[0]?.headers).toMatchObject({ ...headers, 'content-length': '4', 'x-amz-expected-bucket-owner': '222222222222' });
  expect(sent.map(isSigned)).toEqual([true, true]);
  expect(isSigned({ ...sent[0], method: 'PUT', url: '/bucket/other', headers: sent[0]?.headers ?? {} })).toBe(false);
});

test.each([
  ['eu-west-1', {}, 'https://bucket.s3.eu-west-1.amazonaws.com/a'],
  ['eu-west-1', { useDualstackEndpoint: true }, 'https://bucket.s3.dualstack.eu-west-1.amazonaws.com/a'],
  ['cn-north-1', {}, 'https://bucket.s3.cn-north-1.amazonaws.com.cn/a'],
  ['us-east-1', { useFipsEndpoint: true }, 'https://bucket.s3-fips.us-east-1.amazonaws.com/a'],
  ['us-east-1', { forcePathStyle: true }, 'https://s3.us-east-1.amazonaws.com/bucket/a'],
  ['us-east-1', { endpoint: 'https://gateway.example/base' }, 'https://bucket.gateway.example/base/a'],
])('goes to the endpoint of the SDK: %s %j', async (region, more, url) => {
  await expect(whereTo({ region, ...more }, 'bucket')).resolves.toEqual([url, url]);
});

test('a bucket whose name no certificate of S3 covers is named in the path', async () => {
  const url = 'https://s3.eu-west-1.amazonaws.com/my.bucket/a';

  await expect(whereTo({ region: 'eu-west-1' }, 'my.bucket')).resolves.toEqual([url, url]);
});

test.each(['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'])('goes to the endpoint of %s', async (variable) => {
  process.env[variable] = 'http://localhost:4566';
  try {
    const url = 'http://localhost:4566/bucket/a';
    await expect(whereTo({ region: 'eu-west-1', forcePathStyle: true }, 'bucket')).resolves.toEqual([url, url]);
  } finally {
    delete process.env[variable];
  }
});

/** Where a request goes, and where the SDK sends it. The scope of its signature is the same. */
async function whereTo(more: S3ClientConfig, bucket: string): Promise<string[]> {
  const urls: string[] = [];
  const scopes: (string | undefined)[] = [];
  const handle = async ({ protocol, hostname, port, path, headers }: WireRequest) => {
    urls.push(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}`);
    scopes.push(/Credential=\w+\/\d+\/([^,]+)/.exec(headers['authorization'] ?? '')?.[1]);
    return { response: { statusCode: 200, headers: {}, body: undefined } };
  };
  const requestHandler = { handle } as unknown as NonNullable<S3ClientConfig['requestHandler']>;
  const s3 = new S3Client({ credentials: CREDENTIALS, requestHandler, ...more });
  const { url, region, service } = await endpointOf(s3, bucket);
  await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }));
  expect(scopes).toEqual([`${region}/${service}/aws4_request`]);
  return [`${url.href.replace(/\/$/, '')}/a`, ...urls];
}

interface WireRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

test('a signature holds for a body that is sent on, and its checksum follows it', async () => {
  const connection = new Connection(client(), 'bucket');
  const { signal } = new AbortController();
  const body = () => Readable.from([Buffer.from('one'), Buffer.from('two')], { objectMode: false });
  const headers = { 'content-encoding': 'gzip', 'x-amz-meta-a': 'b', 'x-amz-tagging': 'c=d%20e' };

  const sum = await computed('CRC32C', Buffer.from('onetwo'));
  await connection.send({ method: 'PUT', key: 'a', ...streamed({ body: body(), size: 6, signal }, sum, 'CRC32', headers) });
  await connection.send({
    method: 'PUT',
    key: 'a',
    ...streamed({ body: body(), size: 6, signal }, undefined, 'CRC32C', headers),
  });

  expect(sent.map(isSigned)).toEqual([true, true]);
  expect(sent[0]?.headers).toMatchObject({ ...headers, 'content-length': '6', 'x-amz-checksum-crc32c': sum.value });
  expect(sent[0]?.body).toBe('onetwo');
  expect(sent[1]?.headers).toMatchObject({ 'content-encoding': 'gzip,aws-chunked', 'x-amz-decoded-content-length': '6' });
  expect(sent[1]?.body).toBe(`3\r\none\r\n3\r\ntwo\r\n0\r\nx-amz-checksum-crc32c:${sum.value}\r\n\r\n`);
});

test('a body that fails on its way fails the request', async () => {
  const failing = Readable.from(
    (async function* () {
      yield Buffer.alloc(100_000);
      // Once it has arrived: later, it would be taken for a request of the next test.
      while (sent.length === 0) {
        await setImmediate();
      }
      throw new Error('cut');
    })(),
    { objectMode: false },
  );

  const request = { method: 'PUT', key: 'a', headers: { 'content-length': '200000' }, body: failing } as const;
  await expect(new Connection(client(), 'bucket').send(request)).rejects.toThrow('cut');
});

test('takes new credentials when the old ones expire', async () => {
  let count = 0;
  const credentials = async () => {
    count += 1;
    return { ...CREDENTIALS, sessionToken: `token ${count}`, expiration: new Date(Date.now() + 1000) };
  };
  const connection = new Connection(client({ credentials }), 'bucket');

  await connection.send({ method: 'GET', key: 'a' });
  await connection.send({ method: 'GET', key: 'a' });

  const [before, after] = sent.map(({ headers }) => headers['x-amz-security-token']);
  expect(before).not.toBe(after);
});

describe.each(WAYS)('an answer that is %s', (_way, exchange) => {
  test.each([
    [
      400,
      '<?xml version="1.0"?><Error><Code>A.B</Code><Message>&lt;x&gt; &amp; &#252;&#x21;</Message></Error>',
      'A.B',
      '<x> & ü!',
    ],
    [404, '', 'NotFound', 'S3 answered 404'],
    [405, '', 'MethodNotAllowed', 'S3 answered 405'],
    [418, 'no XML', 'Unknown', 'S3 answered 418'],
  ])('answers that are none of success are errors like those of the SDK: %d', async (status, body, name, message) => {
    answer = { status, body };

    await expect(exchange(new Connection(client(), 'bucket'), { method: 'GET', key: 'a' })).rejects.toMatchObject({
      name,
      message,
      $metadata: { httpStatusCode: status },
    });
  });

  test.each([
    [301, 'PermanentRedirect'],
    [307, 'TemporaryRedirect'],
  ])('a bucket of another Region is named as such: %d', async (status, name) => {
    answer = { status, body: '', headers: { 'x-amz-bucket-region': 'us-west-2' } };

    await expect(exchange(new Connection(client(), 'bucket'), { method: 'HEAD', key: 'a' })).rejects.toMatchObject({
      name,
      message: `S3 answered ${status}: the bucket is in us-west-2`,
    });
  });

  describe('a clock that is wrong by an hour', () => {
    const HOUR = 3_600_000;
    const SKEWED = '<Error><Code>RequestTimeTooSkewed</Code><Message>too large</Message></Error>';
    /** As S3: it compares with its own time, and says that time. */
    function wrongClock() {
      const now = () => Date.now() + HOUR;
      respond = ({ headers }) => {
        const date = String(headers['x-amz-date']).replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z');
        const isNow = Math.abs(Date.parse(date) - now()) < 900_000;
        return { ...(isNow ? answer : { status: 403, body: SKEWED }), headers: { date: new Date(now()).toUTCString() } };
      };
    }

    test.each(['GET', 'HEAD', 'PUT'] as const)(
      'is corrected by the time of S3, and the request is sent again: %s',
      async (method) => {
        wrongClock();
        const s3 = client();
        const connection = new Connection(s3, 'bucket');
        const request = { method, key: 'a', ...(method === 'PUT' ? { body: Buffer.from('body') } : {}) } as const;

        await exchange(connection, request);
        await exchange(connection, request);

        expect(sent).toHaveLength(3);
        expect(sent.map(isSigned)).toEqual([true, true, true]);
        expect(Math.abs(s3.config.systemClockOffset - HOUR)).toBeLessThan(60_000);
      },
    );

    test('is corrected for what comes after a body that cannot be sent twice', async () => {
      wrongClock();
      const connection = new Connection(client(), 'bucket');
      const stream = () =>
        ({ method: 'PUT', key: 'a', headers: { 'content-length': '4' }, body: Readable.from(['body']) }) as const;

      await expect(exchange(connection, stream())).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
      await exchange(connection, stream());

      expect(sent).toHaveLength(2);
    });

    test('stays wrong where the client is told to leave it, and where it is not the reason', async () => {
      wrongClock();
      const stubborn = new Connection(client({ disableClockSkewCorrection: true }), 'bucket');
      await expect(exchange(stubborn, { method: 'GET', key: 'a' })).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
      respond = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' });
      await expect(exchange(new Connection(client(), 'bucket'), { method: 'GET', key: 'a' })).rejects.toMatchObject({
        name: 'AccessDenied',
      });

      expect(sent).toHaveLength(2);
    });
  });

  test('connections are used again, after HEAD too', async () => {
    const connection = new Connection(client(), 'bucket');
    const ports = new Set<number | undefined>();
    respond = ({ port }) => {
      ports.add(port);
      return answer;
    };
    for (const method of ['GET', 'HEAD', 'PUT', 'HEAD', 'GET', 'HEAD', 'HEAD', 'PUT'] as const) {
      await exchange(connection, { method, key: 'a', ...(method === 'PUT' ? { body: Buffer.from('body') } : {}) });
    }

    // A connection is free a moment after its answer has ended.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test('no more connections are opened than by a client of the SDK', async () => {
    const connection = new Connection(client(), 'bucket');
    const ports = new Set<number | undefined>();
    respond = ({ port }) => {
      ports.add(port);
      return answer;
    };

    await Promise.all(Array.from({ length: 200 }, () => exchange(connection, { method: 'GET', key: 'a' })));

    expect(ports.size).toBeLessThanOrEqual(50);
  });

  test('headers are sent and read as they are, those of Latin-1 too', async () => {
    const headers = { 'content-disposition': 'attachment; filename="ü.txt"', 'x-amz-meta-a': 'a,  b', 'x-amz-meta-empty': '' };
    respond = (request) => ({
      ...answer,
      headers: Object.fromEntries(Object.keys(headers).map((name) => [name, String(request.headers[name])])),
    });

    const got = await exchange(new Connection(client(), 'bucket'), { method: 'GET', key: 'a', headers });

    expect(sent[0]?.headers).toMatchObject(headers);
    expect(got.headers).toMatchObject(headers);
  });

  describe('a server that hangs', () => {
    const SHORT = { connect: 1000, firstByte: 100, idle: 100 };
    const never = new AbortController().signal;

    test('is given up before its answer', async () => {
      respond = () => undefined;

      await expect(
        exchange(new Connection(client(), 'bucket', undefined, never, SHORT), { method: 'GET', key: 'a' }),
      ).rejects.toMatchObject({
        code: 'UND_ERR_HEADERS_TIMEOUT',
      });
    });

    test('is given up half way', async () => {
      answer = { status: 200, body: 'half', headers: { 'content-length': '100' } };
      const connection = new Connection(client(), 'bucket', undefined, never, SHORT);

      await expect(exchange(connection, { method: 'GET', key: 'a' })).rejects.toThrow(/Timeout|brought only/);
    });

    test.each([
      ['is given up', 'GET', false],
      ['is waited for where S3 sends blanks while it completes an upload', 'POST', true],
    ] as const)('that brings a byte now and then %s', async (_, method, waits) => {
      const endpoint = await listening((request, response) => {
        response.writeHead(200);
        const drip = setInterval(() => response.write(' '), 20);
        setTimeout(() => response.end(), 250);
        request.resume();
        response.once('close', () => clearInterval(drip));
      });
      const connection = new Connection(client({ endpoint }), 'bucket', undefined, never, SHORT);

      const read = exchange(connection, { method, key: 'a' }).then(
        () => true,
        ({ name }: Error) => name,
      );
      expect(await read).toBe(waits ? true : 'TimeoutError');
    });

    test('holds up nobody who interrupts', async () => {
      const interruption = new AbortController();
      respond = () => {
        interruption.abort();
        return undefined;
      };
      const connection = new Connection(client(), 'bucket', undefined, interruption.signal);

      await expect(exchange(connection, { method: 'GET', key: 'a' })).rejects.toThrow('aborted');
    });
  });

  test('a body that a slow network takes longer for than an answer may is sent whole', async () => {
    const body = Buffer.alloc(16 * 1024 ** 2, 7);
    let bytes = 0;
    const endpoint = await listening(async (message, response) => {
      for await (const chunk of message) {
        bytes += (chunk as Buffer).length;
        await sleep(4);
      }
      response.end();
    });
    const timeouts = { connect: 1000, firstByte: 150, idle: 150 };

    await exchange(new Connection(client({ endpoint }), 'bucket', undefined, undefined, timeouts), {
      method: 'PUT',
      key: 'a',
      body,
    });

    expect(bytes).toBe(body.length);
  });
});

describe('a place for the answer', () => {
  const GET = { method: 'GET', key: 'a' } as const;

  beforeEach(() => {
    answer = { status: 200, body: 'four' };
  });

  test('gets the body', async () => {
    const place = Buffer.alloc(4);

    const { body } = await new Connection(client(), 'bucket').receive(GET, () => place);

    expect(body).toBe(place);
    expect(place.toString()).toBe('four');
  });

  test.each([
    [3, /sends 4 bytes, but 3 are expected/],
    [5, /sent 4 of 5 bytes/],
  ])('of %d bytes refuses one of four', async (size, message) => {
    const place = Buffer.alloc(size);

    await expect(new Connection(client(), 'bucket').receive(GET, () => place)).rejects.toThrow(message);
  });

  test('is not asked for where S3 answers with an error, which is told whole', async () => {
    answer = { status: 404, body: '<Error><Code>NoSuchVersion</Code><Message>longer than the place</Message></Error>' };
    const place = jest.fn(() => Buffer.alloc(1));

    await expect(new Connection(client(), 'bucket').receive(GET, place)).rejects.toMatchObject({
      name: 'NoSuchVersion',
      message: 'longer than the place',
    });
    expect(place).not.toHaveBeenCalled();
  });

  test('gives the body up by its headers, and the connection serves what comes next', async () => {
    const connection = new Connection(client(), 'bucket');
    const refuse = () => {
      throw new Error('not this one');
    };
    answer = { status: 200, body: 'four', headers: { 'content-length': '100' } };

    await connection.receive(GET, () => undefined);
    await expect(connection.receive(GET, refuse)).rejects.toThrow('not this one');
    answer = { status: 200, body: 'next' };

    expect((await connection.receive(GET)).body.toString()).toBe('next');
  });

  test('is left alone once the person has interrupted', async () => {
    const interruption = new AbortController();
    const connection = new Connection(client(), 'bucket', undefined, interruption.signal);
    const place = Buffer.alloc(100);
    answer = { status: 200, body: 'half', headers: { 'content-length': '100' } };

    const asked = connection.receive(GET, () => {
      interruption.abort();
      return place;
    });

    await expect(asked).rejects.toThrow('aborted');
    expect(place.every((byte) => byte === 0)).toBe(true);
    await expect(connection.receive(GET, () => place)).rejects.toThrow('aborted');
    expect(sent).toHaveLength(1);
  });
});
