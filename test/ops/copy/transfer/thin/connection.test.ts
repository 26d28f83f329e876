import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { Connection } from '../../../../../lib/ops/copy/transfer/thin/connection';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
const KEYS = ['plain', 'a b+c', 'ü/日本/🪣', '../up', 'a/./b/..', '//two', '/leading', 'trailing/', "!'()*~@&=;:,$?#%25", 'a\tb'];

let server: Server;
let answer: { status: number; body: string };
const sent: Sent[] = [];
const clients: S3Client[] = [];

beforeAll(async () => {
  server = createServer(({ method = '', url = '', headers }, response) => {
    sent.push({ method, url, headers });
    response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  sent.length = 0;
  answer = { status: 200, body: '' };
});
afterAll(async () => {
  for (const made of clients) {
    made.destroy();
  }
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function client(more: S3ClientConfig = {}): S3Client {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made = new S3Client({ region: 'eu-west-1', endpoint, forcePathStyle: true, credentials: CREDENTIALS, ...more });
  clients.push(made);
  return made;
}

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
])('goes to the endpoint of the SDK: %s %j', async (region, more, url) => {
  const urls: string[] = [];
  const handle = async ({ protocol, hostname, path }: { protocol: string; hostname: string; path: string }) => {
    urls.push(`${protocol}//${hostname}${path}`);
    return { response: { statusCode: 200, headers: {}, body: undefined } };
  };
  const requestHandler = { handle } as unknown as NonNullable<S3ClientConfig['requestHandler']>;
  const s3 = new S3Client({ region, credentials: CREDENTIALS, requestHandler, ...more });

  await new Connection(s3, 'bucket').send({ method: 'GET', key: 'a' });

  expect(urls).toEqual([url]);
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

test.each([
  [400, '<?xml version="1.0"?><Error><Code>A.B</Code><Message>&lt;x&gt; &amp; &#252;&#x21;</Message></Error>', 'A.B', '<x> & ü!'],
  [404, '', 'NotFound', 'S3 answered 404'],
  [418, 'no XML', 'Unknown', 'S3 answered 418'],
])('answers that are none of success are errors like those of the SDK: %d', async (status, body, name, message) => {
  answer = { status, body };

  await expect(new Connection(client(), 'bucket').send({ method: 'GET', key: 'a' })).rejects.toMatchObject({
    name,
    message,
    $metadata: { httpStatusCode: status },
  });
});
