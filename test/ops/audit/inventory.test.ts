import { DuckDBInstance } from '@duckdb/node-api';
import type { Context } from '../../../lib/cli/command';
import { AbortError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import type { DeployedPair } from '../../../lib/model/deployment';
import { reportsOf } from '../../../lib/model/inventory';
import { type AuditReport, type Difference, ENGINES } from '../../../lib/ops/audit/report';
import { loadDuckDb } from '../../../lib/ops/inventory/duckdb';
import { findReport, type ReportBucket } from '../../../lib/ops/inventory/reports';
import { validConfig } from '../../helpers/config';
import { FakeAthena } from '../../helpers/fake-athena';
import { ALWAYS } from '../../helpers/fake-s3/faults';
import { OLD, type Stored } from '../../helpers/fake-s3/version';
import { ownTemporaryFiles } from '../../helpers/folder';
import { type InventoryRow, InventoryWriter, type ReportOptions, rowsOf } from '../../helpers/inventory';
import { rejectionOf } from '../../helpers/rejection';
import { objects, REPLICA, SOURCE, World } from './world';

// V8 would keep the setting for the test files that come after this one.
jest.mock('../../../lib/cli/gc');
const world = new World();
const leftBehind = ownTemporaryFiles();
const writer = new InventoryWriter();
const athena = new FakeAthena(() => world.s3);
beforeEach(async () => {
  await world.open();
  world.s3.buckets.clear();
  world.s3.heal();
  world.s3.requests.length = 0;
  world.s3.bucket(SOURCE).rules = RULE;
  athena.reset();
});
afterEach(() => world.close());
afterAll(async () => {
  await writer.close();
  await athena.close();
});

const RULE = `<Rule><ID>backups-documents</ID><Priority>1</Priority><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>
  <SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>
  <DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>
  <Destination><Bucket>arn:aws:s3:::${REPLICA}</Bucket></Destination></Rule>`;

/** The tests' clock says noon. */
const TODAY = '2026-11-01T01:30:00.000Z';
const YESTERDAY = '2026-10-31T01:30:00.000Z';

const KEY = 'arn:aws:kms:us-west-2:222222222222:key/replica';
const under = (algorithm: string, key?: string) => ({
  'x-amz-server-side-encryption': algorithm,
  ...(key !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': key }),
});
const status = (value: string) => ({ 'x-amz-replication-status': value });
const COMPLETED = { ...status('COMPLETED'), ...under('aws:kms', 'SOURCE-KEY') };
const IS_REPLICA = { ...status('REPLICA'), ...under('aws:kms', KEY) };
const SECRET = { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' };

const lockedUntil = (time: string) => ({ 'x-amz-object-lock-mode': 'GOVERNANCE', 'x-amz-object-lock-retain-until-date': time });

const INVENTORY = { inventory: {} };

/** What S3 looked at when it wrote the reports; all that is in the buckets. */
interface Reports {
  readonly source?: Partial<ReportOptions> & { readonly rows?: readonly InventoryRow[] };
  readonly replica?: Partial<ReportOptions> & { readonly rows?: readonly InventoryRow[] };
}

function places(keys: Record<string, unknown> = {}) {
  const { config } = world.context({ ...INVENTORY, ...keys }).context;
  const [pair] = config.pairs;
  return reportsOf(config, pair as never);
}

/** Has S3 write the reports about both buckets, and returns the keys of their files. */
async function report({ source, replica }: Reports = {}, keys: Record<string, unknown> = {}): Promise<string[][]> {
  const { replicated, destination } = places(keys);
  const one = (
    { rows, takenAt = TODAY, ...more }: NonNullable<Reports['source']> = {},
    place: typeof replicated,
    about: string,
  ) => writer.write(world.s3, place, about, rows ?? rowsOf(world.s3.bucket(about)), { takenAt, ...more });
  return [await one(source, replicated, SOURCE), await one(replica, destination, REPLICA)];
}

/** Audits by inventory with the credentials of the backup account alone. */
async function audit(values: Record<string, string> = {}, keys: Record<string, unknown> = {}, more: Partial<Context> = {}) {
  const { context } = world.context();
  const s3 = async (side: string) => {
    if (side === 'source') {
      throw new Error('an audit of inventories asks the source account');
    }
    return context.clients.s3('destination');
  };
  return world.run(
    { 'from-inventory': 'newest', ...values },
    { ...INVENTORY, ...keys },
    { clients: { ...context.clients, s3, athena: async () => athena } as never, ...more },
  );
}

/** Lists both buckets, and asks S3 about every version. */
async function listing(keys: Record<string, unknown> = {}) {
  const { context } = world.context();
  const parameters = { ssm: async () => ({ send: async () => ({ Parameter: { Value: KEY } }) }) };
  const cloudWatch = async () => ({ send: async () => ({ MetricDataResults: [] }) });
  return world.run({ deep: '100' }, keys, { clients: { ...context.clients, ...parameters, cloudWatch } as never });
}

/** What both audits say of a version. */
type Case = readonly [
  what: string,
  source: Partial<Stored> | null,
  replica: Partial<Stored> | null,
  /** Fields that differ by design, as the audit of reports has them. */
  byDesign?: Partial<Difference> | 'alike',
];

const LOCKED = { ...COMPLETED, ...status('FAILED'), 'x-amz-object-lock-retain-until-date': '2027-11-01T00:00:00.000Z' };

const WORLD: readonly Case[] = [
  ...['a b', 'a+b', 'a%2Fb', 'a%20b', '<&>', "it's", '💾', 'ä', 'a\nb', 'x/y/z', '\\'].map((key): Case => [key, {}, {}]),
  ['failed', { headers: { ...COMPLETED, ...status('FAILED') } }, null],
  ['failed and missing%2Bencoded', { headers: { ...COMPLETED, ...status('FAILED') } }, null],
  ['failed, locked for too long', { headers: LOCKED }, null],
  ['late', { headers: { ...COMPLETED, ...status('PENDING') } }, null],
  ['deleted replica', {}, null],
  ['older than the rule', { headers: under('aws:kms', 'SOURCE-KEY') }, null],
  [
    'archived',
    { headers: { ...under('aws:kms', 'SOURCE-KEY'), 'x-amz-storage-class': 'GLACIER' }, storageClass: 'GLACIER' },
    null,
  ],
  ['a replica itself', { headers: { ...COMPLETED, ...status('REPLICA') } }, null],
  ['deleted at the source', null, {}],
  ['written into the replica bucket', null, { headers: under('aws:kms', KEY) }],
  ['marker of the source', { isDeleteMarker: true }, null],
  ['marker of both', { isDeleteMarker: true }, { isDeleteMarker: true }],
  ['marker of the replica', null, { isDeleteMarker: true }],
  ['other size', {}, { body: Buffer.from('longer than it was') }],
  [
    'other class',
    {},
    { storageClass: 'GLACIER', headers: { ...IS_REPLICA, 'x-amz-storage-class': 'GLACIER' } },
    { replicationStatus: 'COMPLETED' },
  ],
  [
    'SSE-S3 on both sides',
    { headers: { ...status('COMPLETED'), ...under('AES256') } },
    { headers: { ...status('REPLICA'), ...under('AES256') } },
  ],
  ['SSE-S3 replica', {}, { headers: { ...status('REPLICA'), ...under('AES256') } }, { why: 'under SSE-S3, not under a KMS key' }],
  [
    'DSSE-KMS on both sides',
    { headers: { ...COMPLETED, ...under('aws:kms:dsse', 'SOURCE-KEY') } },
    { headers: { ...IS_REPLICA, ...under('aws:kms:dsse', KEY) } },
  ],
  ['DSSE-KMS of the source alone', { headers: { ...COMPLETED, ...under('aws:kms:dsse', 'SOURCE-KEY') } }, {}],
  ['DSSE-KMS of the replica alone', {}, { headers: { ...IS_REPLICA, ...under('aws:kms:dsse', KEY) } }],
  ['under another KMS key', {}, { headers: { ...status('REPLICA'), ...under('aws:kms', 'OTHER') } }, 'alike'],
  [
    'other checksum',
    { headers: { ...COMPLETED, 'x-amz-checksum-crc32': 'AAAAAA==' } },
    { headers: { ...IS_REPLICA, 'x-amz-checksum-crc32': 'BBBBBB==' } },
    'alike',
  ],
  ['no replica', {}, { headers: under('aws:kms', KEY) }],
  ['replica of a failed one', { headers: { ...COMPLETED, ...status('FAILED') } }, {}],
  ['replica locked for too long', {}, { headers: { ...IS_REPLICA, ...lockedUntil('2027-11-01T00:00:00.000Z') } }],
  ['replica locked as configured', {}, { headers: { ...IS_REPLICA, ...lockedUntil('2026-11-05T00:00:00.000Z') } }],
  [
    'SSE-C on both sides',
    { headers: { ...status('COMPLETED'), ...SECRET } },
    { headers: { ...status('REPLICA'), ...SECRET } },
    'alike',
  ],
  ['SSE-C at the source', { headers: { ...status('COMPLETED'), ...SECRET } }, {}],
  ['null version', { versionId: 'null' }, { versionId: 'null' }],
  ['null version without replica', { versionId: 'null', headers: under('aws:kms', 'SOURCE-KEY') }, null],
];

/** One world for both audits. */
function populate(): void {
  const versions = (side: 1 | 2, headers: Record<string, string>) =>
    WORLD.flatMap((each, index): Stored[] => {
      const stored = each[side];
      return stored === null ? [] : [{ key: each[0], versionId: `v${index}`, headers, ...stored }];
    });
  world.populate(versions(1, COMPLETED), versions(2, IS_REPLICA));
  world.s3.fault(
    ({ operation, key, bucket }) =>
      operation === 'HeadObject' && key.startsWith('SSE-C') && (bucket === SOURCE || key.includes('both')),
    { status: 400, body: '' },
    ALWAYS,
  );
  world.s3.fault(
    ({ operation, key }) => operation === 'GetObject' && key.startsWith('SSE-C'),
    {
      status: 400,
      code: 'InvalidRequest',
      message:
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    },
    ALWAYS,
  );
}

const LOCKS = {
  pairs: [
    {
      id: 'documents',
      storageClass: 'STANDARD',
      objectLock: { mode: 'GOVERNANCE', days: 30, maximumRetentionDays: 60 },
      sourceObjectLock: true,
    },
  ],
};

test.each(ENGINES)('%s says of every version what a listing and S3 say, but for what no inventory has', async (engine) => {
  populate();
  await report({}, LOCKS);
  const [listed, reported] = [await listing(LOCKS), await audit({ engine }, LOCKS)];

  const byKey = (differences: readonly Difference[]) => new Map(differences.map((difference) => [difference.key, difference]));
  const [one, other] = [byKey(listed.data.differences), byKey(reported.data.differences)];
  const expected = WORLD.map(([key, , , byDesign]) => {
    const found = one.get(key);
    return [key, byDesign === 'alike' ? undefined : found && { ...found, ...byDesign }];
  });
  expect(WORLD.map(([key]) => [key, other.get(key)])).toEqual(expected);
  // Each of those is a difference to the audit that asks S3.
  expect(WORLD.filter(([key, , , byDesign]) => byDesign === 'alike' && !one.has(key))).toEqual([]);
  expect(reported.exitCode).toBe(listed.exitCode);
  expect(reported.data.inventory?.notShown).toEqual(expect.arrayContaining(['the KMS key of an object', 'tags', 'checksums']));
});

test.each(ENGINES)('%s counts what a listing counts', async (engine) => {
  populate();
  await report({}, LOCKS);
  const [listed, reported] = [(await listing(LOCKS)).data.pairs[0], (await audit({ engine }, LOCKS)).data.pairs[0]];
  expect([reported?.source, reported?.replica]).toEqual([listed?.source, listed?.replica]);
  const all = (found: typeof listed) => Object.values(found?.states ?? {}).reduce((sum, { versions }) => sum + versions, 0);
  expect(all(reported)).toBe(all(listed));
  expect(reported?.states.same.versions).toBe(
    (listed?.states.same.versions ?? 0) + WORLD.filter((each) => each[3] === 'alike').length,
  );
  expect(reported?.prefixes.map(({ prefix }) => prefix)).toEqual(listed?.prefixes.map(({ prefix }) => prefix));
});

/** States of a version of each key, `wrong` before those that are. */
async function states(keys: Record<string, unknown> = {}, reports: Reports = {}): Promise<Record<string, string>> {
  await report(reports, keys);
  const { data } = await audit({}, keys);
  return Object.fromEntries(data.differences.map(({ key, state, wrong }) => [key, `${wrong ? 'wrong ' : ''}${state}`]));
}

describe('the moments at which S3 looked', () => {
  const LATER = '2026-11-01T03:00:00.000Z';
  const at = (lastModified: string, headers: Record<string, string>) => ({ key: 'a', versionId: 'v', lastModified, headers });

  test('decide which versions are judged, and the others are counted', async () => {
    const young = { lastModified: '2026-11-01T01:30:00.000Z' };
    world.populate(
      [
        { key: 'old', versionId: 'v', headers: COMPLETED },
        { key: 'young without replica', versionId: 'v', headers: { ...COMPLETED, ...status('FAILED') }, ...young },
        { key: 'young', versionId: 'v', headers: COMPLETED, ...young },
      ],
      [
        { key: 'old', versionId: 'v', headers: IS_REPLICA },
        { key: 'young', versionId: 'v', headers: IS_REPLICA, ...young },
        { key: 'young, not in the source report', versionId: 'v', headers: IS_REPLICA, ...young },
      ],
    );
    await report({ replica: { takenAt: LATER } });
    const { data, exitCode, text } = await audit();

    expect([exitCode, data.differences]).toEqual([0, []]);
    expect(data.pairs[0]?.states.same.versions).toBe(1);
    expect(data.inventory?.pairs).toMatchObject([
      { source: { takenAt: TODAY }, replica: { takenAt: LATER }, notJudged: { source: 2, replica: 2 }, duplicates: 0 },
    ]);
    expect(text).toContain('2 source versions and 2 replicas not judged');
    expect(text).toContain('eventually consistent');
  });

  test.each<[string, string, string, Record<string, string>, string]>([
    [
      'late at the earlier look',
      TODAY,
      LATER,
      at('2026-11-01T01:00:00.000Z', { ...COMPLETED, ...status('PENDING') }) as never,
      'wrong pending',
    ],
    ['on its way', TODAY, LATER, at('2026-11-01T01:20:00.000Z', { ...COMPLETED, ...status('PENDING') }) as never, 'in-flight'],
    ['replicated by then', TODAY, LATER, at('2026-11-01T01:00:00.000Z', COMPLETED) as never, 'wrong missing'],
    ['replicated shortly before', TODAY, LATER, at('2026-11-01T01:20:00.000Z', COMPLETED) as never, 'unknown'],
    ['perhaps replicated between the looks', LATER, TODAY, at('2026-11-01T01:00:00.000Z', COMPLETED) as never, 'unknown'],
    ['replicated long before', LATER, TODAY, at(OLD, COMPLETED) as never, 'wrong missing'],
  ])('a version without a replica that is %s', async (_, source, replica, stored, state) => {
    world.populate([stored as unknown as Stored], []);
    expect(await states({}, { source: { takenAt: source }, replica: { takenAt: replica } })).toEqual({ a: state });
  });

  test('let a replica come since the source bucket was looked at', async () => {
    world.populate([at(OLD, { ...COMPLETED, ...status('PENDING') })], [at(OLD, IS_REPLICA)]);
    expect(await states({}, { replica: { takenAt: LATER } })).toEqual({});
  });
});

describe('rows that come twice', () => {
  const row = (more: InventoryRow = {}) => ({ ...rowsOf(world.s3.bucket(SOURCE))[0], ...more });
  beforeEach(() =>
    world.populate([{ key: 'a', versionId: 'v', headers: COMPLETED }], [{ key: 'a', versionId: 'v', headers: IS_REPLICA }]),
  );

  test.each([
    [2, 3],
    [2, 2],
    [1, 2],
    [2, 1],
  ])('count once: %i times in one report, %i in the other', async (sources, replicas) => {
    const copies = rowsOf(world.s3.bucket(REPLICA));
    const repeated = <Each>(times: number, rows: readonly Each[]) => Array.from({ length: times }, () => rows).flat();
    await report({ source: { rows: repeated(sources, [row()]) }, replica: { rows: repeated(replicas, copies) } });
    const { data, exitCode } = await audit();
    expect([exitCode, data.differences]).toEqual([0, []]);
    expect(data.inventory?.pairs).toMatchObject([{ duplicates: sources + replicas - 2 }]);
    const side = { versions: 1, bytes: 10, deleteMarkers: 0 };
    expect(data.pairs).toMatchObject([{ source: side, replica: side, states: { same: { versions: 1, bytes: 10 } } }]);
  });

  test.each(['source', 'replica'] as const)('and do not say the same are unknown: in the report about the %s', async (side) => {
    const one = rowsOf(world.s3.bucket(side === 'source' ? SOURCE : REPLICA))[0];
    expect(await states({}, { [side]: { rows: [{ ...one }, { ...one, size: 7 }] } })).toEqual({ a: 'unknown' });
  });
});

test('timestamps that name their zone are the same moments, wherever the audit runs', async () => {
  const create = DuckDBInstance.create.bind(DuckDBInstance);
  jest.spyOn(DuckDBInstance, 'create').mockImplementation(async (...of) => {
    const instance = await create(...of);
    const connection = await instance.connect();
    await connection.run("SET GLOBAL TimeZone = 'Asia/Tokyo'");
    connection.closeSync();
    return instance;
  });
  populate();
  await report({ source: { zoned: true }, replica: { zoned: true } }, LOCKS);
  const zoned = await audit({}, LOCKS);
  jest.restoreAllMocks();
  await report({}, LOCKS);
  const { data } = await audit({}, LOCKS);
  const found = ({ pairs, differences }: AuditReport) => [pairs, differences];
  expect(found(zoned.data)).toEqual(found(data));
  expect(data.pairs[0]?.states.retention.versions).toBe(1);
});

test('a filter on tags leaves open whether S3 should have tried', async () => {
  world.populate(
    [
      { key: 'tried', versionId: 'v', headers: { ...COMPLETED, ...status('FAILED') } },
      { key: 'not tried', versionId: 'v', headers: under('aws:kms') },
    ],
    [],
  );
  const keys = { pairs: [{ id: 'documents', filter: { tags: { class: 'gold' } } }] };
  expect(await states(keys)).toEqual({ tried: 'wrong failed', 'not tried': 'unknown' });
});

test('what is outside of the filter, and canaries, do not take part', async () => {
  const keys = ["it's in/.s3-replication-canary/1", 'out/1', "it's in/folder/x", "it's in/y"];
  world.populate(
    keys.map((key) => ({ key, versionId: 'v', headers: COMPLETED })),
    [],
  );
  const filter = { pairs: [{ id: 'documents', filter: { prefix: "it's in/" } }] };
  expect(await states(filter)).toEqual({ "it's in/folder/x": 'wrong missing', "it's in/y": 'wrong missing' });
  const { data } = await audit({}, filter);
  expect(data.pairs[0]?.prefixes.map(({ prefix }) => prefix)).toEqual(['', "it's in/folder/"]);
});

test('lifecycle rules explain what they deleted and moved, by all versions of a key', async () => {
  const days = (count: number) => new Date(Date.parse(TODAY) - count * 86_400_000).toISOString();
  const version = (versionId: string, age: number) => ({
    key: versionId.slice(0, 1),
    versionId,
    lastModified: days(age),
    headers: COMPLETED,
  });
  const source = [
    version('a-new', 50),
    version('a-old', 100),
    version('b-new', 10),
    version('b-old', 100),
    version('c', 100),
    version('d', 20),
  ];
  const moved = (age: number, versionId: string) => ({
    ...version(versionId, age),
    headers: IS_REPLICA,
    storageClass: 'GLACIER',
  });
  world.populate(source, [
    { ...version('a-new', 50), headers: IS_REPLICA },
    { ...version('b-new', 10), headers: IS_REPLICA },
    moved(100, 'c'),
    moved(20, 'd'),
  ]);
  const lifecycle = { noncurrentDays: 45, transitions: [{ storageClass: 'GLACIER', days: 30 }] };
  expect(await states({ pairs: [{ id: 'documents', storageClass: 'STANDARD', lifecycle }] })).toEqual({
    a: 'expired',
    b: 'wrong missing',
    d: 'storage-class',
  });
});

test('many prefixes are told apart up to a bound, and the rest counts together', async () => {
  const many = objects(250, (index) => `p${String(index).padStart(3, '0')}/x`);
  world.populate(
    many.map((each) => ({ ...each, headers: COMPLETED })),
    many.slice(0, -1).map((each) => ({ ...each, headers: IS_REPLICA })),
  );
  await report();
  const { data } = await audit();
  const prefixes = data.pairs[0]?.prefixes ?? [];
  expect(prefixes).toHaveLength(201);
  expect(prefixes.at(0)).toEqual({ prefix: 'p000/', states: { same: { versions: 1, bytes: 10, wrong: 0 } } });
  expect(prefixes.at(-1)).toEqual({
    prefix: null,
    states: { same: { versions: 49, bytes: 490, wrong: 0 }, missing: { versions: 1, bytes: 10, wrong: 1 } },
  });
});

test('empty buckets are nothing to call fine', async () => {
  world.populate([]);
  await report({ source: { files: 0 }, replica: { files: 0 } });
  const { exitCode, data } = await audit();
  expect([exitCode, data.status]).toEqual([3, 'skipped']);
});

describe('a report that cannot be used ends the audit', () => {
  const bucket = () => world.s3.bucket(places().replicated.bucket.name);
  const manifest = (side: 'replicated' | 'destination' = 'replicated') => `${places()[side].prefix}2026-11-01T01-30Z/manifest`;
  const change = (key: string, make: (body: Buffer) => Buffer) => {
    const [version] = bucket().versions(key);
    bucket().put(key, make(version?.body ?? Buffer.alloc(0)));
  };
  const remove = (key: string) =>
    bucket().fill(
      bucket()
        .versions()
        .filter((version) => version.key !== key),
    );
  beforeEach(() =>
    world.populate(
      objects(4).map((each) => ({ ...each, headers: COMPLETED })),
      objects(4).map((each) => ({ ...each, headers: IS_REPLICA })),
    ),
  );

  test.each<[string, string, (files: string[][]) => void]>([
    ['its manifest is missing', 'HalfReport', () => remove(`${manifest()}.json`)],
    ['the checksum of its manifest is missing', 'HalfReport', () => remove(`${manifest('destination')}.checksum`)],
    ['a file is missing', 'HalfReport', ([source = []]) => remove(source[1] ?? '')],
    [
      'its manifest was changed',
      'AlteredReport',
      () => change(`${manifest()}.json`, (body) => Buffer.from(body.toString().replace('2016', '2017'))),
    ],
    ['its manifest is no JSON', 'AlteredReport', () => change(`${manifest()}.checksum`, () => Buffer.from('0'.repeat(32)))],
    [
      'a file was changed',
      'AlteredReport',
      ([, replica = []]) => change(replica[0] ?? '', (body) => Buffer.concat([body.subarray(0, -1), Buffer.from('X')])),
    ],
    ['a file was cut', 'AlteredReport', ([source = []]) => change(source[0] ?? '', (body) => body.subarray(0, -1))],
  ])('since %s', async (_, code, harm) => {
    harm(await report());
    const error = await rejectionOf(audit(), UnreachableError);
    expect(error.code).toBe(code);
  });

  test.each<[string, string, Reports, string]>([
    ['is old', 'StaleReport', { replica: { takenAt: '2026-10-29T11:59:00.000Z' } }, 'newest inventory report'],
    ['is about another bucket', 'AlteredReport', { source: { manifest: { sourceBucket: 'other' } } }, 'is about bucket "other"'],
    ['has CSV files, whose keys are encoded', 'OtherInventory', { source: { manifest: { fileFormat: 'CSV' } } }, 'only Parquet'],
    [
      'lacks a field',
      'OtherInventory',
      { replica: { manifest: { fileSchema: 'message { key; version_id; }' } } },
      'have no is_latest',
    ],
    ['has a manifest without files', 'AlteredReport', { source: { manifest: { files: undefined } } }, 'not a manifest'],
  ])('since it %s', async (_, code, reports, words) => {
    await report(reports);
    const error = await rejectionOf(audit(), UnreachableError);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)]);
  });

  test('since there is none, on either side, and says both', async () => {
    world.s3.bucket(places().replicated.bucket.name);
    const error = await rejectionOf(audit(), UnreachableError);
    expect(error.message).toContain('2 inventory reports cannot be used');
    expect(error.message).toContain(`about bucket ${SOURCE}`);
    expect(error.message).toContain(`about bucket ${REPLICA}`);
  });

  test('and leaves no file behind, as does one that is whole', async () => {
    const [source = []] = await report();
    expect((await audit()).exitCode).toBe(0);
    remove(source[0] ?? '');
    await rejectionOf(audit(), UnreachableError);
    expect(leftBehind()).toEqual([]);
  });

  test.each(['of the reports', 'DuckDB compares'])('and so does a signal while the terminal says "%s"', async (words) => {
    await report();
    const interruption = new AbortController();
    const { context } = world.context();
    const progress = (line: string) => (line.includes(words) ? interruption.abort() : undefined);
    const more = { signal: interruption.signal, terminal: { ...context.terminal, progress } };
    const error = await rejectionOf(audit({}, {}, more), UnreachableError);
    expect([error.code, leftBehind()]).toEqual(['Interrupted', []]);
  });

  test('but a connection that ends too early does not', async () => {
    await report();
    world.s3.fault(({ key }) => key.endsWith('.parquet'), 'cut the body');
    expect((await audit()).exitCode).toBe(0);
  });
});

