import { UnreachableError } from '../../../../lib/errors/errors';
import { SIZES } from '../../../../lib/ops/copy/transfer/layout';
import { without } from '../../../helpers/fake-s3/faults';
import { crc32Of } from '../../../helpers/fake-s3/version';
import { itemOf, jittered, SMALL_SIZES, World } from './world';

const MIB = 1024 ** 2;
const BODY = Buffer.from('what was backed up');

/** Above what gets memory of its own. */
const BUFFERED = Buffer.alloc(SMALL_SIZES.inMemory + 1, 'buffered');

/** Above what fits in a buffer, below what is sent in parts. */
const STREAMED = Buffer.alloc(2.5 * SMALL_SIZES.part, 'streamed');

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(async () => {
  await world.stop();
});

const restored = { kind: 'restored', verifiedBy: 'object-checksum' };

describe.each([
  ['in memory', BODY],
  ['in a buffer', BUFFERED],
  ['sent on as it arrives', STREAMED],
])('an object %s', (_, body) => {
  test('has the same content under the same checksum', async () => {
    const stored = world.replica.put('a/b', body);

    await expect(world.copy(itemOf('a/b', stored))).resolves.toEqual(restored);

    const [written, ...others] = world.target.versions('a/b');
    expect(others).toEqual([]);
    expect(written?.body.equals(body)).toBe(true);
    expect(written?.headers['x-amz-checksum-crc32']).toBe(crc32Of(body));
  });

  test.each([-1, 1])('of another size than listed (by %d bytes) fails, and nothing of it is written', async (by) => {
    const stored = world.replica.put('a', body, { checksum: null });
    const size = body.length - by;

    await expect(world.copy(itemOf('a', stored, { size }))).resolves.toEqual({
      kind: 'failed',
      why: `S3 sends ${body.length} bytes, but ${size} are expected by the listing: nothing of it is restored`,
    });
    expect(world.target.versions('a')).toEqual([]);
  });

  test('keeps checksums of other algorithms', async () => {
    const stored = world.replica.put('a', body, { checksum: 'sha256' });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);
    expect(world.target.versions('a')[0]?.headers).toHaveProperty(
      'x-amz-checksum-sha256',
      stored.headers['x-amz-checksum-sha256'],
    );
  });

  test('is verified by a checksum of the transfer where S3 keeps none', async () => {
    const stored = world.replica.put('a', body, { checksum: null });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'restored', verifiedBy: 'transfer' });
    expect(world.target.versions('a')[0]?.headers['x-amz-checksum-crc32']).toBe(crc32Of(body));
  });

  test('keeps metadata, content headers and tags, and takes no encryption along', async () => {
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      'content-encoding': 'aws-chunked,gzip',
      'content-disposition': 'attachment; filename="a  b.txt"',
      'content-language': 'de',
      'cache-control': 'max-age=60',
      expires: 'never, really',
      'x-amz-website-redirect-location': '/elsewhere',
      'x-amz-meta-owner': '=?UTF-8?B?w7w=?=',
      'x-amz-meta-empty': '',
    };
    const stored = world.replica.put('a', body, {
      headers: { ...headers, 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-replication-status': 'REPLICA' },
      tags: { team: 'a b&c=d', other: '+/ü' },
    });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);

    const [written] = world.target.versions('a');
    expect(written?.headers).toEqual({
      ...headers,
      'content-encoding': 'gzip',
      'x-amz-checksum-crc32': crc32Of(body),
      'x-amz-checksum-type': 'FULL_OBJECT',
    });
    expect(written?.tags).toEqual(stored.tags);
    const sent = Object.keys(world.target.sent('PUT')[0]?.headers ?? {});
    expect(sent.filter((name) => name.includes('encryption'))).toEqual([]);
  });

  test('fails where its tags cannot be read, and is not written', async () => {
    world.replica.tagsReadable = false;
    const stored = world.replica.put('a', body, { tags: { team: 'blue' } });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({
      kind: 'failed',
      why: 'its tags could not be read: AccessDenied says the server; allow s3:GetObjectVersionTagging on replica, or restore without tags: --without-tags',
    });
    expect(world.target.versions('a')).toEqual([]);
  });

  test('is restored without tags where that is wanted, and says so', async () => {
    world.replica.tagsReadable = false;
    const stored = world.replica.put('a', body, { tags: { team: 'blue' } });

    await expect(world.copy(itemOf('a', stored), { withoutTags: true })).resolves.toEqual({ ...restored, withoutTags: true });
    expect(world.target.versions('a')[0]?.tags).toBeUndefined();
    expect(world.replica.requests.filter(({ query }) => query.has('tagging'))).toEqual([]);
  });

  test('has its tags asked for where S3 says no number of them', async () => {
    const stored = world.replica.put('a', body);

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);
    expect(world.replica.requests.filter(({ query }) => query.has('tagging'))).toHaveLength(1);
  });

  test('is not written over an object that nobody chose to replace', async () => {
    const stored = world.replica.put('a', body);
    world.target.put('a', Buffer.from('newer'));

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({
      kind: 'conflict',
      why: 'the target has version version-1 of Mon, 02 Nov 2026 10:00:00 GMT, 5 B',
    });
    expect(world.target.versions('a')).toHaveLength(1);
  });

  test('replaces the version that was chosen, and no other', async () => {
    const stored = world.replica.put('a', body);
    const chosen = world.target.put('a', Buffer.from('encrypted for ransom'));
    const item = itemOf('a', stored, { replaces: chosen.versionId });

    await expect(world.copy(item)).resolves.toEqual(restored);
    world.target.put('a', Buffer.from('written meanwhile'));
    await expect(world.copy(item)).resolves.toMatchObject({ kind: 'conflict' });
    expect(world.target.versions('a')).toHaveLength(3);
  });

  test('does not replace what changes between the look and the write', async () => {
    const stored = world.replica.put('a', body);
    const chosen = world.target.put('a', Buffer.from('old'));
    world.target.fault(
      ({ method }) => method === 'PUT',
      () => world.target.put('a', Buffer.from('written meanwhile')),
    );

    await expect(world.copy(itemOf('a', stored, { replaces: chosen.versionId }))).resolves.toMatchObject({ kind: 'conflict' });
    expect(world.target.versions('a')).toHaveLength(2);
  });

  test('is a conflict when the version to replace is deleted meanwhile', async () => {
    const stored = world.replica.put('a', body);
    const chosen = world.target.put('a', Buffer.from('old'));
    world.target.fault(
      ({ method }) => method === 'PUT',
      () => world.target.put('a', Buffer.alloc(0), { isDeleteMarker: true }),
    );

    await expect(world.copy(itemOf('a', stored, { replaces: chosen.versionId }))).resolves.toEqual({
      kind: 'conflict',
      why: 'the object was deleted in the target since it was chosen',
    });
  });

  test('is written over a delete marker', async () => {
    const stored = world.replica.put('a', body);
    world.target.put('a', Buffer.alloc(0), { isDeleteMarker: true });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);
  });

  test.each([undefined, 'chosen'])('is written once when the answer is lost; replaces %s', async (replaced) => {
    const stored = world.replica.put('a', body);
    const chosen = replaced === undefined ? undefined : world.target.put('a', Buffer.from('old'));
    world.target.fault(({ method }) => method === 'PUT', 'lose the answer');

    const item = itemOf('a', stored, chosen === undefined ? {} : { replaces: chosen.versionId });
    await expect(world.copy(item)).resolves.toEqual({ kind: 'already-there' });
    expect(world.target.sent('PUT')).toHaveLength(1);
    expect(world.target.versions('a')).toHaveLength(chosen === undefined ? 1 : 2);
  });

  test('is written once by two runs', async () => {
    const item = itemOf('a', world.replica.put('a', body));

    await world.copy(item);
    await expect(world.copy(item)).resolves.toEqual({ kind: 'already-there' });
    expect(world.target.versions('a')).toHaveLength(1);
  });

  test('is copied though the network and S3 fail in passing', async () => {
    const stored = world.replica.put('a', body);
    world.replica.fault(({ method }) => method === 'GET', 'cut the body');
    world.target.fault(({ method }) => method === 'PUT', { status: 500, code: 'InternalError' });
    world.target.fault(({ method }) => method === 'PUT', 'reset');

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);
    expect(world.waits).toEqual([200, 1000, 5000].map(jittered));
  });

  test('fails alone when a failure does not pass', async () => {
    const stored = world.replica.put('a', body);
    world.target.fault(({ method }) => method === 'PUT', { status: 500, code: 'InternalError' }, 9);

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'failed', why: 'InternalError says the server' });
  });

  test('waits while S3 throttles', async () => {
    const stored = world.replica.put('a', body);
    world.replica.fault(({ method }) => method === 'GET', { status: 503, code: 'SlowDown' });
    world.target.fault(({ method }) => method === 'PUT', { status: 503, code: 'SlowDown' }, 2);

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);
    expect(world.waits).toEqual([1000, 1000, 2000].map(jittered));
  });

  test('is refused when what arrives is not what was backed up', async () => {
    const stored = world.replica.put('a', body, { headers: { 'x-amz-checksum-crc32': 'AAAAAA==' } });

    await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'failed', why: 'BadDigest says the server' });
    expect(world.target.versions('a')).toEqual([]);
  });

  test('ends the restore when credentials expire', async () => {
    const stored = world.replica.put('a', body);
    world.target.fault(({ method }) => method === 'PUT', { status: 400, code: 'ExpiredToken' });

    await expect(world.copy(itemOf('a', stored))).rejects.toThrow(UnreachableError);
  });
});

