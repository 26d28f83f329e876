import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { Context } from '../../../lib/cli/command';
import { AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import type { copier } from '../../../lib/ops/copy/transfer';
import { breakDisk } from '../../helpers/disk';
import { ALWAYS } from '../../helpers/fake-s3/faults';
import type { Answer } from '../../helpers/fake-s3/protocol';
import { OLD, type Stored } from '../../helpers/fake-s3/version';
import { rejectionOf } from '../../helpers/rejection';
import { OTHER, objects, REPLICA, SOURCE, World } from './world';

// V8 would keep the setting for the test files that come after this one.
jest.mock('../../../lib/cli/gc');

let world = new World();
jest.mock('../../../lib/ops/copy/transfer', () => ({
  copier: (...[, , { uploads, withoutTags = false }]: Parameters<typeof copier>) => world.copier(uploads, withoutTags),
}));

beforeEach(async () => {
  world = new World();
  await world.open();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

const CHECKPOINT = '.s3-replication-restore.json';
const hasCheckpoint = () => fs.existsSync(join(world.folder, CHECKPOINT));
const at = (key: string, versionId: string, lastModified: string, more: Partial<Stored> = {}): Stored => ({
  key,
  versionId,
  lastModified,
  ...more,
});
const NOON = '2026-10-02T12:00:00Z';

/** A clock that goes on by so much whenever it is asked, so that the checkpoint is written every so often. */
function ticking(milliseconds: number): Pick<Context, 'clock'> {
  let now = Date.parse('2026-11-01T12:00:00Z');
  return {
    clock: {
      now: () => {
        now += milliseconds;
        return new Date(now);
      },
      sleep: async () => undefined,
    },
  };
}

describe('restores', () => {
  test('the newest version of each key to the source bucket', async () => {
    world.populate([at('a', 'a2', '2026-10-02T00:00:00.000Z', { size: 20 }), at('a', 'a1', OLD), at('b', 'b1', OLD)]);
    const { exitCode, data, text } = await world.run();

    expect(exitCode).toBe(0);
    expect(Object.fromEntries(world.written)).toEqual({ a: ['a2'], b: ['b1'] });
    expect(data).toMatchObject({
      status: 'ok',
      pairs: [
        { target: SOURCE, totals: { ends: { restored: { objects: 2, bytes: 30 } }, verifiedBy: { 'object-checksum': 2 } } },
      ],
      notRestored: [],
    });
    expect(text).toContain('deployment backups: everything is there');
    expect(hasCheckpoint()).toBe(false);
  });

  test('each key as it was at a moment', async () => {
    const later = '2026-10-03T00:00:00.000Z';
    world.populate([
      at('changed', 'c2', later),
      at('changed', 'c1', OLD),
      at('came later', 'l1', later),
      at('deleted', 'd2', OLD.replace('01T', '02T'), { isDeleteMarker: true }),
      at('deleted', 'd1', OLD),
      at('deleted later', 'e2', later, { isDeleteMarker: true }),
      at('deleted later', 'e1', OLD),
    ]);
    const { data } = await world.run({ 'as-of': NOON });

    expect(Object.fromEntries(world.written)).toEqual({ changed: ['c1'], 'deleted later': ['e1'] });
    expect(data.pairs).toMatchObject([{ asOf: '2026-10-02T12:00:00.000Z', totals: { deleted: 1, later: 1, stays: 0 } }]);
  });

  test('one prefix, without canaries', async () => {
    const keys = ['in/1', 'in/2', 'out/1', 'in/.s3-replication-canary/x', '.s3-replication-canary/x'];
    world.populate(keys.map((key) => at(key, `v-${key}`, OLD)));
    await world.run({ prefix: 'in/' }, { pairs: [{ id: 'documents', filter: { prefix: 'in/' } }] });
    expect([...world.written.keys()].toSorted()).toEqual(['in/1', 'in/2']);
  });

  test('into another bucket, in the region that S3 says it is in', async () => {
    world.populate(objects(2), [], OTHER);
    const moved = { status: 301, body: '', headers: { 'x-amz-bucket-region': 'eu-west-1' } };
    world.s3.fault(({ line }) => line === `HEAD ${OTHER}`, moved);
    const { data } = await world.run({ to: OTHER });
    expect(data.pairs[0]).toMatchObject({ target: OTHER, totals: { ends: { restored: { objects: 2 } } } });
    expect(world.s3.requests.filter(({ line }) => line === `HEAD ${OTHER}`)).toHaveLength(2);
  });

  test('several pairs, one after the other', async () => {
    const pairs = [{ id: 'documents' }, { id: 'images' }];
    world.populate(objects(2));
    world.s3.fill(SOURCE.replace('documents', 'images'), []);
    world.s3.fill(REPLICA.replace('documents', 'images'), []);
    const { data } = await world.run({}, { pairs });
    expect(data.pairs.map(({ pair, totals }) => [pair, totals?.ends.restored.objects])).toEqual([
      ['documents', 2],
      ['images', 0],
    ]);
    expect(await rejectionOf(world.run({ to: OTHER }, { pairs }), UsageError)).toMatchObject({ code: 'OnePair' });
  });

  test('nothing twice: another run finds everything there', async () => {
    world.populate(objects(20));
    await world.run();
    const { exitCode, data } = await world.run();
    expect([exitCode, data.pairs[0]?.totals?.ends.there.objects]).toEqual([0, 20]);
    await world.run({ overwrite: true });
    expect(world.written).toEqual(new Map(objects(20).map(({ key, versionId }) => [key, [versionId]])));
  });
});

describe('what the target has', () => {
  const target = [
    at('same', 'v1', OLD),
    at('other', 'x1', OLD, { size: 99 }),
    at('alone', 'y1', OLD),
    at('gone', 'z2', OLD, { isDeleteMarker: true }),
  ];
  const replicas = [at('same', 'v1', OLD), at('other', 'v2', OLD), at('gone', 'v3', OLD)];

  test('stays, and is a conflict where it is something else', async () => {
    world.populate(replicas, target);
    const { exitCode, data, text } = await world.run({ csv: 'left.csv' });

    expect(exitCode).toBe(1);
    expect(Object.fromEntries(world.written)).toEqual({ gone: ['v3'] });
    expect(data.pairs[0]?.totals).toMatchObject({
      ends: { restored: { objects: 1 }, there: { objects: 1 }, conflict: { objects: 1 } },
      later: 1,
      stays: 1,
    });
    expect(data.notRestored).toMatchObject([
      { key: 'other', end: 'conflict', why: expect.stringContaining('version x1 of 99 bytes') },
    ]);
    expect(text).toContain('documents: conflict: "other", version v2');
    expect(world.file('left.csv').split('\r\n')).toEqual([
      'pair,end,key,versionId,lastModified,size,storageClass,why',
      expect.stringContaining('"documents","conflict","other","v2",'),
      '',
    ]);
  });

  test('is replaced with --overwrite, but never what is there alone', async () => {
    world.populate(replicas, target);
    const { exitCode } = await world.run({ overwrite: true });
    expect(exitCode).toBe(0);
    expect(Object.fromEntries(world.written)).toEqual({ gone: ['v3'], other: ['v2'] });
    expect(world.asked.find(({ key }) => key === 'other')).toMatchObject({ replaces: 'x1' });
  });

  test('of the same size, and another content, is replaced after a comparison', async () => {
    world.populate([at('a', 'v1', OLD)], [at('a', 'x1', OLD)]);
    await world.run({ overwrite: true });
    expect(world.asked).toMatchObject([{ present: 'x1' }, { replaces: 'x1' }]);
    expect(world.written.get('a')).toEqual(['v1']);
  });

  test('would be destroyed by --overwrite without versioning, which is refused', async () => {
    world.populate(replicas, target);
    world.s3.bucket(SOURCE).versioning = 'Suspended';
    expect(await rejectionOf(world.run({ overwrite: true }), UsageError)).toMatchObject({ code: 'NotVersioned' });
    const { data } = await world.run({ 'dry-run': true });
    expect(data.pairs[0]?.versioned).toBe(false);
  });
});

describe('a target', () => {
  test('that is not there, not of the account, or a replica bucket is refused', async () => {
    world.populate(objects(1));
    const refusal = async (to: string) => (await rejectionOf(world.run({ to }), UsageError)).code;
    expect(await refusal('nowhere')).toBe('NoTarget');
    expect(await refusal(REPLICA)).toBe('TargetIsReplica');
    world.s3.fault(({ method }) => method === 'HEAD', { status: 403, body: '' }, ALWAYS);
    expect(await refusal(SOURCE)).toBe('TargetDenied');
    expect(world.written.size).toBe(0);
  });
});

describe('the plan', () => {
  const codes = async (values: Record<string, string | boolean>, pair: Record<string, unknown> = {}) => {
    const { data } = await world.run({ 'dry-run': true, ...values }, { pairs: [{ id: 'documents', ...pair }] });
    return data.pairs[0]?.unknowns.map(({ code }) => code);
  };

  test('says what cannot be known, exactly when it cannot', async () => {
    world.populate(objects(1));
    const always = ['lifecycle-deletions', 'never-replicated'];
    const ofMoment = ['tags', 'multipart-time', 'whole-seconds', 'removed-versions'];
    expect(await codes({})).toEqual(['delete-markers', ...always]);
    expect(await codes({}, { replicateDeleteMarkers: true })).toEqual(['marker-origin', ...always]);
    expect(await codes({}, { lifecycle: { replicaExpireDays: 30, noncurrentDays: 30 } })).toEqual([
      'delete-markers',
      'marker-origin',
      ...always,
      'replica-expiry',
      'noncurrent-expiry',
    ]);
    expect(await codes({ 'as-of': NOON })).toEqual(['delete-markers', ...always, ...ofMoment]);
    const { text } = await world.run({ 'dry-run': true, 'as-of': NOON });
    expect(text).toContain('a deletion at the source is invisible in the replica');
    expect(text).toContain('deletions by lifecycle rules are never replicated');
    expect(text).toContain('tags have no versions');
    expect(text).toContain('the time of a multipart upload is its start');
  });

  test('counts what will be done, and does nothing with --dry-run', async () => {
    const MIB = 1024 ** 2;
    world.populate(
      [
        at('a', 'a1', OLD, { size: 200 * MIB }),
        at('b', 'b1', OLD),
        at('c', 'c1', OLD, { storageClass: 'DEEP_ARCHIVE', size: 7 }),
        at('d', 'd1', OLD),
      ],
      [at('b', 'b1', OLD), at('d', 'x1', OLD)],
    );
    const { exitCode, data, text, recorded } = await world.run({ 'dry-run': true });

    expect(exitCode).toBe(0);
    expect(data.pairs[0]?.plan).toMatchObject({
      chosen: { objects: 4 },
      copy: { objects: 1, bytes: 200 * MIB },
      archived: { objects: 1, bytes: 7 },
      there: { objects: 1 },
      compare: { objects: 1 },
      largest: 200 * MIB,
    });
    expect(data.pairs[0]?.totals).toBeNull();
    expect(text).toContain('https://aws.amazon.com/s3/pricing/');
    expect(text).toContain('--request-archived DAYS');
    expect([world.asked, recorded.questions, hasCheckpoint()]).toEqual([[], [], false]);
  });

  test('says that a replicated target replicates everything again, what that is, and offers another one', async () => {
    world.populate(objects(3));
    const plain = await world.run({ 'dry-run': true });
    world.s3.bucket(SOURCE).rules =
      `<Rule><ID>r</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::${REPLICA}</Bucket></Destination></Rule>`;
    const replicated = await world.run({ 'dry-run': true });

    expect([plain, replicated].map(({ data }) => data.pairs[0]?.replicated)).toEqual([false, true]);
    expect(replicated.text).toMatch(/is replicated again, 3 objects of 30 B[^]*--to BUCKET/);
    expect(plain.text).not.toContain('replicated again');
    const extra = (replicated.data.pairs[0]?.cost ?? []).filter(({ price }) => price.startsWith('replication:'));
    expect(extra.map(({ quantity }) => quantity)).toEqual([3, 30, 30]);
  });

  test('is shown before the question, and a no changes nothing', async () => {
    world.populate(objects(3));
    const { recorded } = await world.run();
    expect([recorded.told[0], recorded.questions]).toEqual([expect.stringContaining('to copy'), ['Restore?']]);
    expect((await world.run({}, {}, { yes: true })).recorded.questions).toEqual([]);
  });
});

describe('delete markers in the replica bucket', () => {
  const MARKED = '2026-10-02T00:00:00.000Z';
  const LATER = '2026-10-04T00:00:00.000Z';
  const marked = (key: string, lastModified = MARKED) => [
    at(key, `${key}2`, lastModified, { isDeleteMarker: true }),
    at(key, `${key}1`, OLD),
  ];
  const hidden = [...marked('a'), ...marked('b', LATER), at('c', 'c1', OLD)];

  test('that this deployment does not write are named, with their dates, and nothing is there below them', async () => {
    world.populate(hidden);
    const { exitCode, data, text, recorded } = await world.run({ csv: 'left.csv' });

    expect([exitCode, data.status, Object.fromEntries(world.written)]).toEqual([1, 'failed', { c: ['c1'] }]);
    const tally = { keys: 2, ignored: 0, first: MARKED, last: LATER };
    expect(data.pairs).toMatchObject([
      { markerOrigin: 'foreign', plan: { deleted: 2, markers: tally }, totals: { deleted: 2, markers: tally } },
    ]);
    expect(data.notRestored).toMatchObject([
      { end: 'foreign-marker', key: 'a', versionId: 'a2', lastModified: MARKED },
      { end: 'foreign-marker', key: 'b', versionId: 'b2', lastModified: LATER },
    ]);
    const row = `2             keys are hidden by a delete marker that this deployment does not write, written between ${MARKED} and ${LATER}: not restored; --ignore-foreign-markers`;
    expect([recorded.told[0], text]).toEqual([expect.stringContaining(row), expect.stringContaining(row)]);
    expect(text).toMatch(/: not everything is there, 2 objects hidden by delete markers that this deployment does not write$/);
    expect(world.file('left.csv')).toContain('"documents","foreign-marker","b","b2",');
    expect(hasCheckpoint()).toBe(false);
  });

  test('end a --dry-run with 1 as well', async () => {
    world.populate(hidden);
    const { exitCode, data, text } = await world.run({ 'dry-run': true });
    expect([exitCode, data.status]).toEqual([1, 'failed']);
    expect(text).toContain('--ignore-foreign-markers restores the versions below');
    expect((await world.run({ 'dry-run': true, 'ignore-foreign-markers': true })).exitCode).toBe(0);
    expect((await world.run({ 'dry-run': true, 'as-of': '2026-10-01T12:30:00Z' })).exitCode).toBe(0);
  });

  test('are passed over with --ignore-foreign-markers, where a version is below', async () => {
    world.populate(hidden);
    const ignore = { 'ignore-foreign-markers': true };
    const { exitCode, data, text } = await world.run(ignore);
    expect([exitCode, Object.fromEntries(world.written)]).toEqual([0, { a: ['a1'], b: ['b1'], c: ['c1'] }]);
    expect(data.pairs[0]).toMatchObject({ ignoreForeignMarkers: true, totals: { deleted: 0, markers: { keys: 2, ignored: 2 } } });
    expect(text).toMatch(/: everything is there$/);
    expect(text).toContain('keys were hidden by a delete marker that this deployment does not write');

    world.populate([...hidden, at('d', 'd1', MARKED, { isDeleteMarker: true })]);
    const alone = await world.run(ignore);
    expect([alone.exitCode, alone.data.notRestored]).toMatchObject([1, [{ key: 'd', end: 'foreign-marker' }]]);
  });

  test('count once, however often the restore is interrupted', async () => {
    world.populate([...hidden, at('d', 'd1', OLD)]);
    world.instead = ({ key }) => (key === 'd' ? { kind: 'failed', why: 'once' } : undefined);
    await world.run({ 'ignore-foreign-markers': true });
    expect(await rejectionOf(world.run({ resume: true }), UsageError)).toMatchObject({ code: 'OtherRestore' });
    world.instead = () => undefined;
    const { exitCode, data } = await world.run({ 'ignore-foreign-markers': true, resume: true });
    expect([exitCode, data.pairs[0]?.totals?.markers]).toMatchObject([0, { keys: 2, ignored: 2 }]);
  });

  test.each([{ replicateDeleteMarkers: true }, { lifecycle: { replicaExpireDays: 30, noncurrentDays: 30 } }])(
    'are of unknown origin with %j, and cannot be ignored',
    async (more) => {
      world.populate(hidden);
      const keys = { pairs: [{ id: 'documents', ...more }] };
      const { exitCode, data, text } = await world.run({}, keys);
      expect([exitCode, data.pairs[0]?.markerOrigin, data.pairs[0]?.totals?.markers.keys]).toEqual([0, 'unknown', 2]);
      expect(text).toContain('everything is there, 2 objects not restored, below delete markers of unknown origin');
      expect(text).toContain(`who wrote their delete markers is unknown, written between ${MARKED} and ${LATER}`);
      expect(await rejectionOf(world.run({ 'ignore-foreign-markers': true }, keys), UsageError)).toMatchObject({
        code: 'UnknownMarkers',
      });
    },
  );
});

describe('a verdict is given for what was seen alone', () => {
  test('objects that leave the listing after the plan are missed', async () => {
    world.populate(objects(5));
    const { terminal } = world.context().context;
    const confirm = async () => world.s3.fill(REPLICA, objects(3));
    const { exitCode, data, text } = await world.run({}, {}, { terminal: { ...terminal, confirm } });
    expect([exitCode, data.status, data.pairs[0]?.vanished]).toEqual([1, 'failed', 2]);
    expect(text).toContain('not everything is there, 2 objects or more of the plan no longer listed');
  });

  test('objects that come meanwhile do not hide that others left: what is said is the least', async () => {
    world.populate(objects(5));
    const { terminal } = world.context().context;
    const confirm = async () => world.s3.fill(REPLICA, [...objects(3), { key: 'k99999', versionId: 'v99999' }]);
    const { exitCode, data, text } = await world.run({}, {}, { terminal: { ...terminal, confirm } });
    expect([exitCode, data.pairs[0]?.vanished]).toEqual([1, 1]);
    expect(text).toContain('1 object or more of the plan no longer listed');
  });

  test('versions that S3 lists and does not have are failures', async () => {
    world.populate(objects(2));
    world.instead = ({ key }) => (key === 'k00001' ? { kind: 'failed', why: 'the version is no longer there' } : undefined);
    const { exitCode, data } = await world.run();
    expect([exitCode, data.pairs[0]?.vanished, data.notRestored]).toMatchObject([1, 0, [{ key: 'k00001', end: 'failed' }]]);
  });

  test('nothing is not everything', async () => {
    world.populate(objects(3));
    const { exitCode, text } = await world.run({ prefix: 'typo/' });
    expect([exitCode, text.split('\n').at(-1)]).toEqual([3, '– deployment backups: there was nothing to restore']);
  });

  test('what was found by its version id was not read', async () => {
    world.populate(objects(3), objects(2));
    const { exitCode, data, text } = await world.run();
    expect([exitCode, data.pairs[0]?.totals?.listedOnly]).toEqual([0, 2]);
    expect(text).toContain('everything is there, 2 objects by their version id alone, their content was not read');
  });

  test.each(['many', '9007199254740993'])('a listed size of %s is an error', async (size) => {
    world.populate(objects(3));
    const spoiled = {
      change: (answer: Answer) => ({ ...answer, body: String(answer.body).replace('<Size>10<', `<Size>${size}<`) }),
    };
    world.s3.fault(({ operation }) => operation === 'ListObjectVersions', spoiled, ALWAYS);
    expect(await rejectionOf(world.run(), UnreachableError)).toMatchObject({ code: 'BadSize' });
    expect(world.asked).toEqual([]);
  });
});

describe('archived versions', () => {
  const replicas = [at('a', 'a1', OLD, { storageClass: 'GLACIER' }), at('b', 'b1', OLD)];

  test('are listed, and copied by --resume once they can be read', async () => {
    world.populate(replicas);
    let frozen = true;
    world.instead = ({ key }) => (key === 'a' && frozen ? { kind: 'archived', why: 'in GLACIER' } : undefined);
    const first = await world.run();
    expect([first.exitCode, first.data.notRestored]).toMatchObject([1, [{ key: 'a', end: 'archived' }]]);
    expect(hasCheckpoint()).toBe(true);

    frozen = false;
    world.asked.length = 0;
    const second = await world.run({ resume: true });
    expect([second.exitCode, world.asked.map(({ key }) => key)]).toEqual([0, ['a']]);
    expect(second.data.pairs[0]?.totals?.ends).toMatchObject({ restored: { objects: 2 }, archived: { objects: 0, bytes: 0 } });
    expect(hasCheckpoint()).toBe(false);
  });

  test('are requested with --request-archived, once', async () => {
    world.populate(replicas);
    world.instead = ({ key }) => (key === 'a' ? { kind: 'archived', why: 'in GLACIER' } : undefined);
    const requests = () => world.s3.requests.filter(({ operation }) => operation === 'RestoreObject').length;
    const first = await world.run({ 'request-archived': '7' });
    expect([requests(), first.data.pairs[0]?.totals?.requested]).toEqual([1, 1]);

    const requested = { status: 409, code: 'RestoreAlreadyInProgress', message: 'wait' };
    world.s3.fault(({ operation }) => operation === 'RestoreObject', requested, ALWAYS);
    const second = await world.run({ resume: true, 'request-archived': '7' });
    expect(second.data.pairs[0]?.totals?.requested).toBe(1);
    expect(second.data.notRestored).toMatchObject([{ why: expect.stringContaining('not done yet') }]);
  });
});

describe('failures', () => {
  test('of single objects are recorded, and the rest goes on; --resume tries only them', async () => {
    world.populate(objects(3000));
    world.instead = ({ key }) => (key === 'k01234' ? { kind: 'failed', why: 'AccessDenied by its key' } : undefined);
    const first = await world.run({ csv: 'left.csv' });
    expect([first.exitCode, first.data.pairs[0]?.totals?.ends]).toMatchObject([
      1,
      { restored: { objects: 2999 }, failed: { objects: 1 } },
    ]);
    expect(first.text).toContain('documents: failed: "k01234", version v1234: AccessDenied by its key');
    expect(world.file('left.csv')).toContain('"documents","failed","k01234"');

    world.instead = () => undefined;
    world.asked.length = 0;
    const second = await world.run({ resume: true, csv: 'left.csv' });
    expect([second.exitCode, world.asked.map(({ key }) => key)]).toEqual([0, ['k01234']]);
    expect(second.data.pairs[0]?.totals?.ends).toMatchObject({ restored: { objects: 3000 }, failed: { objects: 0 } });
    expect(world.file('left.csv').trimEnd().split('\r\n')).toHaveLength(1);
  });

  test('of very many mean that something general is wrong', async () => {
    world.populate(objects(10_050));
    world.instead = () => ({ kind: 'failed', why: 'no key' });
    expect(await rejectionOf(world.run(), AppError)).toMatchObject({
      code: 'TooManyFailures',
      message: expect.stringContaining('no key'),
    });
    expect(hasCheckpoint()).toBe(true);
  });

  test('that concern everything stop it, and --resume goes on', async () => {
    world.populate(objects(300));
    world.instead = () => {
      if (world.asked.length > 100) {
        throw new UnreachableError('NoAnswer', 'the credentials have expired');
      }
      return undefined;
    };
    const { terminal } = world.context().context;
    const told: string[] = [];
    const tell = (line: string) => told.push(line);
    const error = await rejectionOf(world.run({}, {}, { terminal: { ...terminal, tell } }), UnreachableError);
    expect(error.message).toBe('the credentials have expired');
    expect(told.at(-1)).toContain('--resume');
    // What was under way ended, and nothing else began.
    expect(world.asked.length).toBeLessThan(100 + 2 * 32);

    world.instead = () => undefined;
    const { data } = await world.run({ resume: true });
    // What had ended behind something that had not is compared again.
    const ends = data.pairs[0]?.totals?.ends;
    expect((ends?.restored.objects ?? 0) + (ends?.there.objects ?? 0)).toBe(300);
    expect([...world.written.values()].every((versions) => versions.length === 1)).toBe(true);
  });

  test('of the listing stop it as well', async () => {
    world.populate(objects(30));
    world.s3.pageSize = 10;
    world.instead = () => {
      const bad = { status: 400, body: '<Error><Code>Bad</Code></Error>' };
      world.s3.fault(({ operation }) => operation === 'ListObjectVersions', bad, ALWAYS);
      return undefined;
    };
    expect(await rejectionOf(world.run(), AppError)).toMatchObject({ code: 'NoAnswer' });
    world.s3.heal();
    world.instead = () => undefined;
    expect((await world.run({ resume: true })).data.pairs[0]?.totals?.ends.restored.objects).toBe(30);
  });
});

describe('the checkpoint', () => {
  test('killed at any moment, it loses nothing and writes nothing twice', async () => {
    const replicas = objects(400, (index) => `${index % 7}/${index}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(450), { minLength: 1, maxLength: 4 }), fc.boolean(), async (kills, overwrite) => {
        world.populate(
          replicas,
          replicas.filter((_, index) => index % 10 === 0).map((each, index) => ({ ...each, size: 5, versionId: `x${index}` })),
        );
        fs.rmSync(join(world.folder, CHECKPOINT), { force: true });
        const values = () => ({ ...(overwrite && { overwrite }), ...(hasCheckpoint() && { resume: true }) });
        for (const kill of kills) {
          // A process that is killed leaves the file as it was at that moment.
          let left: string | undefined;
          let items = 0;
          world.instead = () => {
            items += 1;
            if (items > kill) {
              left ??= world.file(CHECKPOINT);
              throw new AppError('Killed', 'killed');
            }
            return undefined;
          };
          await world.run(values(), {}, ticking(20)).catch(() => undefined);
          if (left !== undefined) {
            fs.writeFileSync(join(world.folder, CHECKPOINT), left);
          }
        }
        world.instead = () => undefined;
        const { data } = await world.run(values(), {}, ticking(20));
        const ends = data.pairs[0]?.totals?.ends;
        expect([...world.written.values()].every((versions) => versions.length === 1)).toBe(true);
        expect(world.written.size).toBe(overwrite ? 400 : 360);
        expect(ends?.conflict.objects).toBe(overwrite ? 0 : 40);
        expect((ends?.restored.objects ?? 0) + (ends?.there.objects ?? 0)).toBe(overwrite ? 400 : 360);
      }),
      { numRuns: 8 },
    );
  });

  test('holds an upload in parts before its first part is sent', async () => {
    world.populate(objects(1));
    world.instead = async (item, uploads) => {
      await uploads.begun(item, 'upload-1');
      expect(world.file(CHECKPOINT)).toContain('upload-1');
      throw new UnreachableError('NoAnswer', 'gone');
    };
    await rejectionOf(world.run(), UnreachableError);
    world.instead = (item, uploads) => {
      expect(uploads.find(item)).toBe('upload-1');
      uploads.ended(item);
      expect(uploads.find(item)).toBeUndefined();
      return undefined;
    };
    expect((await world.run({ resume: true })).exitCode).toBe(0);
  });

  test('that does not fit on the disk stops it; what was copied is not repeated', async () => {
    world.populate(objects(500));
    breakDisk('writeSync', 'ENOSPC', () => world.asked.length > 200);
    const error = await rejectionOf(world.run({}, {}, ticking(20)), AppError);
    expect(error.message).toMatch(/s3-replication-restore\.json cannot be written: ENOSPC/);
    jest.restoreAllMocks();
    expect(world.asked.length).toBeLessThan(500);

    const { data } = await world.run({ resume: true });
    const ends = data.pairs[0]?.totals?.ends;
    expect((ends?.restored.objects ?? 0) + (ends?.there.objects ?? 0)).toBe(500);
    expect([...world.written.values()].every((versions) => versions.length === 1)).toBe(true);
  });

  test('that cannot be written shows before anything is copied', async () => {
    world.populate(objects(3));
    expect(await rejectionOf(world.run({ checkpoint: 'no/such/folder' }), UsageError)).toMatchObject({ code: 'NoCheckpoint' });
    expect(world.asked).toEqual([]);
  });

  test('that does not fit on the disk at the end does not take the result with it', async () => {
    world.populate(objects(3));
    world.instead = ({ key }) => {
      // Everything is copied by the time the disk is full.
      if (key === 'k00002') {
        breakDisk('renameSync', 'ENOSPC', (_, to: string) => to.endsWith(CHECKPOINT));
      }
      return undefined;
    };
    const { exitCode, data, text, recorded } = await world.run({ concurrency: '1' });
    expect(exitCode).toBe(3);
    expect(data).toMatchObject({
      pairs: [{ totals: { ends: { restored: { objects: 3 } } } }],
      unwritten: [{ code: 'NoCheckpoint' }],
    });
    expect(text).toContain('3');
    expect(recorded.told.filter((line) => line.includes('ENOSPC'))).toEqual([
      expect.stringMatching(/cannot be written: ENOSPC.*\ncorrect that, then run the command again with --resume/),
    ]);
  });

  test('has what fits, or is not gone on with', async () => {
    world.populate(objects(3));
    world.instead = () => ({ kind: 'failed', why: 'once' });
    await world.run({ csv: 'left.csv' });
    const good = world.file(CHECKPOINT);
    for (const change of [
      (checkpoint: Record<string, object>) => ({ ...checkpoint, pairs: { documents: null } }),
      (checkpoint: Record<string, object>) => ({ ...checkpoint, csvBytes: -1 }),
      (checkpoint: Record<string, object>) => ({ ...checkpoint, requests: undefined }),
    ]) {
      fs.writeFileSync(join(world.folder, CHECKPOINT), JSON.stringify(change(JSON.parse(good))));
      const error = await rejectionOf(world.run({ resume: true, csv: 'left.csv' }), UsageError);
      expect(error).toMatchObject({ code: 'BadFile', message: expect.stringContaining('checkpoint of the restore') });
    }
    fs.writeFileSync(join(world.folder, CHECKPOINT), good);
    fs.truncateSync(join(world.folder, 'left.csv'), 5);
    expect(await rejectionOf(world.run({ resume: true, csv: 'left.csv' }), UsageError)).toMatchObject({ code: 'OtherCsv' });
    expect(world.file('left.csv')).toHaveLength(5);
  });

  test('is used by one run at a time', async () => {
    world.populate(objects(3));
    let second: unknown;
    world.instead = async () => {
      second ??= await world.run({ resume: true }).catch((error: unknown) => error);
      return undefined;
    };
    expect((await world.run()).exitCode).toBe(0);
    expect(second).toMatchObject({ code: 'InUse' });
    expect(fs.readdirSync(world.folder)).toEqual([]);
  });

  test('is not forgotten by a run that begins anew, nor taken by one of another kind', async () => {
    world.populate(objects(3));
    world.instead = () => ({ kind: 'failed', why: 'once' });
    await world.run();
    expect(await rejectionOf(world.run(), UsageError)).toMatchObject({ code: 'Unfinished' });
    expect(await rejectionOf(world.run({ resume: true, overwrite: true }), UsageError)).toMatchObject({ code: 'OtherRestore' });
    expect(await rejectionOf(world.run({ resume: true, checkpoint: 'other' }), UsageError)).toMatchObject({
      code: 'NothingToResume',
    });
    expect((await world.run({ 'dry-run': true })).exitCode).toBe(0);
  });
});

describe('tags that cannot be read', () => {
  const why = 'its tags could not be read';

  test('fail their objects, which --resume --without-tags restores, and the result says of how many', async () => {
    world.populate(objects(3));
    world.instead = ({ key }) => (key === 'k00001' && !world.withoutTags ? { kind: 'failed', why } : undefined);
    const first = await world.run();
    expect([first.exitCode, first.data.notRestored]).toEqual([1, [expect.objectContaining({ key: 'k00001', why })]]);
    expect([first.data.pairs[0]?.withoutTags, first.data.pairs[0]?.totals?.withoutTags]).toEqual([false, 0]);

    const second = await world.run({ resume: true, 'without-tags': true });
    expect(second.exitCode).toBe(0);
    expect(second.data.pairs[0]).toMatchObject({
      withoutTags: true,
      totals: { withoutTags: 1, ends: { restored: { objects: 3 } } },
    });
    expect(second.text).toContain('everything is there, 1 object without their tags');
    expect(second.text).toMatch(/ 1 +of those were restored without their tags: --without-tags/);
  });

  test('are part of the plan: one request for each object, none with --without-tags', async () => {
    world.populate(objects(5));
    const values = { 'dry-run': true, 'as-of': NOON };
    const [plain, without] = [await world.run(values), await world.run({ ...values, 'without-tags': true })];
    expect([plain, without].map(({ data }) => data.pairs[0]?.plan.requests.from)).toEqual([10, 5]);
    expect([plain, without].map(({ text }) => text.includes('tags are not restored: --without-tags'))).toEqual([false, true]);
    expect([plain, without].map(({ text }) => text.includes('tags have no versions'))).toEqual([true, false]);
    const reads = [plain, without].map(({ data }) => data.pairs[0]?.cost.find(({ price }) => price.startsWith('GET'))?.quantity);
    expect(reads).toEqual([10, 5]);
  });
});

test('an interruption stops it between two objects', async () => {
  world.populate(objects(50));
  const interruption = new AbortController();
  world.instead = () => {
    if (world.asked.length > 10) {
      interruption.abort();
    }
    return undefined;
  };
  const { signal } = interruption;
  expect(await rejectionOf(world.run({ concurrency: '2' }, {}, { ...ticking(1), signal }), UnreachableError)).toMatchObject({
    code: 'Interrupted',
  });
  expect(world.asked.length).toBeLessThan(20);
  expect(hasCheckpoint()).toBe(true);
});

test('copies so many objects at a time as --concurrency says, whatever the number of ranges', async () => {
  world.populate(objects(600, (index) => `${index % 30}/${index}`));
  world.s3.pageSize = 100;
  let now = 0;
  let most = 0;
  world.instead = async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    now -= 1;
    return undefined;
  };
  await world.run({ concurrency: '5' });
  expect(most).toBe(5);
  expect(world.written.size).toBe(600);
});

test('shows a bar with objects, bytes, rate, time left and failures', async () => {
  world.populate(objects(200));
  world.instead = ({ key }) => (key === 'k00000' ? { kind: 'failed', why: 'no' } : undefined);
  const { recorded } = await world.run({}, {}, ticking(100));
  expect(recorded.progress.filter((line) => line.includes('#.')).at(-1)).toMatch(
    /^restore \[#+\.+\] \d+\/200 objects, [\d.]+ \w+\/2 KiB; 1 failed; [\d.]+ \w+ left; \d+ objects and [\d.]+ B a second$/,
  );
});

test.each([
  [{ 'as-of': 'yesterday' }, 'BadMoment'],
  [{ 'as-of': '2026-10-01T12:00:00' }, 'BadMoment'],
  [{ 'as-of': '2026-13-01T12:00:00Z' }, 'BadMoment'],
  [{ 'as-of': '2027-01-01T00:00:00Z' }, 'FutureMoment'],
  [{ 'storage-class': 'CHEAP' }, 'BadStorageClass'],
  [{ 'request-archived': '1.5' }, 'BadNumber'],
  [{ concurrency: '0' }, 'BadNumber'],
  [{ rate: 'x' }, 'BadNumber'],
])('%j is wrong usage', async (values, code) => {
  expect(await rejectionOf(world.run(values), UsageError)).toMatchObject({ code });
  expect(world.s3.requests).toEqual([]);
});

test('lists every option that makes no sense', async () => {
  const error = await rejectionOf(world.run({ 'as-of': 'yesterday', concurrency: '0', rate: '5' }), UsageError);
  expect(error.message.split('\n')).toEqual([
    '2 invalid options:',
    expect.stringContaining('  - --as-of "yesterday" is not a valid time; write date, time and zone'),
    expect.stringContaining('  - --concurrency "0" is no number of objects at a time; write more than 0'),
  ]);
  expect(world.s3.requests).toEqual([]);
});
