import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { init, ProfileCredentials } from '../../lib/credential-plugin/plugin';
import { parseConfig } from '../../lib/model/loading/load';
import { replicationStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { rejectionOf } from '../helpers/rejection';
import { AwsHome, awsEnvironment, FakeSts, staticProfile } from '../helpers/sts';

const SOURCE = '111111111111';
const DESTINATION = '222222222222';
const OTHER = '333333333333';

/** Both sides of the configuration with a profile each. */
const PROFILES = { source: { profile: 'mine' }, destination: { profile: 'backup' } };
const RIGHT_PROFILES = `${staticProfile('mine', SOURCE)}${staticProfile('backup', DESTINATION)}`;
const WRONG_SOURCE = `${staticProfile('mine', OTHER)}${staticProfile('backup', DESTINATION)}`;
const WRONG_SOURCE_MESSAGE = `profile "mine" is for account ${OTHER}, and source.account is ${SOURCE}`;

const REPOSITORY = resolve(__dirname, '../..');
const CLI = join(REPOSITORY, 'node_modules/aws-cdk/bin/cdk');
/** Where the CLI looks for plug-ins from. */
const CLI_LIBRARY = join(REPOSITORY, 'node_modules/aws-cdk/lib');

const originalEnvironment = process.env;
const sts = new FakeSts();
const homes: AwsHome[] = [];

/** Gives this process, and those that it starts, AWS configuration files and the fake STS. */
function useAws(config: string): AwsHome {
  const home = new AwsHome(config);
  homes.push(home);
  process.env = awsEnvironment({ ...home.environment, AWS_ENDPOINT_URL: sts.endpoint });
  return home;
}

/** A new folder with a cdk.json of these keys and a configuration file `replication.json`. */
function projectFolder(home: AwsHome, cdkJson: object, config: object): string {
  const directory = join(home.directory, 'project');
  mkdirSync(directory);
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify(cdkJson));
  writeFileSync(join(directory, 'replication.json'), JSON.stringify(config));
  return directory;
}

/** Runs node to its end in a folder. */
async function runNode(args: readonly string[], directory: string) {
  const quiet = { CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true', CDK_HOME: directory };
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((done) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: directory, env: { ...process.env, ...quiet }, timeout: 60_000 },
      (_, stdout, stderr) => done({ exitCode: child.exitCode, stdout, stderr }),
    );
  });
}

/** What was sent to AWS besides the question whose credentials these are. */
function otherRequests() {
  return sts.requests.filter(({ action }) => action !== 'GetCallerIdentity');
}

beforeAll(() => sts.start());
afterAll(() => sts.stop());
beforeEach(() => {
  sts.requests.length = 0;
  sts.fault = undefined;
});
afterEach(() => {
  process.env = originalEnvironment;
  homes.splice(0).forEach((home) => home.remove());
});

describe('accounts that the plug-in answers for', () => {
  test.each([
    ['both, when both have a profile', PROFILES, [true, true]],
    ['the source, when it alone has a profile', { source: { profile: 'mine' } }, [true, false]],
    ['the destination, when it alone has a profile', { destination: { profile: 'backup' } }, [false, true]],
    ['neither, without profiles', {}, [false, false]],
  ])('are %s', async (_, keys, expected) => {
    const plugin = new ProfileCredentials(() => validConfig(keys));

    await expect(Promise.all([SOURCE, DESTINATION].map((id) => plugin.canProvideCredentials(id)))).resolves.toEqual(expected);
  });

  test('are never those that are not configured', async () => {
    useAws(RIGHT_PROFILES);
    const plugin = new ProfileCredentials(() => validConfig(PROFILES));

    await expect(plugin.canProvideCredentials(OTHER)).resolves.toBe(false);
    await expect(plugin.getProvider(OTHER)).rejects.toThrow(OTHER);
  });

  test('are told without asking AWS', async () => {
    useAws(RIGHT_PROFILES);
    const plugin = new ProfileCredentials(() => validConfig(PROFILES));

    await expect(plugin.isAvailable()).resolves.toBe(true);
    await expect(plugin.canProvideCredentials(SOURCE)).resolves.toBe(true);
    expect(sts.requests).toEqual([]);
  });
});

