import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { audit } from '../../../lib/ops/audit/audit';
import { breakDisk, toWrite } from '../../helpers/disk';
import { ALWAYS, type Outcome } from '../../helpers/fake-s3/faults';
import type { Request } from '../../helpers/fake-s3/protocol';
import { OLD, type Stored } from '../../helpers/fake-s3/version';
import { rejectionOf } from '../../helpers/rejection';
import { objects, REPLICA, SOURCE, World } from './world';

// V8 would keep the setting for the test files that come after this one.
jest.mock('../../../lib/cli/gc');
const world = new World();
beforeEach(async () => {
  await world.open();
  world.s3.pageSize = 1000;
  world.s3.heal();
  world.s3.requests.length = 0;
  world.s3.bucket(SOURCE).rules = RULE();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

const RULE = (filter = '<Prefix></Prefix>') =>
  `<Rule><ID>backups-documents</ID><Priority>1</Priority><Status>Enabled</Status><Filter>${filter}</Filter>
  <SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>
  <DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>
  <Destination><Bucket>arn:aws:s3:::${REPLICA}</Bucket></Destination></Rule>`;

const status = (value: string) => ({ 'x-amz-replication-status': value });
/** What S3 says of an object under a key that it does not have. */
const CUSTOMER_KEY = {
  code: 'InvalidRequest',
  message:
    'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
};

/** Five minutes before the test's clock. */
const YOUNG = '2026-11-01T11:55:00.000Z';

/** Has S3 refuse to describe any version, and say why to who reads one. */
function refuse(code: number, why?: { readonly code: string; readonly message?: string }): void {
  world.s3.fault(({ operation }) => operation === 'HeadObject', { status: code, body: '' }, ALWAYS);
  if (why !== undefined) {
    world.s3.fault(({ operation }) => operation === 'GetObject', { status: code, ...why }, ALWAYS);
  }
}

/** What became of one version that is in the source bucket alone. */
async function missing(stored: Partial<Stored>, keys: Record<string, unknown> = {}) {
  world.populate([{ key: 'docs/a', versionId: 'v1', ...stored }], []);
  const { data, exitCode } = await world.run({}, keys);
  const [found] = data.differences;
  return { exitCode, state: found?.state, wrong: found?.wrong, why: found?.why };
}

test.each([
  [true, 'After the repair: replicate with S3 Batch Replication: npx --no -- s3-replication retry --pair documents'],
  [
    false,
    'After the repair: write "backfill": true into the configuration, deploy the source, then replicate with S3 Batch Replication: npx cdk deploy Source --exclusively && npx --no -- s3-replication retry --pair documents',
  ],
])('with backfill %s, what replicates the rest is what works', async (backfill, words) => {
  world.populate([{ key: 'docs/a', versionId: 'v1', headers: status('FAILED') }], []);
  const { text } = await world.run({}, { backfill });

  expect(text).toContain(words);
});

test.each<[string, string, Partial<Stored>]>([
  ['retry', 'what failed', { headers: status('FAILED') }],
  ['diagnose', 'what is late', { headers: status('PENDING') }],
  ['wait', 'what is on its way', { headers: status('PENDING'), lastModified: YOUNG }],
  ['copy-again', 'a replica that was deleted', { headers: status('COMPLETED') }],
  ['backfill', 'what is older than the rule', {}],
  ['copy-out-of-archive', 'what is archived', { headers: { 'x-amz-storage-class': 'DEEP_ARCHIVE' } }],
  ['none', 'what is a replica itself', { headers: status('REPLICA') }],
  ['none', 'a delete marker', { isDeleteMarker: true }],
])('the remedy is %s for %s', async (remedy, _, stored) => {
  world.populate([{ key: 'docs/a', versionId: 'v1', ...stored }], []);
  const { data, text } = await world.run();
  expect(data.differences).toMatchObject([{ remedy }]);
  // S3 never writes a deleted replica again, and replicates nothing that is archived.
  expect(/s3-replication (backfill|retry)/.exec(text)?.[1]).toBe(
    remedy === 'retry' || remedy === 'backfill' ? remedy : undefined,
  );
});

test('the text has each reason once, with what to do', async () => {
  world.populate(
    objects(30).map((object) => ({ ...object, headers: status('COMPLETED') })),
    [],
  );
  const { text } = await world.run();
  expect(text.match(/explain DstObjectHardDeleted/g)).toHaveLength(1);
  expect(text).toContain('missing, 30 versions of documents: S3 says that it was replicated: the replica was deleted since');
});

describe('buckets that are alike', () => {
  test('are fine, with what is in them', async () => {
    world.populate([...objects(5), { key: 'docs/x', versionId: 'm', isDeleteMarker: true }]);
    const { exitCode, data, text } = await world.run();

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ status: 'ok', matchedBy: 'version-id', deep: null, differences: [], moreDifferences: 0 });
    const side = { versions: 5, bytes: 50, deleteMarkers: 1 };
    expect(data.pairs).toMatchObject([{ source: side, replica: side, wrong: 0, states: { same: { versions: 6, bytes: 50 } } }]);
    expect(data.requests.head).toBe(0);
    expect(text).toContain('deployment backups: nothing is wrong');
  });

  test('and empty are nothing to call fine', async () => {
    world.populate([]);
    const { exitCode, data, text } = await world.run();
    expect([exitCode, data.status]).toEqual([3, 'skipped']);
    expect(text).toContain('deployment backups: no version could be compared');
  });

  test('may order versions of a key differently', async () => {
    const versions = ['v1', 'v2', 'v3'].map((versionId) => ({ key: 'a', versionId }));
    world.populate(versions, versions.toReversed());
    world.s3.pageSize = 2;
    expect((await world.run()).data.pairs[0]?.states.same.versions).toBe(3);
  });

  test('may hold any key', async () => {
    const keys = ['a b', 'a+b', 'a%2Fb', '<&>', '\u{ffff}', '💾', 'ä', 'a\nb'];
    world.populate(keys.map((key) => ({ key, versionId: 'v' })));
    world.s3.pageSize = 3;
    expect((await world.run()).data.pairs[0]?.states.same.versions).toBe(keys.length);
  });

  test('may differ in canaries, and outside of the filter', async () => {
    world.populate(
      [
        { key: 'in/.s3-replication-canary/1', versionId: 'v' },
        { key: 'out/1', versionId: 'v' },
      ],
      [],
    );
    const { data } = await world.run({}, { pairs: [{ id: 'documents', filter: { prefix: 'in/' } }] });
    expect(data.pairs[0]?.source.versions).toBe(0);
  });
});