test('an object larger than what the network holds is sent on as it arrives, by the default sizes', async () => {
  const body = Buffer.alloc(13 * MIB, 'streamed');
  const stored = world.replica.put('a', body);

  await expect(world.copy(itemOf('a', stored), { sizes: SIZES })).resolves.toEqual(restored);
  expect(world.target.versions('a')[0]?.body.equals(body)).toBe(true);
});

test.each([
  ['in one PUT, which begins with its GET', 64 * MIB, 'GET'],
  ['in parts, which begins with a HEAD', 64 * MIB + 1, 'HEAD'],
])('by the default sizes, an object is copied %s: %i bytes', async (_, size, method) => {
  const stored = world.replica.put('a', BODY);

  await world.copy(itemOf('a', { ...stored, versionId: 'gone' }, { size }), { sizes: SIZES });
  expect(world.replica.requests[0]?.method).toBe(method);
});

test('an empty object', async () => {
  const stored = world.replica.put('folder/', Buffer.alloc(0));

  await expect(world.copy(itemOf('folder/', stored))).resolves.toEqual(restored);
  expect(world.target.versions('folder/')[0]?.body).toHaveLength(0);
});

test('another storage class, and the account that has to own each bucket', async () => {
  const item = itemOf('a', world.replica.put('a', BODY, { tags: { a: 'b' } }));

  await world.copy(item, { storageClass: 'STANDARD_IA', owners: { from: '222222222222', to: '111111111111' } });

  expect(world.target.versions('a')[0]?.headers).toHaveProperty('x-amz-storage-class', 'STANDARD_IA');
  const owners = (requests: World['replica']['requests']) =>
    new Set(requests.map(({ headers }) => headers['x-amz-expected-bucket-owner']));
  expect(owners(world.replica.requests)).toEqual(new Set(['222222222222']));
  expect(owners(world.target.requests)).toEqual(new Set(['111111111111']));
});

