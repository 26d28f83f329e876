import { parseDeployArguments } from '../../lib/deploy/arguments';
import { UsageError } from '../../lib/errors';

const NOTHING = {
  stacks: [],
  exclusively: false,
  accept: [],
  yes: false,
  json: false,
  help: false,
  context: [],
  profile: undefined,
  rest: [],
};

test.each<[string, string, object]>([
  ['nothing', '', {}],
  ['stacks', 'Destination Source', { stacks: ['Destination', 'Source'] }],
  [
    'stacks after its own options',
    '-y --accept a/b -c k=v Source',
    { stacks: ['Source'], yes: true, accept: ['a/b'], context: ['-c', 'k=v'] },
  ],
  ['names to accept', '--accept a/b --accept=c/d', { accept: ['a/b', 'c/d'] }],
  [
    'every spelling of context',
    '-c a=1 -cb=2 --context c=3 --context=d=4',
    { context: ['-c', 'a=1', '-c', 'b=2', '-c', 'c=3', '-c', 'd=4'] },
  ],
  ['a profile', '--profile=prod', { profile: 'prod' }],
  ['flags', '-e --yes --json -h --all --debug', { exclusively: true, yes: true, json: true, help: true }],
  [
    'what the CDK CLI is told',
    'Source --outputs-file o.json --force',
    { stacks: ['Source'], rest: ['--outputs-file', 'o.json', '--force'] },
  ],
  ['what only resembles its own', '--concurrency 2 --accepted', { rest: ['--concurrency', '2', '--accepted'] }],
])('takes %s', (_what, line, expected) => {
  expect(parseDeployArguments(line.split(' ').filter(Boolean))).toEqual({ ...NOTHING, ...expected });
});

test.each(['--app x', '--app=x', '-a x', '--output x', '-o x'])('refuses %s, which would deploy something else', (line) => {
  expect(() => parseDeployArguments(line.split(' '))).toThrow(expect.objectContaining({ code: 'OptionRefused' }));
});

test.each([['--accept'], ['--accept', '--yes'], ['-c']])('misses a value: %s', (...argv) => {
  expect(() => parseDeployArguments(argv)).toThrow(UsageError);
});
