import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { COMMANDS } from '../../bin/commands';
import type { Clients } from '../../lib/aws/clients';
import { type AnyCommand, type Command, type Context, Outcome } from '../../lib/cli/command';
import { runCli } from '../../lib/cli/run';
import { AbortError, UnreachableError } from '../../lib/errors/errors';
import { version } from '../../package.json';
import { CONFIG_SPELLINGS, REFUSED_SPELLINGS } from '../helpers/config-spellings';
import { testClients } from '../helpers/ops';

const KEY_ARN = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
/** What the JSON of `exchange` begins with. */
const HEAD = {
  schemaVersion: 1,
  command: 'exchange',
  deployment: 'backups',
  at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
};
const STACK_LINE = /^\s+at /m;

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const ssm = mockClient(SSMClient);
let directory: string;

/** What a person sees of a run. */
interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Endpoints that were set and clients that were made, in order. */
  readonly events: readonly string[];
}

/** What else stands around a run than usual. */
interface Surroundings {
  readonly ssm?: Clients['ssm'];
  readonly confirm?: () => Promise<void>;
  readonly commands?: readonly AnyCommand[];
  /** Where the person is. */
  readonly folder?: string;
}

async function run(argv: readonly string[], options: Surroundings = {}): Promise<Run> {
  const [stdout, stderr, events]: [string[], string[], string[]] = [[], [], []];
  const exitCode = await runCli({
    commands: options.commands ?? COMMANDS,
    signal: new AbortController().signal,
    argv,
    directory: options.folder ?? directory,
    terminal: {
      tell: (line) => stderr.push(line),
      columns: Number.POSITIVE_INFINITY,
      clear: '',
      progress: () => {},
      confirm: options.confirm ?? (async () => {}),
    },
    clock: { now: () => new Date(), sleep: async () => {} },
    clients: (config) => {
      events.push('clients');
      const clients = testClients(config);
      return { ...clients, ssm: options.ssm ?? clients.ssm };
    },
    print: (text) => stdout.push(text),
    useEndpoint: (endpoint) => events.push(endpoint),
  });
  return { exitCode, stdout: stdout.join('\n'), stderr: stderr.join('\n'), events };
}

function writeJson(name: string, content: unknown): void {
  writeFileSync(join(directory, name), JSON.stringify(content));
}

function useConfig(replication: object): void {
  writeJson('cdk.json', { context: { replication } });
}

async function noCredentials(): Promise<never> {
  throw new UnreachableError('NoCredentials', 'the credentials could not be used', 'renew them');
}

async function declined(): Promise<never> {
  throw new AbortError('Declined', 'Nothing was changed.');
}

async function broken(): Promise<never> {
  throw new TypeError('a fault');
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-cli-'));
  ssm.reset();
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: KEY_ARN } });
  useConfig({ keyExchange: 'ssm' });
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('help', () => {
  test.each([[['--help']], [['-h']], [['help']]])('%j lists every command and every option on standard output', async (argv) => {
    const { exitCode, stdout, stderr } = await run(argv);

    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(COMMANDS.length).toBeGreaterThan(0);
    for (const { name, summary } of COMMANDS) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +${summary.replaceAll(/[()]/g, '\\$&').replaceAll(' ', '\\s+')}$`, 'm'));
    }
    for (const option of [
      '--config',
      '--source-profile',
      '--json',
      '--quiet',
      '--no-color',
      '--debug',
      '--version',
      '--help',
      'Exit codes',
    ]) {
      expect(stdout).toContain(option);
    }
    expect(stdout).not.toMatch(/^ *-y, --yes/m);
  });

  test.each(COMMANDS.map(({ name }) => name))('of %s shows examples of it and runs nothing', async (name) => {
    const { exitCode, stdout, events } = await run([name, '--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: npx --no -- s3-replication ${name}[ \\n]`));
    expect(stdout).toMatch(new RegExp(`Examples:\\n.*npx --no -- s3-replication ${name}`));
    for (const option of ['--config FILE', '--json', '--quiet', '--no-color', '--debug', '--version', '--help']) {
      expect(stdout).toContain(option);
    }
    expect(events).toEqual([]);
  });

  test('of a command with actions explains them', async () => {
    const { stdout } = await run(['backfill', 'watch', '--help']);

    expect(stdout).toContain('Usage: npx --no -- s3-replication backfill [ACTION] [options]');
    expect(stdout).toMatch(/Actions:\n {2}watch JOB +continue with a job/);
  });

  test('of a command needs no valid configuration', async () => {
    useConfig({ surprise: true });

    await expect(run(['exchange', '-h'])).resolves.toMatchObject({ exitCode: 0 });
  });

  test('is what a command line without a command gets, as a usage error', async () => {
    const { exitCode, stdout } = await run([]);

    expect(exitCode).toBe(2);
    expect(stdout).toContain('Usage: npx --no -- s3-replication COMMAND [options]');
    expect(stdout).toContain('exchange');
  });
});