describe('a named date', () => {
  beforeEach(async () => {
    world.populate([{ key: 'a', versionId: 'v', headers: COMPLETED }], []);
    await report({ source: { takenAt: YESTERDAY }, replica: { takenAt: YESTERDAY } });
    world.populate([{ key: 'a', versionId: 'v', headers: COMPLETED }], [{ key: 'a', versionId: 'v', headers: IS_REPLICA }]);
    await report();
  });

  test.each([
    ['newest', 0],
    ['2026-11-01', 0],
    ['2026-10-31', 1],
    ['2026-10-31T01-30Z', 1],
  ])('%s chooses the reports', async (date, exitCode) => {
    expect((await audit({ 'from-inventory': date })).exitCode).toBe(exitCode);
  });

  test('may be old', async () => {
    const old = '2026-08-01T00:00:00.000Z';
    await report({ source: { takenAt: old }, replica: { takenAt: old } });
    const { data } = await audit({ 'from-inventory': '2026-08-01' });
    expect(data.inventory?.pairs[0]?.source.takenAt).toBe(old);
  });

  test('without a report is an error', async () => {
    const error = await rejectionOf(audit({ 'from-inventory': '2026-10-30' }), UnreachableError);
    expect([error.code, error.message]).toEqual(['NoReports', expect.stringContaining('of 2026-10-30')]);
  });
});

