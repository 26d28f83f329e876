import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateJobCommand, DescribeJobCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { mockClient } from 'aws-sdk-client-mock';
import { compareKeys } from '../../../lib/aws/listing/key-order';
import type { Context } from '../../../lib/cli/command';
import { UnreachableError, UsageError } from '../../../lib/errors/errors';
import { reportsOf } from '../../../lib/model/inventory';
import type { copier } from '../../../lib/ops/copy/transfer';
import { TemporaryFolder } from '../../../lib/ops/inventory/download';
import { DuckDb, loadDuckDb } from '../../../lib/ops/inventory/duckdb';
import { MOST_BATCH_BYTES } from '../../../lib/ops/restore/batch/choice';
import { ChosenTable } from '../../../lib/ops/restore/inventory/chosen';
import { endedIn } from '../../../lib/ops/restore/ledger';
import { OLD, type Stored } from '../../helpers/fake-s3/version';
import { ownTemporaryFiles, temporaryFolder } from '../../helpers/folder';
import { type InventoryRow, InventoryWriter, type ReportOptions, rowsOf } from '../../helpers/inventory';
import { rejectionOf } from '../../helpers/rejection';
import { OTHER, objects, REPLICA, World } from './world';

// V8 would keep the setting for the test files that come after this one.
jest.mock('../../../lib/cli/gc');

let world = new World();
jest.mock('../../../lib/ops/copy/transfer', () => ({
  copier: (...[, , { uploads, withoutTags = false }]: Parameters<typeof copier>) => world.copier(uploads, withoutTags),
}));

const writer = new InventoryWriter();
const s3Control = mockClient(S3ControlClient);
beforeEach(async () => {
  world = new World();
  await world.open();
});
afterEach(() => world.close());
afterAll(() => writer.close());

/** The tests' clock says noon. */
const TODAY = '2026-11-01T01:30:00.000Z';
const YESTERDAY = '2026-10-31T01:30:00.000Z';
const NOON = '2026-10-02T12:00:00Z';
const AFTER_NOON = '2026-10-02T12:00:01.000Z';
const LATER = '2026-10-03T00:00:00.000Z';

const INVENTORY = { inventory: {} };
const FROM = { 'from-inventory': 'newest' };

/** Of an argument about pairs that is not the usual one. */
type Keys = Record<string, unknown>;

function place(keys: Keys = {}) {
  const { config } = world.context({ ...INVENTORY, ...keys }).context;
  return reportsOf(config, config.pairs[0] as never).destination;
}

/** Has S3 write the report about the replica bucket, and returns the keys of its files. */
async function report(
  { rows, ...more }: Partial<ReportOptions> & { readonly rows?: readonly InventoryRow[] } = {},
  keys: Keys = {},
): Promise<string[]> {
  return writer.write(world.s3, place(keys), REPLICA, rows ?? rowsOf(world.s3.bucket(REPLICA)), { takenAt: TODAY, ...more });
}

/** Restores by the report. */
const restore = (values: Record<string, string | boolean> = {}, keys: Keys = {}, more: Partial<Context> = {}) =>
  world.run({ ...FROM, to: OTHER, ...values }, { ...INVENTORY, ...keys }, { pairs: documents(keys), ...more });

/** Without the pair that replicates the reports, which --to does not go together with. */
const documents = (keys: Keys = {}) =>
  world.context({ ...INVENTORY, ...keys }).context.pairs.filter(({ reportDays }) => reportDays === undefined);

const at = (key: string, versionId: string, lastModified: string, more: Partial<Stored> = {}): Stored => ({
  key,
  versionId,
  lastModified,
  ...more,
});
const marker = { isDeleteMarker: true };
const replicaListings = () =>
  world.s3.requests.filter(({ operation, bucket }) => operation === 'ListObjectVersions' && bucket === REPLICA);
const leftBehind = ownTemporaryFiles();

