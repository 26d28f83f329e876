import { HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { AbortError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { verify } from '../../../lib/ops/verify/verify';
import { interruptedAfter, testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';
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
  ssm,
  VERSION,
} from './world';

const mockDiagnose = jest.fn();
jest.mock('../../../lib/ops/doctor/diagnose', () => ({ diagnose: (...args: unknown[]) => mockDiagnose(...args) }));

const BAD_POLICY = {
  id: 'replica-bucket-policy',
  title: 'replica bucket admits the role',
  area: 'policies',
  pair: 'documents',
  finding: {
    status: 'failed',
    found: 'no policy',
    expected: 'a grant',
    fix: { resource: 'policy', commands: ['npx cdk deploy Destination'], notes: [] },
  },
};
const BAD_POLICY_DATA = {
  id: 'replica-bucket-policy',
  title: 'replica bucket admits the role',
  pair: 'documents',
  ...BAD_POLICY.finding,
};
const GOOD = { id: 'fine', title: 'something fine', area: 'policies', pair: null, finding: { status: 'ok', found: 'it' } };

beforeEach(() => {
  resetWorld();
  mockDiagnose.mockReset().mockResolvedValue([GOOD, BAD_POLICY]);
});

const sourceHead = () => s3.on(HeadObjectCommand, { VersionId: VERSION });
/** S3 gives one status after another, and stays with the last. */
function statuses(...values: (string | undefined)[]): void {
  const rest = [...values];
  sourceHead().callsFake(() => ({ ReplicationStatus: rest.length > 1 ? rest.shift() : rest[0] }));
}
/** The deletion of exactly one canary, on both sides. */
const bothOf = (key: string | undefined) => [
  [SOURCE, key, VERSION],
  [REPLICA, key, REPLICA_VERSION],
];

describe('a canary that is replicated', () => {
  test('verifies the pair, and is deleted on both sides, by version', async () => {
    const { exitCode, pair, text, data } = await run();

    expect(exitCode).toBe(0);
    expect((data as { status?: string }).status).toBe('ok');
    expect(pair).toMatchObject({
      pair: 'documents',
      status: 'ok',
      ended: 'COMPLETED',
      seconds: 0,
      left: [],
      causes: [],
      error: null,
    });
    expect(pair.checks.map(({ name, status }) => [name, status])).toEqual(
      ['status', 'key', 'storage-class', 'tags', 'size', 'checksum', 'owner'].map((name) => [name, 'ok']),
    );
    expect(pair.source).toEqual({ bucket: SOURCE, key: puts()[0]?.Key, versionId: VERSION });
    expect(deletions()).toEqual(bothOf(puts()[0]?.Key));
    // Once, before the canary.
    expect(mockDiagnose).toHaveBeenCalledTimes(1);
    expect(text).toContain('pair documents: verified');
    expect(text).toContain('replicated in 0 seconds');
  });

  test('is small, tagged, of a checked owner, and names no encryption of its own', async () => {
    await run();

    const [put] = puts();
    expect(puts()).toHaveLength(1);
    expect(put).toEqual({
      Bucket: SOURCE,
      Key: expect.stringMatching(/^\.s3-replication-canary\/20261101T120000Z-[0-9a-f]{16}$/),
      Body: expect.any(String),
      ContentType: 'text/plain',
      ChecksumSHA256: expect.any(String),
      Tagging: 's3-replication=canary',
      ExpectedBucketOwner: '111111111111',
    });
  });

  test('matches the filter of its pair', async () => {
    const { pair } = await run({
      pairs: [{ id: 'documents', filter: { prefix: 'reports/', tags: { class: 'gold + silver' } } }],
    });

    expect(pair.status).toBe('ok');
    expect(puts()[0]).toMatchObject({
      Key: expect.stringMatching(/^reports\/\.s3-replication-canary\//),
      Tagging: 's3-replication=canary&class=gold%20%2B%20silver',
    });
  });

  test('carries the ten tags of a filter alone', async () => {
    const tags = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`tag${index}`, 'x']));
    const { pair } = await run({ pairs: [{ id: 'documents', filter: { tags } }] });

    expect(pair.status).toBe('ok');
    expect(Object.fromEntries(new URLSearchParams(puts()[0]?.Tagging))).toEqual(tags);
  });

  test('is waited for, ever longer, with a progress line, and its seconds are reported', async () => {
    statuses('PENDING', 'PENDING', 'PENDING', 'PENDING', 'PENDING', 'PENDING', 'COMPLETED');
    const { pair, text, recorded } = await run();

    expect(pair).toMatchObject({ status: 'ok', ended: 'COMPLETED', seconds: 1 + 2 + 4 + 8 + 10 + 10 });
    expect(text).toContain('replicated in 35 seconds');
    expect(recorded.progress).toEqual([
      ...[0, 1, 3, 7, 15, 25].map((seconds) => `waiting for replication: 0 of 1 ended after ${seconds} s`),
      '',
    ]);
  });

  test('is verified for every pair, watched together', async () => {
    statuses('PENDING', 'PENDING', 'COMPLETED');
    const keys = { pairs: [{ id: 'documents' }, { id: 'photos', storageClass: 'STANDARD' }] };
    s3.on(HeadObjectCommand, { Bucket: REPLICA.replace('documents', 'photos') }).rejects(refusal('NotFound', 404));
    const { data, exitCode, recorded } = await run(keys);

    expect(data.pairs.map(({ pair, status, seconds }) => [pair, status, seconds])).toEqual([
      ['documents', 'ok', 1],
      ['photos', 'failed', 1],
    ]);
    expect(exitCode).toBe(1);
    expect(recorded.waited).toBe(1000);
  });
});

