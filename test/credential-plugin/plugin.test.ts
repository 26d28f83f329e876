import { init, ProfileCredentials } from '../../lib/credential-plugin/plugin';
import { parseConfig } from '../../lib/model/loading/load';
import { validConfig } from '../helpers/config';
import { rejectionOf } from '../helpers/rejection';
import { staticProfile } from '../helpers/sts';
import {
  CLI_LIBRARY,
  DESTINATION,
  OTHER,
  PROFILES,
  projectFolder,
  REPOSITORY,
  RIGHT_PROFILES,
  runNode,
  SOURCE,
  sts,
  useAws,
  WRONG_SOURCE,
  WRONG_SOURCE_MESSAGE,
} from './world';

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
  [['deploy', '--source-profile', 'a'], 'the CDK CLI ignores --source-profile\nname the profile with -c source-profile=NAME'],
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
      'takes the profiles that the command line names',
      { cdkJson: { context: {} }, config: {}, argv: ['-c', 'destination-profile=backup'] },
      [false, true, false],
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
