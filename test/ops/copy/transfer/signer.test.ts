import { createHash } from 'node:crypto';
import { Signer } from '../../../../lib/ops/copy/transfer/signer';

const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const HOST = 'examplebucket.s3.amazonaws.com';
const MOMENT = new Date('2013-05-24T00:00:00Z');
const EMPTY = createHash('sha256').digest('hex');

async function signatureOf(
  request: Partial<Parameters<Signer['sign']>[0]>,
  credentials = async () => KEY,
  signer = signerOf(credentials),
) {
  const headers = { host: HOST, 'x-amz-content-sha256': EMPTY, ...request.headers };
  await signer.sign({ method: 'GET', path: '/', parameters: '', ...request, headers }, MOMENT);
  return /Signature=(\w+)$/.exec((headers as Record<string, string>)['authorization'] ?? '')?.[1];
}

function signerOf(credentials: () => Promise<typeof KEY & { sessionToken?: string }>): Signer {
  return new Signer(credentials, 'us-east-1', 's3');
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
test.each([
  [
    'an object',
    { path: '/test.txt', headers: { range: 'bytes=0-9' } },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'a write',
    {
      method: 'PUT',
      path: '/test%24file.text',
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
        'x-amz-content-sha256': createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
      },
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'a parameter without a value',
    { parameters: 'lifecycle=' },
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  ['two parameters', { parameters: 'max-keys=2&prefix=J' }, '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
])('signs the documented request for %s', async (_, request, signature) => {
  expect(await signatureOf(request as Partial<Parameters<Signer['sign']>[0]>)).toBe(signature);
});

test('a new secret gets a key of its own', async () => {
  const first = await signatureOf({});
  let secret = 'old';
  const signer = signerOf(async () => ({ ...KEY, secretAccessKey: secret }));
  const old = await signatureOf({}, undefined, signer);
  secret = KEY.secretAccessKey;

  expect(await signatureOf({}, undefined, signer)).toBe(first);
  expect(old).not.toBe(first);
});

test('a session token is signed', async () => {
  const headers: Record<string, string> = { host: HOST, 'x-amz-content-sha256': EMPTY };
  await signerOf(async () => ({ ...KEY, sessionToken: 'token' })).sign(
    { method: 'GET', path: '/', parameters: '', headers },
    MOMENT,
  );

  expect(headers['x-amz-security-token']).toBe('token');
  expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,');
});

test('what a proxy may change is not signed', async () => {
  const headers = { 'cache-control': 'no-store', 'user-agent': 'other' };

  expect(await signatureOf({ headers: { ...headers } })).toBe(await signatureOf({}));
});