describe('a canary that is not replicated', () => {
  test('FAILED: the checks of doctor for this pair say which is the cause, first', async () => {
    statuses('PENDING', 'FAILED');
    const { exitCode, pair, text } = await run({ pairs: [{ id: 'documents' }, { id: 'photos' }] }, {}, {});

    expect(exitCode).toBe(1);
    expect(pair).toMatchObject({ status: 'failed', ended: 'FAILED', checks: [], causes: [BAD_POLICY_DATA] });
    expect(mockDiagnose.mock.calls.map(([context]) => context.pairs.map(({ id }: { id: string }) => id))).toEqual([
      ['documents', 'photos'],
      ['documents'],
      ['photos'],
    ]);
    expect(text).toMatch(
      /^✗ pair documents: NOT verified\n {2}probable cause: the check "replica bucket admits the role" fails .*\n.*no policy/,
    );
    expect(text).toContain('fix: npx cdk deploy Destination');
    expect(text).not.toContain('something fine');
    expect(deletions().slice(0, 2)).toEqual(bothOf(pair.source.key));
  });

  test.each([
    [{}, 20],
    [{ timeout: '2.5' }, 2.5],
  ])('TIMED_OUT with %j after %d minutes, and its replica may still arrive', async (values, minutes) => {
    statuses('PENDING');
    const { exitCode, pair, text } = await run({}, values);

    expect(exitCode).toBe(1);
    expect(pair.ended).toBe('TIMED_OUT');
    expect(pair.seconds).toBeGreaterThanOrEqual(minutes * 60);
    expect(pair.seconds).toBeLessThan(minutes * 60 + 10);
    expect(pair.causes).toEqual([BAD_POLICY_DATA]);
    expect(pair.left).toEqual([
      expect.objectContaining({
        bucket: REPLICA,
        until: '2026-11-05T00:00:00.000Z',
        why: 'its replica may still arrive',
        seen: false,
      }),
    ]);
    expect(text).toContain('is not there now: its replica may still arrive; a lifecycle rule deletes it by about 2026-11-05');
    expect(deletions()).toEqual(bothOf(pair.source.key));
  });

  test('NO_RULE: no status for a minute means that no rule matches', async () => {
    statuses(undefined);
    const { exitCode, pair, text } = await run();

    expect(exitCode).toBe(1);
    expect(pair).toMatchObject({ ended: 'NO_RULE', causes: [BAD_POLICY_DATA] });
    expect(pair.seconds).toBeGreaterThan(60);
    expect(pair.seconds).toBeLessThan(75);
    expect(text).toContain('no rule matches');
    expect(deletions()).toEqual(bothOf(pair.source.key));
  });

  test('a status that comes late counts', async () => {
    statuses(undefined, undefined, undefined, 'PENDING', 'COMPLETED');
    expect((await run()).pair).toMatchObject({ status: 'ok', ended: 'COMPLETED' });
  });

  test('trouble of doctor is told and hides nothing', async () => {
    statuses('FAILED');
    mockDiagnose.mockRejectedValue(new UnreachableError('NoAnswer', 'doctor is out', 'call later'));
    const { exitCode, pair, recorded } = await run();

    expect(exitCode).toBe(1);
    expect(pair).toMatchObject({ ended: 'FAILED', causes: [] });
    expect(recorded.told.join('\n')).toContain('doctor is out');
  });
});