/** As S3 lists them: the newest version of each key first. */
const VERSIONS: readonly Stored[] = [
  at('changed', 'c3', LATER),
  at('changed', 'c2', '2026-10-02T00:00:00.000Z', { size: 7 }),
  at('changed', 'c1', OLD),
  at('came later', 'l2', LATER),
  at('came later', 'l1', AFTER_NOON),
  at('deleted', 'd2', '2026-10-02T00:00:00.000Z', marker),
  at('deleted', 'd1', OLD),
  at('deleted later', 'e2', LATER, marker),
  at('deleted later', 'e1', OLD),
  at('deleted and written again', 'f3', LATER),
  at('deleted and written again', 'f2', '2026-10-02T00:00:00.000Z', marker),
  at('deleted and written again', 'f1', OLD),
  at('marker alone', 'g1', OLD, marker),
  at('marker twice', 'h3', '2026-10-02T00:00:00.000Z', marker),
  at('marker twice', 'h2', OLD, marker),
  at('marker twice', 'h1', '2026-09-01T00:00:00.000Z'),
  at('null', 'null', '2026-10-02T00:00:00.000Z'),
  at('null', 'n1', OLD),
  at('null alone', 'null', OLD),
  at('same second, current', 's2', OLD),
  at('same second, current', 's1', OLD),
  at('same second, marker', 't2', OLD, marker),
  at('same second, marker', 't1', OLD),
  at('same second, noncurrent', 'u3', LATER),
  at('same second, noncurrent', 'b', OLD),
  at('same second, noncurrent', 'z', OLD),
  at('same second, noncurrent', 'a', OLD),
  at('within the second', 'w2', '2026-10-02T12:00:00.000Z'),
  at('within the second', 'w1', OLD),
  at('cold', 'k1', OLD, { storageClass: 'DEEP_ARCHIVE' }),
  at('large', 'm1', OLD, { size: MOST_BATCH_BYTES + 1 }),
  at('in/1', 'i1', OLD),
  at('in/2', 'i2', OLD, marker),
  at('in/2', 'i1', OLD.replace('10-01', '09-01')),
  at('in/.s3-replication-canary/x', 'x', OLD),
  at('.s3-replication-canary/x', 'x', OLD),
  ...['a b', 'a+b', 'a%2Fb', 'a%20b', '<&>', "it's", '💾', '\uffee', 'ä', 'a\nb', 'x/y/z', '\\', '"', "'"].map((key) =>
    at(key, 'odd', OLD),
  ),
];

describe('chooses the versions that a restore from a listing chooses', () => {
  const IGNORE = { 'ignore-foreign-markers': true };
  const REPLICATED = { pairs: [{ id: 'documents', replicateDeleteMarkers: true }] };

  test.each<[string, Record<string, string | boolean>, Keys, boolean]>([
    ['the newest ones', {}, {}, false],
    ['as of a moment', { 'as-of': NOON }, {}, true],
    ['as of a moment between two seconds', { 'as-of': '2026-10-02T12:00:00.500Z' }, {}, true],
    ['before everything', { 'as-of': '2026-01-01T00:00:00Z' }, {}, false],
    ['below a prefix', { prefix: 'in/', 'as-of': NOON }, {}, false],
    ['below a prefix that has to be quoted', { prefix: "it's" }, {}, false],
    ['below foreign markers', IGNORE, {}, false],
    ['below foreign markers of a moment, over what is there', { ...IGNORE, 'as-of': NOON, overwrite: true }, {}, true],
    ['where markers are replicated', { 'as-of': NOON }, REPLICATED, true],
  ])('%s', async (_, values, keys, asks) => {
    const target = [
      at('alone', 'y', LATER),
      at('changed', 'c2', LATER, { size: 7 }),
      at('null', 'other', LATER),
      at('x/y/z', 'other', LATER, { size: 1 }),
    ];
    const chosen = async (run: typeof restore) => {
      world.populate(VERSIONS, target, OTHER);
      world.asked.length = 0;
      const { data, exitCode } = await run(values, keys);
      const { plan, totals, vanished } = data.pairs[0] ?? {};
      return {
        exitCode,
        plan: { ...plan, listRequests: 0 },
        totals,
        vanished,
        asked: world.asked.toSorted((one, other) => compareKeys(one.key, other.key)),
        written: new Map(world.written),
        notRestored: data.notRestored,
      };
    };
    const listed = await chosen((more, pairs) => world.run({ to: OTHER, ...more }, pairs));
    // S3 may report milliseconds, and repeat rows.
    const rows = rowsOf(world.s3.bucket(REPLICA)).map((row) =>
      row['version_id'] === 'w2' ? { ...row, last_modified_date: new Date('2026-10-02T12:00:00.900Z') } : row,
    );
    await report({ rows: [...rows, ...rows.slice(0, 20)] }, keys);
    world.s3.requests.length = 0;

    expect(await chosen(restore)).toEqual(listed);
    // S3 is asked for the one key whose order no report has.
    const asked = new Set(replicaListings().map(({ query }) => query.get('prefix')));
    expect([...asked]).toEqual(asks ? ['same second, noncurrent'] : []);
  });
});

