import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../lib/cli/command';
import { AbortError } from '../../../lib/errors/errors';
import { breakDisk } from '../../helpers/disk';
import { ALWAYS } from '../../helpers/fake-s3/faults';
import type { Request } from '../../helpers/fake-s3/protocol';
import type { Stored, Version } from '../../helpers/fake-s3/version';
import { between, commandsIn, elementsOf, textOf } from '../../helpers/page';
import { KEY, REPLICA, SOURCE, World } from './world';

const GIVEN = 'scratch-111111111111';
const LEFT = 'backups-drill-0badcafe-111111111111-ap-southeast-2-an';
const TAGGED = '<Tagging><TagSet><Tag><Key>s3-replication</Key><Value>drill</Value></Tag></TagSet></Tagging>';

// V8 would keep the setting for the test files that come after this one.
jest.mock('../../../lib/cli/gc');

let world: World;

beforeEach(async () => {
  world = new World();
  await world.open();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

/** Changes what is written into the scratch bucket under one key. */
function spoil(key: string, change: (stored: Version) => Stored | undefined): void {
  world.s3.fault((request) => request.operation === 'PutObject' && request.key === key, { keeps: change }, ALWAYS);
}

const rest = { headers: { 'content-type': 'text/plain', 'x-amz-meta-author': 'a' }, tags: { class: 'public' } };

test('restores everything into a bucket of its own, finds it the same, and removes what it made', async () => {
  world.both('a/1', rest);
  world.both('b ü+', { body: Buffer.alloc(0) });
  world.both('control \u0001');

  const { exitCode, report, recorded, text } = await world.run({ all: true });

  expect(exitCode).toBe(0);
  expect(report).toMatchObject({
    status: 'ok',
    sample: null,
    objects: { objects: 3 },
    ends: { same: { objects: 3 }, different: { objects: 0 } },
    comparedWith: { source: 3, replica: 0 },
    comparedBy: { checksum: 3, content: 0 },
    recoveryPoint: { basis: 'comparison', seconds: 0 },
    recoveryTime: { basis: 'measured' },
    confidence: null,
    left: [],
  });
  expect(report.seconds.restore).toBeGreaterThan(0);
  expect(recorded.questions).toEqual(['Start the drill?']);
  expect(text).toContain('Passed: 3 of 3 objects');
  expect(world.scratches).toEqual([]);
  // Nothing else is written or deleted.
  expect(world.s3.changes.filter((change) => !change.includes('backups-drill-'))).toEqual([]);
});

test.each(['ENOSPC', 'EROFS'] as const)(
  'a report that cannot be written (%s) leaves the result, which is not fine',
  async (code) => {
    world.both('a');
    breakDisk('renameSync', code);
    const { exitCode, report, recorded, text } = await world.run();
    jest.restoreAllMocks();
    expect([exitCode, report.status]).toEqual([3, 'ok']);
    expect(text).toContain('documents');
    expect(recorded.told.filter((line) => line.includes(code))).toEqual([
      expect.stringMatching(/\.json cannot be written: .*\nname another folder with --report/),
    ]);
  },
);

test('writes the report of each pair as JSON and Markdown', async () => {
  world.both('<b>|`key`\n', rest);

  const { report } = await world.run();

  const [json = '', markdown = ''] = world.reports;
  expect([json, markdown]).toEqual([
    expect.stringMatching(/^drill-20261101T120000Z-documents\.json$/),
    expect.stringMatching(/^drill-20261101T120000Z-documents\.md$/),
  ]);
  expect(JSON.parse(world.read(json))).toEqual(report);
  expect(world.read(markdown)).toContain('**Passed: 1 of 1 object ');
  expect(world.read(markdown)).toContain('<code>&lt;b&gt;&#124;&#96;key&#96;\\\\n</code>');
});

test.each<[string, (stored: Version) => Stored | undefined, string]>([
  [
    'content',
    (stored) => ({
      ...stored,
      body: Buffer.from('CONTENT of a'),
      headers: { ...stored.headers, 'x-amz-checksum-crc32': 'AAAAAA==' },
    }),
    'content',
  ],
  ['a header', (stored) => ({ ...stored, headers: { ...stored.headers, 'content-type': 'text/html' } }), 'ContentType'],
  ['metadata', (stored) => ({ ...stored, headers: { ...stored.headers, 'x-amz-meta-author': 'b' } }), 'metadata'],
  ['tags', (stored) => ({ ...stored, tags: {} }), 'tags'],
  ['the size', (stored) => ({ ...stored, body: Buffer.alloc(0) }), '0 bytes in place of 12'],
  [
    'the key',
    (stored) => ({ ...stored, headers: { ...stored.headers, 'x-amz-server-side-encryption-aws-kms-key-id': `${KEY}2` } }),
    'encryption, under',
  ],
  ['everything: it is not there', () => undefined, 'not there after its restore'],
])('finds a restored object that differs in %s', async (_, change, found) => {
  world.both('a', rest);
  world.both('b', rest);
  spoil('a', change);

  const { exitCode, report, text } = await world.run();

  expect(exitCode).toBe(1);
  expect(report).toMatchObject({ status: 'failed', ends: { same: { objects: 1 }, different: { objects: 1 } }, confidence: null });
  expect(report.results[0]).toMatchObject({ end: 'different', key: 'a', why: expect.stringContaining(found) });
  expect(text).toContain('Failed: 1 object ');
  expect(world.scratches).toEqual([]);
});

test('reads both where S3 keeps no comparable checksum', async () => {
  world.both('a', { checksum: null });

  const { report } = await world.run();

  expect(report).toMatchObject({ status: 'ok', comparedBy: { checksum: 0, content: 1 } });
});

test('compares with the replica what the source has no longer', async () => {
  world.both('a');
  world.s3.put(REPLICA, 'deleted at the source');

  expect((await world.run()).report).toMatchObject({ status: 'ok', comparedWith: { source: 1, replica: 1 } });
});

test('a source bucket that is gone does not fail the drill, and the newest replica says how old the copy is', async () => {
  world.both('a', { lastModified: '2026-11-01T11:58:00.000Z' });
  world.s3.buckets.delete(SOURCE);

  const { exitCode, report } = await world.run();

  expect(exitCode).toBe(0);
  expect(report.recoveryPoint).toMatchObject({ basis: 'newest-replica', seconds: 120, missing: null });
});

test('measures the recovery point as the age of the oldest version without a replica', async () => {
  world.both('a');
  const pending = { headers: { 'x-amz-replication-status': 'PENDING' } };
  world.s3.put(SOURCE, 'b', { lastModified: '2026-11-01T11:00:00.000Z', ...pending });
  world.s3.put(SOURCE, 'c', { lastModified: '2026-11-01T11:59:00.000Z', ...pending });
  const completed = { lastModified: '2026-11-01T11:50:00.000Z', headers: { 'x-amz-replication-status': 'COMPLETED' } };
  // Its replica was deleted.
  world.s3.put(SOURCE, 'd', completed);
  // Replicated while the buckets were listed.
  const { versionId } = world.s3.put(SOURCE, 'e', completed);
  world.s3.fault(
    ({ line }) => line === `HEAD ${SOURCE}/e`,
    () => {
      world.s3.put(REPLICA, 'e', { versionId, headers: { 'x-amz-replication-status': 'REPLICA' } });
    },
  );

  const { report } = await world.run();

  expect(report.recoveryPoint).toMatchObject({ seconds: 3600, missing: { versions: 3, current: 3 }, oldest: { key: 'b' } });
  // S3 tries what is PENDING again, and never what it replicated once.
  expect(report).toMatchObject({ status: 'failed', recoveryPoint: { lost: { versions: 1, first: [{ key: 'd' }] } } });
});

test('leaves archived objects, delete markers, canaries and what is outside of the prefix alone', async () => {
  world.both('in/a');
  world.both('in/archived', { storageClass: 'GLACIER' });
  world.both('in/deleted');
  world.s3.put(REPLICA, 'in/deleted', { isDeleteMarker: true });
  world.both('.s3-replication-canary/x');
  world.both('out');

  const keys = { pairs: [{ id: 'documents', replicateDeleteMarkers: true }] };
  const { report, text } = await world.run({ prefix: 'in/' }, {}, keys);

  expect(text).toContain('Not drilled: 1 object archived. Not drilled: 1 object below a delete marker of unknown origin.');
  expect(report).toMatchObject({
    status: 'ok',
    markers: { origin: 'unknown', keys: 1, hidden: [] },
    objects: { objects: 1 },
    archived: { objects: 1 },
    prefix: 'in/',
  });
  expect(report.results.map(({ key }) => key)).toEqual(['in/a']);
});

test('restores what was current at a moment', async () => {
  world.both('a', { body: Buffer.from('then') });
  world.both('a', { body: Buffer.from('now and longer'), lastModified: '2026-10-20T12:00:00.000Z' });

  const { report } = await world.run({ 'as-of': '2026-10-10T12:00:00Z' });

  expect(report).toMatchObject({ status: 'ok', asOf: '2026-10-10T12:00:00.000Z', results: [{ key: 'a', size: 4 }] });
});

test('a seed chooses the same objects again, and the sample says how much it proves', async () => {
  for (let index = 0; index < 50; index += 1) {
    world.both(`k${index}`);
  }
  const keys = async (seed: string) => {
    const { report } = await world.run({ sample: '10', seed });
    expect(report).toMatchObject({ sample: { size: 10, seed }, recoveryTime: { basis: 'extrapolated' } });
    expect(report.confidence?.atMost).toBeCloseTo(0.259, 3);
    return report.results.map(({ key }) => key);
  };

  const first = await keys('one');

  expect(first).toHaveLength(10);
  expect(await keys('one')).toEqual(first);
  expect(await keys('other')).not.toEqual(first);
});

test('an object that cannot be restored fails the drill', async () => {
  world.both('a');
  world.s3.fault(({ line }) => line === `GET ${REPLICA}/a`, { status: 403, code: 'AccessDenied' }, ALWAYS);

  const { exitCode, report, text } = await world.run();

  expect([exitCode, report.ends.failed.objects]).toEqual([1, 1]);
  expect(text).toContain('failed: "a", version v1: access denied');
});

test('an object that somebody deleted in the replica bucket fails the drill', async () => {
  world.both('a');
  world.both('b');
  world.s3.put(REPLICA, 'b', { versionId: 'marker', isDeleteMarker: true, lastModified: '2026-10-20T12:00:00.000Z' });

  const { exitCode, report, text } = await world.run({ all: true });

  expect([exitCode, report.status]).toEqual([1, 'failed']);
  expect(report.markers).toMatchObject({ origin: 'foreign', keys: 1, hidden: [{ key: 'b', versionId: 'marker' }] });
  expect(text).toContain(
    'Failed: 1 object hidden in the replica bucket by a delete marker that this deployment does not write, written 2026-10-20',
  );
  expect(text).toContain('"b", version marker: a delete marker of 2026-10-20T12:00:00.000Z hides it');
  expect(world.read(world.reports[1] ?? '')).toContain('## What a restore would not bring back');
});

describe('versions that S3 gave up', () => {
  const failed = { headers: { 'x-amz-replication-status': 'FAILED' } };

  test.each<Record<string, boolean>>([{ all: true }, {}])(
    'fail a drill (%j) where they are current, and are listed',
    async (values) => {
      world.both('a');
      world.s3.put(SOURCE, 'b', { versionId: 'lost', lastModified: '2026-10-20T12:00:00.000Z', ...failed });

      const { exitCode, report, text } = await world.run(values);

      expect([exitCode, report.status, report.ends.same.objects]).toEqual([1, 'failed', 1]);
      expect(report.recoveryPoint.lost).toMatchObject({ versions: 1, current: 1, first: [{ key: 'b', versionId: 'lost' }] });
      expect(text).toContain('Failed: 1 current version of the source bucket without a replica');
      expect(text).toContain('"b", version lost: current, and not in the replica bucket: ');
    },
  );

  test('are listed where they are not current', async () => {
    world.s3.put(SOURCE, 'a', { versionId: 'lost', lastModified: '2026-09-20T12:00:00.000Z', ...failed });
    world.both('a');

    const { exitCode, report, text } = await world.run();

    expect([exitCode, report.recoveryPoint.lost]).toMatchObject([0, { versions: 1, current: 0 }]);
    expect(text).toContain('"a", version lost: noncurrent, and not in the replica bucket');
    expect(text).toContain('S3 will not replicate 1 of them automatically');
  });

  test('are an open question where S3 does not say why', async () => {
    world.both('a');
    world.s3.put(SOURCE, 'b', { lastModified: '2026-10-20T12:00:00.000Z' });
    world.s3.fault(({ line }) => line.endsWith(`${SOURCE}/b`), { status: 403, code: 'AccessDenied' }, ALWAYS);

    const { exitCode, report, text } = await world.run();

    expect([exitCode, report.status, report.recoveryPoint.unknown]).toEqual([3, 'unknown', 1]);
    expect(text).toContain('Not complete: 1 version without a replica, for an unknown reason.');
  });
});

test('a sample that has every object is no extrapolation', async () => {
  world.both('a');
  world.both('b');

  const { report, text } = await world.run({ sample: '2' });

  expect(report).toMatchObject({ everything: true, sample: { size: 2 }, recoveryTime: { basis: 'measured' }, confidence: null });
  expect(text).toContain('without extrapolation: listing the replica bucket, and restoring every object.');
  expect(report.notShown).not.toContain('objects that are not in the sample were not read');
  expect(world.read(world.reports[1] ?? '')).toContain('| chosen | every object |');
});

test('a drill of every object says of how many its time is, where some could not be restored', async () => {
  world.both('a');
  world.both('b');
  world.s3.fault(({ line }) => line === `GET ${REPLICA}/b`, { status: 403, code: 'AccessDenied' }, ALWAYS);

  const { text } = await world.run({ all: true });

  expect(text).toMatch(/What could be restored took [^:]+: listing the replica bucket, and restoring 1 of 2 objects/);
});

test('an object that leaves the listing before --all restores it is missed', async () => {
  world.both('a');
  const gone = world.both('b');
  const { context } = world.context();
  const confirm = async () => {
    const left = world.s3.bucket(REPLICA).versions();
    world.s3.fill(
      REPLICA,
      left.filter(({ versionId }) => versionId !== gone.versionId),
    );
  };

  const { exitCode, report, text } = await world.run({ all: true }, { terminal: { ...context.terminal, confirm } });

  expect([exitCode, report.status, report.vanished]).toEqual([1, 'failed', 1]);
  expect(text).toContain('1 object or more no longer listed in the replica bucket when it was to be restored');
});

test('nothing to restore proves nothing', async () => {
  expect((await world.run()).exitCode).toBe(3);
});

test('says what could not be compared', async () => {
  world.both('a');
  world.s3.fault(({ line }) => line === `HEAD ${SOURCE}/a`, { status: 403, code: 'AccessDenied' }, ALWAYS);

  const { exitCode, report } = await world.run();

  expect([exitCode, report.ends.unknown.objects]).toEqual([3, 1]);
});

test.each([
  ['the replica', (request: string) => request === `GET ${REPLICA}/a?tagging`, 1, 'failed'],
  ['the source', (request: string) => request === `GET ${SOURCE}/a?tagging`, 3, 'unknown'],
  ['the scratch bucket', (request: string) => /^GET \S*-drill-\S*\/a\?tagging$/.test(request), 3, 'unknown'],
] as const)('does not pass when tags of %s cannot be read', async (_, isDenied, exit, end) => {
  // S3 says no number of tags either.
  world.both('a');
  world.s3.fault(({ line }) => isDenied(line), { status: 403, code: 'AccessDenied' }, ALWAYS);

  const { exitCode, report } = await world.run();

  expect([exitCode, report.status, report.ends[end].objects]).toEqual([exit, exit === 1 ? 'failed' : 'unknown', 1]);
});

test('says why S3 refuses to describe an object', async () => {
  world.both('a');
  const disabled = { status: 400, code: 'KMS.DisabledException', message: 'KMS.DisabledException' };
  world.s3.fault(({ line }) => /^(HEAD|GET) \S*documents-111\S*\/a$/.test(line), disabled, ALWAYS);

  const { exitCode, report } = await world.run();

  expect([exitCode, report.results[0]?.why]).toEqual([3, 'could not be compared: KMS.DisabledException']);
});

test('makes the bucket private under the source key, and knows it by its tag', async () => {
  world.both('a');
  const seen: string[] = [];
  spoil('a', (stored) => {
    const [name = ''] = world.scratches;
    const { tagging = '', encryption = '' } = world.s3.buckets.get(name) ?? {};
    seen.push(tagging, encryption);
    return stored;
  });

  await world.run();

  expect(seen).toEqual([expect.stringContaining('<Value>drill</Value>'), expect.stringContaining(KEY)]);
});

test("makes the bucket with the configuration's tags, where it has some: a policy may want them of every new bucket", async () => {
  world.both('a');
  await world.run({}, {}, { tags: { 'cost-center': '42' } });
  const [made] = world.s3.requests.filter(({ line }) => /^PUT backups-drill-[^/?]*$/.test(line));

  expect(made?.body.toString()).toMatch(/<Key>s3-replication<\/Key>.*<Key>cost-center<\/Key><Value>42<\/Value>/);
  expect(world.s3.requests.filter(({ operation }) => operation === 'PutBucketTagging')).toEqual([]);
});

test.each(['PUT', 'PUT ?encryption'])('a bucket that cannot be made (%s) leaves nothing', async (what) => {
  world.both('a');
  const [method = '', subresource = ''] = what.split(' ');
  const isMeant = ({ line }: Request) => line.startsWith(`${method} backups-drill-`) && line.endsWith(subresource);
  world.s3.fault(isMeant, { status: 403, code: 'AccessDenied' }, ALWAYS);

  await expect(world.run()).rejects.toMatchObject({ code: 'NoScratch' });
  expect(world.scratches).toEqual([]);
});

test('names a bucket that may have been made, where S3 gave no answer', async () => {
  world.both('a');
  world.s3.fault(({ line }) => line.startsWith('PUT backups-drill-'), { status: 500, code: 'InternalError' }, ALWAYS);
  const { context, recorded } = world.context();

  await expect(world.run({}, context)).rejects.toMatchObject({ code: 'NoScratch' });
  expect(recorded.told.at(-1)).toMatch(/not known; to remove it: aws s3 rb s3:\/\/backups-drill-/);
});

test('a deployment whose name leaves no room for a scratch bucket needs --to', async () => {
  const keys = { deployment: 'a-deployment-with-a-name', pairs: [{ id: 'd' }] };
  world.s3.make('a-deployment-with-a-name-d-111111111111-ap-southeast-2-an');
  world.s3.make('a-deployment-with-a-name-d-222222222222-us-west-2-an');

  await expect(world.run({}, {}, keys)).rejects.toMatchObject({ code: 'NameTooLong' });
});

test('asks before it makes anything', async () => {
  world.both('a');
  const { context } = world.context();
  const terminal: Context['terminal'] = {
    ...context.terminal,
    confirm: async () => {
      throw new AbortError('Declined', 'nothing was changed');
    },
  };

  await expect(world.run({}, { terminal })).rejects.toThrow('nothing was changed');
  expect(world.s3.changes).toEqual([]);
});

describe('when it is interrupted', () => {
  test('removes what it made', async () => {
    for (let index = 0; index < 5; index += 1) {
      world.both(`k${index}`);
    }
    spoil('k2', (stored) => {
      world.interruption.abort();
      return stored;
    });
    const { context, recorded } = world.context();

    await expect(world.run({ concurrency: '1' }, context)).rejects.toThrow('interrupted');

    expect(world.scratches).toEqual([]);
    expect(recorded.told).toContain('what the drill made is deleted');
  });

  test('names what it cannot remove, and the next drill offers to', async () => {
    world.both('a');
    world.s3.fault(({ method }) => method === 'POST', { status: 403, code: 'AccessDenied' }, ALWAYS);

    const { exitCode, report } = await world.run();

    const [left = ''] = world.scratches;
    expect([exitCode, report.left]).toEqual([1, [expect.stringContaining(`aws s3 rb s3://${left} --force`)]]);
    world.s3.heal();
    const next = await world.run();
    expect(next.recorded.questions).toEqual([
      'Delete what these drills left? First make sure that no other drill runs.',
      'Start the drill?',
    ]);
    expect(world.scratches).toEqual([]);
  });

  test('with --yes, what is younger than a day stays: another drill may be running', async () => {
    world.both('a');
    world.s3.make(LEFT, '2026-11-01T11:00:00.000Z', TAGGED);
    await world.run({}, { yes: true });
    expect(world.scratches).toEqual([LEFT]);

    world.s3.make(LEFT, '2026-10-30T11:00:00.000Z', TAGGED);
    await world.run({}, { yes: true });
    expect(world.scratches).toEqual([]);
  });

  test('a bucket without the tag is somebody else’s', async () => {
    world.both('a');
    world.s3.make(LEFT, '2026-10-30T11:00:00.000Z', '<Tagging><TagSet></TagSet></Tagging>');

    await world.run({}, { yes: true });

    expect(world.scratches).toEqual([LEFT]);
  });
});

describe('with --to', () => {
  test('deletes what it wrote, and nothing else', async () => {
    world.both('a');
    world.s3.make(GIVEN);
    spoil('a', (stored) => {
      world.s3.put(GIVEN, 'written by somebody else');
      return stored;
    });

    const { exitCode, report } = await world.run({ to: GIVEN });

    expect([exitCode, report.scratch]).toEqual([0, { bucket: GIVEN, made: false }]);
    expect(
      world.s3.buckets
        .get(GIVEN)
        ?.versions()
        .map(({ key }) => key),
    ).toEqual(['written by somebody else']);
  });

  test('refuses a bucket that has anything in it', async () => {
    world.both('a');
    world.s3.put(GIVEN, 'mine', { isDeleteMarker: true });

    await expect(world.run({ to: GIVEN })).rejects.toMatchObject({ code: 'NotEmpty' });
    expect(world.s3.changes).toEqual([]);
  });

  test('refuses a replicated bucket', async () => {
    await expect(world.run({ to: SOURCE })).rejects.toMatchObject({ code: 'Replicated' });
  });
});

test.each<[Record<string, string | boolean>, string]>([
  [{ all: true, sample: '5' }, 'AllOrSample'],
  [{ all: true, seed: 'a' }, 'AllOrSample'],
  [{ sample: '1.5' }, 'BadNumber'],
  [{ sample: '0' }, 'BadNumber'],
  [{ report: '/dev/null/x' }, 'NoReport'],
])('refuses %j before it changes anything', async (values, code) => {
  world.both('a');

  await expect(world.run(values)).rejects.toMatchObject({ code });
  expect(world.s3.changes).toEqual([]);
});

test('refuses a prefix that a pair has nothing below', async () => {
  const keys = { pairs: [{ id: 'documents', filter: { prefix: 'reports/' } }] };

  await expect(world.run({ prefix: 'photos/' }, {}, keys)).rejects.toMatchObject({ code: 'OutsideFilter' });
});

describe('--html', () => {
  const pageIn = () => readFileSync(join(world.folder, 'drill.html'), 'utf8');

  test('is one page with the verdict, what was restored, and how long a restore takes', async () => {
    world.both('a/1', rest);
    world.both('b', rest);
    const { exitCode } = await world.run({ sample: '1', html: 'drill.html' });
    const page = pageIn();
    expect(exitCode).toBe(0);
    elementsOf(page);
    expect(textOf(between(page, '<p class="verdict ok">', '</p>'))).toBe('✓ OK: 1 pair drilled; ok: documents.');
    expect(textOf(page)).toContain('Passed: 1 of 2 objects restored');
    expect(page).toContain('<h3>Recovery point</h3>');
    expect(commandsIn(page)).toEqual([
      expect.stringMatching(/^npx --no -- s3-replication drill --pair documents --sample 1 --seed \w+$/),
    ]);
  });

  test('shows what is different as a part of the bar, first in the table, and what to do', async () => {
    ['a', 'b', 'c', '<b>'].forEach((key) => world.both(key, rest));
    spoil('<b>', (stored) => ({ ...stored, tags: {} }));
    const { exitCode } = await world.run({ all: true, html: 'drill.html' });
    const page = pageIn();
    expect(exitCode).toBe(1);
    expect(page).toContain('<rect class="wrong" x="75.00%" width="25.00%" height="100%"/>');
    expect(between(page, '<tr role="row" data-end="', '</tr>')).toMatch(/^different" .*<code>&lt;b&gt;<\/code>/);
    expect(commandsIn(page)[0]).toBe(`npx --no -- s3-replication explain 's3://${REPLICA}/<b>'`);
  });

  test('that has no folder stops the drill before it makes anything', async () => {
    world.both('a', rest);
    await expect(world.run({ html: 'no/such/folder' })).rejects.toThrow('cannot be written');
    expect(world.s3.changes).toEqual([]);
  });
});