describe('before the canary', () => {
  const check = (id: string, status: 'ok' | 'failed', pair: string | null = 'documents') => ({
    id,
    title: `the ${id} is right`,
    area: 'rule',
    pair,
    finding:
      status === 'failed'
        ? { status, found: 'wrong', expected: 'right', fix: { resource: id, commands: [`repair ${id}`], notes: [] } }
        : { status, found: 'right' },
  });
  const unanswered = {
    ...check('replica-key', 'ok', null),
    finding: { status: 'unknown', why: 'not allowed' },
  };

  test.each([
    ['replica-key', null],
    ['source-key', null],
    ['source-versioning', 'documents'],
    ['replica-versioning', 'documents'],
    ['rule', 'documents'],
    ['rule-enabled', 'documents'],
  ])('a %s that is wrong ends it at once, with the repair of doctor, and nothing is written', async (id, of) => {
    const wrong = check(id, 'failed', of);
    mockDiagnose.mockResolvedValue([wrong]);
    const { exitCode, pair, text, recorded } = await run();

    expect(exitCode).toBe(1);
    expect(pair).toMatchObject({
      status: 'failed',
      ended: 'NOT_READY',
      seconds: null,
      causes: [{ id, pair: of, status: 'failed', found: 'wrong' }],
      left: [],
      recorded: true,
    });
    expect([puts(), deletions(), recorded.waited]).toEqual([[], [], 0]);
    expect(text).toContain('pair documents: NOT verified');
    expect(text).toContain(`fix: repair ${id}`);
    expect(mockDiagnose.mock.calls[0]?.[1]).toContain(id);
  });

  test('what is wrong with one pair leaves another alone', async () => {
    mockDiagnose.mockResolvedValue([check('rule', 'failed', 'photos')]);
    const { exitCode, data } = await run({ pairs: [{ id: 'photos' }, { id: 'documents' }] });

    expect(exitCode).toBe(1);
    expect(data.pairs.map(({ pair, status }) => [pair, status])).toEqual([
      ['photos', 'failed'],
      ['documents', 'ok'],
    ]);
  });

  test("somebody else's rule beside the pair's own stops no canary", async () => {
    mockDiagnose.mockResolvedValue([check('rule', 'failed'), check('rule-enabled', 'ok')]);
    expect((await run()).pair).toMatchObject({ status: 'ok', ended: 'COMPLETED' });
  });

  test('a question without an answer stops nothing, and the canary answers it', async () => {
    mockDiagnose.mockResolvedValue([unanswered]);
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(0);
    expect(pair).toMatchObject({ status: 'ok', unknown: [] });
  });

  test('a question without an answer is said where the canary does not answer it either', async () => {
    mockDiagnose.mockResolvedValue([unanswered]);
    sourceHead().rejects(denied());
    const { exitCode, pair, text } = await run();

    expect(exitCode).toBe(3);
    expect(pair).toMatchObject({ ended: 'UNKNOWN', unknown: ['replica-key: not allowed'] });
    expect(text).toContain('unknown: replica-key: not allowed');
  });

  describe('on an emulator', () => {
    beforeEach(() => {
      process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
    });
    afterEach(() => {
      delete process.env['AWS_ENDPOINT_URL'];
    });

    test('the verdict counts and names what the emulator cannot show', async () => {
      const { exitCode, pair, text } = await run();

      expect(exitCode).toBe(0);
      expect(pair.unknown).toEqual([]);
      expect(pair.skipped).toEqual([
        'key: not checked on an emulator',
        expect.stringContaining('an emulator asks neither KMS nor the policies'),
      ]);
      expect(text).toMatch(/^✓ pair documents: verified, 2 skipped\n/);
    });

    test('a key that nobody could look at is not verified', async () => {
      mockDiagnose.mockResolvedValue([unanswered]);
      const { exitCode, pair, text } = await run();

      expect(exitCode).toBe(3);
      expect(pair).toMatchObject({ status: 'unknown', unknown: expect.arrayContaining(['replica-key: not allowed']) });
      expect(text).toContain('replicated, but not verified');
    });
  });
});

