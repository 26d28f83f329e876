import { parseOptions } from '../../lib/cli/arguments';

const OPTIONS = {
  pair: { type: 'string', multiple: true },
  config: { type: 'string', short: 'c' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

const originalEnvironment = process.env;
const parse = (...argv: string[]) => parseOptions(argv, OPTIONS, { hint: 'see the help' });

/** The environment of a script of npm. */
function npmSets(variables: Record<string, string>): void {
  process.env = { npm_lifecycle_event: 'ops', ...variables };
}

beforeEach(() => npmSets({}));
afterEach(() => {
  process.env = originalEnvironment;
});

test('options and words are read in any order', () => {
  const { values, positionals } = parse('one', '--pair', 'a', '--pair=b', 'two', '--dry-run');

  expect(values).toEqual({ pair: ['a', 'b'], 'dry-run': true });
  expect(positionals).toEqual(['one', 'two']);
});

test.each([
  ['--dryrun', 'unknown option --dryrun', 'did you mean --dry-run? see the help'],
  ['--dry', 'unknown option --dry', 'did you mean --dry-run? see the help'],
  ['--verbose', 'unknown option --verbose', 'see the help'],
  ['--toString', 'unknown option --toString', 'see the help'],
  ['-x', 'unknown option -x', 'see the help'],
  ['--pair', '--pair needs a value', 'see the help'],
  ['--pair --yes', '--pair needs a value', 'see the help'],
  ['--yes=true', '--yes accepts no value, and was given "true"', 'see the help'],
  ['--config a -c b', '--config has two values, a and b', 'write one of them'],
])('%s is refused', (line, message, hint) => {
  expect(() => parse(...line.split(' '))).toThrow(expect.objectContaining({ name: 'UsageError', message, hint }));
});

test.each([
  [{ npm_config_config: 'a.json' }, '--config'],
  [{ npm_config_dry_run: 'true' }, '--dry-run'],
  [{ npm_config_call: 'a.json' }, '-c a.json'],
  [{ npm_config_call: 'config=a.json' }, '-c config=a.json'],
  [{ npm_config_json: 'true', npm_command: 'run' }, '--json'],
])('an option that npm took for itself is refused: %j', (variables, option) => {
  npmSets(variables);

  expect(() => parse()).toThrow(
    expect.objectContaining({ code: 'TakenByNpm', hint: `write -- before the options: npm run ops -- ${option}` }),
  );
});

test('an option that npx took for itself is refused, and where to write it is said', () => {
  npmSets({ npm_lifecycle_event: 'npx', npm_command: 'exec', npm_config_config: 'a.json' });

  expect(() => parse()).toThrow(
    expect.objectContaining({
      code: 'TakenByNpm',
      hint: 'write it behind the command: npx --no -- s3-replication COMMAND --config',
    }),
  );
});

test('an option that npm took too is not lost where this command got it', () => {
  npmSets({ npm_config_json: 'true', npm_command: 'run' });

  expect(() => parse('--json')).not.toThrow();
});

test.each([
  ['a line of .npmrc that npx hands on', { npm_config_json: 'true', npm_command: 'exec' }],
  ['an answer for npm itself', { npm_config_yes: 'true' }],
  ['an option that is off', { npm_config_dry_run: '' }],
  ['the command of npm exec', { npm_config_call: 'npm run ops' }],
  ['an option of npm that this command does not have', { npm_config_audit: 'true' }],
])('%s is fine', (_what, variables) => {
  npmSets(variables);

  expect(() => parse()).not.toThrow();
});