describe('a version that is not in the replica bucket', () => {
  test.each([
    ['FAILED', OLD, 'failed', true, 'replication failed permanently'],
    ['PENDING', OLD, 'pending', true, 'PENDING, and older than 15 minutes'],
    ['PENDING', YOUNG, 'in-flight', false, 'PENDING, and younger'],
    ['COMPLETED', OLD, 'missing', true, 'the replica was deleted since'],
    ['COMPLETED', YOUNG, 'missing', true, 'its replica is not there'],
    ['COMPLETE', YOUNG, 'missing', true, 'its replica is not there'],
    ['REPLICA', OLD, 'not-eligible', false, 'it is a replica itself'],
  ] as const)('and is %s since %s is %s', async (replicationStatus, lastModified, state, wrong, why) => {
    const found = await missing({ headers: status(replicationStatus), lastModified });
    expect(found).toEqual({ exitCode: wrong ? 1 : 0, state, wrong, why: expect.stringContaining(why) });
  });

  test('of a bucket that is owned elsewhere says which key is missing in the configuration', async () => {
    const key = (id: string) => `arn:aws:kms:ap-southeast-2:111111111111:key/${id}`;
    const encryption = {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': key('other'),
    };
    world.populate([{ key: 'docs/a', versionId: 'v1', headers: { ...status('FAILED'), ...encryption } }], []);
    const { data } = await world.run(
      {},
      { pairs: [{ id: 'documents', sourceBucket: { name: SOURCE, keyArns: [key('known')] } }] },
    );
    expect(data.differences).toMatchObject([
      {
        state: 'failed',
        why: expect.stringContaining(`encrypted under ${key('other')}, and the role may decrypt only under ${key('known')}`),
      },
    ]);
  });

  test('without a status is older than the rule', async () => {
    expect(await missing({})).toMatchObject({
      exitCode: 1,
      state: 'not-eligible',
      why: expect.stringContaining('older than the rule'),
    });
  });

  test('in an archive class cannot be replicated', async () => {
    const found = await missing({ headers: { 'x-amz-storage-class': 'DEEP_ARCHIVE' } });
    expect(found).toMatchObject({ state: 'not-eligible', why: expect.stringContaining('archived (DEEP_ARCHIVE)') });
  });

  test('without the tags of the filter is rightly left out', async () => {
    world.s3.bucket(SOURCE).rules = RULE('<Tag><Key>class</Key><Value>gold</Value></Tag>');
    const found = await missing({ tags: { class: 'silver' } });
    expect(found).toMatchObject({
      exitCode: 0,
      state: 'not-eligible',
      wrong: false,
      why: expect.stringContaining('tag class=gold'),
    });
  });

  test('under a key of the customer is missing, since S3 tells no status', async () => {
    refuse(400, CUSTOMER_KEY);
    const found = await missing({});
    expect(found).toMatchObject({ exitCode: 1, state: 'missing', why: expect.stringContaining('SSE-C') });
  });

  test.each([
    [400, undefined, 'S3 answered 400 and gave no reason'],
    [400, { code: 'KMS.DisabledException', message: 'the key is disabled' }, 'the key is disabled'],
    [403, undefined, 'S3 answered 403 and gave no reason'],
  ])('that S3 answers %d about is unknown, and no SSE-C: %j', async (head, refused, why) => {
    refuse(head, refused);
    const found = await missing({});
    expect(found).toMatchObject({ exitCode: 3, state: 'unknown', wrong: false, why: expect.stringContaining(why) });
  });

  test('that S3 refuses to describe is unknown', async () => {
    refuse(403);
    expect(await missing({})).toMatchObject({ exitCode: 3, state: 'unknown', wrong: false });
  });

  test('and was deleted since the listing is counted and named, and not wrong', async () => {
    refuse(404);
    expect(await missing({})).toEqual({
      // S3 said of everything that it is gone: nothing was looked at.
      exitCode: 3,
      state: 'deleted',
      wrong: false,
      why: 'deleted from the source bucket after it was listed',
    });
    const { data, text } = await world.run();
    expect(data.pairs[0]).toMatchObject({ source: { versions: 1 }, states: { deleted: { versions: 1, bytes: 10 } } });
    expect(text).toContain('no version could be compared, 1 version was deleted while the audit ran');
    expect(text).toContain('documents: deleted: "docs/a", version v1');
  });

  test('and was deleted since the listing leaves the verdict on the others as it is', async () => {
    refuse(404);
    world.populate([...objects(2), { key: 'z', versionId: 'v1' }], objects(2));
    const { exitCode, data, text } = await world.run();
    expect([exitCode, data.status]).toEqual([0, 'ok']);
    expect(text).toContain('deployment backups: nothing is wrong, 1 version was deleted while the audit ran');
  });

  test('from --older-than 0 on is late at once', async () => {
    world.populate([{ key: 'a', versionId: 'v1', headers: status('PENDING'), lastModified: YOUNG }], []);
    expect(await world.run({ 'older-than': '0' })).toMatchObject({
      exitCode: 1,
      data: { olderThanSeconds: 0, differences: [{ state: 'pending', wrong: true }] },
    });
  });

  describe('and is COMPLETED and young', () => {
    const source: Stored = { key: 'a', versionId: 'v1', headers: status('COMPLETED'), lastModified: YOUNG };
    const heads = () => world.s3.requests.filter(({ method }) => method === 'HEAD').map(({ line }) => line);

    /** Has the replica appear after the listing, then runs the audit. */
    async function arriving(replica: Partial<Stored> | undefined, replicaHead?: Outcome) {
      world.populate([source], []);
      world.s3.fault(
        ({ line }) => line === `HEAD ${SOURCE}/a`,
        () => world.s3.fill(REPLICA, replica === undefined ? [] : [{ ...source, headers: status('REPLICA'), ...replica }]),
      );
      if (replicaHead !== undefined) {
        world.s3.fault(({ line }) => line === `HEAD ${REPLICA}/a`, replicaHead, ALWAYS);
      }
      const { exitCode, data } = await world.run();
      return { exitCode, data, difference: data.differences[0], state: data.differences[0]?.state };
    }

    test('is alike when its replica came since, with one request more', async () => {
      const { exitCode, data } = await arriving({});
      expect([exitCode, data.pairs[0]?.states.same.versions, data.differences]).toEqual([0, 1, []]);
      expect(heads()).toEqual([`HEAD ${SOURCE}/a`, `HEAD ${REPLICA}/a`]);
      expect(data.requests).toMatchObject({ head: 2 });
    });

    test.each<[string, Partial<Stored> | undefined, string, number]>([
      ['missing when nothing came', undefined, 'missing', 1],
      ['of another size when that came', { size: 3 }, 'size', 1],
      ['no replica when somebody wrote it', { headers: {} }, 'status', 1],
    ])('is %s', async (_, replica, state, exitCode) => {
      expect(await arriving(replica)).toMatchObject({ exitCode, state });
    });

    test.each([403, 500])('is unknown when the replica bucket answers %d', async (code) => {
      const { exitCode, state, difference } = await arriving({}, { status: code, body: '' });
      expect({ exitCode, state }).toEqual({ exitCode: 3, state: 'unknown' });
      expect(difference?.why).toContain('asked again');
    });

    describe('on an emulator, which gives replicas new version ids', () => {
      beforeEach(() => {
        process.env['AWS_ENDPOINT_URL_S3'] = 'http://127.0.0.1:1';
      });
      afterEach(() => {
        delete process.env['AWS_ENDPOINT_URL_S3'];
      });

      test.each([
        ['is alike when its replica came since', { versionId: 'r1' }, undefined, 0],
        ['is missing when nothing came', undefined, 'missing', 1],
      ])('%s', async (_, replica, state, exitCode) => {
        const found = await arriving(replica);
        expect([found.exitCode, found.state, found.data.matchedBy]).toEqual([exitCode, state, 'age']);
      });
    });

    test('costs no request more for a version that is older, or is PENDING', async () => {
      await missing({ headers: status('COMPLETED') });
      await missing({ headers: status('PENDING'), lastModified: YOUNG });
      expect(heads()).toEqual([`HEAD ${SOURCE}/docs/a`, `HEAD ${SOURCE}/docs/a`]);
    });
  });

  test('under a key of the customer is unknown while it may be on its way', async () => {
    world.s3.fault(({ line }) => line.startsWith(`HEAD ${SOURCE}`), { status: 400, body: '' }, ALWAYS);
    world.s3.fault(({ line }) => line.startsWith(`GET ${SOURCE}/docs`), { status: 400, ...CUSTOMER_KEY }, ALWAYS);
    expect(await missing({ lastModified: YOUNG })).toMatchObject({ exitCode: 3, state: 'unknown' });
  });

  test('as a delete marker is fine', async () => {
    expect(await missing({ isDeleteMarker: true })).toMatchObject({ exitCode: 0, state: 'delete-marker', wrong: false });
  });

  test('is counted by age and by prefix', async () => {
    await missing({ headers: status('FAILED') });
    const { data } = await world.run();
    const month = data.pairs[0]?.ages.find(({ versions }) => versions > 0);
    expect(month).toEqual({ upToSeconds: 365 * 86_400, versions: 1, bytes: 10 });
    expect(data.pairs[0]?.prefixes).toEqual([{ prefix: 'docs/', states: { failed: { versions: 1, bytes: 10, wrong: 1 } } }]);
  });
});