describe('a canary that cannot be written or watched', () => {
  test('put denied: could not find out', async () => {
    s3.on(PutObjectCommand).rejects(denied());
    const { exitCode, pair, text } = await run();

    expect(exitCode).toBe(3);
    expect(pair).toMatchObject({
      status: 'unknown',
      ended: 'UNKNOWN',
      seconds: null,
      source: { versionId: null },
      left: [],
      causes: [],
    });
    expect(pair.error).toMatchObject({ code: 'NoAnswer', hint: expect.stringContaining('source account') });
    expect(text).toContain('AccessDenied it is');
    expect(deletions()).toEqual([]);
  });

  test.each([
    ['NoSuchBucket', 404],
    ['KMS.DisabledException', 400],
  ])('put refused with %s: something is wrong, and doctor is asked', async (name, status) => {
    s3.on(PutObjectCommand).rejects(refusal(name, status));
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(1);
    expect(pair).toMatchObject({ ended: 'NOT_WRITTEN', causes: [BAD_POLICY_DATA], error: { code: 'NotWritten' }, left: [] });
    expect(deletions()).toEqual([]);
  });

  test.each([
    ['SlowDown', refusal('SlowDown', 503)],
    ['ExpiredToken', refusal('ExpiredToken', 400)],
  ])('put answered with %s: could not find out', async (_, error) => {
    s3.on(PutObjectCommand).rejects(error);
    const { exitCode, pair } = await run();
    expect(exitCode).toBe(3);
    expect(pair).toMatchObject({ ended: 'UNKNOWN', left: [] });
  });

  test('put without an answer: it says that the canary may be there', async () => {
    s3.on(PutObjectCommand).rejects(new Error('socket hang up'));
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(3);
    expect(pair.left).toEqual([
      expect.objectContaining({
        bucket: SOURCE,
        until: '2026-11-05T00:00:00.000Z',
        why: expect.stringContaining('no answer'),
        seen: null,
      }),
    ]);
  });

  test('one pair that is not deployed does not hide another', async () => {
    s3.on(PutObjectCommand, { Bucket: SOURCE.replace('documents', 'photos') }).rejects(denied());
    const { exitCode, data } = await run({ pairs: [{ id: 'photos' }, { id: 'documents' }] });

    expect(exitCode).toBe(3);
    expect(data.pairs.map(({ pair, status }) => [pair, status])).toEqual([
      ['photos', 'unknown'],
      ['documents', 'ok'],
    ]);
  });

  test('throttling and outages while watching pass', async () => {
    const answers = [refusal('SlowDown', 503), refusal('TooManyRequests', 429), new Error('socket hang up')];
    sourceHead().callsFake(async () => {
      const trouble = answers.shift();
      if (trouble !== undefined) {
        throw trouble;
      }
      return { ReplicationStatus: 'COMPLETED' };
    });
    expect((await run()).pair).toMatchObject({ status: 'ok', ended: 'COMPLETED', seconds: 7 });
  });

  test('throttling that does not pass: could not find out, after the timeout', async () => {
    sourceHead().rejects(refusal('SlowDown', 503));
    const { exitCode, pair } = await run({}, { timeout: '1' });

    expect(exitCode).toBe(3);
    expect(pair).toMatchObject({ ended: 'UNKNOWN', error: { message: expect.stringContaining('throttles') } });
    expect(deletions()).toEqual(bothOf(pair.source.key));
  });

  test('watching denied: could not find out, at once', async () => {
    sourceHead().rejects(denied());
    const { exitCode, pair } = await run();

    expect(exitCode).toBe(3);
    expect(pair).toMatchObject({ ended: 'UNKNOWN', seconds: 0 });
    expect(deletions()).toEqual(bothOf(pair.source.key));
  });

  test('a bucket that is not versioned gets its only version deleted', async () => {
    s3.on(PutObjectCommand).resolves({});
    s3.on(HeadObjectCommand, { VersionId: 'null' }).resolves({});
    const { pair } = await run();

    expect(pair.ended).toBe('NO_RULE');
    expect(deletions()[0]).toEqual([SOURCE, pair.source.key, 'null']);
  });
});