test('the plan and the result say which report it was, and what is not in it', async () => {
  world.populate(objects(3), [], OTHER);
  await report();
  const { clients } = world.context().context;
  const ofSource = new Set<string>();
  const s3 = async (side: 'source' | 'destination', region?: string) => {
    const client = await clients.s3(side, region);
    if (side === 'source') {
      const note: Parameters<typeof client.middlewareStack.add>[0] = (next) => (args) => {
        ofSource.add((args.input as { Bucket: string }).Bucket);
        return next(args);
      };
      client.middlewareStack.add(note as never, { step: 'initialize' });
    }
    return client;
  };
  const { recorded, text, data, exitCode } = await restore({}, {}, { clients: { ...clients, s3 } as never });

  // The backup account reads the report.
  expect([exitCode, [...ofSource]]).toEqual([0, [OTHER]]);
  expect(data.pairs[0]).toMatchObject({
    inventory: { report: '2026-11-01T01-30Z', takenAt: TODAY, files: 2 },
    totals: { ends: { restored: { objects: 3 } } },
    plan: { listRequests: 1 },
  });
  expect(data.pairs[0]?.unknowns[0]).toMatchObject({ code: 'inventory-snapshot', text: expect.stringContaining(TODAY) });
  for (const told of [recorded.told.join('\n'), text]) {
    expect(told).toContain(`chosen from inventory report 2026-11-01T01-30Z: S3 began to look at ${TODAY}`);
    expect(told).toContain('is unknown, not absent');
  }
  expect(text).toContain('by inventory reports; what came later is unknown');
});

test('keys that the filter of the pair leaves out of the report are unknown, and refused where nothing else is asked for', async () => {
  const filter = { pairs: [{ id: 'documents', filter: { prefix: 'in/' } }] };
  world.populate([at('in/a', 'v', OLD)], [], OTHER);
  await report({}, filter);
  const codes = async (prefix: string) => (await restore({ prefix }, filter)).data.pairs[0]?.unknowns.map(({ code }) => code);

  expect(await codes('')).toContain('inventory-prefix');
  expect(await codes('in/')).not.toContain('inventory-prefix');
  expect(await codes('in/a')).not.toContain('inventory-prefix');
  const error = await rejectionOf(restore({ prefix: 'out/' }, filter), UsageError);
  expect([error.code, error.message]).toEqual(['NotInReport', expect.stringContaining('only keys below "in/"')]);
});