describe('a replica', () => {
  test('of another size is wrong, of another class is not', async () => {
    world.populate(objects(2), [
      { key: 'k000000', versionId: 'v0', size: 3 },
      { key: 'k000001', versionId: 'v1', storageClass: 'GLACIER' },
    ]);
    const { data, exitCode } = await world.run();
    expect(exitCode).toBe(1);
    expect(data.differences).toMatchObject([
      { key: 'k000000', state: 'size', wrong: true, sourceSize: 10, replicaSize: 3 },
      { key: 'k000001', state: 'storage-class', wrong: false, replicaClass: 'GLACIER' },
    ]);
  });

  test('without a source is extra, a delete marker that nobody replicates is wrong', async () => {
    world.populate([], [...objects(1), { key: 'x', versionId: 'm', isDeleteMarker: true }]);
    const { data } = await world.run();
    expect(data.differences).toMatchObject([
      { key: 'x', state: 'hidden', wrong: true },
      { key: 'k000000', state: 'extra', wrong: false, sourceSize: null },
    ]);
  });
});

describe('a lifecycle rule of the replica bucket', () => {
  const NOW = Date.parse('2026-11-01T12:00:00Z');
  const ago = (days: number) => new Date(NOW - days * 86_400_000).toISOString();
  const old = (versionId: string, days: number, more: Partial<Stored> = {}): Stored => ({
    key: 'a',
    versionId,
    lastModified: ago(days),
    headers: status('COMPLETED'),
    ...more,
  });
  const marker = (versionId: string, days: number) => old(versionId, days, { isDeleteMarker: true });

  /** State of each difference by version, and whether it is wrong; newest versions first. */
  async function states(source: Stored[], replica: Stored[], lifecycle: object, keys: object = {}) {
    world.populate(source, replica);
    const { data } = await world.run({}, { pairs: [{ id: 'documents', storageClass: 'STANDARD', lifecycle, ...keys }] });
    return Object.fromEntries(
      data.differences.map(({ versionId, state, wrong }) => [versionId, wrong ? `wrong ${state}` : state]),
    );
  }

  test('explains a replica that was noncurrent for long enough, and no other', async () => {
    const source = [old('v4', 5), old('v3', 30), old('v2', 31.6), old('v1', 100)];
    expect(await states(source, [old('v4', 5)], { noncurrentDays: 30 })).toEqual({
      // Noncurrent since 31.6 days.
      v1: 'expired',
      // Since exactly 30 days, which S3 rounds up to the next midnight.
      v2: 'wrong missing',
      v3: 'wrong missing',
    });
    expect(world.s3.requests.filter(({ method }) => method === 'HEAD')).toHaveLength(2);
  });

  test('leaves as many versions as are to be kept', async () => {
    const source = [old('v4', 50), old('v3', 60), old('v2', 70), old('v1', 80)];
    expect(await states(source, [old('v4', 50)], { noncurrentDays: 30, noncurrentVersions: 2 })).toEqual({
      v1: 'expired',
      v2: 'wrong missing',
      v3: 'wrong missing',
    });
  });

  test('takes no delete marker of the source for a newer replica, unless it is replicated', async () => {
    const source = [marker('m', 60), old('v1', 100)];
    const [kept, replicated] = [
      await states(source, [], { noncurrentDays: 30 }),
      await states(source, [marker('m', 60)], { noncurrentDays: 30 }, { replicateDeleteMarkers: true }),
    ];
    expect(kept).toEqual({ m: 'delete-marker', v1: 'wrong missing' });
    expect(replicated).toEqual({ v1: 'expired' });
  });

  test('expires current replicas after their days, first under a delete marker and then for good', async () => {
    const lifecycle = { replicaExpireDays: 40, noncurrentDays: 30 };
    const source = [old('v1', 60)];
    expect(await states(source, [marker('m', 19), old('v1', 60)], lifecycle)).toEqual({ m: 'expired' });
    expect(await states(source, [marker('m', 55), old('v1', 60)], lifecycle)).toEqual({ m: 'wrong hidden' });
    expect(await states(source, [marker('m', 19)], lifecycle)).toEqual({ m: 'expired', v1: 'wrong missing' });
    expect(await states([old('v1', 80)], [marker('m', 39)], lifecycle)).toEqual({ m: 'expired', v1: 'expired' });
    expect(await states([old('v1', 80)], [], lifecycle)).toEqual({ v1: 'expired' });
  });

  test('that only hides replicas explains no missing one', async () => {
    expect(await states([old('v1', 80)], [], { replicaExpireDays: 40 })).toEqual({ v1: 'wrong missing' });
  });

  test('moves replicas to another class from its days on', async () => {
    const lifecycle = { transitions: [{ storageClass: 'GLACIER', days: 30 }] };
    const inClass = (storageClass: string, days: number) => [old('v1', days, { storageClass })];
    expect(await states([old('v1', 40)], inClass('GLACIER', 40), lifecycle)).toEqual({});
    expect(await states([old('v1', 40)], inClass('STANDARD', 40), lifecycle)).toEqual({});
    expect(await states([old('v1', 20)], inClass('GLACIER', 20), lifecycle)).toEqual({ v1: 'storage-class' });
    expect(await states([old('v1', 40)], inClass('DEEP_ARCHIVE', 40), lifecycle)).toEqual({ v1: 'storage-class' });
  });
});