describe('wrong usage exits with 2 and calls nothing', () => {
  test.each([
    ['an unknown command', ['exchagne'], 'there is no command "exchagne"', 'did you mean exchange? commands: '],
    [
      'an option before a command that is unknown',
      ['--config', 'a.json', 'doktor'],
      'no command "doktor"',
      'did you mean doctor?',
    ],
    ['an unknown command with --help', ['exchagne', '--help'], 'there is no command "exchagne"', 'exchange'],
    ['an unknown option', ['exchange', '--force'], '--force', '"--help" lists the options'],
    ['an option without its value', ['exchange', '--config'], '--config', '"--help" lists the options'],
    ['a value for an option that takes none', ['exchange', '--yes=no'], '--yes', '"--help" lists the options'],
    [
      'an argument',
      ['exchange', 'documents', 'more'],
      '"exchange" accepts no argument "documents more"',
      '"exchange --help" has examples',
    ],
    [
      'an unknown action',
      ['backfill', 'wach'],
      '"backfill" has no action "wach"',
      'did you mean watch? actions: watch, list, cancel',
    ],
    ['no action where one is needed', ['config'], '"config" needs an action', 'actions: check, show, schema'],
    ['a misspelled action of such a command', ['config', 'chek'], 'has no action "chek"', 'did you mean check?'],
    ['a pair for what is about the whole', ['config', 'check', '--pair', 'a'], 'it is about all pairs', 'leave it out'],
    ['an endpoint where AWS is not asked', ['config', 'check', '--endpoint', 'http://a'], 'unknown option --endpoint', '--help'],
    ['an action that every object has', ['backfill', 'toString'], 'has no action "toString"', 'actions: '],
    ['an action without what it works on', ['backfill', 'watch'], '"backfill watch" needs JOB', '"backfill --help"'],
    ['an action with too much', ['backfill', 'list', 'all'], '"backfill list" accepts no argument "all"', '"backfill --help"'],
    ['a status for what has failed', ['retry', '--status', 'NONE'], '--status', '"--help" lists the options'],
    ['a pair that is mistyped', ['exchange', '--pair', 'document'], 'has no pair document', 'did you mean documents? its pairs'],
    ['an answer where nothing is asked', ['status', '--yes'], '"status" accepts no --yes: it asks nothing', 'leave it out'],
    ['an answer for the program', ['--yes'], 'unknown option --yes', '"--help" lists the options'],
    ['a pair where all count', ['scp', '--pair', 'documents'], '"scp" accepts no --pair: it is about all pairs', 'leave it out'],
    ['an empty profile', ['doctor', '-c', 'source-profile='], 'the profile of source-profile is empty', '--source-profile NAME'],
    [
      'two profiles for one account',
      ['doctor', '--source-profile', 'a', '-c', 'source-profile=b'],
      '--source-profile has two values, b and a',
      'write one of them',
    ],
    ['a pair that is not configured', ['exchange', '--pair', 'photos'], 'has no pair photos', 'its pairs: documents'],
    ['an endpoint without a scheme', ['exchange', '--endpoint', 'localhost:4566'], 'localhost:4566 is no URL', 'http://'],
    ['an endpoint of another scheme', ['exchange', '--endpoint', 'ftp://127.0.0.1'], 'ftp://127.0.0.1 is no URL', 'http://'],
    ['an endpoint that is no URL', ['exchange', '--endpoint', 'nowhere'], 'nowhere is no URL', 'http://'],
    ['an empty endpoint', ['exchange', '--endpoint', ''], '--endpoint needs a value', '"--help" lists the options'],
  ])('%s', async (_, argv, message, hint) => {
    const { exitCode, stdout, stderr, events } = await run(argv);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(STACK_LINE);
    expect(stdout).toBe('');
    expect(events).toEqual([]);
  });
});

