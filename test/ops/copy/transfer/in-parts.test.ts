import { UnreachableError } from '../../../../lib/errors/errors';
import { uploadChecksum } from '../../../../lib/ops/copy/transfer/in-parts';
import { partsOf } from '../../../../lib/ops/copy/transfer/layout';
import { ALWAYS } from '../../../helpers/fake-s3/faults';
import type { Answer, Request } from '../../../helpers/fake-s3/protocol';
import { composite, crc32Of } from '../../../helpers/fake-s3/version';
import { itemOf, jittered, SMALL_SIZES, World } from './world';

const MIB = 1024 ** 2;
const LARGE = Buffer.alloc(SMALL_SIZES.whole + 1, 'large object ');
/** An object whose checksum is one of its parts is copied in the same parts, however small. */
const PARTS = ['first part', 'second one', 'third'].map((text) => Buffer.from(text));
const SMALL = Buffer.concat(PARTS);

const isPart = ({ method, query }: Request) => method === 'PUT' && query.has('partNumber');
const isComplete = ({ method, query }: Request) => method === 'POST' && query.has('uploadId');

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(async () => {
  await world.stop();
});

const put = (key = 'a') => world.replica.put(key, SMALL, { parts: PARTS });
const partsSent = () => world.target.requests.filter(isPart).map(({ query }) => query.get('partNumber'));

describe('a large object', () => {
  test('is not copied from another range than the one that was asked, as a cache may answer', async () => {
    const stored = world.replica.put('a', LARGE, { checksum: null });
    const cached = {
      change: (answer: Answer) => ({ ...answer, headers: { ...answer.headers, 'content-range': 'bytes 0-9/99' } }),
    };
    world.replica.fault(({ headers }) => headers['range']?.startsWith(`bytes=${SMALL_SIZES.part}-`) === true, cached, ALWAYS);

    await expect(world.copy(itemOf('a', stored))).resolves.toMatchObject({
      kind: 'failed',
      why: expect.stringMatching(/^S3 was asked for bytes=122880-\d+ and answered with bytes 0-9/),
    });
    expect(world.target.versions('a')).toEqual([]);
  });

  test('is verified by the checksum of the whole', async () => {
    const stored = world.replica.put('a', LARGE, { headers: { 'x-amz-meta-a': 'b', expires: '0' }, tags: { c: 'd' } });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'restored', verifiedBy: 'object-checksum' });

    const [written] = world.target.versions('a');
    expect(written?.body.equals(LARGE)).toBe(true);
    expect(written?.headers).toMatchObject({ 'x-amz-meta-a': 'b', expires: '0' });
    expect(written?.tags).toEqual({ c: 'd' });
    const [complete] = world.target.requests.filter(isComplete);
    expect(complete?.headers).toMatchObject({
      'x-amz-checksum-crc32': crc32Of(LARGE),
      'x-amz-checksum-type': 'FULL_OBJECT',
      'if-none-match': '*',
    });
    expect(new Set(partsSent())).toEqual(new Set(['1', '2', '3', '4', '5', '6']));
    expect(world.uploads.size).toBe(0);
  });

  test('is verified by the checksums of the transfer where S3 keeps none', async () => {
    const stored = world.replica.put('a', LARGE, { checksum: null });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'restored', verifiedBy: 'transfer' });
    expect(world.target.versions('a')[0]?.body.equals(LARGE)).toBe(true);
  });

  test('that is longer than listed fails, and is not cut to what was listed', async () => {
    const stored = world.replica.put('a', LARGE, { checksum: null });

    await expect(world.copy(itemOf('a', stored, { size: LARGE.length - 13 }))).resolves.toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('nothing of it is restored'),
    });
    expect(world.target.requests.filter(({ method }) => method !== 'HEAD')).toEqual([]);
  });

  test('fails where a part is longer than what was asked for', async () => {
    const stored = world.replica.put('a', LARGE, { checksum: null });
    const whole = { change: (answer: Answer) => ({ ...answer, status: 200, body: LARGE }) };
    world.replica.fault(({ headers }) => headers['range']?.startsWith(`bytes=${SMALL_SIZES.part}-`) === true, whole, ALWAYS);

    await expect(world.copy(itemOf('a', stored))).resolves.toMatchObject({
      kind: 'failed',
      why: `S3 sends ${LARGE.length} bytes, but ${SMALL_SIZES.part} are expected by the listing: nothing of it is restored`,
    });
    expect(world.target.versions('a')).toEqual([]);
  });

  test('fails before anything is sent where its tags cannot be read', async () => {
    world.replica.tagsReadable = false;
    const stored = world.replica.put('a', LARGE, { tags: { c: 'd' } });

    await expect(world.copy(itemOf('a', stored))).resolves.toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('its tags could not be read'),
    });
    expect(world.target.requests.filter(({ method }) => method !== 'HEAD')).toEqual([]);
    await expect(world.copy(itemOf('a', stored), { withoutTags: true })).resolves.toMatchObject({ withoutTags: true });
  });

  test('is sent again without being read again while S3 throttles', async () => {
    const stored = world.replica.put('a', LARGE);
    world.target.fault(isPart, { status: 503, code: 'SlowDown' }, 2);

    await expect(world.copy(itemOf('a', stored))).resolves.toMatchObject({ kind: 'restored' });

    expect(world.target.versions('a')[0]?.body.equals(LARGE)).toBe(true);
    expect(world.replica.sent('GET').filter(({ query }) => !query.has('tagging'))).toHaveLength(6);
    expect(partsSent()).toHaveLength(8);
  });

  test('is copied in one PUT under a checksum that S3 cannot make in parts', async () => {
    const stored = world.replica.put('a', LARGE, { checksum: 'sha256' });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'restored', verifiedBy: 'object-checksum' });
    expect(world.target.sent('POST')).toEqual([]);
  });

  test('that differs from its checksum is written nowhere', async () => {
    const stored = world.replica.put('a', LARGE, { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'failed', why: 'BadDigest says the server' });
    expect(world.target.versions('a')).toEqual([]);
    expect(world.target.uploads.size).toBe(0);
  });

  test('that was deleted since fails', async () => {
    await expect(world.copy({ ...itemOf('a', put()), versionId: 'gone', size: LARGE.length })).resolves.toEqual({
      kind: 'failed',
      why: 'the version is no longer in the replica bucket: it was deleted since',
    });
  });
});