test('a moment after the report is refused, with its time and what to write', async () => {
  world.populate(objects(1), [], OTHER);
  await report({ takenAt: YESTERDAY });
  await report();
  const error = await rejectionOf(restore({ 'as-of': '2026-11-01T01:31:00Z' }), UsageError);
  expect([error.code, error.message, error.hint]).toEqual([
    'NotInReport',
    expect.stringContaining(`later than report 2026-11-01T01-30Z, for which S3 began to look at ${TODAY}`),
    expect.stringContaining('--from-inventory DATE'),
  ]);
  expect((await restore({ 'as-of': TODAY })).exitCode).toBe(0);
  const early = { 'from-inventory': '2026-10-31', 'as-of': TODAY };
  expect(await rejectionOf(restore(early), UsageError)).toMatchObject({ code: 'NotInReport' });
  expect(leftBehind()).toEqual([]);
});

test('a report that says nothing certain about a key has S3 asked, and a version that is gone is named', async () => {
  world.populate([at('a', 'a1', OLD, { size: 9 }), at('b', 'b2', OLD), at('b', 'b1', OLD)], [], OTHER);
  const rows = rowsOf(world.s3.bucket(REPLICA));
  const row = (key: string, more: InventoryRow) => ({ ...rows.find((each) => each['key'] === key), ...more });
  const gone = { key: 'gone', version_id: 'x', last_modified_date: new Date(OLD) };
  await report({
    rows: [
      row('a', { size: 8 }),
      row('a', { size: 9 }),
      row('b', { version_id: 'b1', is_latest: false }),
      row('b', { version_id: 'b2', is_latest: false }),
      row('b', { ...gone, size: 1 }),
      row('b', { ...gone, size: 2 }),
    ],
  });
  world.instead = ({ key }) => (key === 'gone' ? { kind: 'failed', why: 'NoSuchVersion' } : undefined);
  const { data, exitCode } = await restore();

  expect(new Map(world.asked.map(({ key, versionId, size }) => [key, [versionId, size]]))).toEqual(
    new Map([
      ['a', ['a1', 9]],
      ['b', ['b2', 10]],
      ['gone', ['x', expect.any(Number)]],
    ]),
  );
  expect([exitCode, data.notRestored]).toMatchObject([1, [{ key: 'gone', end: 'failed' }]]);
});

describe('a report that cannot be used restores nothing', () => {
  const bucket = () => world.s3.bucket(place().bucket.name);
  const remove = (key: string) =>
    bucket().fill(
      bucket()
        .versions()
        .filter((version) => version.key !== key),
    );
  const change = (key: string) =>
    bucket().put(key, Buffer.concat([(bucket().versions(key)[0]?.body ?? Buffer.alloc(1)).subarray(0, -1), Buffer.from('X')]));
  const manifest = (name: string) => `${place().prefix}2026-11-01T01-30Z/manifest.${name}`;

  test.each<[string, string, (files: readonly string[]) => void]>([
    ['is missing', 'NoReport', () => world.s3.fill(place().bucket.name, [])],
    ['lacks its manifest', 'HalfReport', () => remove(manifest('json'))],
    ['lacks a file', 'HalfReport', ([, file = '']) => remove(file)],
    ['has another manifest', 'AlteredReport', () => change(manifest('json'))],
    ['has another file', 'AlteredReport', ([file = '']) => change(file)],
  ])('since it %s', async (_, code, harm) => {
    world.populate(objects(4), [], OTHER);
    harm(await report());
    const error = await rejectionOf(restore(), UnreachableError);
    expect([error.code, world.asked, leftBehind()]).toEqual([code, [], []]);
  });

  test('since it is old, unless it is named', async () => {
    world.populate(objects(1), [], OTHER);
    await report({ takenAt: '2026-10-29T11:59:00.000Z' });
    const error = await rejectionOf(restore(), UnreachableError);
    expect([error.code, error.hint]).toEqual(['StaleReport', expect.stringContaining('--from-inventory 2026-10-29')]);
    expect((await restore({ 'from-inventory': '2026-10-29' })).exitCode).toBe(0);
  });

  test('since it lacks a field', async () => {
    world.populate(objects(1), [], OTHER);
    await report({ manifest: { fileSchema: 'message { key; version_id; }' } });
    expect(await rejectionOf(restore(), UnreachableError)).toMatchObject({ code: 'OtherInventory' });
  });

  test.each(['of the report about', 'DuckDB sorts'])('since somebody interrupts while the terminal says "%s"', async (words) => {
    world.populate(objects(4), [], OTHER);
    await report();
    const interruption = new AbortController();
    const { terminal } = world.context().context;
    const progress = (line: string) => (line.includes(words) ? interruption.abort() : undefined);
    const more = { signal: interruption.signal, terminal: { ...terminal, progress } };
    const error = await rejectionOf(restore({}, {}, more), UnreachableError);
    expect([error.code, world.asked, leftBehind()]).toEqual(['Interrupted', [], []]);
  });
});

