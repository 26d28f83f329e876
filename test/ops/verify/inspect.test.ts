import {
  GetBucketOwnershipControlsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
} from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { checkOf, deletions, denied, KEY_ARN, puts, REPLICA, refusal, replicaHas, resetWorld, run, s3, ssm } from './world';

jest.mock('../../../lib/ops/doctor/diagnose', () => ({ diagnose: async () => [] }));

beforeEach(resetWorld);
afterEach(() => {
  delete process.env['AWS_ENDPOINT_URL'];
  delete process.env['AWS_ENDPOINT_URL_S3'];
});

const OTHER_KEY = 'arn:aws:kms:us-west-2:222222222222:key/00000000-0000-0000-0000-000000000000';
const replicaHead = (more: object = {}) => s3.on(HeadObjectCommand, { Bucket: REPLICA, ...more });
/** S3 has the content and not its checksum. */
function contentIs(content: (body: string) => string): void {
  replicaHas({ ChecksumSHA256: undefined });
  s3.on(GetObjectCommand, { Bucket: REPLICA }).callsFake(() => {
    const bytes = new TextEncoder().encode(content(puts()[0]?.Body as string));
    return { Body: { transformToByteArray: async () => bytes } };
  });
}

describe('a replica that is not as it should be is wrong, and deleted all the same', () => {
  test.each([
    ['status', { ReplicationStatus: undefined }, 'none', 'REPLICA'],
    ['status', { ReplicationStatus: 'COMPLETED' }, 'COMPLETED', 'REPLICA'],
    ['key', { SSEKMSKeyId: OTHER_KEY }, OTHER_KEY, KEY_ARN],
    ['key', { SSEKMSKeyId: undefined, ServerSideEncryption: 'AES256' }, 'AES256', KEY_ARN],
    ['key', { SSEKMSKeyId: undefined, ServerSideEncryption: undefined }, 'none', KEY_ARN],
    ['storage-class', { StorageClass: undefined }, 'STANDARD', 'STANDARD_IA'],
    ['storage-class', { StorageClass: 'GLACIER' }, 'GLACIER', 'STANDARD_IA'],
    ['size', { ContentLength: 0 }, '0 bytes', expect.stringMatching(/^\d\d bytes$/)],
    ['checksum', { ChecksumSHA256: 'bm90aGluZw==' }, 'bm90aGluZw==', expect.stringMatching(/=$/)],
  ] as const)('%s with %j', async (name, properties, found, expected) => {
    replicaHas(properties);
    const { exitCode, pair, text } = await run();

    expect(exitCode).toBe(1);
    expect(pair).toMatchObject({ status: 'failed', ended: 'COMPLETED' });
    expect(checkOf(pair, name)).toEqual({ status: 'failed', found, expected });
    expect(pair.checks.filter(({ status }) => status !== 'ok')).toHaveLength(1);
    expect(text).toContain('replicated, but not verified');
    expect(text).toContain(`✗ ${name}: found ${found}`);
    expect(deletions()).toHaveLength(2);
  });

  test('there is none', async () => {
    replicaHead().rejects(refusal('NotFound', 404));
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(1);
    expect(pair.checks).toEqual([{ name: 'status', status: 'failed', found: 'no object', expected: 'REPLICA' }]);
  });

  test.each([
    ['a tag is missing', []],
    ['a tag has another value', [{ Key: 's3-replication', Value: 'other' }]],
    [
      'there is one more',
      [
        { Key: 's3-replication', Value: 'canary' },
        { Key: 'another', Value: '' },
      ],
    ],
  ])('tags: %s', async (_, TagSet) => {
    s3.on(GetObjectTaggingCommand).resolves({ TagSet });
    const { exitCode, pair } = await run();
    expect(exitCode).toBe(1);
    expect(checkOf(pair, 'tags')).toMatchObject({ status: 'failed', expected: '{"s3-replication":"canary"}' });
  });

  test('content, when S3 has no checksum of it', async () => {
    contentIs((body) => body.toUpperCase());
    expect(checkOf((await run()).pair, 'checksum')).toMatchObject({ status: 'failed' });
  });

  test('the objects do not belong to the bucket’s owner', async () => {
    s3.on(GetBucketOwnershipControlsCommand).resolves({ OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } });
    expect(checkOf((await run()).pair, 'owner')).toEqual({
      status: 'failed',
      found: 'account 222222222222, ObjectWriter',
      expected: 'account 222222222222, BucketOwnerEnforced',
    });
  });

  test('the bucket says nothing of ownership', async () => {
    s3.on(GetBucketOwnershipControlsCommand).rejects(refusal('OwnershipControlsNotFoundError', 404));
    expect(checkOf((await run()).pair, 'owner')).toMatchObject({ status: 'failed', found: 'account 222222222222, none' });
  });

  test('the bucket belongs to another account', async () => {
    replicaHead().resolves({ ReplicationStatus: 'REPLICA' });
    replicaHead({ ExpectedBucketOwner: '222222222222' }).rejects(denied());
    replicaHead({ ExpectedBucketOwner: '222222222222', ChecksumMode: 'ENABLED' }).rejects(denied());
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(1);
    expect(checkOf(pair, 'owner')).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('belongs to another account'),
    });
  });

  test('no key is published', async () => {
    ssm.on(GetParameterCommand).rejects(refusal('ParameterNotFound', 400));
    const { exitCode, pair } = await run();
    expect(exitCode).toBe(1);
    expect(checkOf(pair, 'key')).toMatchObject({
      status: 'failed',
      expected: expect.stringContaining('/backups/destination/key-arn'),
    });
  });
});

