import { cdkContext, checkCdkArguments, contextWords, namedConfig } from '../../lib/config/named';
import { UsageError } from '../../lib/errors/errors';

test('a configuration may be named twice, when it is the same one', () => {
  expect(namedConfig({ config: ['a.json'], context: ['config=a.json', 'k=v'] })).toEqual({ file: 'a.json', context: ['k=v'] });
});

test.each([
  ['two files', { config: ['a.json'], context: ['config=b.json'] }, 'two configurations are named, a.json and b.json'],
  ['a file and an empty name', { config: ['a.json'], context: ['config='] }, 'the name of the configuration is empty'],
  ['context without a name', { context: ['==b'] }, 'context =b has no name'],
])('%s are refused', (_what, values, message) => {
  expect(() => namedConfig(values)).toThrow(new UsageError('', message));
});

test.each([
  ['a.json', '/project', 'config=a.json'],
  ['a.json', '/project/environments', 'config=environments/a.json'],
  ['/elsewhere/a.json', '/project/environments', 'config=/elsewhere/a.json'],
])('the CDK CLI finds %s of somebody in %s', (file, calledIn, pair) => {
  expect(cdkContext({ file, context: ['k=v'] }, calledIn, '/project')).toEqual(['-c', pair, '-c', 'k=v']);
});

test('context of the CDK CLI is found behind its short flags too', () => {
  expect(contextWords(['-vc', 'config=a.json', '-ecb=1'])).toEqual(['config=a.json', 'b=1']);
});

test.each([
  ['--config', ['deploy', '--config', 'a.json'], 'the CDK CLI ignores --config'],
  ['--config=FILE', ['deploy', '--config=a.json'], 'the CDK CLI ignores --config=a.json'],
  ['context that is no pair', ['deploy', '-c', 'a.json'], 'the CDK CLI ignores -c a.json'],
  ['two configurations', ['-c', 'config=a.json', '-c', 'config=b.json'], 'two configurations are named, a.json and b.json'],
])('a command line of the CDK CLI with %s is refused', (_what, argv, message) => {
  expect(() => checkCdkArguments(argv)).toThrow(new UsageError('', message));
});

test('a command line of the CDK CLI without them is fine', () => {
  expect(() => checkCdkArguments(['deploy', '--all', '-c', 'config=a.json', '--context=b=1', '--ci'])).not.toThrow();
});
