import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  type DeleteMarkerEntry,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ObjectVersion,
  type ReplicationRule,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { explain } from '../../../lib/ops/explain/explain';
import type { ObjectData } from '../../../lib/ops/explain/explain-object';
import { testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';

const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
const REPLICAS = 'backups-documents-222222222222-us-west-2-an';
const KEY = 'reports/2026.pdf';
const SOURCE_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/source';
const FOREIGN_KEY = 'arn:aws:kms:ap-southeast-2:111111111111:key/foreign';

const s3 = mockClient(S3Client);
const kms = mockClient(KMSClient);

const at = (day: number) => new Date(Date.UTC(2026, 9, day));
const listed = (VersionId: string, day: number, more: Partial<ObjectVersion> = {}): ObjectVersion => ({
  Key: KEY,
  VersionId,
  IsLatest: false,
  LastModified: at(day),
  Size: 3,
  ...more,
});

const CUSTOMER_KEY =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';

function fail(name: string, httpStatusCode: number, message = name): S3ServiceException {
  return new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });
}

/** Has one bucket list this, or both. */
function listing(Versions: ObjectVersion[], DeleteMarkers: DeleteMarkerEntry[] = [], bucket?: string): void {
  s3.on(ListObjectVersionsCommand, bucket === undefined ? {} : { Bucket: bucket }).resolves({ Versions, DeleteMarkers });
}

function head(VersionId: string, output: Partial<HeadObjectCommandOutput>, Bucket = SOURCE): void {
  s3.on(HeadObjectCommand, { Bucket, VersionId }).resolves({
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: SOURCE_KEY,
    ...output,
  });
}