describe('what is in the target already', () => {
  test.each([
    ['the same under a checksum of another kind', BODY, { checksum: 'sha256' }, 'already-there'],
    ['the same without a checksum', BODY, { checksum: null }, 'already-there'],
    ['another of the same size without a checksum', Buffer.alloc(BODY.length), { checksum: null }, 'conflict'],
    ['another of the same size', Buffer.alloc(BODY.length), {}, 'conflict'],
  ])('%s', async (_, there, more, kind) => {
    const stored = world.replica.put('a', BODY);
    const present = world.target.put('a', there, more);

    await expect(world.copy(itemOf('a', stored))).resolves.toMatchObject({ kind });
    await expect(world.copy(itemOf('a', stored, { present: present.versionId }))).resolves.toMatchObject({ kind });
    expect(world.target.versions('a')).toHaveLength(1);
  });

  test('is a conflict where it cannot be read', async () => {
    const stored = world.replica.put('a', BODY);
    world.target.put('a', Buffer.alloc(BODY.length));
    world.target.fault(({ headers }) => headers['x-amz-checksum-mode'] !== undefined, { status: 403, code: 'AccessDenied' }, 2);

    await expect(world.copy(itemOf('a', stored))).resolves.toMatchObject({
      kind: 'conflict',
      why: expect.stringContaining('could not be compared'),
    });
  });

  test('nothing is written for what is only compared', async () => {
    const stored = world.replica.put('a', BODY);

    await expect(world.copy(itemOf('a', stored, { present: 'gone' }))).resolves.toMatchObject({ kind: 'conflict' });
    expect(world.target.sent('PUT')).toEqual([]);
  });
});