describe('credentials', () => {
  test('of each account come from its own profile', async () => {
    useAws(RIGHT_PROFILES);
    const plugin = new ProfileCredentials(() => validConfig(PROFILES));

    const [source, destination] = [await plugin.getProvider(SOURCE), await plugin.getProvider(DESTINATION)];

    await expect(source()).resolves.toMatchObject({ accessKeyId: SOURCE });
    await expect(destination()).resolves.toMatchObject({ accessKeyId: DESTINATION });
  });

  test('are checked with one question to STS for each profile, however often they are asked for', async () => {
    useAws(RIGHT_PROFILES);
    const plugin = new ProfileCredentials(() => validConfig(PROFILES));

    await Promise.all([plugin.getProvider(DESTINATION), plugin.getProvider(SOURCE)]);
    await plugin.getProvider(SOURCE);

    expect(sts.identityRequests).toHaveLength(2);
    expect(new Set(sts.identityRequests)).toEqual(new Set([SOURCE, DESTINATION]));
  });

  test('are checked for both profiles before the first account gets any', async () => {
    useAws(RIGHT_PROFILES);

    await new ProfileCredentials(() => validConfig(PROFILES)).getProvider(DESTINATION);

    expect(new Set(sts.identityRequests)).toEqual(new Set([SOURCE, DESTINATION]));
  });

  test.each([
    ['the account of the wrong profile', SOURCE],
    ['the other account, whose profile is right', DESTINATION],
  ])('fail for %s', async (_, account) => {
    useAws(WRONG_SOURCE);
    const plugin = new ProfileCredentials(() => validConfig(PROFILES));

    const error = await rejectionOf(plugin.getProvider(account), Error);

    expect(error.message).toContain(WRONG_SOURCE_MESSAGE);
    expect(error.message).toContain('nothing was deployed');
  });

  test('fail again for the second account without asking STS again', async () => {
    useAws(WRONG_SOURCE);
    const plugin = new ProfileCredentials(() => validConfig(PROFILES));
    await rejectionOf(plugin.getProvider(DESTINATION), Error);
    const asked = sts.requests.length;

    const error = await rejectionOf(plugin.getProvider(SOURCE), Error);

    expect(error.message).toContain(WRONG_SOURCE_MESSAGE);
    expect(sts.requests).toHaveLength(asked);
  });

  test('fail with the profile when STS refuses', async () => {
    useAws(staticProfile('mine', SOURCE));
    sts.fault = 'expired';
    const plugin = new ProfileCredentials(() => validConfig({ source: { profile: 'mine' } }));

    const error = await rejectionOf(plugin.getProvider(SOURCE), Error);

    expect(error.message).toContain('the credentials of profile "mine" could not be used');
    expect(error.message).toContain('aws sts get-caller-identity --profile mine');
  });
});

describe('a broken configuration', () => {
  test('fails when credentials are asked for, with every problem', async () => {
    const plugin = new ProfileCredentials(() =>
      parseConfig({ origin: 'broken.json', value: { source: { account: 1 }, surprise: true } }),
    );

    await expect(plugin.canProvideCredentials(SOURCE)).resolves.toBe(true);
    const error = await rejectionOf(plugin.getProvider(SOURCE), Error);

    expect(error.message).toContain('the configuration in broken.json has 2 problems');
    expect(error.message).toContain('source.account');
    expect(error.message).toContain('surprise');
    expect(error.message).not.toMatch(/^\s*at /m);
  });

  test('that is a fault of the program keeps its stack', async () => {
    const fault = new TypeError('a fault');
    const plugin = new ProfileCredentials(() => {
      throw fault;
    });

    await expect(plugin.getProvider(SOURCE)).rejects.toBe(fault);
  });
});

test('loading the plug-in reads no configuration and asks nothing', () => {
  useAws(RIGHT_PROFILES);
  const sources: unknown[] = [];
  const load = jest.fn(() => validConfig(PROFILES));

  init({ registerCredentialProviderSource: (source) => sources.push(source) }, ['deploy', '--all']);

  expect(sources).toEqual([expect.any(ProfileCredentials)]);
  expect(new ProfileCredentials(load).name).not.toBe('');
  expect(load).not.toHaveBeenCalled();
  expect(sts.requests).toEqual([]);
});

test.each([
  [['deploy', '--config', 'other.json'], 'the CDK CLI ignores --config'],
  [['deploy', '-c', 'other.json'], 'the CDK CLI ignores -c other.json'],
  [['deploy', '-c', 'config=a.json', '-c', 'config=b.json'], 'two configurations are named, a.json and b.json'],
])('the plug-in stops a command line whose configuration the CDK CLI would not read: %j', (argv, message) => {
  const register = jest.fn();

  expect(() => init({ registerCredentialProviderSource: register }, argv)).toThrow(message);
  expect(register).not.toHaveBeenCalled();
});

