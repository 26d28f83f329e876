import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PASSED_ON, parseDeployArguments, REFUSED } from '../../lib/deploy/arguments';
import { UsageError } from '../../lib/errors/errors';

const NOTHING = {
  stacks: [],
  exclusively: false,
  accept: [],
  yes: false,
  json: false,
  quiet: false,
  help: false,
  named: { file: undefined, context: [] },
  profile: undefined,
  rest: [],
  noColor: false,
};

test.each<[string, string, object]>([
  ['nothing', '', {}],
  ['stacks', 'Destination Source', { stacks: ['Destination', 'Source'] }],
  [
    'stacks after its own options',
    '-y --accept a/b -c k=v Source',
    { stacks: ['Source'], yes: true, accept: ['a/b'], named: { file: undefined, context: ['k=v'] } },
  ],
  ['stacks between options', '--force Source --json', { stacks: ['Source'], rest: ['--force'], json: true }],
  ['names to accept', '--accept a/b --accept=c/d', { accept: ['a/b', 'c/d'] }],
  ['a configuration', '--config a.json', { named: { file: 'a.json', context: [] } }],
  ['a profile', '--profile=prod', { profile: 'prod' }],
  ['profiles of both accounts', '--source-profile a', { named: { file: undefined, context: ['source-profile=a'] } }],
  ['how it prints', '--quiet --no-color', { quiet: true, noColor: true }],
  ['flags', '-e --yes --json -h --all --debug', { exclusively: true, yes: true, json: true, help: true }],
  [
    'what the CDK CLI is told',
    'Source --outputs-file o.json --force --concurrency=2 -R -vv',
    {
      stacks: ['Source'],
      rest: ['--outputs-file=o.json', '--force', '--concurrency=2', '--no-rollback', '--verbose', '--verbose'],
    },
  ],
  ['a method that deploys', '--method direct', { rest: ['--method=direct'] }],
])('takes %s', (_what, line, expected) => {
  expect(parseDeployArguments(line.split(' ').filter(Boolean))).toEqual({ ...NOTHING, ...expected });
});

test.each([
  '--app x',
  '--app=x',
  '-a x',
  '--output x',
  '-o x',
  '--no-execute',
  '--method prepare-change-set',
  '--method=execute-change-set',
  '--hotswap',
  '--watch',
  '--parameters a=b',
  '-t a=b',
  '--role-arn x',
  '--import-existing-resources',
  '-yo x',
])('refuses %s, which would not deploy what the plan shows, and says why', (line) => {
  const error = expect.objectContaining({
    name: 'UsageError',
    code: 'OptionRefused',
    message: expect.stringMatching(/does not support -[^:]+: ./),
  });
  expect(() => parseDeployArguments(line.split(' '))).toThrow(error);
});

test.each([
  ['--ye', 'unknown option --ye', 'did you mean --yes?'],
  ['--conifg a.json', 'unknown option --conifg', 'did you mean --config?'],
  ['--accepted a', 'unknown option --accepted', 'did you mean --accept?'],
  ['--revert-drif', 'unknown option --revert-drif', 'did you mean --revert-drift?'],
  ['--yes=no', '--yes accepts no value', '--help'],
  ['--profile a --profile b', '--profile has two values, a and b', 'write one of them'],
  ['Source --all', '--all and Source exclude each other', ''],
  ['-- --app x', '--app after "--" is not a stack', 'once'],
])('refuses %s', (line, message, hint) => {
  const error = { name: 'UsageError', message: expect.stringContaining(message), hint: expect.stringContaining(hint) };
  expect(() => parseDeployArguments(line.split(' '))).toThrow(expect.objectContaining(error));
});

test.each([['--accept'], ['--accept', '--yes'], ['-c'], ['-c', '--yes'], ['--config'], ['--config='], ['--profile', '']])(
  'misses a value: %s',
  (...argv) => {
    expect(() => parseDeployArguments(argv)).toThrow(UsageError);
  },
);

describe('of the options of "cdk deploy" of this project\'s CDK CLI', () => {
  interface CdkOption {
    readonly type: string;
    readonly alias?: string;
  }
  const file = join(dirname(require.resolve('aws-cdk/package.json')), 'lib/cli/cli-type-registry.json');
  const { globalOptions, commands } = JSON.parse(readFileSync(file, 'utf8'));
  const known: Record<string, CdkOption> = { ...globalOptions, ...commands.deploy.options };
  const own = [
    'accept',
    'all',
    'config',
    'context',
    'debug',
    'exclusively',
    'help',
    'json',
    'no-color',
    'profile',
    'version',
    'yes',
  ];
  const passed: Record<string, { type: string; short?: string }> = PASSED_ON;

  test('every one is passed on, refused with a reason, or one that this command has too', () => {
    const undecided = Object.keys(known).filter((name) => !(name in passed) && !REFUSED.has(name) && !own.includes(name));

    expect(undecided).toEqual([]);
  });

  test('every one that is passed on is there, with a value where it takes one', () => {
    for (const [name, { type, short }] of Object.entries(passed)) {
      const option = known[name] ?? known[name.replace(/^no-/, '')];
      expect([name, option?.type === 'boolean']).toEqual([name, type === 'boolean']);
      expect([name, short ?? option?.alias]).toEqual([name, name === 'no-rollback' ? 'R' : option?.alias]);
    }
  });

  test('a short name of one that is refused is refused too', () => {
    const short = Object.entries(known).filter(([name, { alias }]) => REFUSED.has(name) && alias?.length === 1);

    expect(short.length).toBeGreaterThan(0);
    expect(short.filter(([, { alias = '' }]) => !REFUSED.has(alias))).toEqual([]);
  });
});
