import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROGRAM } from '../../../lib/config/program';
import manifest from '../../../package.json';
import { AwsHome, awsEnvironment, staticProfile } from '../../helpers/sts';

const REPOSITORY = resolve(__dirname, '../../..');

/** Runs the command line as `npx --no -- s3-replication` does that was called in the temporary folder. */
function ops(args: readonly string[], aws: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', './bin/typescript.js', 'bin/s3-replication.ts', ...args],
    {
      cwd: REPOSITORY,
      encoding: 'utf8',
      env: { ...awsEnvironment(aws), INIT_CWD: directory },
      timeout: 60_000,
    },
  );
  return { status, stdout, stderr };
}

let directory: string;

/** Name of a new configuration file in the temporary folder. */
function configFile(content: object): string {
  writeFileSync(join(directory, 'replication.json'), JSON.stringify(content));
  return 'replication.json';
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-bin-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('npx runs the command of this clone, offline, and prints nothing of npm', () => {
  const { status, stdout, stderr } = spawnSync('npx', ['--no', '--', PROGRAM, '--version'], {
    cwd: join(REPOSITORY, 'docs'),
    encoding: 'utf8',
    env: { ...awsEnvironment({}), npm_config_cache: join(directory, 'npm'), npm_config_offline: 'true' },
    timeout: 60_000,
  });

  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${PROGRAM} ${manifest.version}\n`, stderr: '' });
  expect([manifest.name, ...Object.keys(manifest.bin)]).toEqual([PROGRAM, PROGRAM]);
}, 60_000);

test.each(['all', 'one'])('a clone that lacks %s of its packages says which command installs them', (lacking) => {
  if (lacking === 'one') {
    symlinkSync(join(REPOSITORY, 'node_modules'), join(directory, 'node_modules'));
  }
  for (const file of ['bin/s3-replication.js', 'bin/typescript.js', 'lib/errors/not-installed.js']) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    copyFileSync(join(REPOSITORY, file), join(directory, file));
  }
  const command = join(directory, 'bin/s3-replication.js');
  writeFileSync(command.replace('.js', '.ts'), "import 'a-package';");
  const { status, stdout, stderr } = spawnSync(process.execPath, [command], { encoding: 'utf8' });

  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /^the packages of this project are not installed, or not to the end: Cannot find module '(esbuild|a-package).*'\nrun: npm ci\n$/,
    ),
  });
});

test('help is on standard output and the exit code is 0', () => {
  const { status, stdout, stderr } = ops(['--help']);

  expect(stdout).toContain('Usage: npx --no -- s3-replication COMMAND [options]');
  expect(stderr).toBe('');
  expect(status).toBe(0);
}, 60_000);

test('config check loads neither the CDK nor the AWS SDK', () => {
  const preload = join(directory, 'preload.cjs');
  writeFileSync(preload, "process.on('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')));");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', preload, 'bin/s3-replication.js', 'config', 'check', '--config', configFile({})],
    { cwd: REPOSITORY, encoding: 'utf8', env: { ...awsEnvironment({}), INIT_CWD: directory }, timeout: 60_000 },
  );

  expect(status).toBe(0);
  expect(stdout).toContain('is valid');
  expect(stderr).toContain(join('node_modules', 'zod'));
  expect(stderr).not.toMatch(/node_modules[\\/](aws-cdk|constructs|@aws-sdk|@smithy|undici)/);
}, 60_000);

test('a wrong configuration is told on standard error without a stack, and the exit code is 2', () => {
  const { status, stdout, stderr } = ops(['exchange', '--config', configFile({ source: { account: 1 }, surprise: true })]);

  expect(stderr).toContain('has 2 problems');
  expect(stderr).toContain('source.account');
  expect(stderr).toContain('surprise');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(status).toBe(2);
}, 60_000);

// In a process of its own: in the sandbox of Jest the SDK takes an error of Node.js for none, and drops its code.
test.each([
  // Nothing listens on port 1.
  [
    'http://127.0.0.1:1',
    /^the account of profile "backup" .* AWS cannot be reached: 127\.0\.0\.1:1: the connection was refused \(ECONNREFUSED\)$/,
  ],
  ['http://nowhere.invalid', /^the account of .*: nowhere\.invalid: its name was not found \((ENOTFOUND|EAI_AGAIN)\)$/],
])(
  'the endpoint %s is where AWS requests go: no network is said as that, with 3, and not laid on the credentials',
  (endpoint, message) => {
    const role = '[profile role]\nrole_arn = arn:aws:iam::222222222222:role/deployer\nsource_profile = backup\n';
    const aws = new AwsHome(`${staticProfile('backup', '222222222222')}${role}`);
    const profile = endpoint.endsWith('invalid') ? 'role' : 'backup';
    const config = configFile({ keyExchange: 'ssm', destination: { profile } });

    const { status, stdout, stderr } = ops(['exchange', '-c', config, '--json', '--endpoint', endpoint], aws.environment);
    aws.remove();

    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'NoNetwork', message: expect.stringMatching(message) } });
    expect(stderr).toContain('check the network');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(status).toBe(3);
  },
  60_000,
);

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s ends a command whose server never answers, with %i',
  async (signal, code) => {
    const server = createServer(() => child.kill(signal));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const aws = new AwsHome(staticProfile('backup', '222222222222'));
    const config = configFile({ keyExchange: 'ssm', destination: { profile: 'backup' } });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(
      process.execPath,
      ['--require', './bin/typescript.js', 'bin/s3-replication.ts', 'exchange', '-c', config, '--endpoint', endpoint],
      {
        cwd: REPOSITORY,
        env: { ...awsEnvironment(aws.environment), INIT_CWD: directory },
      },
    );
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    const [status] = (await once(child, 'close')) as [number | null];
    server.closeAllConnections();
    server.close();
    aws.remove();

    expect({ status, stderr }).toEqual({ status: code, stderr: 'interrupted\n' });
  },
  60_000,
);

test.each([
  ['plan', 'SIGINT', 130],
  ['deploy', 'SIGTERM', 143],
] as const)(
  '%s ends on %s with %i, and takes the processes with it that it started',
  async (name, signal, code) => {
    // The app never ends.
    writeFileSync(join(directory, 'app.js'), 'process.stderr.write(`${process.pid}\\n`); setInterval(() => {}, 1000);');
    writeFileSync(
      join(directory, 'cdk.json'),
      JSON.stringify({ app: `"${process.execPath}" app.js 2> "${join(directory, 'app')}"`, context: { replication: {} } }),
    );
    const child = spawn(process.execPath, ['--require', './bin/typescript.js', 'bin/s3-replication.ts', name], {
      cwd: REPOSITORY,
      env: { ...awsEnvironment({}), INIT_CWD: directory },
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    const closed = once(child, 'close');
    const app = join(directory, 'app');
    const pid = () => (existsSync(app) ? /^(\d+)\n/.exec(readFileSync(app, 'utf8'))?.[1] : undefined);
    while (child.exitCode === null && pid() === undefined) {
      await sleep(20);
    }
    const start = Date.now();
    child.kill(signal);
    const [status] = (await closed) as [number | null];

    expect({ status, stderr }).toEqual({ status: code, stderr: 'interrupted\n' });
    expect(Date.now() - start).toBeLessThan(5000);
    expect(isRunning(pid() ?? '')).toBe(false);
  },
  60_000,
);

/** Whether a process runs: nobody may have taken notice yet of one that has ended. */
function isRunning(pid: string): boolean {
  return /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }).stdout);
}