describe('asking and interrupting', () => {
  test('the plan is told and asked about first', async () => {
    const { context, recorded } = testContext();
    await verify(context, { argument: undefined, values: {} });

    expect(recorded.questions).toEqual(['Write the canaries?']);
    expect(recorded.told.join('\n')).toContain(`s3://${SOURCE}/.s3-replication-canary/`);
    expect(recorded.told.join('\n')).toContain(REPLICA);
  });

  test('declined, nothing is written', async () => {
    const { context } = testContext();
    const confirm = () => Promise.reject(new AbortError('Declined', 'nothing was changed'));
    const declined = verify({ ...context, terminal: { ...context.terminal, confirm } }, { argument: undefined, values: {} });

    expect(await rejectionOf(declined, AbortError)).toMatchObject({ code: 'Declined' });
    expect(s3.calls()).toEqual([]);
  });

  test('credentials that do not work are found before the question', async () => {
    const { context, recorded } = testContext();
    const clients = { ...context.clients, s3: () => Promise.reject(new UnreachableError('NoCredentials', 'none')) };

    await rejectionOf(verify({ ...context, clients }, { argument: undefined, values: {} }), UnreachableError);
    expect(recorded.questions).toEqual([]);
  });

  test.each(['0', '-1', '', 'soon', '1e3', '10081', 'Infinity'])('--timeout and --watch %j are no minutes', async (value) => {
    for (const option of ['timeout', 'watch']) {
      expect(await rejectionOf(run({}, { [option]: value }), UsageError)).toMatchObject({
        message: expect.stringContaining(option),
      });
    }
    expect(s3.calls()).toEqual([]);
  });

  test('interrupted, it cleans up and tells what may still arrive', async () => {
    statuses('PENDING');
    const { context, recorded } = testContext({}, { yes: true, ...interruptedAfter(5000) });
    const interrupted = await rejectionOf(verify(context, { argument: undefined, values: {} }), UnreachableError);

    expect(interrupted.code).toBe('Interrupted');
    expect(deletions()).toEqual(bothOf(puts()[0]?.Key));
    expect(recorded.told.at(-1)).toMatch(
      new RegExp(`^s3://${REPLICA}/.* is not there now: its replica may still arrive; .*2026-11-05`),
    );
  });

  test('interrupted where there is no replica, it claims none', async () => {
    statuses('PENDING');
    s3.on(ListObjectVersionsCommand).resolves({});
    const { context, recorded } = testContext({}, { yes: true, ...interruptedAfter(5000) });
    await rejectionOf(verify(context, { argument: undefined, values: {} }), UnreachableError);

    expect(deletions()).toEqual([[SOURCE, puts()[0]?.Key, VERSION]]);
    expect(recorded.told.join('\n')).not.toContain(' stays ');
  });

  test('interrupted where nobody may look for a replica, it says that', async () => {
    statuses('PENDING');
    s3.on(ListObjectVersionsCommand).rejects(denied());
    const { context, recorded } = testContext({}, { yes: true, ...interruptedAfter(5000) });
    await rejectionOf(verify(context, { argument: undefined, values: {} }), UnreachableError);

    expect(recorded.told.at(-1)).toMatch(new RegExp(`^s3://${REPLICA}/.* may be there: its versions cannot be listed`));
  });
});

describe('--watch', () => {
  const HOUR = 3_600_000;

  test('repeats from start to start with fresh canaries, reports each round, and ends as the last one did', async () => {
    const rounds = ['COMPLETED', 'FAILED', 'COMPLETED'];
    sourceHead().callsFake(() => ({ ReplicationStatus: rounds.shift() }));
    const { exitCode, data, text, recorded } = await run({}, { watch: '60' }, interruptedAfter(2 * HOUR));

    expect(recorded.reported.map((result) => (result.data as { status: string }).status)).toEqual(['ok', 'failed', 'ok']);
    expect(recorded.reported[1]?.text).toMatch(/^2026-11-01T13:00:00.000Z\n✗ pair documents: NOT verified/);
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ status: 'ok', rounds: 3, pairs: [{ pair: 'documents' }] });
    expect(text).toContain('interrupted after 3 rounds');
    expect(new Set(puts().map(({ Key }) => Key)).size).toBe(3);
    expect(deletions()).toEqual(puts().flatMap(({ Key }) => bothOf(Key)));
  });

  test('ends with 1 when the last complete round was wrong, and cleans up the one that was not complete', async () => {
    const rounds = ['FAILED'];
    sourceHead().callsFake(() => ({ ReplicationStatus: rounds.shift() ?? 'PENDING' }));
    const { exitCode, text } = await run({}, { watch: '1' }, interruptedAfter(90_000));

    expect(exitCode).toBe(1);
    expect(text).toContain('interrupted after 1 round; the last one counts: not verified');
    expect(deletions()).toEqual(puts().flatMap(({ Key }) => bothOf(Key)));
    expect(puts()).toHaveLength(2);
  });

  test('interrupted in its first round, it could not find out', async () => {
    statuses('PENDING');
    await rejectionOf(run({}, { watch: '1' }, interruptedAfter(1000)), UnreachableError);
    expect(deletions()).toHaveLength(2);
  });

  test('a round that takes longer than the interval is followed at once', async () => {
    let asked = 0;
    sourceHead().callsFake(() => {
      asked += 1;
      return { ReplicationStatus: asked % 6 === 0 ? 'COMPLETED' : 'PENDING' };
    });
    const { data } = await run({}, { watch: '0.1' }, interruptedAfter(60_000));
    expect(data).toMatchObject({ rounds: 2 });
  });
});