function rules(...changes: Partial<ReplicationRule>[]): void {
  const rule: ReplicationRule = {
    ID: 'backups-documents',
    Priority: 1,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::${REPLICAS}` },
  };
  s3.on(GetBucketReplicationCommand).resolves({
    ReplicationConfiguration: { Role: 'r', Rules: changes.map((each) => ({ ...rule, ...each })) },
  });
}

async function explained(key = KEY, bucket = SOURCE, keys: Record<string, unknown> = {}) {
  const { exitCode, text, data } = await explain(testContext(keys).context, { argument: `s3://${bucket}/${key}`, values: {} });
  return { exitCode, text, data: data as ObjectData };
}

beforeEach(() => {
  s3.reset();
  kms.reset();
  s3.on(GetBucketOwnershipControlsCommand).resolves({
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  });
  kms.on(DescribeKeyCommand, { KeyId: 'alias/backups-source' }).resolves({ KeyMetadata: { KeyId: 'source', Arn: SOURCE_KEY } });
  s3.on(HeadObjectCommand, { Bucket: REPLICAS }).resolves({ ReplicationStatus: 'REPLICA' });
  rules({});
});

describe('an object of a source bucket', () => {
  test('is explained version by version, newest first, with stable keys', async () => {
    listing([listed('old', 1), listed('new', 3)], [{ Key: KEY, VersionId: 'gone', IsLatest: true, LastModified: at(4) }], SOURCE);
    listing([listed('new', 3)], [], REPLICAS);
    head('old', { ReplicationStatus: 'FAILED', StorageClass: 'STANDARD_IA' });
    head('new', { ReplicationStatus: 'COMPLETED' });

    const { exitCode, data } = await explained();

    expect(exitCode).toBe(1);
    expect(data).toEqual({
      status: 'failed',
      bucket: SOURCE,
      key: KEY,
      side: 'source',
      pair: 'documents',
      versions: [
        {
          versionId: 'gone',
          isLatest: true,
          isDeleteMarker: true,
          lastModified: '2026-10-04T00:00:00.000Z',
          size: null,
          storageClass: null,
          encryption: null,
          status: 'ok',
          replicationStatus: null,
          rule: { id: 'backups-documents', matches: false, why: 'the rule replicates no delete markers' },
          verdict: expect.stringContaining('rightly not replicated'),
          action: null,
          counterpart: { found: 'absent', versionId: null, size: null, replicationStatus: null, why: null },
        },
        {
          versionId: 'new',
          isLatest: false,
          isDeleteMarker: false,
          lastModified: '2026-10-03T00:00:00.000Z',
          size: 3,
          storageClass: 'STANDARD',
          encryption: { type: 'SSE-KMS', kmsKeyId: SOURCE_KEY },
          status: 'ok',
          replicationStatus: 'COMPLETED',
          rule: { id: 'backups-documents', matches: true, why: 'the rule takes every object' },
          verdict: 'replicated',
          action: null,
          counterpart: { found: 'there', versionId: 'new', size: 3, replicationStatus: 'REPLICA', why: null },
        },
        expect.objectContaining({ versionId: 'old', storageClass: 'STANDARD_IA', status: 'failed', replicationStatus: 'FAILED' }),
      ],
      deletedMeanwhile: [],
      otherBucket: { bucket: REPLICAS, versions: 1, why: null, deleteMarkers: [] },
    });
  });

  test('is shown to a person with status, rule, verdict and what to do', async () => {
    listing([listed('v1', 1, { IsLatest: true })], [], SOURCE);
    listing([], [], REPLICAS);
    head('v1', {});

    const { text } = await explained();

    expect(text).toBe(
      `"${KEY}" in source bucket ${SOURCE} (pair documents):

✗ version v1 (latest), 2026-10-01T00:00:00.000Z
  status   none; 3 bytes, STANDARD, SSE-KMS, ${SOURCE_KEY}
  rule     backups-documents matches: the rule takes every object
  replica  not there
  verdict  not replicated although the rule takes it now: it is older than the rule or a change of it
  do       upload the object again. To replicate with S3 Batch Replication, write "backfill": true into the configuration, deploy the source (npx cdk deploy Source --exclusively), then run npx --no -- s3-replication backfill --pair documents`,
    );
  });

  test.each<[string, Partial<HeadObjectCommandOutput>, Partial<ReplicationRule>, number]>([
    ['replicated', { ReplicationStatus: 'COMPLETED' }, {}, 0],
    ['a replica itself', { ReplicationStatus: 'REPLICA' }, {}, 0],
    ['outside the filter', {}, { Filter: { Prefix: 'x' } }, 0],
    ['failed', { ReplicationStatus: 'FAILED' }, {}, 1],
    ['pending for long', { ReplicationStatus: 'PENDING' }, {}, 1],
    ['left behind', {}, {}, 1],
    ['archived', { StorageClass: 'GLACIER' }, {}, 1],
    ['in an archive tier', { StorageClass: 'INTELLIGENT_TIERING', ArchiveStatus: 'DEEP_ARCHIVE_ACCESS' }, {}, 1],
    ['under a disabled rule', {}, { Status: 'Disabled' }, 1],
    ['SSE-C, as S3 says with the key', { SSECustomerAlgorithm: 'AES256' }, {}, 3],
  ])('that is %s', async (_, output, rule, expected) => {
    listing([listed('v1', 1)]);
    head('v1', output);
    rules(rule);

    expect((await explained()).exitCode).toBe(expected);
  });

  test('is not mixed up with longer keys, and no page beyond its own versions is read', async () => {
    s3.on(ListObjectVersionsCommand, { Bucket: SOURCE, Prefix: KEY }).resolves({
      IsTruncated: true,
      NextKeyMarker: KEY,
      NextVersionIdMarker: 'v2',
      Versions: [listed('v2', 2)],
    });
    s3.on(ListObjectVersionsCommand, { KeyMarker: KEY, VersionIdMarker: 'v2' }).resolves({
      IsTruncated: true,
      NextKeyMarker: `${KEY}.bak`,
      NextVersionIdMarker: 'b1',
      Versions: [listed('v1', 1), listed('b1', 9, { Key: `${KEY}.bak` })],
      DeleteMarkers: [{ Key: `${KEY}.bak`, VersionId: 'b2', LastModified: at(9) }],
    });
    s3.on(HeadObjectCommand, { Bucket: SOURCE }).resolves({ ReplicationStatus: 'COMPLETED' });

    const { data } = await explained();

    expect(data.versions.map(({ versionId }) => versionId)).toEqual(['v2', 'v1']);
    expect(s3.commandCalls(ListObjectVersionsCommand, { Bucket: SOURCE })).toHaveLength(2);
  });

  test('with more versions than are asked for at a time is read whole', async () => {
    listing(Array.from({ length: 20 }, (_, index) => listed(`v${index}`, index + 1)));
    s3.on(HeadObjectCommand, { Bucket: SOURCE }).resolves({ ReplicationStatus: 'COMPLETED' });

    expect((await explained()).data.versions.map(({ versionId }) => versionId)).toEqual(
      Array.from({ length: 20 }, (_, index) => `v${19 - index}`),
    );
  });

  test('with very many versions is shown by verdict: the newest of each, and how many more', async () => {
    const many = Array.from({ length: 1200 }, (_, index) => listed(`v${index}`, (index % 20) + 1));
    listing(many);
    s3.on(HeadObjectCommand, { Bucket: SOURCE }).resolves({ ReplicationStatus: 'COMPLETED' });
    head('v7', { ReplicationStatus: 'FAILED' });

    const { text, data } = await explained();

    expect(data.versions).toHaveLength(1200);
    expect(text.split('\n').length).toBeLessThan(40);
    expect(text).toMatch(/and 1,196 more of which the same is to be said, from 2026-10-01\S+ to 2026-10-20\S+; --json has all/);
    expect(text).toMatch(/\n\n✗ version v7, [^]*\n\n1,200 versions: 1,199 ok, 1 failed$/);
  });

  test.each(['a b.txt', 'a+b.txt', 'é/日本.txt', 'a%20b', '/leading', 'a?versionId=1', "it's", 's3://inner/key', 'line\nbreak'])(
    'may be called %j',
    async (key) => {
      s3.on(ListObjectVersionsCommand, { Prefix: key }).resolves({ Versions: [listed('v1', 1, { Key: key })] });
      s3.on(HeadObjectCommand, { Bucket: SOURCE, Key: key, VersionId: 'v1' }).resolves({ ReplicationStatus: 'COMPLETED' });

      const { exitCode, data } = await explained(key);

      expect(exitCode).toBe(0);
      expect(data.key).toBe(key);
    },
  );

  test('has its tags read only where a rule looks at them', async () => {
    listing([listed('v1', 1)]);
    head('v1', {});
    s3.on(GetObjectTaggingCommand, { VersionId: 'v1' }).resolves({ TagSet: [{ Key: 'class', Value: 'gold' }] });

    await explained();
    expect(s3.commandCalls(GetObjectTaggingCommand)).toEqual([]);

    rules({ Filter: { Tag: { Key: 'class', Value: 'gold' } } });
    expect((await explained()).data.versions).toMatchObject([{ rule: { matches: true, why: 'the rule takes tag class=gold' } }]);
    rules({ Filter: { Tag: { Key: 'class', Value: 'lead' } } });
    expect(await explained()).toMatchObject({ exitCode: 0, data: { versions: [{ rule: { matches: false } }] } });
  });

  test('that failed under another key than the source key is told apart', async () => {
    listing([listed('v1', 1)]);
    head('v1', { ReplicationStatus: 'FAILED', SSEKMSKeyId: FOREIGN_KEY });

    expect((await explained()).data.versions[0]?.verdict).toContain(FOREIGN_KEY);
  });

  test('that failed is explained even when nobody may see the source key', async () => {
    listing([listed('v1', 1)]);
    head('v1', { ReplicationStatus: 'FAILED', SSEKMSKeyId: FOREIGN_KEY });
    kms.on(DescribeKeyCommand).rejects(fail('AccessDeniedException', 400));

    expect(await explained()).toMatchObject({
      exitCode: 1,
      data: { versions: [{ verdict: expect.stringContaining('permanently') }] },
    });
  });

  test('of a bucket without BucketOwnerEnforced may belong to another account', async () => {
    listing([listed('v1', 1)]);
    head('v1', {});
    s3.on(GetBucketOwnershipControlsCommand).rejects(fail('OwnershipControlsNotFoundError', 404));

    expect((await explained()).data.versions[0]?.verdict).toContain('another account owns it');
  });

  test('of a bucket without a rule is wrong', async () => {
    listing([listed('v1', 1)]);
    head('v1', {});
    s3.on(GetBucketReplicationCommand).rejects(fail('ReplicationConfigurationNotFoundError', 404));

    const { exitCode, data, text } = await explained();

    expect(exitCode).toBe(1);
    expect(data.versions).toMatchObject([{ rule: null, verdict: expect.stringContaining('no replication rule') }]);
    expect(text).not.toContain('  rule ');
  });

  test('that S3 describes to nobody without a key is SSE-C', async () => {
    listing([listed('v1', 1)]);
    s3.on(HeadObjectCommand).rejects(fail('Unknown', 400));
    s3.on(GetObjectCommand).rejects(fail('InvalidRequest', 400, CUSTOMER_KEY));

    const { exitCode, data } = await explained();

    expect(exitCode).toBe(3);
    expect(data.versions).toMatchObject([
      {
        encryption: { type: 'SSE-C', kmsKeyId: null },
        status: 'unknown',
        replicationStatus: null,
        action: expect.stringContaining(`--bucket ${SOURCE} --key ${KEY} --version-id v1 --sse-customer-algorithm AES256`),
      },
    ]);
  });

  test.each([
    [fail('ExpiredToken', 400), 'the credentials have expired'],
    [fail('InvalidRequest', 400), 'InvalidRequest'],
    [fail('AccessDenied', 403), 'may not ask this'],
  ])('that S3 refuses to describe for another reason gives no answer: %p', async (error, why) => {
    listing([listed('v1', 1)]);
    s3.on(HeadObjectCommand).rejects(fail('Unknown', 400));
    s3.on(GetObjectCommand, { VersionId: 'v1', Range: 'bytes=0-0' }).rejects(error);

    expect((await rejectionOf(explained(), UnreachableError)).message).toContain(why);
  });

  test('names a version that is deleted meanwhile', async () => {
    listing([listed('v1', 1), listed('v2', 2)]);
    head('v1', { ReplicationStatus: 'COMPLETED' });
    s3.on(HeadObjectCommand, { VersionId: 'v2' }).rejects(fail('NotFound', 404));

    expect(await explained()).toMatchObject({
      exitCode: 0,
      data: { versions: [{ versionId: 'v1' }], deletedMeanwhile: ['v2'] },
      text: expect.stringContaining('Version v2 was deleted while this command ran.'),
    });
  });

  test('that is not there is wrong, and says so', async () => {
    listing([listed('b1', 9, { Key: `${KEY}.bak` })]);

    const { exitCode, data, text } = await explained();

    expect(exitCode).toBe(1);
    expect(data.versions).toEqual([]);
    expect(text).toContain(`There is no object "${KEY}" in source bucket ${SOURCE}`);
    expect(text).not.toContain('URL-encoded');
  });

  test.each([
    ['annual%20report.pdf', 'annual report.pdf'],
    ['annual+report.pdf', 'annual report.pdf'],
    ['a%2Fb', 'a/b'],
  ])('that is not there under %s may be there under the key without its URL encoding', async (key, decoded) => {
    listing([]);

    const { text } = await explained(key);

    expect(text).toContain(`The key looks URL-encoded. If it stands for "${decoded}":\n`);
    expect(text).toMatch(new RegExp(`explain '?s3://${SOURCE}/${decoded}'?$`, 'm'));
  });

  test('that is not there under a key with a lone % is only not there', async () => {
    listing([]);

    expect((await explained('100%')).text).not.toContain('URL-encoded');
  });
});

describe('an object of a replica bucket', () => {
  test('is looked at with the credentials of the destination, in its region', async () => {
    listing([listed('v1', 1)]);
    head('v1', { ReplicationStatus: 'REPLICA' }, REPLICAS);

    const { exitCode, data } = await explained(KEY, REPLICAS);

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ side: 'destination', versions: [{ status: 'ok', replicationStatus: 'REPLICA', rule: null }] });
    expect(data.versions[0]?.verdict).toBe(`replica of version v1 of s3://${SOURCE}/${KEY}`);
    const [call] = s3.commandCalls(HeadObjectCommand);
    const client = call?.thisValue as S3Client;
    expect((await client.config.credentials()).accessKeyId).toBe('222222222222');
    expect(await client.config.region()).toBe('us-west-2');
    expect(s3.commandCalls(GetBucketReplicationCommand)).toEqual([]);
  });

  test('that somebody wrote there is wrong', async () => {
    listing([listed('v1', 1)]);
    head('v1', {}, REPLICAS);

    expect(await explained(KEY, REPLICAS)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('wrote it here directly'),
    });
  });

  test('that was deleted there comes back with an exact command', async () => {
    listing([], [{ Key: "it's here", VersionId: 'gone', IsLatest: true, LastModified: at(4) }], REPLICAS);
    listing([], [], SOURCE);

    const { exitCode, data } = await explained("it's here", REPLICAS, { destination: { profile: 'backup' } });

    expect(exitCode).toBe(1);
    expect(data.versions[0]?.action).toContain(
      `aws s3api delete-object --bucket ${REPLICAS} --key 'it'\\''s here' --version-id gone --region us-west-2 --profile backup`,
    );
  });
});