describe('an object whose checksum is one of its parts', () => {
  test('has the same parts and the same checksum', async () => {
    await expect(world.copy(itemOf('a', put()))).resolves.toEqual({ kind: 'restored', verifiedBy: 'part-checksums' });

    const [written] = world.target.versions('a');
    expect(written?.headers['x-amz-checksum-crc32']).toBe(composite(PARTS));
    expect(written?.parts).toEqual(PARTS);
  });

  test('is not taken for restored when the checksum comes out otherwise', async () => {
    const stored = put();
    stored.headers['x-amz-checksum-crc32'] = 'AAAAAA==-3';

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({
      kind: 'failed',
      why: `what was written has the CRC32 checksum ${composite(PARTS)}, and the replica AAAAAA==-3`,
    });
  });

  test('is verified by the transfer alone where S3 does not say the checksum that it made', async () => {
    const silent = {
      change: (answer: Answer) => ({ ...answer, body: String(answer.body).replace(/<ChecksumCRC32>.*<.ChecksumCRC32>/, '') }),
    };
    world.target.fault(isComplete, silent);

    await expect(world.copy(itemOf('a', put()))).resolves.toEqual({ kind: 'restored', verifiedBy: 'transfer' });
  });

  test('replaces the version that was chosen only', async () => {
    const chosen = world.target.put('a', Buffer.from('old'));
    const item = itemOf('a', put(), { replaces: chosen.versionId });
    world.target.fault(isComplete, () => world.target.put('a', Buffer.from('written meanwhile')));

    await expect(world.copy(item)).resolves.toMatchObject({ kind: 'conflict' });
    expect(world.target.uploads.size).toBe(0);
    expect(world.uploads.size).toBe(0);
  });

  test('sends nothing where another object is', async () => {
    world.target.put('a', Buffer.from('other'));

    await expect(world.copy(itemOf('a', put()))).resolves.toMatchObject({ kind: 'conflict' });
    expect(world.target.sent('POST')).toEqual([]);
  });

  test('is written once when the answer to the completion is lost', async () => {
    world.target.fault(isComplete, 'lose the answer');

    await expect(world.copy(itemOf('a', put()))).resolves.toEqual({ kind: 'already-there' });
    expect(world.target.versions('a')).toHaveLength(1);
    expect(world.uploads.size).toBe(0);
  });

  test.each([
    ['every answer to the completion is lost', 'lose the answer', ALWAYS],
    ['the answer to the completion is empty', { change: (answer: Answer) => ({ ...answer, body: '' }) }, 1],
  ] as const)('is known to be there though %s', async (_, fault, times) => {
    world.target.fault(isComplete, fault, times);

    await expect(world.copy(itemOf('a', put()))).resolves.toEqual({ kind: 'already-there' });
    expect(world.target.versions('a')).toHaveLength(1);
    expect(world.uploads.size).toBe(0);
  });

  test('is copied though the network and S3 fail in passing, and S3 throttles', async () => {
    world.replica.fault(({ query }) => query.get('partNumber') === '2', 'cut the body');
    world.target.fault(isPart, { status: 503, code: 'SlowDown' });
    world.target.fault(isComplete, { status: 500, code: 'InternalError' });

    await expect(world.copy(itemOf('a', put()))).resolves.toMatchObject({ kind: 'restored' });
    expect(world.waits.toSorted((a, b) => a - b)).toEqual([200, 200, 1000].map(jittered));
  });

  test('begins again when S3 says that something changed meanwhile', async () => {
    world.target.fault(isComplete, { status: 409, code: 'ConditionalRequestConflict' }, 4);

    await expect(world.copy(itemOf('a', put()))).resolves.toMatchObject({ kind: 'restored' });
    expect(world.target.uploads.size).toBe(0);
  });

  test('leaves no parts behind when it fails', async () => {
    world.target.fault(isPart, { status: 403, code: 'AccessDenied' }, 9);

    await expect(world.copy(itemOf('a', put()))).resolves.toMatchObject({ kind: 'failed' });
    expect(world.target.uploads.size).toBe(0);
    expect(world.uploads.size).toBe(0);
  });
});

