import { UsageError } from '../../../lib/errors/errors';
import { AWS_MANAGED_KEY, InitWorld, ROLE } from './world';

let world: InitWorld;

beforeEach(() => {
  world = new InitWorld();
});
afterEach(() => world.close());

const KEY = 'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** The pair that `--bucket acme-logs` becomes. */
async function pairOf(bucket: Parameters<typeof world.buckets.set>[1], ...options: readonly string[]) {
  world.buckets.set('acme-logs', bucket);
  const [pair] = await world.pairs(['--bucket', 'acme-logs', ...options]);
  return { written: pair?.written, notes: pair?.notes.join('\n') ?? '', unknown: pair?.unknown };
}

async function refusal(...argv: readonly string[]): Promise<string> {
  const error: unknown = await world.pairs(argv).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as Error).message;
}

describe('an existing bucket', () => {
  test('is only read: versioning, encryption, replication, Object Lock and its daily metrics', async () => {
    await pairOf({ encryption: { SSEAlgorithm: 'aws:kms' } });

    expect(new Set(world.sent)).toEqual(
      new Set([
        's3 HeadBucket',
        's3 GetBucketVersioning',
        's3 GetBucketEncryption',
        's3 GetBucketReplication',
        's3 GetObjectLockConfiguration',
        'kms DescribeKey',
        'cloudwatch GetMetricData',
      ]),
    );
  });

  test('under SSE-S3 needs its name alone', async () => {
    const { written, notes, unknown } = await pairOf({});

    expect(written).toEqual({ id: 'acme-logs', sourceBucket: { name: 'acme-logs' } });
    expect(unknown).toEqual([]);
    expect(notes).toContain('replicate under SSE-S3, not under the replica key');
  });

  test.each([
    ['a key by its ARN', { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } as const, KEY],
    ['the key that AWS manages', { SSEAlgorithm: 'aws:kms' } as const, AWS_MANAGED_KEY],
    [
      'an alias',
      { SSEAlgorithm: 'aws:kms:dsse', KMSMasterKeyID: 'alias/logs' } as const,
      'arn:aws:kms:eu-west-1:111111111111:key/of-alias-logs',
    ],
  ])('under %s has the ARN of the key', async (_, encryption, keyArn) => {
    const { written, notes } = await pairOf({ encryption });

    expect(written?.sourceBucket?.keyArns).toEqual([keyArn]);
    expect(notes).toContain(`Default encryption is ${encryption.SSEAlgorithm === 'aws:kms' ? 'SSE-KMS' : 'DSSE-KMS'}`);
  });

  test('says how much is older than the rule, and what cannot be replicated', async () => {
    const { notes } = await pairOf({
      objects: 12_345,
      bytes: { StandardStorage: 3 * 2 ** 30, GlacierStorage: 2 ** 30, DeepArchiveStorage: 2 ** 30 },
    });

    expect(notes).toContain(
      'About 12,345 objects (5 GiB, all versions) are older than the rule. Live replication does not send them: "backfill" does.',
    );
    expect(notes).toContain('2 GiB in S3 Glacier Flexible Retrieval, Deep Archive');
    expect(notes).toContain('SSE-C');
  });

  test('without daily metrics has an unknown size, not none', async () => {
    const { notes, unknown } = await pairOf({});

    expect(notes).toContain('How many objects are older than the rule is unknown.');
    expect(notes).toContain('Objects in S3 Glacier Flexible Retrieval');
    expect(unknown).toEqual([]);
  });

  test('that replicates already keeps its rules, unless they are to be replaced', async () => {
    const rules = [
      { ID: 'a', destination: 'one' },
      { ID: 'b', destination: 'two' },
    ];

    expect(await pairOf({ rules })).toMatchObject({
      written: { sourceBucket: { name: 'acme-logs', roleArn: ROLE } },
      notes: expect.stringContaining('a to one, b to two. These rules stay'),
    });
    expect((await pairOf({ rules }, '--replace-rules', 'acme-logs')).written?.sourceBucket).toEqual({
      name: 'acme-logs',
      replaces: ['a', 'b'],
    });
  });

  test.each([
    [0, 1],
    [30, 30],
  ])('with Object Lock for %i days gets a replica bucket with Object Lock that can be undone', async (lockedFor, days) => {
    const { written } = await pairOf({ lockedFor });

    expect(written).toMatchObject({ sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days } });
  });

  test.each([
    ['GetBucketVersioning', 'versioning'],
    ['GetBucketEncryption', 'default encryption'],
    ['GetBucketReplication', 'replication'],
    ['GetObjectLockConfiguration', 'Object Lock'],
  ])('of which %s is denied has an unknown setting, never none', async (operation, what) => {
    const { written, notes, unknown } = await pairOf({ denied: [operation] });

    expect(unknown).toEqual([`pair acme-logs, bucket acme-logs: ${what}: AccessDenied by the fake`]);
    expect(notes).toMatch(/is unknown/);
    expect(written).toEqual({ id: 'acme-logs', sourceBucket: { name: 'acme-logs' } });
  });

  test("that may be read but not listed is the account's all the same", async () => {
    expect(await pairOf({ denied: ['HeadBucket'] })).toMatchObject({ written: { id: 'acme-logs' }, unknown: [] });
  });

  test('gets an id that is valid, fits into bucket names and is not taken', async () => {
    const long = `acme.${'very-long-name-'.repeat(3)}x`;
    world.buckets.set(long, {}).set('acme.logs', {}).set('acme-logs', {});

    const pairs = await world.pairs([
      '--bucket',
      'acme.logs',
      '--bucket',
      'acme-logs',
      '--bucket',
      long,
      '--bucket',
      'acme-logs=own',
    ]);

    const ids = pairs.map(({ written }) => written.id);
    expect(ids.slice(0, 2)).toEqual(['acme-logs', 'acme-logs-2']);
    expect(ids[2]).toMatch(/^acme-very-long-name-very[a-z-]*[a-z]$/);
    expect(ids[3]).toBe('own');
  });
});

