import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { CloudFormationClient, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { IAMClient, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DescribeKeyCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListScheduleGroupsCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Emulator, startEmulator, withoutAmbientAws } from '../../lib/local/emulator';
import { emulatorPython } from '../../lib/local/virtual-env';
import { DEMO_FOLDER } from '../../lib/local/workspace';
import { finish, PROJECT } from '../helpers/process';
import type { StateData } from '../live/state';

jest.setTimeout(20 * 60_000);

const SEED = Number(process.env['CHAOS_SEED'] ?? randomBytes(2).readUInt16BE());
const ACCOUNTS = { prod: '111111111111', backup: '222222222222' };
const REGIONS = ['ap-southeast-2', 'us-west-2'];

let folder: string;
let emulator: Emulator;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 's3-replication-live-'));
  const log = join(folder, 'emulator.log');
  emulator = await startEmulator({ python: await emulatorPython(DEMO_FOLDER, log), log, keptFile: join(folder, 'kept') });
  // To the emulator, a 12-digit access key id is the account.
  const profiles = Object.entries(ACCOUNTS).map(
    ([name, account]) => `[${name}]\naws_access_key_id = ${account}\naws_secret_access_key = demo\n`,
  );
  writeFileSync(join(folder, 'credentials'), profiles.join('\n'));
  writeFileSync(join(folder, 'config'), '');
  for (const account of Object.values(ACCOUNTS)) {
    const settings = settingsOf(account, 'us-west-2');
    await new S3Client({ ...settings, forcePathStyle: true }).send(
      new CreateBucketCommand({ Bucket: `somebody-elses-${account}` }),
    );
    await new KMSClient(settings).send(new CreateKeyCommand({}));
    await new SSMClient(settings).send(new PutParameterCommand({ Name: '/somebody/elses', Value: '-', Type: 'String' }));
  }
});

afterAll(async () => {
  await emulator.stop();
  rmSync(folder, { recursive: true });
});

function settingsOf(account: string, region: string) {
  return { endpoint: emulator.endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'demo' } };
}