describe('--deep', () => {
  const KEY = 'arn:aws:kms:us-west-2:222222222222:key/replica';
  const deep = { deep: '100' };
  const parameters = { ssm: async () => ({ send: async () => ({ Parameter: { Value: KEY } }) }) };
  const alike = {
    ...status('REPLICA'),
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': KEY,
  };
  const run = async (source: Record<string, string>, replica: Record<string, string>, values: Record<string, string> = deep) => {
    const [one = { key: '', versionId: '' }] = objects(1);
    world.populate([{ ...one, headers: source }], [{ ...one, headers: replica }]);
    const plain = world.context();
    const clients = {
      ...plain.context.clients,
      ...parameters,
      cloudWatch: async () => ({ send: async () => ({ MetricDataResults: [{ Id: 'm0', Values: [2000] }] }) }),
    };
    return world.run(values, {}, { clients: clients as never });
  };

  test('says first how many requests that is, and asks', async () => {
    const { recorded, data } = await run(status('COMPLETED'), alike);
    expect(recorded.told).toEqual([
      expect.stringContaining('about 4,000 for the 2,000 versions that CloudWatch counts, on top of 4 list'),
    ]);
    expect(recorded.questions).toEqual(['Send these requests?']);
    expect(data).toMatchObject({ status: 'ok', deep: { versions: 1, percent: 100 }, requests: { head: 2 } });
  });

  test.each([
    ['no replica', {}, { ...alike, ...status('') }, 'status'],
    ['another key', {}, { ...alike, 'x-amz-server-side-encryption-aws-kms-key-id': 'OTHER' }, 'encryption'],
    ['one layer of encryption of two', { 'x-amz-server-side-encryption': 'aws:kms:dsse' }, alike, 'encryption'],
    ['another checksum', { 'x-amz-checksum-crc32': 'AAAA' }, { ...alike, 'x-amz-checksum-crc32': 'BBBB' }, 'checksum'],
  ])('finds %s', async (_, source, replica, state) => {
    const { data, exitCode } = await run({ ...status('COMPLETED'), ...source }, replica);
    expect(data.differences).toMatchObject([{ state, wrong: true }]);
    expect(exitCode).toBe(1);
  });

  test('counts what is under DSSE-KMS in both buckets apart, and calls it alike', async () => {
    const dual = { 'x-amz-server-side-encryption': 'aws:kms:dsse' };
    const { data, text, exitCode } = await run({ ...status('COMPLETED'), ...dual }, { ...alike, ...dual });

    expect([exitCode, data.deep]).toEqual([0, { versions: 1, dualLayer: 1, unknown: 0, skipped: 0, percent: 100 }]);
    expect(text).toContain('looked at 1 versions more closely (--deep 100), 1 of them under DSSE-KMS in both buckets');
  });

  test('finds a replica that is locked for longer than the bound allows', async () => {
    const [one = { key: '', versionId: '' }] = objects(1);
    const found = async (days: number) => {
      const until = new Date(world.context().context.clock.now().getTime() + days * 86_400_000).toISOString();
      const lock = { 'x-amz-object-lock-mode': 'COMPLIANCE', 'x-amz-object-lock-retain-until-date': until };
      world.populate([{ ...one, headers: status('COMPLETED') }], [{ ...one, headers: { ...alike, ...lock } }]);
      const bound = { mode: 'GOVERNANCE', days: 10, maximumRetentionDays: 30 };
      const pairs = [{ id: 'documents', storageClass: 'STANDARD', sourceObjectLock: true, objectLock: bound }];
      const { data, exitCode } = await world.run(deep, { pairs }, deepContext());
      return [exitCode, data.differences.map(({ state, remedy }) => [state, remedy])];
    };

    expect(await found(29)).toEqual([0, []]);
    expect(await found(31)).toEqual([1, [['retention', 'diagnose']]]);
  });

  const wrongChecksums = (refused?: { readonly code: string; readonly message?: string }) => {
    const all = objects(8);
    refuse(400, refused);
    world.populate(
      all.map((one) => ({ ...one, headers: { ...status('COMPLETED'), 'x-amz-checksum-crc32': 'AAAA' } })),
      all.map((one) => ({ ...one, headers: { ...alike, 'x-amz-checksum-crc32': 'BBBB' } })),
    );
  };
  const deepContext = () => {
    const { context } = world.context();
    return {
      yes: true,
      clients: { ...context.clients, ...parameters, cloudWatch: () => Promise.reject(new Error('no')) } as never,
    };
  };

  test.each([
    ['without a reason', undefined, 'S3 answered 400 and gave no reason'],
    ['under a key that is disabled', { code: 'KMS.DisabledException' }, 'KMS.DisabledException'],
  ])('counts what S3 refuses to describe as unknown: %s', async (_, refused, why) => {
    wrongChecksums(refused);
    const { exitCode, data, text } = await world.run(deep, {}, deepContext());

    expect(exitCode).toBe(3);
    expect(data).toMatchObject({
      status: 'unknown',
      deep: { versions: 0, unknown: 8, skipped: 0 },
      requests: { get: expect.any(Number) },
    });
    expect(data.pairs[0]?.states).toMatchObject({ same: { versions: 0 }, unknown: { versions: 8 } });
    expect(new Set(data.differences.map((each) => each.why))).toEqual(new Set([expect.stringContaining(why)]));
    expect(text).toContain('deployment backups: 8 versions are unknown');
    expect(text).toMatch(/pair documents: 8 versions are unknown\n[^]*looked at 0 versions .*, 8 more are unknown/);
    expect(text).not.toMatch(/nothing is wrong|fine/);
  });

  test('skips versions under a key of the customer, names them, and does not end with 3 for them', async () => {
    wrongChecksums(CUSTOMER_KEY);
    const { exitCode, data, text } = await world.run(deep, {}, deepContext());

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ status: 'ok', deep: { versions: 0, unknown: 0, skipped: 8 } });
    expect(data.pairs[0]?.states).toMatchObject({ same: { versions: 0 }, skipped: { versions: 8 } });
    expect(data.differences).toHaveLength(8);
    expect(data.differences[0]).toMatchObject({ state: 'skipped', wrong: false, why: expect.stringContaining('SSE-C') });
    expect(text).toContain('deployment backups: nothing is wrong, 8 versions were skipped (SSE-C)');
    expect(text).toMatch(/– documents: skipped: "k000000"/);
    expect(text).toMatch(/looked at 0 versions .*, 8 more were skipped/);
  });

  test('with one side under a key of the customer is wrong', async () => {
    world.populate(objects(1), objects(1));
    world.s3.fault(({ line }) => line.startsWith(`HEAD ${SOURCE}`), { status: 400, body: '' }, ALWAYS);
    world.s3.fault(({ line }) => line.startsWith(`GET ${SOURCE}/k`), { status: 400, ...CUSTOMER_KEY }, ALWAYS);
    const { exitCode, data } = await world.run(deep, {}, deepContext());
    expect([exitCode, data.differences[0]?.state, data.differences[0]?.wrong]).toEqual([1, 'encryption', true]);
  });

  test.each([
    ['the source version', [SOURCE], 'deleted', false],
    ['the replica', [REPLICA], 'missing', true],
    ['both', [SOURCE, REPLICA], 'deleted', false],
  ])('counts what was deleted after it was listed: %s', async (_, buckets, state, wrong) => {
    world.populate(
      objects(1).map((one) => ({ ...one, headers: status('COMPLETED') })),
      objects(1).map((one) => ({ ...one, headers: alike })),
    );
    const gone = ({ method, bucket }: Request) => method === 'HEAD' && buckets.includes(bucket);
    world.s3.fault(gone, { status: 404, body: '' }, ALWAYS);
    const { exitCode, data } = await world.run(deep, {}, deepContext());
    expect(exitCode).toBe(wrong ? 1 : 3);
    expect(data.differences).toMatchObject([{ state, wrong, key: 'k000000' }]);
    expect(data.deep).toMatchObject({ versions: 1, unknown: 0, skipped: 0 });
  });

  test('counts what only the replica bucket had, and was deleted there', async () => {
    world.populate([], objects(1));
    refuse(404);
    const { exitCode, data } = await world.run(deep, {}, deepContext());
    expect([exitCode, data.differences[0]?.state]).toEqual([3, 'deleted']);
  });

  test.each(['ExpiredToken', 'InvalidToken', 'InvalidAccessKeyId'])('ends when S3 says %s after some answers', async (code) => {
    world.populate(
      objects(40).map((one) => ({ ...one, headers: status('COMPLETED') })),
      objects(40).map((one) => ({ ...one, headers: alike })),
    );
    let heads = 0;
    const late = ({ method, key }: Request) => {
      heads += method === 'HEAD' ? 1 : 0;
      return key !== '' && heads > 10;
    };
    world.s3.fault(late, { status: 400, code, message: 'no' }, ALWAYS);
    const error = await rejectionOf(world.run(deep, {}, deepContext()), UnreachableError);
    expect(error.message).toContain('credentials');
    expect(existsSync(join(world.folder, '.s3-replication-audit.json'))).toBe(true);

    world.s3.heal();
    const { exitCode, data } = await world.run({ ...deep, resume: true }, {}, deepContext());
    expect([exitCode, data.deep]).toEqual([0, { versions: 40, unknown: 0, skipped: 0, dualLayer: 0, percent: 100 }]);
  });

  test('calls no checksum alike that S3 did not say', async () => {
    world.populate(
      objects(1).map((one) => ({ ...one, headers: status('COMPLETED') })),
      objects(1).map((one) => ({ ...one, headers: alike })),
    );
    world.s3.fault(({ method }) => method === 'HEAD', { status: 403, body: '' });
    const { exitCode, data } = await world.run(deep, {}, deepContext());
    expect([exitCode, data.deep?.unknown, data.differences[0]?.why]).toEqual([3, 1, expect.stringContaining('kms:Decrypt')]);
  });

  test('of both wrong and unknown, wrong decides how it ends', async () => {
    const [one, other] = objects(2) as [Stored, Stored];
    world.populate([one, { ...other, headers: status('COMPLETED') }], [one, { ...other, headers: status('') }]);
    world.s3.fault(({ line }) => line === `HEAD ${SOURCE}/${one.key}`, { status: 400, body: '' }, ALWAYS);
    const { exitCode, text } = await world.run(deep, {}, deepContext());
    expect([exitCode, text]).toEqual([1, expect.stringContaining('1 version is wrong, 1 version is unknown')]);
  });

  test('takes a sample', async () => {
    const plain = world.context();
    const clients = { ...plain.context.clients, ...parameters, cloudWatch: async () => Promise.reject(new Error('no')) };
    world.populate(objects(1000).map((one) => ({ ...one, headers: alike })));
    const { data } = await world.run({ deep: '10' }, {}, { clients: clients as never });
    expect(data.deep?.versions).toBeGreaterThan(60);
    expect(data.deep?.versions).toBeLessThan(140);
  });
});