describe('usage', () => {
  test.each<[string, Record<string, string>, Keys, string, string]>([
    ['a date that is none', { 'from-inventory': 'yesterday' }, INVENTORY, 'BadDate', 'is not a date'],
    ['a configuration without inventory', FROM, {}, 'NoInventory', '"inventory": {}'],
  ])('refuses %s', async (_, values, keys, code, words) => {
    world.populate([]);
    const error = await rejectionOf(world.run(values, keys), UsageError);
    expect([error.code, `${error.message} ${error.hint}`]).toEqual([code, expect.stringContaining(words)]);
  });

  test('leaves out the pair that replicates the reports', async () => {
    world.populate(objects(1));
    await report();
    const { data } = await world.run(FROM, INVENTORY);
    expect(data.pairs.map(({ pair }) => pair)).toEqual(['documents']);
  });

  test('refuses a disk that is too small before it reads a file', async () => {
    world.populate(objects(1), [], OTHER);
    await report();
    const free = jest.spyOn(TemporaryFolder.prototype, 'free', 'get').mockReturnValue(10);
    const error = await rejectionOf(restore(), UsageError);
    free.mockRestore();
    expect([error.code, error.hint]).toEqual(['NoSpace', expect.not.stringContaining('athena')]);
    expect(leftBehind()).toEqual([]);
  });
});

describe('an interrupted restore', () => {
  const MANY = 20;
  const stopAt = (key: string) => {
    world.instead = (item) => {
      if (item.key === key) {
        throw new UnreachableError('Gone', 'the network is gone');
      }
      return undefined;
    };
  };
  const interrupted = async () => {
    world.populate(objects(MANY), [], OTHER);
    await report({ takenAt: YESTERDAY });
    stopAt('k00010');
    await rejectionOf(restore(), UnreachableError);
    world.instead = () => undefined;
    // S3 looks again, and finds something else.
    world.s3.fill(REPLICA, [at('new', 'new', LATER), ...objects(MANY)]);
  };

  test('continues with the report that it began with, however new another one is', async () => {
    await interrupted();
    await report();
    const { data, exitCode } = await restore({ resume: true });
    expect([exitCode, data.pairs[0]?.inventory?.takenAt, endedIn(data.pairs[0]?.totals as never).objects]).toEqual([
      0,
      YESTERDAY,
      MANY,
    ]);
    expect([...world.written.keys()].toSorted()).toEqual(objects(MANY).map(({ key }) => key));
    expect([...world.written.values()].every((versions) => versions.length === 1)).toBe(true);
  });

  test('does not continue with another report, a changed one, or a listing', async () => {
    await interrupted();
    await report();
    const refused = async (run: Promise<unknown>) => (await rejectionOf(run, UsageError)).code;
    expect(await refused(restore({ resume: true, 'from-inventory': '2026-11-01' }))).toBe('OtherRestore');
    expect(await refused(world.run({ resume: true, to: OTHER }, INVENTORY, { pairs: documents() }))).toBe('OtherRestore');
    await report({ takenAt: YESTERDAY });
    expect(await refused(restore({ resume: true }))).toBe('OtherRestore');
  });

  test('says which report is gone', async () => {
    await interrupted();
    world.s3.fill(place().bucket.name, []);
    await report();
    expect(await rejectionOf(restore({ resume: true }), UnreachableError)).toMatchObject({
      code: 'NoReport',
      message: expect.stringContaining('2026-10-31T01-30Z'),
    });
  });

  test.each(['{', '{"subject":"x"}'])('is refused as ever where its file says %s', async (text) => {
    world.populate(objects(1), [], OTHER);
    await report();
    writeFileSync(join(world.folder, '.s3-replication-restore.json'), text);
    await rejectionOf(restore({ resume: true }), UsageError);
    expect(existsSync(join(world.folder, '.s3-replication-restore.json'))).toBe(true);
  });
});