describe('the package, as the CDK CLI finds it', () => {
  interface Question {
    readonly cdkJson: object;
    readonly config: object;
    /** After `deploy`. */
    readonly argv?: readonly string[];
    readonly variables?: Readonly<Record<string, string>>;
  }

  const ABSENT = { context: { config: 'absent.json' } };
  const MINE = { source: { profile: 'mine' } };
  const named = (...argv: string[]): Question => ({ cdkJson: ABSENT, config: MINE, argv });
  const cases: readonly (readonly [title: string, question: Question, provides: readonly boolean[]])[] = [
    [
      'registers one source, which reads the file that the command line names',
      named('--all', '-c', 'config=replication.json'),
      [true, false, false],
    ],
    [
      'reads the file that the command line names behind a short flag',
      named('-vc', 'config=replication.json'),
      [true, false, false],
    ],
    ['reads the file that the command line names attached', named('-cconfig=replication.json'), [true, false, false]],
    [
      'reads the file that the command line names with the long name',
      named('--context=config=replication.json'),
      [true, false, false],
    ],
    [
      'reads the file that the variable CDK_CONTEXT names, as the CDK CLI does',
      { ...named(), variables: { CDK_CONTEXT: 'config=replication.json' } },
      [true, false, false],
    ],
    [
      'reads the context of cdk.json',
      { cdkJson: { context: { replication: { destination: { profile: 'backup' } } } }, config: {} },
      [false, true, false],
    ],
    [
      'reads the file that the context of cdk.json names',
      { cdkJson: { context: { config: 'replication.json' } }, config: PROFILES },
      [true, true, false],
    ],
  ];

  /** Answers every question in one process: loading takes most of the time. */
  const ASK = `
    const found = require.resolve('s3-replication-credential-plugin', { paths: [${JSON.stringify(CLI_LIBRARY)}] });
    const plugin = require(found);
    const questions = JSON.parse(process.argv[1]);
    const answer = async ({ directory, argv = [], variables = {} }) => {
      process.chdir(directory);
      // The CLI's own command stands where a script's path would.
      process.argv = [process.execPath, 'cdk', 'deploy', ...argv];
      Object.assign(process.env, variables);
      const sources = [];
      plugin.init({ registerCredentialProviderSource: (source) => sources.push(source) });
      const provides = await Promise.all(
        ['${SOURCE}', '${DESTINATION}', '${OTHER}'].map((id) => sources[0].canProvideCredentials(id)),
      );
      Object.keys(variables).forEach((name) => delete process.env[name]);
      return { version: plugin.version, sources: sources.length, provides };
    };
    (async () => {
      const answers = [];
      for (const question of questions) {
        answers.push(await answer(question));
      }
      console.log(JSON.stringify(answers));
    })();`;
  let answers: unknown[];
  let said: string;

  beforeAll(async () => {
    const questions = cases.map(([, { cdkJson, config, ...rest }]) => ({
      ...rest,
      directory: projectFolder(useAws(''), cdkJson, config),
    }));
    const { stdout, stderr } = await runNode(['-e', ASK, JSON.stringify(questions)], REPOSITORY);
    answers = JSON.parse(stdout) as unknown[];
    said = stderr;
  });

  test.each(cases.map(([title, , provides], index) => [title, provides, index] as const))('%s', (_, provides, index) => {
    expect(answers[index]).toEqual({ version: '1', sources: 1, provides });
    expect(said).toBe('');
  });
});

describe('the CDK CLI', () => {
  const CDK_JSON = { plugin: ['s3-replication-credential-plugin'], context: {} };
  const OPTIONS = ['-c', 'config=replication.json', '--no-notices', '--no-color'];

  async function runCdk(config: string, ...args: string[]) {
    const directory = projectFolder(useAws(config), CDK_JSON, PROFILES);
    const { exitCode, stdout, stderr } = await runNode([CLI, ...args, ...OPTIONS], directory);
    return { exitCode, output: `${stdout}${stderr}` };
  }

  test('ends where the command line names a configuration that it would ignore', async () => {
    const directory = projectFolder(useAws(RIGHT_PROFILES), CDK_JSON, PROFILES);
    const bootstrap = ['bootstrap', `aws://${SOURCE}/ap-southeast-2`, '--no-notices', '--no-color'];
    const { exitCode, stdout, stderr } = await runNode([CLI, ...bootstrap, '--config', 'replication.json'], directory);

    expect(exitCode).toBe(1);
    expect(`${stdout}${stderr}`).toContain('name the configuration with -c config=FILE');
    expect(sts.requests).toEqual([]);
  }, 60_000);

  test('bootstraps nothing with a profile of the wrong account', async () => {
    const { exitCode, output } = await runCdk(WRONG_SOURCE, 'bootstrap', `aws://${SOURCE}/ap-southeast-2`);

    expect(exitCode).toBe(1);
    expect(output).toContain(WRONG_SOURCE_MESSAGE);
    expect(sts.identityRequests).toContain(OTHER);
    expect(otherRequests()).toEqual([]);
  }, 60_000);

  test('deploys and publishes nothing when the profile of the other account is wrong', async () => {
    const { destination } = replicationStacks(PROFILES);
    const assembly = (destination.node.root as App).synth().directory;

    const { exitCode, output } = await runCdk(
      WRONG_SOURCE,
      'deploy',
      'Destination',
      '--app',
      assembly,
      '--require-approval',
      'never',
    );

    expect(exitCode).toBe(1);
    expect(output).toContain(WRONG_SOURCE_MESSAGE);
    expect(sts.identityRequests).toContain(OTHER);
    expect(otherRequests()).toEqual([]);
  }, 60_000);

  test('goes on to AWS with the right account when every profile is right', async () => {
    await runCdk(RIGHT_PROFILES, 'bootstrap', `aws://${DESTINATION}/us-west-2`);

    expect(otherRequests()).not.toEqual([]);
    expect(new Set(otherRequests().map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([DESTINATION]));
  }, 60_000);
});
