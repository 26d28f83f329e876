import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../lib/errors/errors';
import { emulatorClients, withoutAmbientAws } from '../../lib/local/emulator';
import { findPython } from '../../lib/local/virtual-env';
import { createWorkspace } from '../../lib/local/workspace';
import { deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import { validConfig } from '../helpers/config';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workspace-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));
/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('the folder of a run', () => {
  test('holds the configuration with the profiles of the emulator and the way that the emulator can exchange the key', () => {
    const { directory } = createWorkspace(validConfig({ deployment: 'vault', source: { profile: 'production' } }), folder);

    expect(json(directory, 'config.json')).toMatchObject({
      deployment: 'vault',
      keyExchange: 'ssm',
      source: { account: '111111111111', profile: 'source' },
      destination: { account: '222222222222', profile: 'destination' },
    });
  });

  test('has the app make what the configuration names as owned elsewhere: nobody owns anything on the emulator', () => {
    const keyArn = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    const pairs = [{ id: 'documents', replicaBucket: { name: 'acme-backup' } }];
    const workspace = createWorkspace(validConfig({ destination: { keyArn }, pairs }), folder);
    const config = deploymentOf(parseConfig({ origin: 'the run', value: json(workspace.directory, 'config.json') }));

    expect(config).toEqual(workspace.config);
    expect(config.keyExchange).toBe('ssm');
    expect(config.pairs[0]?.names.replicaBucket.name).toBe('backups-documents-222222222222-us-west-2-an');
  });

  test('holds a configuration that the app accepts, and nothing that only follows from it', () => {
    const workspace = createWorkspace(validConfig(), folder);
    const config = deploymentOf(parseConfig({ origin: 'the run', value: json(workspace.directory, 'config.json') }));

    expect(config).toEqual(workspace.config);
  });

  test('holds a cdk.json with the real feature flags and plug-in, whose app runs from there', () => {
    const { directory } = createWorkspace(validConfig(), folder);
    const { replication: _, ...flags } = json('cdk.json').context;
    const own = json(directory, 'cdk.json');

    expect(own.context).toEqual({ ...flags, config: 'config.json' });
    expect(own.plugin.map((path: string) => existsSync(path))).toEqual([true]);
    for (const [, path] of own.app.matchAll(/"([^"]+\/[^"]+)"/g)) {
      expect(existsSync(path)).toBe(true);
    }
  });

  test('holds profiles whose key ids are the accounts', () => {
    const workspace = createWorkspace(validConfig(), folder);
    const { AWS_SHARED_CREDENTIALS_FILE: credentials = '', AWS_CONFIG_FILE: config = '' } =
      workspace.environment('http://127.0.0.1:1');

    expect(readFileSync(credentials, 'utf8')).toMatch(/\[destination\]\naws_access_key_id = 222222222222\n/);
    expect(readFileSync(config, 'utf8')).toMatch(/\[profile source\]\nregion = ap-southeast-2\n/);
  });

  test('is removed on request', () => {
    const workspace = createWorkspace(validConfig(), folder);
    workspace.remove();

    expect(existsSync(workspace.directory)).toBe(false);
  });

  test('of a run that is over is removed by the next run, also one that installed half an environment', () => {
    const leftovers = [`run-1.${deadPid()}`, `venv-abc.${deadPid()}`].map((name) => join(folder, name));
    leftovers.forEach((path) => mkdirSync(path));
    createWorkspace(validConfig(), folder);

    expect(leftovers.filter((path) => existsSync(path))).toEqual([]);
  });

  test('of a run that goes on, of a kept emulator that runs, and a whole environment stay', () => {
    const kept = join(folder, `run-2.${deadPid()}`);
    mkdirSync(kept);
    writeFileSync(join(kept, 'kept-for.pid'), String(process.pid));
    const others = [`run-1.${process.pid}`, 'venv-abc'].map((name) => join(folder, name));
    others.forEach((path) => mkdirSync(path));
    createWorkspace(validConfig(), folder);

    expect([kept, ...others].filter((path) => !existsSync(path))).toEqual([]);
  });

  test('of a kept emulator is removed once that has ended', () => {
    const dead = deadPid();
    const workspace = createWorkspace(validConfig(), folder);
    workspace.keepFor(dead);
    const kept = join(folder, `run-2.${dead}`);
    mkdirSync(kept);
    writeFileSync(join(kept, 'kept-for.pid'), readFileSync(workspace.keptFile));
    createWorkspace(validConfig(), folder);

    expect(existsSync(kept)).toBe(false);
  });
});

describe('nothing of the demo reaches AWS', () => {
  test('no variable is inherited that points anywhere', () => {
    const inherited = {
      AWS_PROFILE: 'production',
      AWS_ENDPOINT_URL_S3: 'https://example.com',
      aws_ca_bundle: 'x',
      CDK_DEFAULT_ACCOUNT: '111111111111',
      https_proxy: 'http://127.0.0.1:9',
      NO_PROXY: '*',
      PYTHONPATH: '/x',
      PATH: '/bin',
    };

    expect(withoutAmbientAws(inherited)).toEqual({ PATH: '/bin' });
  });

  test('commands get the emulator as their only endpoint, and no instance metadata', () => {
    const workspace = createWorkspace(validConfig(), folder);
    const environment = workspace.environment('http://127.0.0.1:1234');

    expect(
      Object.keys(environment)
        .filter((name) => name.startsWith('AWS_'))
        .toSorted(),
    ).toEqual([
      'AWS_CONFIG_FILE',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL',
      'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED',
      'AWS_SHARED_CREDENTIALS_FILE',
    ]);
    expect(environment).toMatchObject({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1234', HOME: workspace.directory });
  });

  test.each([
    'https://s3.us-west-2.amazonaws.com',
    'http://127.0.0.1.example.com:80',
    'http://0.0.0.0:4566',
    'http://127.0.0.1:1/x',
  ])('clients refuse %s', (endpoint) => {
    expect(() => emulatorClients(endpoint, validConfig().source)).toThrow(AppError);
  });

  test('clients take an address of the loopback interface', async () => {
    const { s3 } = emulatorClients('http://127.0.0.1:4566', validConfig().destination);

    expect(await s3.config.region()).toBe('us-west-2');
    expect(await s3.config.credentials()).toMatchObject({ accessKeyId: '222222222222' });
  });
});

describe('Python', () => {
  test('is the first command that works', () => {
    expect(findPython((command) => command.startsWith('python3.1'))).toBe('python3.14');
  });

  test('when none works is asked for on Debian, Fedora and macOS', () => {
    const missing = () => findPython(() => false);

    expect(missing).toThrow('the demo needs Python 3.10 or newer with its venv module, and none was found');
    expect(missing).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/Debian[^]*apt-get[^]*Fedora[^]*dnf[^]*macOS[^]*brew/) }),
    );
  });
});