describe('many versions', () => {
  const names = (index: number) => `${['logs', 'photos', 'ü'][index % 3]}/${String(index).padStart(4, '0')}`;

  test.each([
    ['folders', names],
    ['one flat folder', (index: number) => `data-${String(index).padStart(5, '0')}`],
    ['one object', () => 'same'],
  ])('in %s are all compared, once', async (_, name) => {
    const all = objects(2500, name);
    world.populate(
      all,
      all.filter(({ versionId }) => versionId !== 'v1234'),
    );
    world.s3.pageSize = 100;
    const { data } = await world.run();
    expect(data.pairs[0]?.source.versions).toBe(2500);
    expect(data.pairs[0]?.states).toMatchObject({ same: { versions: 2499 }, 'not-eligible': { versions: 1 } });
  });

  test('keep the report small, with the wrong ones first', async () => {
    world.populate([{ key: 'z', versionId: 'z', headers: status('FAILED') }], objects(1500));
    const { data } = await world.run();
    expect(data.differences).toHaveLength(1000);
    expect(data.differences[0]).toMatchObject({ key: 'z', state: 'failed' });
    expect(data.moreDifferences).toBe(501);
  });
});

describe('S3', () => {
  test('that throttles is asked again, later', async () => {
    world.populate(objects(3));
    world.s3.fault(() => true, { status: 503, body: '<Error><Code>SlowDown</Code></Error>' }, 3);
    const { exitCode, recorded } = await world.run();
    expect(exitCode).toBe(0);
    expect(recorded.waited).toBeGreaterThan(0);
  });

  test('that sends half a page is asked again', async () => {
    world.populate(objects(3));
    world.s3.fault(() => true, { status: 200, body: '<ListVersionsResult><Version><Key>k' });
    expect((await world.run()).data.pairs[0]?.source.versions).toBe(3);
  });

  test('that cuts a listing off without a marker gives no answer', async () => {
    world.populate(objects(3));
    const body = '<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>';
    world.s3.fault(() => true, { status: 200, body }, ALWAYS);
    expect(await rejectionOf(world.run(), UnreachableError)).toMatchObject({ code: 'NoMarker' });
  });

  test('is asked at the rate that --rate sets', async () => {
    world.populate(objects(500));
    world.s3.pageSize = 10;
    const { recorded, data } = await world.run({ rate: '2' });
    // Both sides go at two a second at the same time, as the clock of the test adds up all waiting.
    expect(recorded.waited).toBeGreaterThanOrEqual((data.requests.list / 2 / 2 - 2) * 1000);
  });

  test('without one of the buckets is an error that says which', async () => {
    world.populate([]);
    world.s3.buckets.delete(REPLICA);
    expect(await rejectionOf(world.run(), AppError)).toMatchObject({
      code: 'NotDeployed',
      message: `there is no bucket ${REPLICA}`,
    });
  });
});

