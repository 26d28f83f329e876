import { S3Client } from '@aws-sdk/client-s3';
import { type Bucket, pageOf } from '../../../lib/aws/listing/bucket';
import { Cursor } from '../../../lib/aws/listing/cursor';
import { Requests } from '../../../lib/aws/requests';
import { UnreachableError } from '../../../lib/errors/errors';
import { ALWAYS } from '../../helpers/fake-s3/faults';
import { FakeS3 } from '../../helpers/fake-s3/server';
import { testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';

const s3 = new FakeS3();
beforeAll(() => s3.start());
afterAll(() => s3.stop());
afterEach(() => s3.heal());

const bucket = (): Bucket => ({
  name: 'b',
  prefix: '',
  requests: new Requests(testContext().context.clock, { list: 0 }, undefined),
  s3: new S3Client({
    endpoint: s3.endpoint,
    forcePathStyle: true,
    region: 'us-west-2',
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }),
});

const version = (key: string, id: string, size = '<Size>1</Size>') =>
  `<Version><Key>${key}</Key><VersionId>${id}</VersionId><LastModified>2026-10-01T12:00:00.000Z</LastModified>${size}</Version>`;

/** A page that says that it is not the last one. */
const page = (key: string, id: string) =>
  `<ListVersionsResult><NextKeyMarker>${key}</NextKeyMarker><NextVersionIdMarker>${id}</NextVersionIdMarker><IsTruncated>true</IsTruncated>${version(key, id)}</ListVersionsResult>`;

/** Answers listings with these pages, and the last ones again and again. */
function answers(pages: readonly string[], again: number): void {
  let asked = 0;
  pages.forEach((body, index) => {
    const when = () => {
      const turn = asked < pages.length ? asked : pages.length - again + ((asked - pages.length) % again);
      asked += index === pages.length - 1 ? 1 : 0;
      return turn === index;
    };
    s3.fault(when, { status: 200, body }, ALWAYS);
  });
}

async function readAll(): Promise<void> {
  const cursor = new Cursor(bucket(), { from: '', to: undefined }, 'canary');
  for (await cursor.load(); cursor.current !== undefined; await cursor.load()) {
    cursor.advance();
  }
}

test.each([
  ['the same marker again', [page('k', 'v1')], 1],
  ['an earlier key', [page('k', 'v1'), page('a', 'v1')], 2],
  ['two markers of one key in turn', [page('k', 'v1'), page('k', 'v2')], 2],
])('a listing with %s is an error, and has an end', async (_, pages, again) => {
  answers(pages, again);
  const error = await rejectionOf(readAll(), UnreachableError);
  expect(error).toMatchObject({ code: 'NoProgress', message: expect.stringContaining('bucket b') });
  expect(error.message).toMatch(/"[ak]"/);
});

test.each([
  ['in another order', version('b', 'v1') + version('a', 'v1'), 'listed "a" after "b"'],
  ['with a version twice', version('a', 'v1') + version('a', 'v1'), 'listed version v1 of "a" twice'],
])('a listing %s is an error: what is compared by the order would differ', async (_, versions, named) => {
  s3.fault(() => true, { status: 200, body: `<ListVersionsResult>${versions}</ListVersionsResult>` }, ALWAYS);
  expect(await rejectionOf(readAll(), UnreachableError)).toMatchObject({
    code: 'NoOrder',
    message: expect.stringContaining(named),
  });
});

test('keys are in order by code points, and versions of a key have none', async () => {
  const versions = version('a', 'v2') + version('a', 'v1') + version('\uffee', 'v1') + version('💾', 'v1');
  s3.fault(() => true, { status: 200, body: `<ListVersionsResult>${versions}</ListVersionsResult>` }, ALWAYS);
  await expect(readAll()).resolves.toBeUndefined();
});

test.each(['', '<Size></Size>', '<Size>many</Size>', '<Size>-1</Size>', '<Size>1e3</Size>', '<Size>9007199254740992</Size>'])(
  'the size %j is an error that names the key',
  async (size) => {
    s3.fault(
      () => true,
      { status: 200, body: `<ListVersionsResult>${version('good', 'v')}${version('bad', 'v', size)}</ListVersionsResult>` },
      ALWAYS,
    );
    const error = await rejectionOf(pageOf(bucket(), {}), UnreachableError);
    expect(error).toMatchObject({ code: 'BadSize', message: expect.stringContaining('"bad"') });
  },
);

test('the largest size that numbers can tell apart is read', async () => {
  const body = `<ListVersionsResult>${version('k', 'v', '<Size>9007199254740991</Size>')}</ListVersionsResult>`;
  s3.fault(() => true, { status: 200, body }, ALWAYS);
  expect((await pageOf(bucket(), {})).entries).toMatchObject([{ size: 9_007_199_254_740_991 }]);
});
