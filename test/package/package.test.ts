import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devDependencies, peerDependencies, version } from '../../package.json';
import { type Finished, finish, PROJECT } from '../helpers/process';

/** The oldest versions that the package says it works with; a clone has the newest. */
const OLDEST = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range.replace('^', '')}`);

const CONFIG = {
  deployment: 'mine',
  source: { account: '111111111111', region: 'ap-southeast-2' },
  destination: { account: '222222222222', region: 'us-west-2' },
  pairs: [{ id: 'documents' }],
};

/** An app of somebody else, with the exported constructs in it. */
const APP = `
import { App, Tags } from 'aws-cdk-lib';
import { addReplicationStacks, ConfigError, type Deployment, DestinationStack, loadConfig, type ReplicationConfig, SourceStack } from 's3-replication';

const app = new App({ outdir: 'assembly' });
const config: Deployment & ReplicationConfig = loadConfig('config.json');
const [{ source, destination }] = addReplicationStacks(app, config);
const stacks: [SourceStack, DestinationStack] = [source, destination];
for (const stack of stacks) {
  Tags.of(stack).add('team', 'storage');
}
try {
  loadConfig('nothing.json');
} catch (error) {
  console.log(error instanceof ConfigError, (error as Error).message);
}
app.synth();
`;

const TSCONFIG = {
  compilerOptions: { target: 'ES2022', module: 'NodeNext', moduleResolution: 'NodeNext', strict: true, types: ['node'] },
  files: ['app.ts'],
};

let packed: string;
let folder: string;

beforeAll(async () => {
  // Packing builds into the folder of the package, where other tests read.
  packed = mkdtempSync(join(tmpdir(), 's3-replication-packed-'));
  const copied = [
    'bin',
    'lib',
    'docs',
    'cdk.json',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'CHANGELOG.md',
    'README.md',
    'LICENSE',
  ];
  for (const name of copied) {
    cpSync(join(PROJECT, name), join(packed, name), { recursive: true });
  }
  symlinkSync(join(PROJECT, 'node_modules'), join(packed, 'node_modules'));
  await succeeds('npm', ['pack', '--silent'], packed);

  folder = mkdtempSync(join(tmpdir(), 's3-replication-installed-'));
  for (const [name, content] of Object.entries({ 'package.json': {}, 'config.json': CONFIG, 'tsconfig.json': TSCONFIG })) {
    writeFileSync(join(folder, name), JSON.stringify(content));
  }
  writeFileSync(join(folder, 'app.ts'), APP);
  const tools = (['typescript', '@types/node'] as const).map((name) => `${name}@${devDependencies[name]}`);
  const tarball = join(packed, `s3-replication-${version}.tgz`);
  await succeeds('npm', ['install', '--no-audit', '--no-fund', tarball, ...OLDEST, ...tools], folder);
});
afterAll(() => {
  for (const each of [packed, folder]) {
    rmSync(each, { recursive: true, force: true });
  }
});

/** Where no module of the project can be found by chance. */
function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return finish(spawn(command, args, { cwd, env: { ...process.env, INIT_CWD: cwd, ...env } }));
}

async function succeeds(...command: Parameters<typeof run>): Promise<void> {
  const { code, stderr } = await run(...command);
  if (code !== 0) {
    throw new Error(`${command[0]} ${command[1].join(' ')} ended with ${code}: ${stderr}`);
  }
}

/** Of a template, without what another version of the CDK makes itself: its metadata, and the layout of dashboards. */
function resourcesOf(assembly: string, template: string): Record<string, unknown> {
  const { Resources } = JSON.parse(readFileSync(join(assembly, template), 'utf8'));
  return Object.fromEntries(
    Object.entries<{ Type: string }>(Resources).filter(
      ([, { Type }]) => !['AWS::CDK::Metadata', 'AWS::CloudWatch::Dashboard'].includes(Type),
    ),
  );
}

const program = (...args: string[]) => run('npx', ['--no', '--', 's3-replication', ...args], folder);

test('holds what runs, and neither tests nor TypeScript', () => {
  const files = readdirSync(join(folder, 'node_modules/s3-replication'), { recursive: true, encoding: 'utf8' });

  expect(files).toEqual(expect.arrayContaining(['README.md', 'cdk.json', 'dist/bin/replication.js', 'dist/lib/local/serve.py']));
  expect(files.filter((name) => /(^|\/)(test|bench)\/|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  expect(readdirSync(join(folder, 'node_modules'))).not.toContain('jest');
});

test('says its version', async () => {
  expect(await program('--version')).toEqual({ code: 0, stdout: `s3-replication ${version}\n`, stderr: '' });
});

test('an app of somebody else type-checks and synthesizes with the exported constructs', async () => {
  expect(await run('npx', ['--no', '--', 'tsc'], folder)).toEqual({ code: 0, stdout: '', stderr: '' });

  const { code, stdout } = await run(process.execPath, ['app.js'], folder);

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^true .*nothing\.json/) });
  expect(Object.values(resourcesOf(join(folder, 'assembly'), 'Source.template.json'))).toContainEqual(
    expect.objectContaining({
      Type: 'AWS::S3::Bucket',
      Properties: expect.objectContaining({ Tags: expect.arrayContaining([{ Key: 'team', Value: 'storage' }]) }),
    }),
  );
});

test('gives the CDK CLI the same stacks as a clone does, where there is no cdk.json', async () => {
  const output = join(folder, 'planned');
  const cli = join(folder, 'node_modules/s3-replication/dist/lib/cli/process/synthesis.js');
  const script = `
    require(${JSON.stringify(cli)}).withSynthesis('.', new AbortController().signal, async (synthesize) =>
      require('node:fs').cpSync(await synthesize(['-c', 'config=config.json']), ${JSON.stringify(output)}, { recursive: true }))`;
  expect(await run(process.execPath, ['-e', script], folder)).toMatchObject({ code: 0 });
  const clone = mkdtempSync(join(packed, 'clone-'));
  const config = join(folder, 'config.json');
  const cdk = ['cdk', 'synth', '--quiet', '--no-notices', '--output', clone, '-c', `config=${config}`];
  expect(await run('npx', ['--no', '--', ...cdk], PROJECT)).toMatchObject({ code: 0 });

  const names = readdirSync(clone).filter((name) => name.endsWith('.template.json'));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    expect([name, resourcesOf(output, name)]).toEqual([name, resourcesOf(clone, name)]);
  }
});

test('a wrong configuration is one error', async () => {
  writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ ...CONFIG, pairs: [{ id: 'A' }] }));

  const { code, stderr } = await program('plan', '--config', 'wrong.json');

  expect(code).toBe(2);
  expect(stderr).toContain('pairs[0].id');
  expect(stderr).not.toContain('    at ');
});

test('runs the demo', async () => {
  const { code, stdout, stderr } = await program('demo', '--json');

  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ status: 'ok' });
});