describe('usage', () => {
  const PAIRS = [{ id: 'documents' }, { id: 'theirs', sourceBucket: { name: 'theirs', keyArns: [] } }];

  test.each<[string, Record<string, string | boolean>, Record<string, unknown>, string, string]>([
    ['a date that is none', { 'from-inventory': 'yesterday' }, INVENTORY, 'BadDate', 'is not a date'],
    ['an engine that is not there', { 'from-inventory': 'newest', engine: 'athen' }, INVENTORY, 'UnknownEngine', 'athena'],
    ['an engine without reports', { engine: 'duckdb' }, INVENTORY, 'NoInventory', '--from-inventory'],
    [
      'options about listings',
      { 'from-inventory': 'newest', deep: '1', resume: true },
      INVENTORY,
      'OptionRefused',
      '--deep, --resume',
    ],
    ['a configuration without inventory', { 'from-inventory': 'newest' }, {}, 'NoInventory', '"inventory": {}'],
    ['a pair without one', { 'from-inventory': 'newest' }, { ...INVENTORY, pairs: PAIRS }, 'NoInventory', 'theirs'],
  ])('refuses %s', async (_, values, keys, code, words) => {
    const error = await rejectionOf(world.run(values, keys), UsageError);
    expect([error.code, `${error.message} ${error.hint}`]).toEqual([code, expect.stringContaining(words)]);
  });

  test('leaves out the pair that replicates the reports, and refuses it alone', async () => {
    world.populate([]);
    await report({ source: { files: 0 }, replica: { files: 0 } });
    expect((await audit()).data.pairs.map(({ pair }) => pair)).toEqual(['documents']);
    const { config } = world.context(INVENTORY).context;
    const pairs = config.pairs.filter(({ reportDays }) => reportDays !== undefined);
    const error = await rejectionOf(audit({}, {}, { pairs }), UsageError);
    expect([error.code, error.message]).toEqual(['NoInventory', expect.stringContaining('replicates the reports')]);
  });

  test('DuckDB that is not installed is one clear message, with the command', () => {
    const load = () => {
      throw Object.assign(new Error("Cannot find module '@duckdb/node-api'\nRequire stack:"), { code: 'MODULE_NOT_FOUND' });
    };
    expect(() => loadDuckDb('', load)).toThrow(
      expect.objectContaining({ code: 'NoDuckDb', hint: expect.stringMatching(/npm install --no-save @duckdb\/node-api@\d/) }),
    );
  });
});