describe('archives', () => {
  const ARCHIVED = { storageClass: 'DEEP_ARCHIVE' };

  test.each([
    [undefined, 'in DEEP_ARCHIVE, and not requested from there'],
    ['ongoing-request="true"', 'requested from DEEP_ARCHIVE; S3 is not done yet'],
  ])('by the class of the listing, with the state %s', async (state, why) => {
    const stored = world.replica.put('a', BODY, { archived: true, ...(state && { headers: { 'x-amz-restore': state } }) });

    await expect(world.copy(itemOf('a', stored, ARCHIVED))).resolves.toEqual({ kind: 'archived', why });
    expect(world.replica.sent('GET')).toEqual([]);
  });

  test('a copy that S3 has put there for a while is restored', async () => {
    const state = 'ongoing-request="false", expiry-date="Fri, 21 Dec 2026 00:00:00 GMT"';
    const stored = world.replica.put('a', BODY, { headers: { 'x-amz-restore': state } });

    await expect(world.copy(itemOf('a', stored, ARCHIVED))).resolves.toEqual(restored);
  });

  test('of Intelligent-Tiering, as S3 says when it is read', async () => {
    const headers = { 'x-amz-storage-class': 'INTELLIGENT_TIERING', 'x-amz-archive-status': 'ARCHIVE_ACCESS' };
    const stored = world.replica.put('a', BODY, { archived: true, headers });

    await expect(world.copy(itemOf('a', stored, { storageClass: 'INTELLIGENT_TIERING' }))).resolves.toEqual({
      kind: 'archived',
      why: 'in ARCHIVE_ACCESS, and not requested from there',
    });
  });
});

test.each([
  [{ status: 404, code: 'NoSuchVersion' }, 'the version is no longer in the replica bucket: it was deleted since'],
  [{ status: 403, code: 'AccessDenied' }, 'access denied: AccessDenied says the server'],
  [{ status: 400, code: 'KMS.DisabledException' }, 'the KMS key cannot be used: KMS.DisabledException says the server'],
])('one object fails with a reason: %j', async (fault, why) => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(({ method }) => method === 'GET', fault);

  await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'failed', why });
});

test('throttling that does not end is a reason too', async () => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(({ method }) => method === 'GET', { status: 503, code: 'SlowDown' }, 6);

  await expect(world.copy(itemOf('a', stored))).resolves.toEqual({
    kind: 'failed',
    why: 'S3 throttles the requests: SlowDown says the server',
  });
});

test.each([
  [{ status: 404, code: 'NoSuchBucket' }, 'a bucket of the restore does not exist'],
  [{ status: 400, code: 'ExpiredToken' }, 'the credentials have expired'],
])('ends the restore: %j', async (fault, message) => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(() => true, fault, 9);

  await expect(world.copy(itemOf('a', stored))).rejects.toThrow(message);
});