describe('an upload that was interrupted', () => {
  /** Ends like a process whose credentials expire before the last part. */
  async function interrupted() {
    const stored = put();
    world.target.fault((request) => isPart(request) && request.query.get('partNumber') === '3', {
      status: 400,
      code: 'ExpiredToken',
    });
    await expect(world.copy(itemOf('a', stored))).rejects.toThrow(UnreachableError);
    // What was under way when the process ended may or may not have arrived.
    for (const upload of world.target.uploads.values()) {
      upload.parts = new Map([1, 2].map((number) => [number, PARTS[number - 1] ?? Buffer.alloc(0)]));
    }
    world.target.requests.length = 0;
    return itemOf('a', stored);
  }

  test('ends with an error where S3 lists the same parts again and again', async () => {
    const item = await interrupted();
    const page =
      '<ListPartsResult><NextPartNumberMarker>1</NextPartNumberMarker><IsTruncated>true</IsTruncated></ListPartsResult>';
    world.target.fault(({ method, query }) => method === 'GET' && query.has('uploadId'), { body: page }, ALWAYS);

    await expect(world.copy(item)).rejects.toMatchObject({
      code: 'NoProgress',
      message: expect.stringContaining('the listing of parts of the upload of "a" does not advance beyond part 1'),
    });
    expect(world.uploads.size).toBe(1);
  });

  test('goes on with the parts that are missing', async () => {
    const item = await interrupted();
    expect(world.uploads.size).toBe(1);

    await expect(world.copy(item)).resolves.toEqual({ kind: 'restored', verifiedBy: 'part-checksums' });

    expect(partsSent()).toEqual(['3']);
    expect(world.target.versions('a')[0]?.body.equals(SMALL)).toBe(true);
    expect(world.target.uploads.size).toBe(0);
  });

  test('begins again where S3 has it no longer', async () => {
    const item = await interrupted();
    world.target.uploads.clear();

    await expect(world.copy(item)).resolves.toMatchObject({ kind: 'restored' });
    expect(partsSent()).toHaveLength(3);
  });

  test('is freed where the object was completed just before', async () => {
    const item = await interrupted();
    world.target.put('a', SMALL, { parts: PARTS });

    await expect(world.copy(item)).resolves.toEqual({ kind: 'already-there' });
    expect(world.target.uploads.size).toBe(0);
    expect(world.uploads.size).toBe(0);
  });

  test('stays for a later process when the person interrupts', async () => {
    const interrupt = new AbortController();
    world.target.fault(
      ({ query }) => query.has('uploads'),
      () => interrupt.abort(),
    );

    await expect(world.copy(itemOf('a', put()), { signal: interrupt.signal })).rejects.toThrow('interrupted');
    expect(world.uploads.size).toBe(1);
    expect(world.target.uploads.size).toBe(1);
  });
});

describe('how an object is divided', () => {
  const item = (size: number) => itemOf('a', { versionId: 'v', body: Buffer.alloc(0), headers: {}, etag: '' }, { size });

  test.each([
    ['12 MiB as long as 10,000 parts are enough', 10_000 * 12 * MIB, 10_000],
    ['more for more', 10_000 * 12 * MIB + 1, 9231],
    ['5 TiB', 5 * 1024 ** 4, 9987],
    ['the largest that S3 has', 50_000 * 1024 ** 3, 10_000],
  ])('%s', (_, size, count) => {
    const parts = partsOf(item(size), undefined);
    expect(parts).toHaveLength(count);
    expect(parts.reduce((sum, part) => sum + (part.size ?? 0), 0)).toBe(size);
    expect(parts[0]?.size).toBeLessThanOrEqual(5 * 1024 ** 3);
  });

  test('ranges neither overlap nor leave anything out', () => {
    const ranges = partsOf(item(40 * MIB + 5), undefined).map(({ read }) => read.headers?.['range']);
    expect(ranges).toEqual(['bytes=0-12582911', 'bytes=12582912-25165823', 'bytes=25165824-37748735', 'bytes=37748736-41943044']);
  });
});

test.each([
  ['CRC64NVME', 'x', undefined, 'CRC64NVME', 'FULL_OBJECT', true],
  ['SHA1', 'x-2', 2, 'SHA1', 'COMPOSITE', true],
  ['SHA1', 'x', undefined, 'CRC32', 'FULL_OBJECT', false],
  ['XXHASH64', 'x-2', 2, 'CRC32', 'FULL_OBJECT', false],
])('%s %s is kept where S3 can make it in parts', (algorithm, value, parts, made, type, known) => {
  const checksum = { algorithm, value, ...(parts === undefined ? {} : { parts }) };
  expect(uploadChecksum(checksum)).toEqual({ algorithm: made, type, ...(known ? { known: checksum } : {}) });
});