describe('Athena', () => {
  const engine = { engine: 'athena' };
  const output = () => places().destination.bucket.name;
  const left = () =>
    world.s3
      .bucket(output())
      .versions()
      .filter(({ key, isDeleteMarker }) => key.startsWith('athena/') && !isDeleteMarker);
  beforeEach(async () => {
    world.populate(
      objects(4).map((each) => ({ ...each, headers: COMPLETED })),
      objects(4).map((each) => ({ ...each, headers: IS_REPLICA })),
    );
  });

  test('says first what it reads, what that costs and what it makes, and asks', async () => {
    await report();
    const { recorded, data, exitCode } = await audit(engine);
    expect(exitCode).toBe(0);
    expect(recorded.told.join('\n')).toMatch(
      /at most 29 MiB together[^]*less than \$0\.01[^]*athena\/pricing[^]*backups-inventory-audit/,
    );
    expect(recorded.questions).toEqual(['Start the queries?']);
    expect(data.inventory).toMatchObject({ engine: 'athena', pairs: [{ source: { verified: 'md5' } }] });
  });

  test('limits what a query reads, in a workgroup with the tags of the configuration', async () => {
    await report();
    const made: unknown[] = [];
    const set = jest.spyOn(athena.workGroups, 'set').mockImplementation((name, group) => {
      made.push(group);
      return Map.prototype.set.call(athena.workGroups, name, group) as never;
    });
    await audit(engine, { tags: { team: 'storage' } });
    set.mockRestore();
    expect(made).toMatchObject([
      {
        Name: 'backups-inventory-audit',
        Tags: [{ Key: 'team', Value: 'storage' }],
        Configuration: { EnforceWorkGroupConfiguration: true, BytesScannedCutoffPerQuery: 10_000_000 },
      },
    ]);
  });

  test('removes what it made, also what an earlier run left and where a query fails', async () => {
    await report();
    await audit(engine);
    const nothing = () => [athena.workGroups.size, athena.databases.size, athena.tables.size];
    expect(nothing()).toEqual([0, 0, 0]);

    athena.workGroups.set('backups-inventory-audit', {
      Description: 'made by s3-replication audit --from-inventory, and removed by it',
    });
    athena.fails = 'Bytes scanned limit was exceeded';
    const error = await rejectionOf(audit(engine), UnreachableError);
    expect([error.code, error.message]).toEqual(['NoComparison', expect.stringContaining('limit was exceeded')]);
    expect(athena.workGroups.size).toBe(0);
  });

  test('leaves a database that was there, and a workgroup of somebody else', async () => {
    await report();
    athena.databases.add('s3_replication_backups_documents');
    await audit(engine);
    expect([...athena.databases]).toEqual(['s3_replication_backups_documents']);

    athena.workGroups.set('backups-inventory-audit', { Description: 'theirs' });
    const error = await rejectionOf(audit(engine), UsageError);
    expect(error.code).toBe('OtherWorkGroup');
    expect(athena.workGroups.size).toBe(1);
  });

  test('starts nothing for a person who declines', async () => {
    await report();
    const { context } = world.context();
    const confirm = async () => {
      throw new AbortError('Declined', 'declined');
    };
    await rejectionOf(audit(engine, {}, { terminal: { ...context.terminal, confirm } }), AbortError);
    expect([athena.statements, left()]).toEqual([[], []]);
  });

  test.each<[string, string, (files: string[][]) => void]>([
    [
      'missing',
      'HalfReport',
      ([[first = ''] = []]) =>
        world.s3.bucket(output()).fill(
          world.s3
            .bucket(output())
            .versions()
            .filter(({ key }) => key !== first),
        ),
    ],
    [
      'shorter than the manifest says',
      'AlteredReport',
      ([[first = ''] = []]) => world.s3.bucket(output()).put(first, Buffer.from('short')),
    ],
  ])('does not compare a report of which a file is %s', async (_, code, harm) => {
    harm(await report());
    const error = await rejectionOf(audit(engine), UnreachableError);
    expect([error.code, athena.statements.filter((sql) => sql.startsWith('SELECT'))]).toEqual([code, []]);
  });

  test('verifies the sizes alone of what a KMS key encrypts', async () => {
    await report({ source: { encryption: 'aws:kms' } });
    const { data, text } = await audit(engine);
    expect(data.inventory?.pairs).toMatchObject([{ source: { verified: 'size' } }]);
    expect(text).toContain('verified by their sizes alone');
  });

  test('compares empty reports', async () => {
    world.populate([{ key: 'a', versionId: 'v', headers: COMPLETED }], []);
    await report({ replica: { files: 0 } });
    expect((await audit(engine)).data.differences).toMatchObject([{ key: 'a', state: 'missing' }]);
  });
});

test('a list of reports that does not advance ends with an error', async () => {
  const page = { IsTruncated: true, NextContinuationToken: 'the same', CommonPrefixes: [] };
  const from = {
    s3: { send: async () => page },
    requests: { send: (_: string, ask: () => unknown) => ask() },
    owner: '222222222222',
  };
  const config = validConfig({ inventory: {} });
  const place = reportsOf(config, config.pairs[0] as DeployedPair).destination;
  const wanted = { place, about: 'x', date: undefined, maxAge: 1, columns: [] };

  await expect(findReport(from as unknown as ReportBucket, wanted, new Date())).rejects.toMatchObject({ code: 'NoProgress' });
});