describe('the replica of an object of a source bucket', () => {
  const MARKER = { Key: KEY, VersionId: 'm', IsLatest: true, LastModified: at(5) };

  /** A version that S3 says was replicated, and what the replica bucket lists. */
  async function replicated(replicas: ObjectVersion[], markers: DeleteMarkerEntry[] = [], keys: Record<string, unknown> = {}) {
    listing([listed('v1', 1)], [], SOURCE);
    listing(replicas, markers, REPLICAS);
    head('v1', { ReplicationStatus: 'COMPLETED' });
    return explained(KEY, SOURCE, keys);
  }

  test('that was deleted is wrong', async () => {
    const { exitCode, data, text } = await replicated([]);
    expect(exitCode).toBe(1);
    expect(data.versions).toMatchObject([
      { counterpart: { found: 'absent' }, verdict: expect.stringContaining('deleted since') },
    ]);
    expect(text).toContain('explain DstObjectHardDeleted --pair documents');
  });

  test('that was deleted since it was listed is wrong too', async () => {
    s3.on(HeadObjectCommand, { Bucket: REPLICAS, VersionId: 'v1' }).rejects(fail('NotFound', 404));
    expect((await replicated([listed('v1', 1)])).exitCode).toBe(1);
  });

  test('is there, and is read with the credentials of the destination', async () => {
    const { exitCode, text } = await replicated([listed('v1', 1)]);
    expect(exitCode).toBe(0);
    expect(text).toContain('  replica  v1, REPLICA, 3 bytes\n  verdict  replicated');
    const client = s3.commandCalls(HeadObjectCommand, { Bucket: REPLICAS })[0]?.thisValue as S3Client;
    expect((await client.config.credentials()).accessKeyId).toBe('222222222222');
  });

  test.each<[string, ObjectVersion, Partial<HeadObjectCommandOutput>]>([
    ['of another size', listed('v1', 1, { Size: 4 }), { ReplicationStatus: 'REPLICA' }],
    ['no replica', listed('v1', 1), {}],
  ])('that is %s is wrong', async (_, replica, output) => {
    head('v1', output, REPLICAS);
    expect((await replicated([replica])).exitCode).toBe(1);
  });

  test.each<[string, () => unknown]>([
    ['lists nothing', () => s3.on(ListObjectVersionsCommand, { Bucket: REPLICAS }).rejects(fail('AccessDenied', 403))],
    [
      'describes nothing',
      () =>
        s3
          .on(HeadObjectCommand, { Bucket: REPLICAS })
          .rejects(fail('Unknown', 403))
          .on(GetObjectCommand)
          .rejects(fail('AccessDenied', 403)),
    ],
  ])('is unknown where the replica bucket %s', async (_, deny) => {
    await replicated([listed('v1', 1)]);
    deny();
    const { exitCode, data, text } = await explained();
    expect(exitCode).toBe(3);
    expect(data.versions).toMatchObject([
      { counterpart: { found: 'unknown', why: expect.stringContaining('may not ask this') } },
    ]);
    expect(text).toContain('whether the replica is still there is unknown');
    expect(text).not.toContain('verdict  replicated');
  });

  test('of a bucket that is gone is wrong', async () => {
    await replicated([listed('v1', 1)]);
    s3.on(ListObjectVersionsCommand, { Bucket: REPLICAS }).rejects(fail('NoSuchBucket', 404));
    expect((await explained()).exitCode).toBe(1);
  });

  test('that a lifecycle rule deleted is right', async () => {
    listing([listed('v2', 2), listed('v1', 1)], [], SOURCE);
    listing([listed('v2', 2)], [], REPLICAS);
    head('v1', { ReplicationStatus: 'COMPLETED' });
    head('v2', { ReplicationStatus: 'COMPLETED' });
    const { exitCode, data } = await explained(KEY, SOURCE, { pairs: [{ id: 'documents', lifecycle: { noncurrentDays: 7 } }] });
    expect(exitCode).toBe(0);
    expect(data.versions.map(({ verdict }) => verdict)).toEqual([
      'replicated',
      expect.stringContaining('expired since: a lifecycle'),
    ]);
  });

  test('hidden by a delete marker of somebody else is wrong, and says so', async () => {
    const { exitCode, data, text } = await replicated([listed('v1', 1)], [MARKER]);
    expect(exitCode).toBe(1);
    expect(data.versions).toMatchObject([{ verdict: 'replicated' }]);
    expect(data.otherBucket).toMatchObject({ versions: 2, deleteMarkers: [{ versionId: 'm' }] });
    expect(text).toContain(`only in replica bucket ${REPLICAS}:\n✗ delete marker m (latest)`);
    expect(text).toContain("somebody else's delete marker");
  });

  test('hidden by a lifecycle rule is right', async () => {
    const lifecycle = { replicaExpireDays: 3 };
    const { exitCode } = await replicated([listed('v1', 1)], [MARKER], { pairs: [{ id: 'documents', lifecycle }] });
    expect(exitCode).toBe(0);
  });

  test('has the delete marker of the source where the rule replicates it', async () => {
    rules({ DeleteMarkerReplication: { Status: 'Enabled' } });
    listing([], [MARKER], SOURCE);
    const keys = { pairs: [{ id: 'documents', replicateDeleteMarkers: true }] };
    const exitCodes = [];
    for (const markers of [[MARKER], []]) {
      listing([], markers, REPLICAS);
      exitCodes.push((await explained(KEY, SOURCE, keys)).exitCode);
    }
    expect(exitCodes).toEqual([0, 3]);
  });

  test('under a key of the customer is wrong when it is not there long after', async () => {
    listing([listed('v1', 1)], [], SOURCE);
    listing([], [], REPLICAS);
    s3.on(HeadObjectCommand, { Bucket: SOURCE }).rejects(fail('Unknown', 400));
    s3.on(GetObjectCommand).rejects(fail('InvalidRequest', 400, CUSTOMER_KEY));
    expect((await explained()).exitCode).toBe(1);
  });

  test('that the source bucket does not have any more is pointed to', async () => {
    listing([], [], SOURCE);
    listing([listed('v1', 1)], [], REPLICAS);
    const { exitCode, text } = await explained();
    expect([exitCode, text]).toEqual([
      1,
      expect.stringContaining(`has 1 under this key:\nnpx --no -- s3-replication explain s3://${REPLICAS}/`),
    ]);
  });
});

