import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ALWAYS, call, type Outcome, TRUNCATED, without, wrongLength } from './faults';
import { FakeS3 } from './server';

const s3 = new FakeS3();
let client: S3Client;

beforeEach(async () => {
  await s3.start();
  s3.buckets.clear();
  s3.requests.length = 0;
  s3.pageSize = 1000;
  s3.heal();
  s3.put('b', 'key', { body: Buffer.from('content') });
  client = new S3Client({
    endpoint: s3.endpoint,
    forcePathStyle: true,
    region: 'us-west-2',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterEach(async () => {
  client.destroy();
  await s3.stop();
});

const url = () => `${s3.endpoint}/b/key`;

describe('a fault', () => {
  test('of an answer that never comes', async () => {
    s3.fault(() => true, 'hang');
    await expect(fetch(url(), { signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
  });

  test.each(['reset', 'lose the answer'] as const)('of a connection: %s', async (outcome) => {
    s3.fault(() => true, outcome);
    await expect(fetch(url())).rejects.toThrow('fetch failed');
  });

  test('of bytes that come slowly: there are headers, and the body takes its time', async () => {
    s3.fault(() => true, { drip: 30 });
    const start = performance.now();
    const answer = await fetch(url());
    await expect(answer.text()).resolves.toBe('content');
    expect(performance.now() - start).toBeGreaterThan(6 * 30);
  });

  test.each<[string, Outcome]>([
    ['ends with its connection', 'cut the body'],
    ['is shorter than it says', wrongLength(-3)],
  ])('of a body that %s', async (_, outcome) => {
    s3.fault(() => true, outcome);
    const text = fetch(url()).then((answer) => answer.text());
    await expect(text.catch(() => 'failed')).resolves.not.toBe('content');
  });

  test('of a body that is longer than it says it is: the rest never comes', async () => {
    s3.fault(() => true, wrongLength(1));
    const answer = await fetch(url(), { signal: AbortSignal.timeout(300) });
    await expect(answer.text()).rejects.toThrow('timeout');
  });

  test('of a header that is not there', async () => {
    s3.fault(() => true, without('etag'));
    const { headers } = await fetch(url());
    expect([headers.has('etag'), headers.has('last-modified')]).toEqual([false, true]);
  });

  test('of XML that ends too early, under the right length', async () => {
    s3.fault(() => true, TRUNCATED);
    const answer = await fetch(`${s3.endpoint}/b?versions`);
    await expect(answer.text()).resolves.not.toContain('</ListVersionsResult>');
  });

  test('of an error under status 200', async () => {
    s3.fault(() => true, { body: '<Error><Code>InternalError</Code><Message>after all</Message></Error>' });
    const answer = await fetch(url());
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('InternalError')]);
  });

  test('of what S3 refuses is an error of the SDK', async () => {
    s3.fault(() => true, { status: 503, code: 'SlowDown' });
    await expect(client.send(new GetObjectCommand({ Bucket: 'b', Key: 'key' }))).rejects.toMatchObject({ name: 'SlowDown' });
  });

  test('of what is stored', async () => {
    s3.fault(() => true, { keeps: (version) => ({ ...version, body: Buffer.from('other') }) });
    await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'new', Body: 'mine', IfNoneMatch: '*' }));
    expect(s3.bucket('b').versions('new')[0]?.body.toString()).toBe('other');
  });

  test.each([
    [1, [200, 200, 500, 200]],
    [ALWAYS, [200, 200, 500, 500]],
  ])('at the third call of an operation, %d times', async (times, expected) => {
    s3.fault(call(3, 'GetObject'), { status: 500, code: 'InternalError' }, times);
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      await fetch(url(), { method: 'HEAD' });
      statuses.push((await fetch(url())).status);
    }
    expect(statuses).toEqual(expected);
  });
});

describe('a listing', () => {
  const KEYS = ['a', 'a b', 'd/1', 'd/2', 'e/ü', '\u{ffff}', '💾/x', '💾/y'];
  beforeEach(() => {
    s3.fill('b', [
      ...KEYS.map((key) => ({ key, versionId: 'v1' })),
      { key: 'a b', versionId: 'v0' },
      { key: 'a', versionId: 'v0', isDeleteMarker: true },
    ]);
  });

  /** All pages of ListObjectVersions, as the SDK reads them. */
  async function pages(more: { readonly Delimiter?: string; readonly Prefix?: string }) {
    const found: string[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: 'b', ...more, ...marker }));
      const entries = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
      found.push(...entries.map(({ Key, VersionId, IsLatest }) => `${Key} ${VersionId}${IsLatest === true ? ' latest' : ''}`));
      found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => `${Prefix}`));
      if (page.IsTruncated !== true) {
        return found;
      }
      marker = { KeyMarker: page.NextKeyMarker ?? '', VersionIdMarker: page.NextVersionIdMarker ?? '' };
    }
  }

  test.each([1, 2, 3, 1000])('has every version once and in order, with %d in a page', async (pageSize) => {
    s3.pageSize = pageSize;
    const found = await pages({});
    const others = KEYS.slice(2).map((key) => `${key} v1 latest`);
    const sorted = ['a v1 latest', 'a v0', 'a b v1 latest', 'a b v0', ...others];
    expect(pageSize < 3 ? found : found.toSorted()).toEqual(pageSize < 3 ? sorted : sorted.toSorted());
  });

  test.each([1, 2, 1000])('has each folder once, with %d in a page', async (pageSize) => {
    s3.pageSize = pageSize;
    const found = await pages({ Delimiter: '/' });
    expect(found.filter((each) => each.endsWith('/'))).toEqual(['d/', 'e/', '💾/']);
    expect(found).toHaveLength(8);
  });

  test('has what begins with the prefix', async () => {
    await expect(pages({ Prefix: '💾/' })).resolves.toEqual(['💾/x v1 latest', '💾/y v1 latest']);
  });

  test('of objects has the latest versions', async () => {
    s3.pageSize = 3;
    const first = await client.send(new ListObjectsV2Command({ Bucket: 'b' }));
    const token = first.NextContinuationToken;
    const second = await client.send(new ListObjectsV2Command({ Bucket: 'b', ...(token && { ContinuationToken: token }) }));
    expect([first, second].map(({ Contents = [] }) => Contents.map(({ Key }) => Key))).toEqual([
      ['a', 'a b', 'd/1'],
      ['d/2', 'e/ü', '\u{ffff}'],
    ]);
  });
});

test('records every request, and names its operation', async () => {
  await fetch(`${url()}?tagging`);
  await fetch(`${s3.endpoint}/b?versions&prefix=x`);
  expect(s3.requests.map(({ line, operation }) => [line, operation])).toEqual([
    ['GET b/key?tagging', 'GetObjectTagging'],
    ['GET b?versions', 'ListObjectVersions'],
  ]);
});