describe('a program', () => {
  const program = jest.fn(async () => 0 as const);
  const commands = [...COMMANDS, { name: 'sing', summary: 'sing', run: program }];

  test.each([
    [
      ['sing', '--loud', '-c', 'a=b'],
      ['--loud', '-c', 'a=b'],
    ],
    [
      ['--config', 'sing', 'sing', 'song'],
      ['--config', 'sing', 'song'],
    ],
    [['help', 'sing'], ['--help']],
  ])('gets the rest of the command line: %j', async (argv, rest) => {
    await expect(run(argv, { commands })).resolves.toMatchObject({ exitCode: 0 });
    expect(program).toHaveBeenLastCalledWith(expect.objectContaining({ argv: rest, directory }));
  });
});

describe('a command that needs no configuration', () => {
  test('runs whatever the configuration is, with what the command line names, and makes no clients by itself', async () => {
    useConfig({ surprise: true });
    const probe = jest.fn(async () => new Outcome({ status: 'ok', seen: ['it'] }, { a: 1 }, 'done'));
    const options = { one: { type: 'string', help: '' }, many: { type: 'string', multiple: true, help: '' } } as const;
    const commands = [
      { name: 'probe', summary: '', help: '', wholeConfiguration: true, options, loadForProject: () => probe } as const,
    ];

    const { exitCode, stdout, events } = await run(['probe', '--many', 'a', '--many', 'b', '--config', 'x.json', '--json'], {
      commands,
    });

    expect({ exitCode, events }).toEqual({ exitCode: 0, events: [] });
    expect(JSON.parse(stdout)).toEqual({ ...HEAD, command: 'probe', deployment: null, status: 'ok', a: 1 });
    expect(probe).toHaveBeenCalledWith(
      expect.objectContaining({
        directory,
        calledIn: directory,
        named: { file: 'x.json', context: [] },
        cdkContext: ['-c', 'config=x.json'],
      }),
      { argument: undefined, values: { one: undefined }, lists: { many: ['a', 'b'] } },
    );
  });
});

test.each([[['--version']], [['doctor', '--version']], [['deploy', '--version']]])('%j prints the version', async (argv) => {
  await expect(run(argv)).resolves.toMatchObject({ exitCode: 0, stdout: `s3-replication ${version}`, events: [] });
});

describe('profiles of a run', () => {
  const profilesOf = async (...argv: string[]) => {
    const probe = jest.fn(async () => new Outcome({ status: 'ok', seen: ['it'] }, {}, ''));
    const commands = [{ name: 'probe', summary: '', help: '', load: () => probe }];
    await run(['probe', ...argv], { commands });
    const [[{ config, cdkContext }]] = probe.mock.calls as unknown as [[Context]];
    return { source: config.source.profile, destination: config.destination.profile, cdkContext };
  };

  test('take the place of the configured ones, and reach the CDK CLI', async () => {
    useConfig({ source: { profile: 'old' }, destination: { profile: 'backup' } });

    expect(await profilesOf('--source-profile', 'new')).toEqual({
      source: 'new',
      destination: 'backup',
      cdkContext: ['-c', 'source-profile=new'],
    });
    expect(await profilesOf('-c', 'destination-profile=other')).toEqual({
      source: 'old',
      destination: 'other',
      cdkContext: ['-c', 'destination-profile=other'],
    });
  });

  test('are named by the commands that are recommended', async () => {
    const { stdout } = await run(['explain', 'DstBucketUnversioned', '--destination-profile', 'backup']);

    expect(stdout).toContain('npx --no -- s3-replication doctor --pair documents -c destination-profile=backup');
    expect(stdout).toContain('npx cdk deploy Source --exclusively -c destination-profile=backup');
  });
});

test('a quiet command shows what it tells only where it asks', async () => {
  const confirm = jest.fn(async () => {});

  await expect(run(['exchange', '--quiet', '--yes'])).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  rmSync(join(directory, 'cdk.context.json'));
  const { stderr, stdout } = await run(['exchange', '--quiet'], { confirm });

  expect(confirm).toHaveBeenCalledTimes(1);
  expect(stderr).toContain('Record in cdk.context.json');
  expect(stdout).toContain(KEY_ARN);
});

test('a command that does one thing without an action takes one', async () => {
  const { exitCode, stderr } = await run(['backfill', '--pair', 'documents']);

  expect(exitCode).toBe(2);
  expect(stderr).toContain('"backfill": true');
});