describe('the source of an object of a replica bucket', () => {
  async function replica(sources: ObjectVersion[] | Error) {
    listing([listed('v1', 1)], [], REPLICAS);
    if (sources instanceof Error) {
      s3.on(ListObjectVersionsCommand, { Bucket: SOURCE }).rejects(sources);
    } else {
      listing(sources, [], SOURCE);
    }
    return explained(KEY, REPLICAS);
  }

  test.each<[string, ObjectVersion[] | Error, number, RegExp]>([
    ['is there', [listed('v1', 1)], 0, /^replica of version v1 of [^;,]*$/],
    ['is gone', [], 0, /which was deleted there since$/],
    ['is of another size', [listed('v1', 1, { Size: 9 })], 1, /3 bytes here, 9 in the source/],
    ['cannot be read', fail('AccessDenied', 403), 3, /the source bucket did not answer: .*may not ask this/],
  ])('%s', async (_, sources, expected, verdict) => {
    const { exitCode, data } = await replica(sources);
    expect(exitCode).toBe(expected);
    expect(data.versions[0]?.verdict).toMatch(verdict);
    expect(s3.commandCalls(HeadObjectCommand, { Bucket: SOURCE })).toEqual([]);
  });
});

describe('on an emulator, which gives replicas new version ids', () => {
  beforeEach(() => {
    process.env['AWS_ENDPOINT_URL_S3'] = 'http://127.0.0.1:1';
  });
  afterEach(() => {
    delete process.env['AWS_ENDPOINT_URL_S3'];
  });

  test('the replica is the one that came next, and a missing one is wrong', async () => {
    listing([listed('v2', 2), listed('v1', 1)], [], SOURCE);
    head('v1', { ReplicationStatus: 'COMPLETED' });
    head('v2', { ReplicationStatus: 'COMPLETED' });
    listing([listed('r2', 2), listed('r1', 1)], [], REPLICAS);
    expect((await explained()).data.versions.map(({ counterpart }) => counterpart?.versionId)).toEqual(['r2', 'r1']);

    listing([listed('r2', 2)], [], REPLICAS);
    const { exitCode, data } = await explained();
    expect(exitCode).toBe(1);
    expect(data.versions.map(({ counterpart }) => counterpart?.versionId)).toEqual(['r2', null]);
    expect((await explained(KEY, REPLICAS)).data.versions[0]?.verdict).toContain('replica of version v2 of');
  });
});

