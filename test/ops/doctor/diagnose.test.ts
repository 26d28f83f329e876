import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnreachableError, UsageError } from '../../../lib/errors/errors';
import { CHECKS } from '../../../lib/ops/doctor/checks';
import { diagnose } from '../../../lib/ops/doctor/diagnose';
import { type DoctorData, doctor } from '../../../lib/ops/doctor/doctor';
import { LOCKDOWN } from '../../helpers/config';
import { rejectionOf } from '../../helpers/rejection';
import { awsError, deployment, diagnoseBroken, failures, unanswered } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

test.each([
  ['by default', {}],
  [
    'with every option',
    {
      source: { profile: 'prod' },
      destination: { profile: 'backup' },
      keyRotationDays: 90,
      terminationProtection: false,
      ...LOCKDOWN,
      pairs: [
        { id: 'one', filter: { prefix: 'a/', tags: { x: '1', y: '2' } }, storageClass: 'STANDARD', bucketKeys: false },
        { id: 'two', filter: { prefix: 'b/' }, replicateDeleteMarkers: true, timeControl: true },
        { id: 'three-3', filter: { tags: { only: 'one' } } },
      ],
    },
  ],
])('finds nothing wrong with a healthy deployment %s', async (_, keys) => {
  const results = await diagnoseBroken(() => {}, keys);
  expect(failures(results)).toEqual({});
  expect(unanswered(results)).toEqual([]);
  expect(new Set(results.map(({ id }) => id))).toEqual(new Set(CHECKS.map(({ id }) => id)));
});

