import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DemoData } from '../../lib/local/report';
import { finish, type Kept, PROJECT, startScript } from '../helpers/process';

const MINUTES = 60_000;

jest.setTimeout(5 * MINUTES);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const startDemo = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  startScript(['bin/s3-replication.ts', 'demo', ...args], { INIT_CWD: folder, ...env });

const demo = (args: readonly string[], env?: NodeJS.ProcessEnv) => finish(startDemo(args, env));

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** The folders of runs; there is none before the first. */
const runFolders = () =>
  existsSync(join(PROJECT, '.demo')) ? readdirSync(join(PROJECT, '.demo')).filter((name) => name.startsWith('run-')) : [];

test('two at once: one pair with the sample file, and two pairs with filters and files of the user', async () => {
  const config = file(
    'two-pairs.json',
    JSON.stringify({
      deployment: 'vault',
      source: { account: '333333333333', region: 'eu-central-1', profile: 'nobody' },
      destination: { account: '222222222222', region: 'eu-west-1' },
      pairs: [
        {
          id: 'reports',
          filter: { prefix: 'reports/', tags: { class: 'gold + silver', keep: 'yes' } },
          storageClass: 'GLACIER_IR',
        },
        { id: 'photos', bucketKeys: false, filter: { tags: { album: '2026' } }, storageClass: 'STANDARD' },
      ],
    }),
  );
  const files = ['--file', file('größe & ü.txt', 'ü'.repeat(100_000)), '--file', file('empty', '')];
  const [one, two] = await Promise.all([demo(['--json']), demo(['--json', '--config', config, ...files])]);

  expect(one).toMatchObject({ code: 0, stderr: expect.stringMatching(/^✓ deploy the destination {2}[\d.]+ s$/m) });
  const single = JSON.parse(one.stdout) as DemoData;
  expect(single.pairs.map(({ pair, source, replica }) => [pair, source, replica])).toEqual([
    [
      'documents',
      { bucket: 'backups-demo-documents-111111111111-ap-southeast-2-an', account: '111111111111', region: 'ap-southeast-2' },
      { bucket: 'backups-demo-documents-222222222222-us-west-2-an', account: '222222222222', region: 'us-west-2' },
    ],
  ]);
  expect(single.pairs[0]?.objects).toEqual([
    expect.objectContaining({
      key: 'hello.txt',
      sourceStatus: 'COMPLETED',
      replica: expect.objectContaining({ replicationStatus: 'REPLICA', storageClass: 'STANDARD_IA', tags: { origin: 'demo' } }),
      problems: [],
    }),
  ]);

  expect(two.code).toBe(0);
  const [reports, photos] = (JSON.parse(two.stdout) as DemoData).pairs;
  expect(reports?.objects.map(({ key, replica }) => [key, replica?.storageClass, replica?.tags])).toEqual(
    ['reports/größe & ü.txt', 'reports/empty'].map((key) => [
      key,
      'GLACIER_IR',
      { origin: 'demo', class: 'gold + silver', keep: 'yes' },
    ]),
  );
  expect(photos?.objects.map(({ key, replica }) => [key, replica?.storageClass, replica?.replicationStatus])).toEqual([
    ['größe & ü.txt', 'STANDARD', 'REPLICA'],
    ['empty', 'STANDARD', 'REPLICA'],
  ]);
  expect(photos?.replica).toMatchObject({ account: '222222222222', region: 'eu-west-1' });
});

test('ends with FAILED and a non-zero code when the replica bucket does not admit the role', async () => {
  // Takes what the permission table grants out of every bucket policy, in the app that the CDK CLI runs.
  const fault = join(folder, 'fault.cjs');
  writeFileSync(
    fault,
    `const Module = require('node:module');
     const load = Module._load;
     Module._load = function (request, ...rest) {
       const loaded = load.call(this, request, ...rest);
       if (/aws-cdk-lib.aws-s3$/.test(request) && !loaded.Bucket.prototype.broken) {
         const add = loaded.Bucket.prototype.addToResourcePolicy;
         loaded.Bucket.prototype.broken = true;
         loaded.Bucket.prototype.addToResourcePolicy = function (statement) {
           return statement.sid === 'WriteReplicas' ? { statementAdded: true } : add.call(this, statement);
         };
       }
       return loaded;
     };`,
  );
  const { code, stdout } = await demo([], { NODE_OPTIONS: `--require ${fault}` });

  expect(code).toBe(1);
  expect(stdout).toContain('hello.txt  FAILED  missing');
  expect(stdout).toContain('replication FAILED');
});

test('is stopped by Ctrl-C with its emulator, and runs again', async () => {
  const child = startDemo([]);
  const finished = finish(child);
  const endpoint = await emulatorOf(child.pid);
  child.kill('SIGINT');

  expect(await finished).toMatchObject({
    code: 130,
    stdout: '',
    stderr: expect.stringMatching(/\ninterrupted; the emulator is stopped\n$/),
  });
  await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
});

test('with --keep leaves an emulator that the CDK CLI and ops find without a flag, on this machine only', async () => {
  const { code, stdout } = await demo(['--keep', '--json', '--file', file('kept.txt', 'kept')], {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_PROFILE: 'nobody',
  });
  const { kept } = JSON.parse(stdout) as { kept: Kept };
  try {
    expect(code).toBe(0);
    const run = (args: string[], env: NodeJS.ProcessEnv = {}) =>
      finish(spawn(process.execPath, args, { cwd: kept.directory, env: { ...process.env, ...kept.environment, ...env } }));
    const cdk = (...args: string[]) => run([require.resolve('aws-cdk/bin/cdk'), ...args, '--no-notices', '--ci']);

    const exchange = await run(
      ['--require', join(PROJECT, 'bin/typescript.js'), join(PROJECT, 'bin/s3-replication.ts'), 'exchange', '--json'],
      {
        INIT_CWD: kept.directory,
      },
    );
    expect(JSON.parse(exchange.stdout)).toMatchObject({ changed: false });
    expect(exchange.code).toBe(0);

    const deployed = await cdk('deploy', 'Source', 'Monitoring', '--require-approval', 'never');
    expect(deployed.stdout).toContain('Source (backups-demo-source) (no changes)');
    expect(deployed.code).toBe(0);

    const wrong = join(kept.directory, 'wrong.json');
    writeFileSync(
      wrong,
      JSON.stringify({
        deployment: 'wrong-demo',
        source: { profile: 'destination' },
        destination: { account: '222222222222', profile: 'destination' },
      }),
    );
    const refused = await cdk('deploy', 'Source', '-c', `config=${wrong}`);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toContain('profile "destination" is for account 222222222222');
    expect(refused.stdout + refused.stderr).toContain('source.account is 111111111111');
    expect(refused.stdout + refused.stderr).not.toContain('Publish');
  } finally {
    process.kill(kept.pid);
  }
});

/** The address of the emulator of a run. */
async function emulatorOf(pid: number | undefined): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    // Others may run beside it: a folder ends in the id of the process that made it.
    const fresh = runFolders().find((name) => name.endsWith(`.${pid}`));
    const log = fresh === undefined ? '' : readLog(join(PROJECT, '.demo', fresh, 'demo.log'));
    const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)?.[1] ?? /available on port (\d+)/.exec(log)?.[1];
    if (port !== undefined) {
      return `http://127.0.0.1:${port}`;
    }
    await new Promise((done) => {
      setTimeout(done, 100);
    });
  }
  throw new Error('the demo started no emulator');
}

function readLog(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