test('an answer to HEAD says nothing of expired credentials, so that the same is asked with GET', async () => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(() => true, { status: 400, code: 'ExpiredToken' }, 9);

  await expect(world.copy(itemOf('a', stored, { storageClass: 'GLACIER' }))).rejects.toThrow('the credentials have expired');
});

test.each([
  ['<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag><Tag x="y"><Key>c</Key></Tag></TagSet></Tagging>'],
  ['<html>a proxy</html>'],
  [''],
])('fails where what S3 says of tags cannot be read: %s', async (answer) => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(({ query }) => query.has('tagging'), { body: answer }, 9);

  await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'failed', why: 'S3 answered with no list of tags' });
});

test('is restored where a server says that there are no tags', async () => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(({ query }) => query.has('tagging'), { status: 404, code: 'NoSuchTagSet' });

  await expect(world.copy(itemOf('a', stored))).resolves.toEqual(restored);
});

test('ends the restore when credentials expire before the tags are read', async () => {
  const stored = world.replica.put('a', BODY);
  world.replica.fault(({ query }) => query.has('tagging'), { status: 400, code: 'ExpiredToken' });

  await expect(world.copy(itemOf('a', stored))).rejects.toThrow('the credentials have expired');
});

test('ends the restore when nothing can be reached', async () => {
  const item = itemOf('a', world.replica.put('a', BODY));
  const copy = world.copier();
  await world.replica.stop();

  await expect(copy(item)).rejects.toThrow(
    /no more objects can be copied: AWS cannot be reached: 127\.0\.0\.1:\d+: the connection was refused/,
  );
});

test.each([
  ['small ones in buffers that are used again', 1000, 3 * SMALL_SIZES.small],
  ['larger ones', 5000, 15_000],
])('memory is bounded however many copies run: %s', async (_, size, memory) => {
  const items = Array.from({ length: 20 }, (__, index) =>
    itemOf(`${index}`, world.replica.put(`${index}`, Buffer.alloc(size, index))),
  );
  let most = 0;
  world.target.fault(() => {
    const reads = world.replica.sent('GET').filter(({ query }) => !query.has('tagging'));
    most = Math.max(most, reads.length - world.target.sent('PUT').length);
    return false;
  }, 'reset');
  const copy = world.copier({ memory });

  const outcomes = await Promise.all(items.map((item) => copy(item)));

  expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['restored']));
  expect(most).toBeLessThanOrEqual(3);
  expect(items.map(({ key }) => world.target.versions(key)[0]?.body.at(-1))).toEqual(items.map((__, index) => index));
});

test('the same ETag says enough where it is a checksum', async () => {
  await world.stop();
  world = await World.start(false);
  const stored = world.replica.put('a', BODY, { checksum: null });
  world.target.put('a', BODY, { checksum: null });

  await expect(world.copy(itemOf('a', stored))).resolves.toEqual({ kind: 'already-there' });
  expect(world.target.sent('GET')).toEqual([]);
});

test('a body that is longer than S3 said fails, where nothing says its length', async () => {
  const stored = world.replica.put('a', BODY, { checksum: null });
  world.replica.fault(({ query }) => query.has('versionId') && !query.has('tagging'), without('content-length'));

  await expect(world.copy(itemOf('a', stored, { size: 4 }))).resolves.toMatchObject({
    kind: 'failed',
    why: expect.stringContaining(`S3 sends ${BODY.length} bytes, but 4 are expected`),
  });
  expect(world.target.versions('a')).toEqual([]);
});

test('a target of the listed size is not the same as a replica of another', async () => {
  const stored = world.replica.put('a', BODY);
  const present = world.target.put('a', BODY.subarray(0, 4));

  await expect(world.copy(itemOf('a', stored, { size: 4, present: present.versionId }))).resolves.toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('nothing of it is restored'),
  });
});
