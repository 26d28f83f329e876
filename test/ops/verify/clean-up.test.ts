import {
  DeleteObjectCommand,
  GetBucketLifecycleConfigurationCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { LOCKDOWN } from '../../helpers/config';
import {
  deletions,
  denied,
  puts,
  REPLICA,
  REPLICA_VERSION,
  refusal,
  replicaHas,
  resetWorld,
  run,
  SOURCE,
  s3,
  VERSION,
} from './world';

jest.mock('../../../lib/ops/doctor/diagnose', () => ({ diagnose: async () => [] }));

beforeEach(resetWorld);

const MIDNIGHT_AFTER_BOTH_ACTIONS = '2026-11-05T00:00:00.000Z';

test('every version and delete marker of exactly the key is deleted at the destination, and nothing beside it', async () => {
  s3.on(ListObjectVersionsCommand).callsFake(({ Prefix }) => ({
    Versions: [
      { Key: Prefix, VersionId: 'one' },
      { Key: Prefix, VersionId: 'two' },
      { Key: `${Prefix}0`, VersionId: 'not mine' },
      { Key: 'reports/2026.pdf', VersionId: 'not mine' },
    ],
    DeleteMarkers: [
      { Key: Prefix, VersionId: 'marker' },
      { Key: `${Prefix}/x`, VersionId: 'not mine' },
    ],
  }));
  await run();

  const key = puts()[0]?.Key;
  expect(deletions()).toEqual([
    [SOURCE, key, VERSION],
    [REPLICA, key, 'one'],
    [REPLICA, key, 'two'],
    [REPLICA, key, 'marker'],
  ]);
  expect(s3.commandCalls(ListObjectVersionsCommand).map(({ args }) => args[0].input)).toEqual([
    { Bucket: REPLICA, Prefix: key, ExpectedBucketOwner: '222222222222' },
  ]);
});

test('a deletion always names a version, so that it leaves no delete marker', async () => {
  s3.on(ListObjectVersionsCommand).callsFake(({ Prefix }) => ({ Versions: [{ Key: Prefix }] }));
  await run();
  expect(deletions()).toEqual([[SOURCE, puts()[0]?.Key, VERSION]]);
});

test('where deletion is not allowed, it says what stays until when, and the pair is verified all the same', async () => {
  s3.on(DeleteObjectCommand, { Bucket: REPLICA }).rejects(denied());
  const { exitCode, pair, text } = await run();

  expect(exitCode).toBe(0);
  expect(pair.left).toEqual([
    {
      bucket: REPLICA,
      key: pair.source.key,
      until: MIDNIGHT_AFTER_BOTH_ACTIONS,
      why: 'deleting it is not allowed (AccessDenied it is)',
      seen: true,
    },
  ]);
  expect(text).toContain(`s3://${REPLICA}/${pair.source.key} stays until about ${MIDNIGHT_AFTER_BOTH_ACTIONS}`);
});

test('under lockdown the replica is left to its lifecycle rule, and the pair is verified all the same', async () => {
  const { exitCode, pair, text, recorded } = await run(LOCKDOWN);

  expect(exitCode).toBe(0);
  expect(recorded.told[0]).toContain('delete the canary and nothing else; a lifecycle rule deletes the replica');
  expect(deletions()).toEqual([[SOURCE, pair.source.key, VERSION]]);
  expect(pair.left).toEqual([
    {
      bucket: REPLICA,
      key: pair.source.key,
      until: MIDNIGHT_AFTER_BOTH_ACTIONS,
      why: 'the lockdown keeps its versions, and a lifecycle rule removes them',
      seen: true,
    },
  ]);
  expect(text).toContain(
    `s3://${REPLICA}/${pair.source.key} stays until about ${MIDNIGHT_AFTER_BOTH_ACTIONS}; the lockdown keeps`,
  );
});

test('under lockdown the replica in a bucket of somebody else is left to its owner', async () => {
  const { exitCode, pair, recorded } = await run({ ...LOCKDOWN, pairs: [{ id: 'documents', replicaBucket: { name: REPLICA } }] });

  expect(exitCode).toBe(0);
  expect(recorded.told[0]).toContain(`its replica in s3://${REPLICA}, which its owner deletes`);
  expect(deletions()).toEqual([[SOURCE, pair.source.key, VERSION]]);
  expect(pair.left).toMatchObject([
    { bucket: REPLICA, why: expect.stringContaining('the bucket is owned elsewhere: its owner removes them') },
  ]);
});

test('with a witness the replica is left to its lifecycle rule too: deleting it would raise an alarm', async () => {
  const { exitCode, pair } = await run({ witness: true });

  expect(exitCode).toBe(0);
  expect(deletions()).toEqual([[SOURCE, pair.source.key, VERSION]]);
  expect(pair.left).toMatchObject([{ bucket: REPLICA, why: expect.stringMatching(/^the witness would raise its alarm/) }]);
});

test('on the source side too, and the replica is still deleted', async () => {
  s3.on(DeleteObjectCommand, { Bucket: SOURCE }).rejects(denied());
  const { pair } = await run();

  expect(pair.left).toMatchObject([{ bucket: SOURCE, until: MIDNIGHT_AFTER_BOTH_ACTIONS }]);
  expect(deletions()).toContainEqual([REPLICA, pair.source.key, REPLICA_VERSION]);
});

test('Object Lock holds longer than the lifecycle rule', async () => {
  s3.on(DeleteObjectCommand, { Bucket: REPLICA }).rejects(denied());
  s3.on(HeadObjectCommand, { Bucket: REPLICA, VersionId: REPLICA_VERSION }).resolves({
    ObjectLockRetainUntilDate: new Date('2026-12-01T00:00:00Z'),
  });
  expect((await run()).pair.left).toMatchObject([{ until: '2026-12-01T00:00:00.000Z' }]);
});

test.each([
  ['may still arrive', () => s3.on(ListObjectVersionsCommand).rejects(denied())],
  ['does not say how long', () => s3.on(HeadObjectCommand, { Bucket: REPLICA, VersionId: REPLICA_VERSION }).rejects(denied())],
])('a replica that %s is kept as long as the configuration says', async (_, arrange) => {
  s3.on(DeleteObjectCommand, { Bucket: REPLICA }).rejects(denied());
  arrange();
  const { pair } = await run({ pairs: [{ id: 'documents', objectLock: { mode: 'GOVERNANCE', days: 30 } }] });

  expect(pair.left).toMatchObject([{ bucket: REPLICA, until: '2026-12-01T12:00:00.000Z' }]);
});

test('a retention that ends earlier does not matter', async () => {
  s3.on(DeleteObjectCommand, { Bucket: REPLICA }).rejects(denied());
  s3.on(HeadObjectCommand, { Bucket: REPLICA, VersionId: REPLICA_VERSION }).resolves({
    ObjectLockRetainUntilDate: new Date('2026-11-02T00:00:00Z'),
  });
  expect((await run()).pair.left).toMatchObject([{ until: MIDNIGHT_AFTER_BOTH_ACTIONS }]);
});

describe('nothing is promised', () => {
  const lifecycle = () => s3.on(GetBucketLifecycleConfigurationCommand);
  const rule = {
    Status: 'Enabled',
    Filter: { Prefix: '.s3-replication-canary/' },
    Expiration: { Days: 1 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
  } as const;

  test.each([
    ['there is no lifecycle', () => lifecycle().rejects(refusal('NoSuchLifecycleConfiguration', 404))],
    ['the lifecycle may not be read', () => lifecycle().rejects(denied())],
    ['the rule is disabled', () => lifecycle().resolves({ Rules: [{ ...rule, Status: 'Disabled' }] })],
    ['the rule is for another prefix', () => lifecycle().resolves({ Rules: [{ ...rule, Filter: { Prefix: 'x/' } }] })],
    ['the rule keeps versions', () => lifecycle().resolves({ Rules: [{ ...rule, NoncurrentVersionExpiration: undefined }] })],
    [
      'there is a legal hold',
      () =>
        s3.on(HeadObjectCommand, { Bucket: REPLICA, VersionId: REPLICA_VERSION }).resolves({ ObjectLockLegalHoldStatus: 'ON' }),
    ],
  ])('when %s', async (_, arrange) => {
    s3.on(DeleteObjectCommand, { Bucket: REPLICA }).rejects(denied());
    arrange();
    const { pair, text } = await run();

    expect(pair.left).toMatchObject([{ bucket: REPLICA, until: null }]);
    expect(text).toContain('stays until somebody deletes it');
  });
});

test('replicas that may not be listed may be there', async () => {
  s3.on(ListObjectVersionsCommand).rejects(denied());
  const { exitCode, pair } = await run();

  expect(exitCode).toBe(0);
  expect(pair.left).toMatchObject([{ bucket: REPLICA, why: expect.stringContaining('cannot be listed') }]);
  expect(deletions()).toEqual([[SOURCE, pair.source.key, VERSION]]);
});

test('trouble other than a refusal is called by its name', async () => {
  replicaHas({});
  s3.on(DeleteObjectCommand, { Bucket: SOURCE }).rejects(refusal('SlowDown', 503));
  expect((await run()).pair.left).toMatchObject([{ why: 'it could not be deleted (SlowDown it is)' }]);
});
