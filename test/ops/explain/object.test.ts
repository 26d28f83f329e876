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

function listing(Versions: ObjectVersion[], DeleteMarkers: DeleteMarkerEntry[] = []): void {
  s3.on(ListObjectVersionsCommand).resolves({ Versions, DeleteMarkers });
}

function head(VersionId: string, output: Partial<HeadObjectCommandOutput>): void {
  s3.on(HeadObjectCommand, { VersionId }).resolves({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: SOURCE_KEY, ...output });
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
  rules({});
});

describe('an object of a source bucket', () => {
  test('is explained version by version, newest first, with stable keys', async () => {
    listing([listed('old', 1), listed('new', 3)], [{ Key: KEY, VersionId: 'gone', IsLatest: true, LastModified: at(4) }]);
    head('old', { ReplicationStatus: 'FAILED', StorageClass: 'STANDARD_IA' });
    head('new', { ReplicationStatus: 'COMPLETED' });

    const { exitCode, data } = await explained();

    expect(exitCode).toBe(1);
    expect(data).toEqual({
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
          status: null,
          rule: { id: 'backups-documents', matches: false, why: 'the rule replicates no delete markers' },
          verdict: expect.stringContaining('rightly not replicated'),
          action: null,
        },
        {
          versionId: 'new',
          isLatest: false,
          isDeleteMarker: false,
          lastModified: '2026-10-03T00:00:00.000Z',
          size: 3,
          storageClass: 'STANDARD',
          encryption: { type: 'SSE-KMS', kmsKeyId: SOURCE_KEY },
          status: 'COMPLETED',
          rule: { id: 'backups-documents', matches: true, why: 'the rule takes every object' },
          verdict: 'replicated',
          action: null,
        },
        expect.objectContaining({ versionId: 'old', storageClass: 'STANDARD_IA', status: 'FAILED' }),
      ],
    });
  });

  test('is shown to a person with status, rule, verdict and what to do', async () => {
    listing([listed('v1', 1, { IsLatest: true })]);
    head('v1', {});

    const { text } = await explained();

    expect(text).toBe(
      `"${KEY}" in source bucket ${SOURCE} (pair documents):

version v1 (latest), 2026-10-01T00:00:00.000Z
  status   none; 3 bytes, STANDARD, SSE-KMS, ${SOURCE_KEY}
  rule     backups-documents matches: the rule takes every object
  verdict  not replicated although the rule takes it now: it is older than the rule or a change of it
  do       upload the object again, or replicate it with S3 Batch Replication: npm run ops -- backfill --pair documents`,
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
    s3.on(HeadObjectCommand).resolves({ ReplicationStatus: 'COMPLETED' });

    const { data } = await explained();

    expect(data.versions.map(({ versionId }) => versionId)).toEqual(['v2', 'v1']);
    expect(s3.commandCalls(ListObjectVersionsCommand)).toHaveLength(2);
  });

  test('with more versions than are asked for at a time is read whole', async () => {
    listing(Array.from({ length: 20 }, (_, index) => listed(`v${index}`, index + 1)));
    s3.on(HeadObjectCommand).resolves({ ReplicationStatus: 'COMPLETED' });

    expect((await explained()).data.versions.map(({ versionId }) => versionId)).toEqual(
      Array.from({ length: 20 }, (_, index) => `v${19 - index}`),
    );
  });

  test.each(['a b.txt', 'a+b.txt', 'é/日本.txt', 'a%20b', '/leading', 'a?versionId=1', "it's", 's3://inner/key', 'line\nbreak'])(
    'may be called %j',
    async (key) => {
      s3.on(ListObjectVersionsCommand, { Bucket: SOURCE, Prefix: key }).resolves({ Versions: [listed('v1', 1, { Key: key })] });
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
      data: { versions: [{ verdict: expect.stringContaining('for good') }] },
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
        status: null,
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

  test('loses a version that is deleted meanwhile', async () => {
    listing([listed('v1', 1), listed('v2', 2)]);
    head('v1', { ReplicationStatus: 'COMPLETED' });
    s3.on(HeadObjectCommand, { VersionId: 'v2' }).rejects(fail('NotFound', 404));

    expect(await explained()).toMatchObject({ exitCode: 0, data: { versions: [{ versionId: 'v1' }] } });
  });

  test('that is not there is wrong, and says so', async () => {
    listing([listed('b1', 9, { Key: `${KEY}.bak` })]);

    const { exitCode, data, text } = await explained();

    expect(exitCode).toBe(1);
    expect(data.versions).toEqual([]);
    expect(text).toContain(`There is no object "${KEY}" in source bucket ${SOURCE}`);
  });
});

describe('an object of a replica bucket', () => {
  test('is looked at with the credentials of the destination, in its region', async () => {
    listing([listed('v1', 1)]);
    head('v1', { ReplicationStatus: 'REPLICA' });

    const { exitCode, data } = await explained(KEY, REPLICAS);

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ side: 'destination', versions: [{ status: 'REPLICA', rule: null }] });
    expect(data.versions[0]?.verdict).toBe(`replica of version v1 of s3://${SOURCE}/${KEY}`);
    const [call] = s3.commandCalls(HeadObjectCommand);
    const client = call?.thisValue as S3Client;
    expect((await client.config.credentials()).accessKeyId).toBe('222222222222');
    expect(await client.config.region()).toBe('us-west-2');
    expect(s3.commandCalls(GetBucketReplicationCommand)).toEqual([]);
  });

  test('that somebody wrote there is wrong', async () => {
    listing([listed('v1', 1)]);
    head('v1', {});

    expect(await explained(KEY, REPLICAS)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('wrote it here directly'),
    });
  });

  test('that was deleted there comes back with an exact command', async () => {
    listing([], [{ Key: "it's here", VersionId: 'gone', IsLatest: true, LastModified: at(4) }]);

    const { exitCode, data } = await explained("it's here", REPLICAS, { destination: { profile: 'backup' } });

    expect(exitCode).toBe(1);
    expect(data.versions[0]?.action).toContain(
      `aws s3api delete-object --bucket ${REPLICAS} --key 'it'\\''s here' --version-id gone --region us-west-2 --profile backup`,
    );
  });
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

  test.each(['s3://', `s3://${SOURCE}`, `s3://${SOURCE}/`, 's3:bucket/key'])(
    'for %s, which names no object',
    async (argument) => {
      expect(await rejectionOf(explain(testContext().context, { argument, values: {} }), UsageError)).toMatchObject({
        code: 'BadObject',
      });
    },
  );
});

test('of several pairs, the bucket tells which one it is', async () => {
  listing([listed('v1', 1)]);
  head('v1', { ReplicationStatus: 'COMPLETED' });
  const keys = { pairs: [{ id: 'photos' }, { id: 'documents' }] };

  expect((await explained(KEY, SOURCE, keys)).data.pair).toBe('documents');
});