describe('an interruption', () => {
  /** Interrupted from the first batch on. */
  const interrupted = { signal: AbortSignal.abort() };

  /** A person who interrupts when the audit shows its second batch. */
  const interruptedAtSecondBatch = () => {
    const interruption = new AbortController();
    const { terminal } = world.context().context;
    let batches = 0;
    const progress = () => {
      batches += 1;
      if (batches === 2) {
        interruption.abort();
      }
    };
    return { signal: interruption.signal, terminal: { ...terminal, progress } };
  };
  const checkpoint = () => join(world.folder, '.s3-replication-audit.json');

  /** Goes on as often as it is interrupted. */
  async function untilDone() {
    const errors: { readonly code: string; readonly hasCheckpoint: boolean }[] = [];
    for (;;) {
      try {
        const values = { csv: 'all.csv', ...(errors.length > 0 && { resume: true }) };
        return { outcome: await world.run(values, {}, interruptedAtSecondBatch()), errors };
      } catch (error) {
        errors.push({ code: (error as AppError).code, hasCheckpoint: existsSync(checkpoint()) });
        // Whatever else ends it would end it again.
        if (errors.at(-1)?.code !== 'Interrupted') {
          throw error;
        }
      }
    }
  }

  test('loses nothing and counts nothing twice, however often it comes', async () => {
    const all = objects(9000, (index) => `${index % 2}/${String(index).padStart(5, '0')}`);
    const gone = new Set(['v77', 'v3777', 'v8777']);
    world.populate(
      all,
      all.filter(({ versionId }) => !gone.has(versionId)),
    );
    const { outcome, errors } = await untilDone();
    expect(errors.length).toBeGreaterThan(1);
    expect(errors).toEqual(errors.map(() => ({ code: 'Interrupted', hasCheckpoint: true })));
    expect(outcome.data.pairs[0]).toMatchObject({ source: { versions: 9000 }, replica: { versions: 8997 }, wrong: 3 });
    expect(outcome.data.differences.map(({ versionId }) => versionId).toSorted()).toEqual([...gone].toSorted());
    expect(readFileSync(join(world.folder, 'all.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(4);
    expect(existsSync(checkpoint())).toBe(false);
  });

  test('says how to go on', async () => {
    world.populate(objects(3));
    const { context, recorded } = world.context({}, interrupted);
    await rejectionOf(audit(context, { argument: undefined, values: {} }), AppError);
    expect(recorded.told).toEqual([expect.stringContaining('--resume')]);
  });

  test('of another audit, or none, cannot be gone on with', async () => {
    world.populate(objects(3));
    expect(await rejectionOf(world.run({ resume: true }), AppError)).toMatchObject({ code: 'NothingToResume' });
    await rejectionOf(world.run({}, {}, interrupted), AppError);
    expect(await rejectionOf(world.run({ resume: true, 'older-than': '5' }), AppError)).toMatchObject({ code: 'OtherAudit' });
  });
});

test('--csv has every difference, safe in a spreadsheet, and --html is a page', async () => {
  world.populate([{ key: '=cmd|"a", b', versionId: 'v1', headers: status('FAILED') }], []);
  await world.run({ csv: 'all.csv', html: 'all.html' });

  const [header, row, ...rest] = readFileSync(join(world.folder, 'all.csv'), 'utf8').split('\r\n');
  expect(header).toMatch(/^pair,state,wrong,key,versionId,/);
  expect(row).toMatch(
    /^"documents","failed",true,"'=cmd\|""a"", b","v1",true,false,"2026-10-01T12:00:00.000Z",10,,"STANDARD",,"FAILED",/,
  );
  expect(rest).toEqual(['']);
  expect(readFileSync(join(world.folder, 'all.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

test.each([
  [{ deep: '0' }, '--deep "0" is no percentage'],
  [{ deep: '101' }, 'at most 100'],
  [{ rate: 'x' }, 'number of requests a second'],
  [{ 'older-than': '-1' }, 'number of minutes'],
  [{ csv: 'no/such/folder' }, 'cannot be written'],
  [{ html: 'no/such/folder' }, 'cannot be written'],
])('%j is wrong usage', async (values, message) => {
  world.populate([]);
  const error = await rejectionOf(world.run(values), AppError);
  expect(error).toBeInstanceOf(UsageError);
  expect(`${error.message} ${error.hint}`).toContain(message);
});

describe('files', () => {
  const path = (name: string) => join(world.folder, name);
  const CHECKPOINT = '.s3-replication-audit.json';
  const interrupted = { signal: AbortSignal.abort() };
  const loseTwo = () => world.populate(objects(3), objects(1));
  /** A clock by which every batch takes longer than what is between two checkpoints. */
  const slow = () => {
    let now = Date.parse('2026-11-01T12:00:00Z');
    return { clock: { now: () => new Date((now += 20_000)), sleep: async () => undefined } };
  };

  test('a checkpoint that is broken is wrong usage', async () => {
    writeFileSync(path('c.json'), '{');
    expect(await rejectionOf(world.run({ resume: true, checkpoint: 'c.json' }), AppError)).toBeInstanceOf(UsageError);
    expect(world.s3.requests).toEqual([]);
  });

  test.each<[string, (checkpoint: Record<string, object>) => unknown, string]>([
    ['without its tally', (all) => ({ ...all, pairs: { documents: { left: [] } } }), 'pairs.documents.tally: found nothing'],
    ['with a count that is none', (all) => ({ ...all, csvBytes: '7' }), 'csvBytes: found "7"'],
    [
      'with a state that there is not',
      (all) => ({ ...all, findings: { count: 1, kept: [{ state: 'x' }] } }),
      'findings.kept[0].state',
    ],
  ])('a checkpoint %s is refused, with the reason', async (_, change, problem) => {
    loseTwo();
    await rejectionOf(world.run({}, {}, interrupted), AppError);
    writeFileSync(path(CHECKPOINT), JSON.stringify(change(JSON.parse(readFileSync(path(CHECKPOINT), 'utf8')))));
    const error = await rejectionOf(world.run({ resume: true }), UsageError);
    expect(error).toMatchObject({ code: 'BadFile', message: expect.stringContaining(problem) });
  });

  test('a CSV file that is shorter than the checkpoint says is not gone on with', async () => {
    loseTwo();
    await rejectionOf(world.run({ csv: 'all.csv' }, {}, interrupted), AppError);
    writeFileSync(path('all.csv'), 'pair');
    const error = await rejectionOf(world.run({ csv: 'all.csv', resume: true }), UsageError);
    expect(error.message).toMatch(/all\.csv has 4 bytes, and the interrupted run wrote \d+/);
    expect(readFileSync(path('all.csv'), 'utf8')).toBe('pair');
  });

  test('records are on the disk before the checkpoint that counts them', async () => {
    loseTwo();
    const calls: string[] = [];
    const names = new Map<number, string>();
    const { openSync, fsyncSync, renameSync } = fs;
    jest.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
      const descriptor = openSync(file, ...rest);
      names.set(descriptor, String(file));
      return descriptor;
    });
    jest.spyOn(fs, 'fsyncSync').mockImplementation((descriptor) => {
      calls.push(`sync ${names.get(descriptor)}`);
      fsyncSync(descriptor);
    });
    jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      calls.push(`rename ${String(to)}`);
      renameSync(from, to);
    });
    await rejectionOf(world.run({ csv: 'all.csv' }, {}, interrupted), AppError);
    const saved = calls.indexOf(`rename ${path(CHECKPOINT)}`);
    expect(calls.indexOf(`sync ${path('all.csv')}`)).toBeGreaterThan(-1);
    expect(calls.indexOf(`sync ${path('all.csv')}`)).toBeLessThan(saved);
  });

  test('a page that cannot be written leaves the old one and the result', async () => {
    loseTwo();
    writeFileSync(path('all.html'), 'old');
    breakDisk('renameSync', 'ENOSPC', (_, to: string) => to.endsWith('all.html'));
    const { exitCode, text, data, recorded } = await world.run({ html: 'all.html' });
    expect(readFileSync(path('all.html'), 'utf8')).toBe('old');
    expect(exitCode).toBe(1);
    expect(text).toContain('2 versions are wrong');
    expect(data).toMatchObject({ pairs: [{ wrong: 2 }], unwritten: [{ code: 'NoHtml' }] });
    expect(recorded.told).toEqual([
      expect.stringMatching(/all\.html cannot be written: ENOSPC.*\nname another file with --html/),
    ]);
  });

  test('an audit without its page is not fine', async () => {
    world.populate(objects(3));
    breakDisk('renameSync', 'EROFS', (_, to: string) => to.endsWith('all.html'));
    expect((await world.run({ html: 'all.html' })).exitCode).toBe(3);
  });

  test('a disk that is full while differences are written leaves the result, whole records, and something to go on with', async () => {
    const all = objects(9000);
    world.populate(
      all,
      all.filter((_, index) => index !== 10 && index !== 8000),
    );
    let begun = false;
    const { writeSync } = fs;
    breakDisk('writeSync', 'ENOSPC', (...args: Parameters<typeof writeSync>) => {
      const text = Buffer.from(args[1] as unknown as Uint8Array).toString();
      const isRecord = text.includes('k008000') && text.startsWith('"documents"');
      begun ||= isRecord;
      return isRecord;
    });
    const { exitCode, text, recorded } = await world.run({ csv: 'all.csv' }, {}, slow());
    expect(begun).toBe(true);
    expect(exitCode).toBe(1);
    expect(text).toContain('2 versions are wrong');
    expect(recorded.told).toEqual([
      expect.stringMatching(/all\.csv cannot be written: ENOSPC.*\nThe file lacks some of the differences\.\n.*--resume/),
    ]);
    expect(readFileSync(path('all.csv'), 'utf8')).toMatch(/^pair.*\r\n("documents".*\r\n)?$/);

    jest.restoreAllMocks();
    const { data } = await world.run({ csv: 'all.csv', resume: true });
    expect(data.pairs[0]).toMatchObject({ source: { versions: 9000 }, wrong: 2 });
    expect(readFileSync(path('all.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(3);
    expect(existsSync(path(CHECKPOINT))).toBe(false);
  });

  test.each(['EROFS', 'ENOSPC', 'EACCES'] as const)(
    '%s for every file: an audit that needs none has its result',
    async (code) => {
      loseTwo();
      breakDisk('openSync', code, toWrite);
      const { exitCode, text, recorded } = await world.run({}, {}, slow());
      expect(exitCode).toBe(1);
      expect(text).toContain('2 versions are wrong');
      expect(recorded.told).toEqual([expect.stringMatching(`${code}.*\nThe audit continues`)]);
    },
  );

  test('a checkpoint is used by one run at a time', async () => {
    loseTwo();
    const { terminal } = world.context().context;
    let second: Promise<unknown> | undefined;
    const progress = () => {
      second ??= world.run({ csv: 'other.csv' }).catch((error: unknown) => error);
    };
    await world.run({}, {}, { terminal: { ...terminal, progress } });
    expect(await second).toMatchObject({ code: 'InUse', hint: expect.stringContaining('name another file with --checkpoint') });
    expect(readdirSync(world.folder)).toEqual([]);
  });
});

test('asks nothing about single versions that the listings explain', async () => {
  world.populate(objects(10));
  await world.run();
  expect(world.s3.requests.every(({ method }) => method === 'GET')).toBe(true);
  expect(world.s3.requests.some(({ line }) => line.startsWith(`GET ${SOURCE}`))).toBe(true);
});