test('has at least 30 checks, each with an id and a title of its own', () => {
  expect(CHECKS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
  expect(new Set(CHECKS.map(({ title }) => title)).size).toBe(CHECKS.length);
});

test('asks only for the chosen checks and pairs, each question once, and reads only', async () => {
  const { context, recorded, operations, restore } = deployment({ pairs: [{ id: 'one' }, { id: 'two' }] });
  const chosen = await diagnose({ ...context, pairs: context.pairs.slice(1) }, ['replica-tls', 'replica-deny']);
  expect(chosen.map(({ id, pair, finding }) => [id, pair, finding.status])).toEqual([
    ['replica-tls', 'two', 'ok'],
    ['replica-deny', 'two', 'ok'],
  ]);
  expect(operations()).toEqual(['GetBucketPolicy', 'GetTemplate']);

  await diagnose(context);
  expect(operations().filter((operation) => !/^(Get|List|Describe|Head)/.test(operation))).toEqual([]);
  expect(recorded.progress.at(-1)).toBe('');
  expect(recorded.progress).toContain('checked 1 of 2');
  restore();
});

test('before deployment fails only for the stacks, with the deploy commands, and skips what needs them', async () => {
  const results = await diagnoseBroken(
    (world) => {
      Object.assign(world, {
        stacks: {},
        keys: {},
        buckets: {},
        roles: {},
        metrics: {},
        queue: undefined,
        heartbeatQueues: {},
        schedules: {},
        alarms: {},
        composites: {},
      });
      for (const side of ['source', 'destination'] as const) {
        world.parameters[side] = { '/cdk-bootstrap/hnb659fds/version': '33' };
      }
    },
    { destination: { profile: 'backup' } },
  );
  expect(Object.keys(failures(results))).toEqual([
    'stack-destination',
    'stack-source',
    'stack-monitoring',
    'stack-heartbeat',
    'stack-source-health',
    'stack-destination-health',
    'stack-backup-health',
  ]);
  expect(failures(results)['stack-destination']).toMatchObject({
    found: 'there is no stack backups-destination',
    fix: { commands: ['npx cdk deploy Destination'] },
  });
  expect(failures(results)['stack-source']).toMatchObject({ fix: { commands: ['npx cdk deploy Source --exclusively'] } });
  expect(unanswered(results)).toEqual([]);
  expect(results.find(({ id }) => id === 'source-versioning')?.finding).toEqual({
    status: 'skipped',
    why: 'not deployed yet: stack backups-source',
  });
});

test('half deployed, checks the destination and skips the source', async () => {
  const results = await diagnoseBroken((world) => {
    for (const stack of ['source', 'monitoring', 'heartbeat', 'source-health', 'destination-health', 'backup-health'] as const) {
      delete world.stacks[stack];
    }
    Object.assign(world, { queue: undefined, schedules: {}, alarms: {}, composites: {} });
    delete world.keys.source;
    delete world.buckets[world.names.pairs[0]?.sourceBucket.name ?? ''];
    delete world.roles[world.names.pairs[0]?.replicationRole.name ?? ''];
    world.parameters.source = { '/cdk-bootstrap/hnb659fds/version': '6' };
    world.metrics = {};
  });
  expect(Object.keys(failures(results))).toEqual([
    'stack-source',
    'stack-monitoring',
    'stack-heartbeat',
    'stack-source-health',
    'stack-destination-health',
    'stack-backup-health',
  ]);
  expect(unanswered(results)).toEqual([]);
  const status = (id: string) => results.find((result) => result.id === id)?.finding.status;
  expect([status('replica-bucket-policy'), status('replica-key'), status('rule'), status('role')]).toEqual([
    'ok',
    'ok',
    'skipped',
    'skipped',
  ]);
});

test.each([
  ['access denied', awsError('AccessDenied', 'no'), 'these credentials may not ask this'],
  ['throttling', awsError('ThrottlingException', 'slow'), 'AWS throttles the requests'],
  ['expired credentials', awsError('ExpiredToken', 'old'), 'the credentials have expired'],
  ['a cut network', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'AWS cannot be reached'],
])('%s in one place leaves the other checks alone', async (_, error, reason) => {
  const results = await diagnoseBroken((world) => {
    world.fault = (operation) => (operation === 'GetBucketPolicy' ? error : undefined);
  });
  expect(failures(results)).toEqual({});
  expect(unanswered(results).toSorted()).toEqual([
    'replica-bucket-policy',
    'replica-deny',
    'replica-tls',
    'source-deny',
    'source-tls',
  ]);
  expect(results.find(({ id }) => id === 'replica-tls')?.finding).toMatchObject({ why: expect.stringContaining(reason) });
});

test('one account that does not answer at all leaves the other one alone', async () => {
  const denied = (side: string) =>
    diagnoseBroken((world) => {
      world.fault = (_, asked) => (asked === side ? awsError('AccessDeniedException', 'no') : undefined);
    });
  const [withoutSource, withoutDestination] = [await denied('source'), await denied('destination')];
  for (const results of [withoutSource, withoutDestination]) {
    expect(failures(results)).toEqual({});
  }
  expect(unanswered(withoutSource).filter((id) => id.startsWith('replica-'))).toEqual([]);
  expect(unanswered(withoutDestination).filter((id) => id.startsWith('source-'))).toEqual([]);
  expect(unanswered(withoutDestination)).not.toContain('metrics-data');
  expect(unanswered(withoutDestination)).toContain('rule-replica-key');
});

test('a rule that is missing is named even when the destination does not answer', async () => {
  const results = await diagnoseBroken((world) => {
    world.fault = (_, side) => (side === 'destination' ? awsError('AccessDenied') : undefined);
    Object.values(world.buckets).forEach((bucket) => Object.assign(bucket, { replication: undefined }));
  });
  expect(failures(results)).toMatchObject({
    rule: { found: 'no replication rule', fix: { commands: ['npx cdk deploy Source --exclusively --revert-drift'] } },
  });
});

test('a failure that is accepted is shown, and does not decide the result', async () => {
  const { context, world, restore } = deployment();
  Object.assign(world.buckets[world.names.pairs[0]?.sourceBucket.name ?? ''] ?? {}, { versioning: 'Suspended' });
  const accepting = (accept: string) => doctor(context, { values: { accept } });

  const accepted = await accepting('source-versioning');
  expect([accepted.exitCode, accepted.data]).toMatchObject([0, { status: 'ok', summary: { failed: 1 } }]);
  expect(accepted.text).toContain('✗ source bucket is versioned [documents] (source-versioning)');
  expect(accepted.text).toContain('\nFailed, as --accept allows: source-versioning [documents].');
  expect((await accepting('replica-versioning')).exitCode).toBe(1);

  const unknown = await rejectionOf(accepting('source-versioning,versions,notes'), UsageError);
  expect(unknown.message).toBe('--accept: no check is called "versions", "notes"');
  restore();
});

test('--failed shows only what failed or has no answer, counts all, and ends in the same way', async () => {
  const { context, world, restore } = deployment();
  world.fault = (operation) => (operation === 'GetKeyPolicy' ? awsError('AccessDenied', 'no') : undefined);
  Object.assign(world.buckets[world.names.pairs[0]?.sourceBucket.name ?? ''] ?? {}, { versioning: 'Suspended' });
  const all = await doctor(context);
  const few = await doctor(context, { values: { failed: true } });
  restore();

  const { checks, ...rest } = all.data as DoctorData;
  expect(few).toMatchObject({
    exitCode: 1,
    data: { ...rest, checks: checks.filter(({ status }) => status === 'failed' || status === 'unknown') },
  });
  expect(few.text).toContain('✗ source bucket is versioned [documents] (source-versioning)');
  expect(few.text).toContain('replica-key-grant [documents]');
  expect(few.text).not.toMatch(/^ {2}[✓–]/m);
  expect(few.text.split('\n').slice(-2)).toEqual(all.text.split('\n').slice(-2));
});

test('a cause is shown once, with the number of checks that it explains, and what failed comes last', async () => {
  const { context, world, restore } = deployment();
  world.fault = (_, side) =>
    side === 'destination' ? Object.assign(new Error('the token is old'), { name: 'ExpiredToken' }) : undefined;
  Object.assign(world.buckets[world.names.pairs[0]?.sourceBucket.name ?? ''] ?? {}, { versioning: 'Suspended' });
  const { text, data } = await doctor(context);
  restore();

  const { unknown } = (data as DoctorData).summary;
  expect(unknown).toBeGreaterThan(20);
  expect(text.match(/the credentials have expired/g)).toHaveLength(1);
  expect(text).toContain(`  ? ${unknown} checks: the credentials have expired (the token is old); log in again`);
  const paragraphs = text.split('\n\n');
  expect(paragraphs.at(-2)).toMatch(/^failed\n {2}✗ source bucket is versioned/);
  expect(paragraphs.at(-1)).toMatch(/^✗ \d+ checks: .*, 1 failed\.$/);
});

test('a cause is shown once, though AWS says it in other words of each request', async () => {
  const { context, world, restore } = deployment();
  world.fault = (operation, side) =>
    side === 'destination'
      ? awsError(
          'AccessDenied',
          `you are not authorized to perform ${operation} with an explicit deny in a service control policy`,
        )
      : undefined;
  const { text, data } = await doctor(context);
  restore();

  const { unknown } = (data as DoctorData).summary;
  expect(text.match(/a policy of the organization denies this/g)).toHaveLength(1);
  expect(text).toMatch(
    new RegExp(
      `^ {2}\\? ${unknown} checks: .* policy\\), and \\d+ answers of the same kind, which --json lists; ask who administers`,
      'm',
    ),
  );
});

test('causes are told apart by what AWS said, whatever words are in it', async () => {
  const { context, world, restore } = deployment();
  const said: Readonly<Record<string, string>> = {
    GetKeyPolicy: 'table a could not be read: no',
    GetSchedule: 'table b could not be read: no',
  };
  world.fault = (operation) => (said[operation] === undefined ? undefined : awsError('Odd', said[operation]));
  const { text } = await doctor(context);
  restore();

  expect(text).toMatch(/^ {2}\? \d+ checks: table a could not be read: no$/m);
  expect(text).toMatch(/^ {2}\? .*: schedule .* could not be read: table b could not be read: no$/m);
});

test('exit code: 0 when all is well, 3 when something is unknown, 1 when anything fails', async () => {
  const { context, world, restore } = deployment();
  const { exitCode, data, text } = await doctor(context);
  expect(exitCode).toBe(0);
  expect(data).toMatchObject({ status: 'ok', summary: { failed: 0 } });
  expect(text).toContain('✓ source bucket is versioned [documents]');
  expect(text).toMatch(/\d+ checks: \d+ passed, \d+ do not apply, 0 without an answer, 0 failed\.$/);

  world.fault = (operation) => (operation === 'GetKeyPolicy' ? awsError('AccessDenied', 'no') : undefined);
  const unknown = await doctor(context);
  expect([unknown.exitCode, unknown.data]).toMatchObject([3, { status: 'unknown' }]);
  expect(unknown.text).toMatch(
    /^ {2}\? \d+ checks: these credentials may not ask this .*\n {4}.*replica-key-grant \[documents\]/m,
  );

  Object.assign(world.buckets[world.names.pairs[0]?.sourceBucket.name ?? ''] ?? {}, { versioning: 'Suspended' });
  const wrong = await doctor(context);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.text).toContain(`✗ source bucket is versioned [documents] (source-versioning)
      found:    Suspended
      expected: Enabled
      fix:      aws s3api put-bucket-versioning --bucket backups-documents-111111111111-ap-southeast-2-an --versioning-configuration Status=Enabled --region ap-southeast-2`);
  expect(wrong.data).toMatchObject({
    status: 'failed',
    checks: expect.arrayContaining([
      {
        id: 'source-versioning',
        title: 'source bucket is versioned',
        pair: 'documents',
        status: 'failed',
        found: 'Suspended',
        expected: 'Enabled',
        fix: {
          resource: 'versioning of bucket backups-documents-111111111111-ap-southeast-2-an',
          commands: [expect.any(String)],
          notes: [],
        },
      },
      {
        id: 'exchange-record',
        title: expect.any(String),
        pair: null,
        status: 'skipped',
        why: 'keyExchange is stack-output',
      },
    ]),
  });
  restore();
});

