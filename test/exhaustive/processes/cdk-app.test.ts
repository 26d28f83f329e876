import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 's3-replication-app-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the app the way cdk.json does, and like the CDK CLI tells it its context and where to write. */
function runApp(
  config: unknown,
  {
    env = {},
    preload = [],
    context = {},
  }: { env?: Record<string, string>; preload?: string[]; context?: Record<string, unknown> } = {},
) {
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const requires = ['./bin/typescript.js', ...preload].flatMap((module) => ['--require', module]);
  return spawnSync(process.execPath, [...requires, 'bin/replication.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, config: file }),
      CDK_OUTDIR: join(folder, 'out'),
      CDK_VALIDATION: 'false',
      CDK_DEBUG: '',
      ...env,
    },
  });
}

const written = (stack: string) => join(folder, 'out', `${stack}.template.json`);

describe('with a good configuration', () => {
  test('the app writes the templates of both stacks', () => {
    const { status, stderr } = runApp({ deployment: 'vault', pairs: [{ id: 'letters' }] });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(written('Destination'), 'utf8')).toContain('"vault-letters-222222222222-us-west-2-an"');
    expect(readFileSync(written('Source'), 'utf8')).toContain('"vault-letters-111111111111-ap-southeast-2-an"');
  });
});

describe('with a bad configuration', () => {
  const BAD = { deployment: 'Vault', source: { account: 1 }, pairs: [{ id: 'a' }, { id: 'a' }], colour: 'red' };

  test('the app fails with every problem and without a stack trace', () => {
    const { status, stdout, stderr } = runApp(BAD);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^the configuration in .*config\.json has 4 problems:\n/);
    for (const problem of [
      'deployment: found "Vault"',
      'source.account: found 1',
      'pairs[1].id: found "a"',
      'colour: found "red"',
    ]) {
      expect(stderr).toContain(`\n  - ${problem};`);
    }
    expect(stderr).not.toContain('    at ');
    expect(existsSync(written('Source'))).toBe(false);
  });

  test('the app shows the stack trace when CDK_DEBUG is true', () => {
    const { status, stderr } = runApp(BAD, { env: { CDK_DEBUG: 'true' } });
    expect(status).toBe(1);
    expect(stderr).toContain('colour: found "red"');
    expect(sourceLines(stderr)['lib/model/loading/load.ts']).toContain('new ConfigError(origin, problems);');
  });
});

describe('context compliance', () => {
  /** Whether a module of the package was loaded, told on standard output when the app ends. */
  function ruleTeller(): string {
    const file = join(folder, 'tell.js');
    writeFileSync(
      file,
      `process.on('exit', () => console.log(Object.keys(require.cache).some((path) => path.includes('cdk-nag'))));`,
    );
    return file;
  }

  test.each([
    ['true', { compliance: 'true' }, true],
    ['left out', {}, false],
  ])('%s: the rule packs are loaded and run only when asked for', (_, context, expected) => {
    const { status, stdout } = runApp({}, { context, preload: [ruleTeller()] });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${expected}\n` });
    expect(existsSync(join(folder, 'out', 'validation-report.json'))).toBe(expected);
  });

  test('anything else is refused, lest somebody believes that it was checked', () => {
    const { status, stderr } = runApp({}, { context: { compliance: 'yes' } });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'the configuration in CDK context has 1 problem:\n  - compliance: found "yes"; write true, or leave it out\n',
    });
  });
});

describe('with a fault of the project or the CDK', () => {
  test('the app shows a stack trace whose frames are lines of the TypeScript', () => {
    const fault = join(folder, 'fault.js');
    writeFileSync(
      fault,
      `const s3 = require(${JSON.stringify(require.resolve('aws-cdk-lib/aws-s3'))});
       const { Bucket } = s3;
       class FaultyBucket extends Bucket {
         constructor(scope, id, props) {
           throw new Error('injected at ' + scope.node.path);
         }
       }
       Object.defineProperty(s3, 'Bucket', { value: FaultyBucket });`,
    );
    const { status, stderr } = runApp({ pairs: [{ id: 'letters' }] }, { preload: [fault] });
    expect(status).not.toBe(0);
    expect(stderr).toContain('injected at Destination/Pairs/letters');
    expect(sourceLines(stderr)).toMatchObject({
      'lib/stacks/storage/bucket.ts': ['super(scope, id, {', 'super(scope, id, {'],
      'lib/stacks/destination/replica-bucket.ts': expect.arrayContaining(["new HardenedBucket(this, 'Bucket', {"]),
      'lib/stacks/destination/destination-stack.ts': [
        'new ReplicaBucket(pairs, pair.id, { config, pair, replicaKey: this.replicaKey, exempt });',
      ],
      'lib/stacks/replication.ts': expect.arrayContaining([
        "new DestinationStack(scope, stackId(config, 'destination'), { config });",
      ]),
    });
  });
});

/** What stands in the project's own files where the frames of a stack trace point, from the column on, by file. */
function sourceLines(trace: string): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const [, file = '', line, column] of trace.matchAll(/^ {4}at .*?((?:bin|lib)\/[\w/-]+\.ts):(\d+):(\d+)\)?$/gm)) {
    const text = readFileSync(join(ROOT, file), 'utf8').split('\n')[Number(line) - 1] ?? '';
    lines[file] = [...(lines[file] ?? []), text.slice(Number(column) - 1)];
  }
  return lines;
}