test.each<[string, object, string]>([
  ['without a marker', { IsTruncated: true }, 'NoMarker'],
  ['that does not advance', { IsTruncated: true, NextKeyMarker: KEY, NextVersionIdMarker: 'v1' }, 'NoProgress'],
  ['of a size that is negative', { Versions: [listed('v1', 1, { Size: -1 })] }, 'BadSize'],
])('a listing %s is an error', async (_, page, code) => {
  s3.on(ListObjectVersionsCommand).resolves(page);
  expect(await rejectionOf(explained(), UnreachableError)).toMatchObject({ code });
});

describe('fails', () => {
  test.each<[string, () => unknown]>([
    ['the versions', () => s3.on(ListObjectVersionsCommand).rejects(fail('AccessDenied', 403))],
    ['the rule', () => s3.on(GetBucketReplicationCommand).rejects(fail('AccessDenied', 403))],
    [
      'a version',
      () => s3.on(HeadObjectCommand).rejects(fail('Unknown', 403)).on(GetObjectCommand).rejects(fail('AccessDenied', 403)),
    ],
    ['the ownership', () => s3.on(GetBucketOwnershipControlsCommand).rejects(fail('AccessDenied', 403))],
  ])('as unknown when nobody may see %s', async (_, deny) => {
    listing([listed('v1', 1)]);
    head('v1', {});
    deny();

    const error = await rejectionOf(explained(), UnreachableError);

    expect(error.message).toMatch(new RegExp(`${SOURCE} could not be read: these credentials may not ask this`));
  });

  test('when the bucket is not deployed', async () => {
    s3.on(GetBucketReplicationCommand).rejects(fail('NoSuchBucket', 404));

    expect(await rejectionOf(explained(), AppError)).toMatchObject({
      code: 'NotDeployed',
      hint: expect.stringContaining('deploy'),
    });
  });

  test('for a bucket that the configuration does not have', async () => {
    const error = await rejectionOf(explained(KEY, 'another'), UsageError);

    expect(error.hint).toContain(SOURCE);
    expect(error.hint).toContain(REPLICAS);
    expect(s3.calls()).toEqual([]);
  });

  test.each([
    's3://',
    `s3://${SOURCE}`,
    `s3://${SOURCE}/`,
    's3:bucket/key',
    `arn:aws:s3:::${SOURCE}`,
    'arn:aws:s3:us-west-2:111111111111:accesspoint/mine/object/key',
    `https://${SOURCE}.s3.amazonaws.com/`,
    `https://s3.amazonaws.com/${SOURCE}`,
    'https://example.com/bucket/key',
    'https://s3.console.aws.amazon.com/s3/buckets/mine',
  ])('for %s, which names no object', async (argument) => {
    expect(await rejectionOf(explain(testContext().context, { argument, values: {} }), UsageError)).toMatchObject({
      code: 'BadObject',
    });
  });
});