describe('a replica that is as it should be', () => {
  test('in the standard class, which S3 does not name', async () => {
    replicaHas({ StorageClass: undefined });
    expect((await run({ pairs: [{ id: 'documents', storageClass: 'STANDARD' }] })).exitCode).toBe(0);
  });

  test('with tags in another order', async () => {
    s3.on(GetObjectTaggingCommand).resolves({
      TagSet: [
        { Key: 's3-replication', Value: 'canary' },
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '1' },
      ],
    });
    expect((await run({ pairs: [{ id: 'documents', filter: { tags: { a: '1', b: '2' } } }] })).exitCode).toBe(0);
  });

  test('without a checksum in S3: its content is read', async () => {
    contentIs((body) => body);
    expect((await run()).exitCode).toBe(0);
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(1);
  });

  test('archived without a checksum: the checksum is not checked, and that is said', async () => {
    replicaHas({ ChecksumSHA256: undefined, StorageClass: 'DEEP_ARCHIVE' });
    s3.on(GetObjectCommand).rejects(refusal('InvalidObjectState', 403));
    const { exitCode, pair, text } = await run({ pairs: [{ id: 'documents', storageClass: 'DEEP_ARCHIVE' }] });

    expect([exitCode, pair.status]).toEqual([3, 'unknown']);
    expect(checkOf(pair, 'checksum')).toMatchObject({ status: 'unknown' });
    expect(text).toContain('not checked: S3 shows none');
  });

  test.each([
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:4566'],
    ['AWS_ENDPOINT_URL_S3', 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL', 'http://[::1]:4566'],
  ])('on an emulator (%s %s), which keeps the source’s key and no ownership', async (variable, endpoint) => {
    process.env[variable] = endpoint;
    replicaHas({ SSEKMSKeyId: OTHER_KEY });
    s3.on(GetBucketOwnershipControlsCommand).rejects(refusal('OwnershipControlsNotFoundError', 404));
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(0);
    for (const name of ['key', 'owner'] as const) {
      expect(checkOf(pair, name)).toMatchObject({ status: 'skipped', found: 'not checked on an emulator' });
    }
  });

  test.each(['https://s3.example.com', 'http://127.0.0.1.example.com', 'nonsense'])('%s is no emulator', async (endpoint) => {
    process.env['AWS_ENDPOINT_URL'] = endpoint;
    replicaHas({ SSEKMSKeyId: OTHER_KEY });
    expect((await run()).exitCode).toBe(1);
  });
});

describe('a replica that may not be read', () => {
  test('at all: could not find out', async () => {
    replicaHead().rejects(denied());
    replicaHead({ ChecksumMode: 'ENABLED' }).rejects(denied());
    replicaHead({ ExpectedBucketOwner: '222222222222', ChecksumMode: 'ENABLED' }).rejects(denied());
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(3);
    expect(pair).toMatchObject({ status: 'unknown', ended: 'COMPLETED', checks: [], error: { code: 'NoAnswer' } });
    expect(deletions()).toHaveLength(2);
  });

  test('with its checksum: the rest is checked, and the checksum could not be found out', async () => {
    replicaHead({ ExpectedBucketOwner: '222222222222' }).callsFake(({ ChecksumMode }) => {
      if (ChecksumMode !== undefined) {
        throw denied();
      }
      return { ReplicationStatus: 'REPLICA', SSEKMSKeyId: KEY_ARN, StorageClass: 'STANDARD_IA', ContentLength: 1 };
    });
    replicaHead({ ExpectedBucketOwner: '222222222222', ChecksumMode: 'ENABLED' }).rejects(denied());
    s3.on(GetObjectCommand).rejects(denied());
    const { pair } = await run();

    expect(checkOf(pair, 'checksum')).toMatchObject({ status: 'unknown', found: expect.stringContaining('may not ask this') });
    expect(checkOf(pair, 'owner')).toMatchObject({ status: 'ok' });
  });

  test.each([
    ['tags', () => s3.on(GetObjectTaggingCommand).rejects(denied())],
    ['key', () => ssm.on(GetParameterCommand).rejects(refusal('AccessDeniedException', 400))],
    ['owner', () => s3.on(GetBucketOwnershipControlsCommand).rejects(refusal('SlowDown', 503))],
  ] as const)('%s alone: the rest is checked, and it ends with could not find out', async (name, arrange) => {
    arrange();
    const { exitCode, pair, text } = await run();

    expect(exitCode).toBe(3);
    expect(pair.checks.filter(({ status }) => status === 'ok')).toHaveLength(6);
    expect(checkOf(pair, name)).toMatchObject({ status: 'unknown' });
    expect(text.split(pair.error?.message ?? 'none')).toHaveLength(2);
  });

  test('something wrong outweighs something that could not be found out', async () => {
    replicaHas({ StorageClass: 'GLACIER' });
    s3.on(GetObjectTaggingCommand).rejects(denied());
    expect((await run()).exitCode).toBe(1);
  });
});

test('every question names the account that must own the bucket', async () => {
  await run();
  const owners = s3.calls().map(({ args }) => args[0].input as { Bucket: string; ExpectedBucketOwner?: string });
  for (const { Bucket, ExpectedBucketOwner } of owners) {
    expect(ExpectedBucketOwner).toBe(Bucket === REPLICA ? '222222222222' : '111111111111');
  }
});