/** Everything of both accounts that a deployment could leave, without the keys that are about to go. */
async function inventory(): Promise<string[]> {
  const places = Object.values(ACCOUNTS).flatMap((account) => REGIONS.map((region) => ({ account, region })));
  const found = await Promise.all(
    places.map(async ({ account, region }) => {
      const settings = settingsOf(account, region);
      const kms = new KMSClient(settings);
      const iam = new IAMClient(settings);
      const scheduler = new SchedulerClient(settings);
      const { Keys: keys = [] } = await kms.send(new ListKeysCommand({}));
      const described = await Promise.all(keys.map(({ KeyId }) => kms.send(new DescribeKeyCommand({ KeyId }))));
      const { Buckets: buckets = [] } = await new S3Client({ ...settings, forcePathStyle: true }).send(
        new ListBucketsCommand({}),
      );
      const { StackSummaries: stacks = [] } = await new CloudFormationClient(settings).send(new ListStacksCommand({}));
      const { QueueUrls: queues = [] } = await new SQSClient(settings).send(new ListQueuesCommand({}));
      const { Parameters: parameters = [] } = await new SSMClient(settings).send(new DescribeParametersCommand({}));
      const { Roles: roles = [] } = await iam.send(new ListRolesCommand({}));
      const { Policies: policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
      const { Schedules: schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
      const { ScheduleGroups: groups = [] } = await scheduler.send(new ListScheduleGroupsCommand({}));
      const names: Record<string, (string | undefined)[]> = {
        bucket: buckets.map(({ Name }) => Name),
        key: described.flatMap(({ KeyMetadata: key }) => (key?.KeyState === 'PendingDeletion' ? [] : [key?.KeyId])),
        stack: stacks.flatMap(({ StackName, StackStatus: status }) => (status === 'DELETE_COMPLETE' ? [] : [StackName])),
        queue: queues,
        parameter: parameters.map(({ Name }) => Name),
        role: roles.map(({ RoleName }) => RoleName),
        policy: policies.map(({ PolicyName }) => PolicyName),
        schedule: schedules.map(({ Name }) => Name),
        'schedule group': groups.map(({ Name }) => Name),
      };
      return Object.entries(names).flatMap(([kind, all]) => all.map((name) => `${account} ${region} ${kind} ${name}`));
    }),
  );
  return [...new Set(found.flat())].toSorted();
}

function start(...args: readonly string[]): ChildProcess {
  const own = ['--state', join(folder, 'state.json'), '--report', join(folder, 'report.md')];
  return spawn(process.execPath, ['--require', './bin/typescript.js', 'test/live/live.ts', ...own, ...args], {
    cwd: PROJECT,
    // A group of its own, which is killed whole.
    detached: true,
    env: {
      ...withoutAmbientAws(process.env),
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      // Of the templates, which are validated elsewhere.
      CDK_VALIDATION: 'false',
      NO_COLOR: '1',
    },
  });
}

const run = () => start('--source-profile', 'prod', '--destination-profile', 'backup', '--yes');

/** Kills a run, with all its processes, some time after it says that it has come so far. */
async function killAfter(child: ChildProcess, words: string, time: () => Promise<unknown>): Promise<void> {
  const ended = finish(child);
  const said = new Promise<void>((resolve) => {
    let told = '';
    child.stderr?.on('data', (data: Buffer) => {
      told += data.toString();
      if (told.includes(words)) {
        resolve();
      }
    });
  });
  await Promise.race([said.then(time), ended]);
  expect([words, child.exitCode]).toEqual([words, null]);
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  await ended;
}

const stateOf = () => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as StateData;

/** Numbers from 0 to 1 that are the same for the same seed. @see https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test(`killed at five moments (seed ${SEED}), it continues, reports without account ids, and leaves nothing`, async () => {
  const random = randomFrom(SEED);
  const before = await inventory();

  for (const [words, milliseconds] of [
    [': bootstrap', 4000],
    [': deployment', 3000],
    [': deployment', 6000],
    ['first-replica:', 300],
    ['removing bucket', 300],
  ] as const) {
    await killAfter(run(), words, () => sleep(random() * milliseconds));
    // Whatever is there was recorded.
    const recorded = new Set(stateOf().resources.map(({ name }) => name));
    const made = (await inventory()).filter((one) => !before.includes(one) && /^\d+ \S+ (bucket|stack) /.test(one));
    expect(made.filter((one) => !recorded.has(one.split(' ').at(-1) ?? ''))).toEqual([]);
  }

  const { code, stdout, stderr } = await finish(run());
  expect([code, stderr.includes('could not be removed')]).toEqual([0, false]);
  expect(stdout).toContain('is removed; its keys are gone in 7 days');
  expect(existsSync(join(folder, 'state.json'))).toBe(false);
  expect(await inventory()).toEqual(before);

  const report = readFileSync(join(folder, 'report.md'), 'utf8');
  expect(report).toContain('this says nothing about AWS');
  expect(report).toContain('| [first-replica](#first-replica) | within 15 minutes |');
  expect(report).toContain('| [verify](#verify) | verified |');
  expect(report).toContain('not on an emulator');
  expect(report).not.toMatch(/\d{12}/);
});

test('--clean-up removes what a killed run left, and asks nothing', async () => {
  const before = await inventory();
  const child = run();
  await killAfter(child, ': bootstrap', async () => {
    while (child.exitCode === null && isDeepStrictEqual(await inventory(), before)) {
      await sleep(100);
    }
  });

  const cleaned = await finish(start('--clean-up'));
  expect(cleaned).toMatchObject({ code: 0, stdout: expect.stringContaining('is removed') });
  expect(await inventory()).toEqual(before);
  expect(await finish(start('--clean-up'))).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to remove') });
});