describe('the configuration', () => {
  test('is context.replication of cdk.json', async () => {
    useConfig({ keyExchange: 'ssm', deployment: 'archive' });

    const { stdout } = await run(['exchange', '--json']);

    expect(JSON.parse(stdout)).toMatchObject({ parameter: '/archive/destination/key-arn' });
  });

  test.each(CONFIG_SPELLINGS)('is the file that is named: %s %s', async (...spelling) => {
    writeJson('other.json', { keyExchange: 'ssm', deployment: 'other' });

    const { stdout } = await run(['exchange', ...spelling.filter(Boolean), '--json']);

    expect(JSON.parse(stdout)).toMatchObject({ parameter: '/other/destination/key-arn' });
  });

  test.each(REFUSED_SPELLINGS)('is not another one with %j', async (argv, message) => {
    const { exitCode, stderr, events } = await run(['exchange', ...argv]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(events).toEqual([]);
  });

  test('comes with other context of the command line', async () => {
    const { stdout } = await run(['bootstrap', '-c', '@aws-cdk/core:bootstrapQualifier=mine', '--json']);

    expect(stdout).toContain('--qualifier mine');
  });

  test('is named by the commands that are recommended', async () => {
    writeJson('of one.json', {});

    const { stdout } = await run(['explain', 'DstBucketUnversioned', '--config', 'of one.json']);

    expect(stdout).toContain("npx --no -- s3-replication doctor --pair documents -c 'config=of one.json'");
    expect(stdout).toContain("npx cdk deploy Source --exclusively -c 'config=of one.json'");
  });

  test('is that of the nearest cdk.json above, beside which the result is recorded', async () => {
    useConfig({ keyExchange: 'ssm', deployment: 'archive' });
    const folder = join(directory, 'environments', 'production');
    mkdirSync(folder, { recursive: true });

    const { stdout } = await run(['exchange', '--json'], { folder });

    expect(JSON.parse(stdout)).toMatchObject({ parameter: '/archive/destination/key-arn' });
    expect(readdirSync(directory).filter((name) => name.startsWith('cdk.'))).toEqual(['cdk.context.json', 'cdk.json']);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is the named file, found from where the person is although cdk.json is above', async () => {
    const folder = join(directory, 'environments');
    mkdirSync(folder);
    writeJson('environments/production.json', { keyExchange: 'ssm', deployment: 'production' });

    const { stdout } = await run(['exchange', '--config', 'production.json', '--json'], { folder });

    expect(JSON.parse(stdout)).toMatchObject({ parameter: '/production/destination/key-arn' });
    expect(readdirSync(folder)).toEqual(['production.json']);
  });

  test('needs no cdk.json when a file is named', async () => {
    rmSync(join(directory, 'cdk.json'));
    writeJson('other.json', { keyExchange: 'ssm', deployment: 'other' });

    const { exitCode } = await run(['exchange', '-c', 'other.json']);

    expect(exitCode).toBe(0);
    expect(readdirSync(directory)).toEqual(['cdk.context.json', 'other.json']);
  });

  test('fails with 2 and every problem at once, without a stack, when it is wrong', async () => {
    useConfig({ deployment: 'UPPER', keyRotationDays: 1, surprise: true });

    const { exitCode, stdout, stderr, events } = await run(['exchange']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('has 3 problems');
    expect(stderr).toContain('deployment: found "UPPER"');
    expect(stderr).toContain('keyRotationDays: found 1');
    expect(stderr).toContain('surprise: found true');
    expect(stderr).not.toMatch(STACK_LINE);
    expect(stdout).toBe('');
    expect(events).toEqual([]);
  });

  test('fails with 2 when its file is missing', async () => {
    const { exitCode, stderr } = await run(['exchange', '--config', 'absent.json']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('absent.json');
    expect(stderr).toContain('there is no such file');
  });

  test('fails with 2 when cdk.json is no JSON', async () => {
    writeFileSync(join(directory, 'cdk.json'), '{ "context": ');

    const { exitCode, stderr } = await run(['exchange']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('cdk.json');
  });
});

describe('the endpoint', () => {
  test('is set before clients are made', async () => {
    const { exitCode, events } = await run(['exchange', '--endpoint', 'http://127.0.0.1:4566']);

    expect(exitCode).toBe(0);
    expect(events).toEqual(['http://127.0.0.1:4566', 'clients']);
  });

  test('is left alone when none is given', async () => {
    await expect(run(['exchange'])).resolves.toMatchObject({ events: ['clients'] });
  });
});

describe('a command that ends well', () => {
  test('exits with 0 and says on standard output what to do next', async () => {
    const { exitCode, stdout } = await run(['exchange']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(KEY_ARN);
    expect(stdout).toContain('commit it');
  });

  test('prints its data alone on standard output with --json', async () => {
    const { exitCode, stdout, stderr } = await run(['exchange', '--json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ replicaKeyArn: KEY_ARN, changed: true });
    expect(stderr).toContain('Record in cdk.context.json');
  });

  test.each([
    [[], 1],
    [['--yes'], 0],
    [['-y'], 0],
  ])('asks before a change %j', async (options, questions) => {
    const confirm = jest.fn(async () => {});

    await run(['exchange', ...options], { confirm });

    expect(confirm).toHaveBeenCalledTimes(questions);
  });
});

describe('a command that fails', () => {
  test('exits with 3 and says what to do when credentials cannot be used', async () => {
    const { exitCode, stdout, stderr } = await run(['exchange'], { ssm: noCredentials });

    expect(exitCode).toBe(3);
    expect(stderr).toBe('the credentials could not be used\nrenew them');
    expect(stdout).toBe('');
  });

  test('exits with 1 when it finds something wrong', async () => {
    ssm.on(GetParameterCommand).rejects(new ParameterNotFound({ message: 'none', $metadata: {} }));

    const { exitCode, stderr } = await run(['exchange']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('/backups/destination/key-arn');
    expect(stderr).not.toMatch(STACK_LINE);
  });

  test('exits with 1 when the person declines', async () => {
    const { exitCode, stdout, stderr } = await run(['exchange'], { confirm: declined });

    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'Record in cdk.context.json:\n  s3-replication:replica-key-arn:backups:222222222222:us-west-2\n  ' +
        KEY_ARN +
        '\nNothing was changed.',
    );
    expect(stderr).not.toMatch(STACK_LINE);
    expect(stdout).toBe('');
  });

  test('shows its stack with --debug and exits with the same code', async () => {
    const { exitCode, stderr } = await run(['exchange', '--debug'], { ssm: noCredentials });

    expect(exitCode).toBe(3);
    expect(stderr).toContain('the credentials could not be used');
    expect(stderr).toMatch(STACK_LINE);
  });

  test('shows the stack of a fault of the program, always', async () => {
    const { exitCode, stderr } = await run(['exchange'], { ssm: broken });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('TypeError: a fault');
    expect(stderr).toMatch(STACK_LINE);
  });

  test('prints its error as JSON with --json', async () => {
    const { exitCode, stdout, stderr } = await run(['exchange', '--json'], { ssm: noCredentials });

    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toEqual({
      ...HEAD,
      status: 'unknown',
      error: { code: 'NoCredentials', message: 'the credentials could not be used', hint: 'renew them' },
    });
    expect(stderr).toContain('the credentials could not be used');
  });

  test('prints a null where there is no hint', async () => {
    const { stdout } = await run(['exchange', '--json'], { confirm: declined });

    expect(JSON.parse(stdout)).toEqual({
      ...HEAD,
      status: 'skipped',
      error: { code: 'Declined', message: 'Nothing was changed.', hint: null },
    });
  });

  test('prints a fault as JSON with --json', async () => {
    const { stdout } = await run(['exchange', '--json'], { ssm: broken });

    expect(JSON.parse(stdout)).toEqual({
      ...HEAD,
      status: 'failed',
      error: { code: 'Fault', message: 'TypeError: a fault', hint: null },
    });
  });

  test('prints wrong usage as JSON with --json', async () => {
    const { exitCode, stdout } = await run(['exchange', '--force', '--json']);

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'skipped', error: { code: 'BadArguments' } });
  });

  test('prints each problem of the configuration as JSON with --json', async () => {
    useConfig({ surprise: true, keyRotationDays: 1 });

    const { exitCode, stdout } = await run(['exchange', '--json']);

    expect(exitCode).toBe(2);
    const remedy: unknown = expect.stringMatching(/./);
    expect(JSON.parse(stdout)).toEqual({
      ...HEAD,
      deployment: null,
      status: 'skipped',
      error: {
        code: 'InvalidConfig',
        message: expect.stringContaining('2 problems'),
        hint: null,
        problems: expect.arrayContaining([
          { path: 'surprise', found: true, remedy },
          { path: 'keyRotationDays', found: 1, remedy },
        ]),
      },
    });
  });
});

test('what repeats itself prints one line of JSON for each round', async () => {
  const outcome = (round: number) => new Outcome({ status: 'ok', seen: ['it'] }, { round }, '');
  const command: Command = {
    name: 'look',
    summary: 'looks',
    help: 'Looks.',
    options: { watch: { type: 'string', value: 'MINUTES', help: 'again and again' } },
    load: () => async (context) => {
      context.report(outcome(1));
      return outcome(2);
    },
  };
  const { stdout } = await run(['look', '--watch', '5', '--json'], { commands: [command] });

  expect(stdout.split('\n').map((line) => JSON.parse(line) as object)).toEqual(
    [1, 2].map((round) => ({ ...HEAD, command: 'look', status: 'ok', round })),
  );
});

describe('with pairs in several groups', () => {
  const PAIRS = [{ id: 'documents' }, { id: 'photos', group: 'media' }, { id: 'films', group: 'media' }];
  const parameter = (name: string, key: string) =>
    ssm.on(GetParameterCommand, { Name: name }).resolves({ Parameter: { Value: KEY_ARN.replace('1234abcd', key) } });
  const recorded = () => Object.keys(JSON.parse(readFileSync(join(directory, 'cdk.context.json'), 'utf8')) as object).toSorted();

  beforeEach(() => {
    useConfig({ keyExchange: 'ssm', pairs: PAIRS });
    parameter('/backups/destination/key-arn', 'aaaaaaaa');
    parameter('/backups/destination/groups/media/key-arn', 'bbbbbbbb');
  });

  test('a command that looks at stacks and keys runs for each group in turn, with one set of clients', async () => {
    const { exitCode, stdout, events } = await run(['exchange', '--yes']);

    expect(exitCode).toBe(0);
    expect(events).toEqual(['clients']);
    expect(stdout).toMatch(/=== pairs without a group ===\n\n[^=]*aaaaaaaa[^=]*=== group media ===\n\n[^=]*bbbbbbbb/);
    expect(recorded()).toEqual([
      's3-replication:replica-key-arn:backups:222222222222:us-west-2',
      's3-replication:replica-key-arn:backups:222222222222:us-west-2:media',
    ]);
  });

  test('JSON has one result for each group', async () => {
    const { stdout } = await run(['exchange', '--yes', '--json']);

    expect(JSON.parse(stdout)).toEqual({
      ...HEAD,
      status: 'ok',
      groups: [
        expect.objectContaining({ group: null, parameter: '/backups/destination/key-arn', changed: true }),
        expect.objectContaining({ group: 'media', parameter: '/backups/destination/groups/media/key-arn', changed: true }),
      ],
    });
  });

  test('pairs of one group make it the only one, and the result what it is without groups', async () => {
    const { stdout } = await run(['exchange', '--yes', '--json', '--pair', 'films']);

    expect(JSON.parse(stdout)).toMatchObject({ parameter: '/backups/destination/groups/media/key-arn' });
    expect(recorded()).toEqual(['s3-replication:replica-key-arn:backups:222222222222:us-west-2:media']);
  });

  test('a group without an answer does not hide the others, and the worst exit code counts', async () => {
    ssm
      .on(GetParameterCommand, { Name: '/backups/destination/key-arn' })
      .rejects(new ParameterNotFound({ message: 'none', $metadata: {} }));
    const { exitCode, stdout } = await run(['exchange', '--yes', '--json']);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ...HEAD,
      status: 'failed',
      groups: [
        { group: null, status: 'failed', error: expect.objectContaining({ code: 'NotPublished' }) },
        expect.objectContaining({ group: 'media', changed: true }),
      ],
    });
  });

  test('declining ends the command as a whole', async () => {
    const { exitCode, stderr } = await run(['exchange'], { confirm: declined });

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Nothing was changed.');
    expect(stderr).not.toContain('group media');
  });

  test.each(['--watch 5', '--html status.html'])('%s is refused, and says what to do', async (option) => {
    const { exitCode, stderr } = await run(['status', ...option.split(' ')]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('these pairs are in 2: pairs without a group, group media');
    expect(stderr).toContain('--pair');
  });
});
