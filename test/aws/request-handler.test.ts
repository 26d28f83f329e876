import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompleteMultipartUploadCommand, GetObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { RequestHandler, type Timeouts } from '../../lib/aws/request-handler';

const SHORT: Timeouts = { connect: 200, firstByte: 100, idle: 100 };
const LONG: Timeouts = { connect: 60_000, firstByte: 60_000, idle: 60_000 };
/** For an answer that begins, however long a busy machine takes for that. */
const SHORT_IDLE: Timeouts = { ...LONG, idle: 100 };

let server: Server;
let answer: (...request: Parameters<RequestListener>) => unknown;
let requests: number;
const clients: S3Client[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    response.setHeader('x-amz-request-id', 'R');
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  requests = 0;
});
afterEach(() => {
  for (const client of clients.splice(0)) {
    client.destroy();
  }
  server.closeAllConnections();
});
afterAll(() => new Promise((done) => server.close(done)));

function clientOf(timeouts: Timeouts, { signal, attempts = 1 }: { signal?: AbortSignal; attempts?: number } = {}): S3Client {
  const client = new S3Client({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: attempts,
    requestHandler: new RequestHandler(signal ?? new AbortController().signal, timeouts),
  });
  clients.push(client);
  return client;
}

const list = (client: S3Client) => client.send(new ListObjectVersionsCommand({ Bucket: 'b' }));

test('a server that accepts a request and never answers is given up', async () => {
  answer = () => undefined;

  await expect(list(clientOf(SHORT))).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('it is asked again, as often as the client repeats', async () => {
  answer = () => undefined;

  await expect(list(clientOf(SHORT, { attempts: 2 }))).rejects.toMatchObject({ name: 'TimeoutError' });
  expect(requests).toBe(2);
});

test('an answer that stops half way is given up', async () => {
  answer = (_, response) => {
    response.writeHead(200).write('<ListVersionsResult>');
  };

  await expect(list(clientOf(SHORT_IDLE))).rejects.toThrow(/timed out/);
});

test('an answer that is slow and does not stop is read to its end', async () => {
  answer = async (_request, response) => {
    response.writeHead(200);
    for (const part of ['<ListVersionsResult>', '<Name>b</Name>', '<IsTruncated>false</IsTruncated>', '</ListVersionsResult>']) {
      response.write(part);
      await sleep(60);
    }
    response.end();
  };

  await expect(list(clientOf(SHORT_IDLE))).resolves.toMatchObject({ Name: 'b' });
});

describe('an answer that brings a byte now and then', () => {
  const dripping: typeof answer = (_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(drip));
  };

  test('is given up', async () => {
    answer = dripping;

    await expect(list(clientOf(SHORT))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test('is waited for where S3 sends blanks while it completes an upload', async () => {
    const xml = '<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>';
    answer = (request, response) => {
      dripping(request, response);
      setTimeout(() => response.end(xml), 250);
    };

    const completed = clientOf(SHORT).send(new CompleteMultipartUploadCommand({ Bucket: 'b', Key: 'k', UploadId: 'u' }));
    await expect(completed).resolves.toMatchObject({ ETag: '"e"' });
  });
});

describe('an interruption', () => {
  test.each<[string, RequestListener]>([
    ['waits for its answer', () => undefined],
    [
      'is being answered',
      (_, response) => {
        response.writeHead(200).write('<ListVersionsResult>');
      },
    ],
  ])('ends a request that %s', async (_, listener) => {
    const interruption = new AbortController();
    answer = (request, response) => {
      listener(request, response);
      setTimeout(() => interruption.abort(), 20);
    };

    await expect(list(clientOf(LONG, { signal: interruption.signal }))).rejects.toThrow('interrupted');
    expect(requests).toBe(1);
  });

  test('ends the reading of an object', async () => {
    const interruption = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
    };
    const { Body: body } = await clientOf(LONG, { signal: interruption.signal }).send(
      new GetObjectCommand({ Bucket: 'b', Key: 'k' }),
    );
    setTimeout(() => interruption.abort(), 20);

    await expect(body?.transformToString()).rejects.toThrow('interrupted');
  });

  test('lets no further request begin', async () => {
    const interruption = new AbortController();
    interruption.abort();

    await expect(list(clientOf(LONG, { signal: interruption.signal }))).rejects.toMatchObject({ code: 'Interrupted' });
    expect(requests).toBe(0);
  });
});