test('--json has these keys', async () => {
  statuses('FAILED');
  replicaHas({});
  const { data } = await run();
  expect(Object.keys(data)).toEqual(['status', 'pairs']);
  expect(Object.keys(data.pairs[0] ?? {})).toEqual([
    'pair',
    'status',
    'ended',
    'seconds',
    'source',
    'checks',
    'left',
    'unknown',
    'skipped',
    'causes',
    'error',
    'recorded',
  ]);
});

/** What was recorded for `s3-replication status`. */
const recordings = () => ssm.commandCalls(PutParameterCommand).map(({ args }) => args[0].input);

test.each([
  ['ok', 'COMPLETED', 0],
  ['failed', 'FAILED', 1],
])('a result "%s" takes the place of the one before, in the source account', async (result, status, code) => {
  sourceHead().resolves({ ReplicationStatus: status as 'COMPLETED' | 'FAILED' });
  const { exitCode, pair } = await run();

  expect(exitCode).toBe(code);
  expect(pair).toMatchObject({ recorded: true });
  expect(recordings()).toEqual([
    {
      Name: '/backups/source/pairs/documents/last-verification',
      Description: 'Last result of s3-replication verify for pair documents',
      Type: 'String',
      Overwrite: true,
      Value: JSON.stringify({ at: '2026-11-01T12:00:00.000Z', result }),
    },
  ]);
  expect(await accountOf(ssm.commandCalls(PutParameterCommand)[0]?.thisValue)).toBe('111111111111');
});

/** The account that a client of the tests asks as. */
async function accountOf(client: unknown): Promise<string> {
  const { config } = client as { config: { credentials: () => Promise<{ accessKeyId: string }> } };
  return (await config.credentials()).accessKeyId;
}

test('what could not be found out is not recorded', async () => {
  sourceHead().rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  const { exitCode, pair } = await run();

  expect(exitCode).toBe(3);
  expect(pair).toMatchObject({ ended: 'UNKNOWN', recorded: false });
  expect(recordings()).toEqual([]);
});

test('a round that is interrupted is not recorded', async () => {
  sourceHead().resolves({ ReplicationStatus: 'PENDING' });
  await rejectionOf(run({}, {}, interruptedAfter(5000)), UnreachableError);

  expect(recordings()).toEqual([]);
});

test('who may not record is told so once, and the verdict stays', async () => {
  sourceHead().resolves({ ReplicationStatus: 'FAILED' });
  ssm.on(PutParameterCommand).rejects(new Error('not authorized to perform: ssm:PutParameter'));
  const { exitCode, data, recorded } = await run({ pairs: [{ id: 'documents' }, { id: 'documents-2' }] });

  expect(exitCode).toBe(1);
  expect(data.pairs).toMatchObject([{ recorded: false }, { recorded: false }]);
  expect(recorded.told.filter((line) => line.includes('recorded'))).toEqual([
    'the result could not be recorded for s3-replication status: not authorized to perform: ssm:PutParameter',
  ]);
});

test('each round of a watch is recorded', async () => {
  const rounds = ['COMPLETED', 'FAILED'] as const;
  let next = 0;
  sourceHead().callsFake(() => ({ ReplicationStatus: rounds[next++ % 2] }));
  await run({}, { watch: '60' }, interruptedAfter(3_600_000));

  expect(recordings().map(({ Value: value = '' }) => JSON.parse(value))).toEqual([
    { at: '2026-11-01T12:00:00.000Z', result: 'ok' },
    { at: '2026-11-01T13:00:00.000Z', result: 'failed' },
  ]);
});