test('buckets that cannot be source buckets are told together, each with what to do', async () => {
  world.buckets
    .set('suspended', { versioning: 'Suspended' })
    .set('never', { versioning: undefined })
    .set('far', { region: 'us-east-1' })
    .set('foreign', { denied: ['HeadBucket', 'GetBucketVersioning'] })
    .set('nameless', { rules: [{ destination: 'one' }] })
    .set('lonely', {});
  const names = ['suspended', 'never', 'far', 'foreign', 'nowhere', 'nameless', 'lonely'];

  const message = await refusal(
    ...names.flatMap((name) => ['--bucket', name]),
    '--replace-rules',
    'nameless',
    '--replace-rules',
    'lonely',
  );

  expect(message).toContain('nothing was written, because of 7 problems');
  for (const part of [
    'bucket suspended: found "versioning Suspended"; S3 replicates only from a bucket with versioning',
    'aws s3api put-bucket-versioning --bucket never --versioning-configuration Status=Enabled --region eu-west-1',
    'bucket far: found "it is in us-east-1, and the source Region is eu-west-1"',
    'bucket foreign: found "account 111111111111 does not own it',
    'bucket nowhere: found "there is no such bucket"',
    'bucket nameless: found "a rule without an id"',
    'bucket lonely: found "--replace-rules"; the bucket has no replication rules',
  ]) {
    expect(message).toContain(part);
  }
});

test('a bucket of --replace-rules has to be one of --bucket', async () => {
  world.buckets.set('acme-logs', {});

  expect(await refusal('--bucket', 'acme-logs', '--replace-rules', 'acme-lgs')).toContain(
    '--replace-rules acme-lgs is not a bucket of --bucket',
  );
});

test('a bucket may be written as an address or an ARN', async () => {
  world.buckets.set('acme-logs', {}).set('acme-other', {});

  const pairs = await world.pairs(['--bucket', 's3://acme-logs/', '--bucket', 'arn:aws:s3:::acme-other=it']);

  expect(pairs.map(({ written }) => [written.id, written.sourceBucket?.name])).toEqual([
    ['acme-logs', 'acme-logs'],
    ['it', 'acme-other'],
  ]);
});