test('credentials of another account: wrong with a profile, a matter of who asks without one', async () => {
  const wrong = async (profile: string | undefined) => {
    const { context, restore } = deployment({ destination: { profile } });
    const refuse = () => Promise.reject(new UnreachableError('WrongAccount', 'profile "backup" is for account 333333333333'));
    const results = await diagnose({ ...context, clients: { ...context.clients, account: refuse } }, ['credentials-destination']);
    restore();
    return results[0]?.finding;
  };
  expect(await wrong('backup')).toMatchObject({
    status: 'failed',
    expected: 'credentials of account 222222222222',
    fix: expect.objectContaining({
      notes: expect.arrayContaining([expect.stringContaining('aws sts get-caller-identity --region us-west-2 --profile backup')]),
    }),
  });
  expect(await wrong(undefined)).toMatchObject({
    status: 'unknown',
    why: expect.stringContaining('run doctor again as account 222222222222'),
  });
});

test('the recorded key stands in for a destination that does not answer', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'doctor-'));
  const { context, world, restore } = deployment({ keyExchange: 'ssm' }, { directory });
  world.fault = (_, side) => (side === 'destination' ? awsError('AccessDeniedException') : undefined);
  const { contextKey } = world.names.exchange;
  writeFileSync(join(directory, 'cdk.context.json'), JSON.stringify({ [contextKey]: world.keys.destination?.arn }));
  expect(await diagnose(context, ['role-policy'])).toMatchObject([{ finding: { status: 'ok' } }]);
  writeFileSync(join(directory, 'cdk.context.json'), '{}');
  expect(await diagnose(context, ['role-policy'])).toMatchObject([{ finding: { status: 'unknown' } }]);
  restore();
  rmSync(directory, { recursive: true });
});