test('S3 Batch Operations copies what it can, and this process what is large or archived', async () => {
  const batch = { engine: 'batch', 'batch-role': 'arn:aws:iam::111111111111:role/recovery', 'batch-bucket': 'recovery-batch' };
  s3Control.on(CreateJobCommand).resolves({ JobId: '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c' });
  s3Control.on(DescribeJobCommand).resolves({
    Job: { Status: 'Complete', ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 2, NumberOfTasksFailed: 0 } },
  });
  world.populate(
    [
      at('a b', 'v1', OLD),
      at('c', 'v2', OLD),
      at('large', 'v3', OLD, { size: MOST_BATCH_BYTES + 1 }),
      at('cold', 'v4', OLD, { storageClass: 'GLACIER' }),
    ],
    [],
    OTHER,
  );
  world.s3.fill('recovery-batch', []);
  await report();
  world.instead = ({ storageClass }) => (storageClass === 'GLACIER' ? { kind: 'archived', why: 'is archived' } : undefined);
  const { data } = await restore(batch);

  const [list] = world.s3.requests.filter(({ method, line }) => method === 'PUT' && line.includes('recovery-batch'));
  expect(list?.body.toString()).toBe(`${REPLICA},a%20b,v1\n${REPLICA},c,v2\n`);
  expect(world.asked.map(({ key }) => key).toSorted()).toEqual(['cold', 'large']);
  expect(data.pairs[0]).toMatchObject({ plan: { batch: { objects: 2 } }, batch: { result: { jobStatus: 'Complete' } } });
});

test('the table is read in the order of keys, and every range has the newest version of each of its keys', async () => {
  const folder = temporaryFolder('choice-');
  const database = await DuckDb.start(loadDuckDb(''), join(folder, 'd'), new AbortController().signal, 0, true);
  try {
    const keys = ['a', 'a\u0000b', "a'", 'b', 'ä', '\uffee', '💾', '💾/1', 'c', 'd', 'e'];
    const values = keys.flatMap((key) => [
      `(from_hex('${Buffer.from(key).toString('hex')}'), 2)`,
      `(from_hex('${Buffer.from(key).toString('hex')}'), 1)`,
    ]);
    const sql = `SELECT decode(k) AS key, 'v' AS version, false AS is_latest, false AS is_marker, 1 AS size, m AS modified, 'S' AS storage_class FROM (VALUES ${values.toReversed().join(', ')}) AS t(k, m) ORDER BY key`;
    const table = await ChosenTable.make(database, 'x', sql, { prefix: '', ignored: 'none', asOf: undefined }, 3);
    const ranges = table.ranges();
    expect(ranges.length).toBeGreaterThan(4);
    const found: string[] = [];
    for (const range of ranges) {
      for await (const rows of table.read(range)) {
        found.push(...rows.map(([key, , , , , modified]) => `${key} ${modified}`));
      }
    }
    expect(found).toEqual(keys.toSorted(compareKeys).map((key) => `${key} 2`));
    // A range of an interrupted restore begins anywhere.
    const rest: string[] = [];
    for await (const rows of table.read({ from: 'a\u0000b', to: 'c' })) {
      rest.push(...rows.map(([key]) => String(key)));
    }
    expect(rest).toEqual(["a'", 'b', 'c']);
  } finally {
    await database.close();
  }
});