test.each([
  [`arn:aws:s3:::${SOURCE}/a b%20c`, 'a b%20c'],
  [`arn:aws-cn:s3:::${SOURCE}/k`, 'k'],
  [`https://${SOURCE}.s3.ap-southeast-2.amazonaws.com/reports/annual+report%2B1.pdf`, 'reports/annual report+1.pdf'],
  [`https://${SOURCE}.s3.amazonaws.com/k?versionId=v1&X-Amz-Signature=0`, 'k'],
  [`https://${SOURCE}.s3-ap-southeast-2.amazonaws.com/a/../b`, 'a/../b'],
  [`https://${SOURCE}.s3.dualstack.ap-southeast-2.amazonaws.com//leading`, '/leading'],
  [`https://${SOURCE}.s3.cn-north-1.amazonaws.com.cn/100%`, '100%'],
  [`https://s3.ap-southeast-2.amazonaws.com/${SOURCE}/a/b`, 'a/b'],
  [`HTTPS://S3.AMAZONAWS.COM/${SOURCE}/k`, 'k'],
  [`https://ap-southeast-2.console.aws.amazon.com/s3/object/${SOURCE}?region=ap-southeast-2&prefix=a%2Fb+c`, 'a/b c'],
])('an object is named by %s', async (argument, key) => {
  listing([listed('v1', 1, { Key: key })]);
  head('v1', { ReplicationStatus: 'COMPLETED' });

  const { data } = await explain(testContext().context, { argument, values: {} });

  expect(data).toMatchObject({ bucket: SOURCE, key, versions: [{ versionId: 'v1' }] });
});

test('of several pairs, the bucket tells which one it is', async () => {
  listing([listed('v1', 1)]);
  head('v1', { ReplicationStatus: 'COMPLETED' });
  const keys = { pairs: [{ id: 'photos' }, { id: 'documents' }] };

  expect((await explained(KEY, SOURCE, keys)).data.pair).toBe('documents');
});
