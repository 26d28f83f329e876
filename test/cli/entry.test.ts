import { runEntry } from '../../lib/cli/entry';
import { AbortError, ConfigError, UnreachableError, UsageError } from '../../lib/errors/errors';
import { testDocuments } from '../helpers/documents';

const tell = jest.fn<void, [string]>();
const print = jest.fn<void, [string]>();
const failing = (error: Error, ...argv: string[]) =>
  runEntry({ argv, terminal: { tell, progress: () => {} }, documents: testDocuments('audit', print) }, () =>
    Promise.reject(error),
  );

beforeEach(() => jest.resetAllMocks());

test('a command ends with its own code', async () => {
  expect(
    await runEntry({ argv: [], terminal: { tell, progress: () => {} }, documents: testDocuments('audit', print) }, async () => 7),
  ).toBe(7);
});

test.each<[Error, number]>([
  [new AbortError('Declined', 'no'), 1],
  [new UsageError('Usage', 'no'), 2],
  [new ConfigError('cdk.json', []), 2],
  [new UnreachableError('NoAnswer', 'no'), 3],
  [new TypeError('no'), 1],
])('an error ends it with the code for it: %p', async (error, code) => {
  expect(await failing(error)).toBe(code);
});

describe('a package that npm did not install, or not to the end,', () => {
  const missing = (message: string, first: string) =>
    Object.assign(new Error(`${message}\nRequire stack:\n- ${first}`), { code: 'MODULE_NOT_FOUND', requireStack: [first] });
  const torn = new SyntaxError('Unexpected end of input');
  torn.stack = '/clone/node_modules/zod/index.cjs:12\n\nSyntaxError: Unexpected end of input\n    at wrap';

  test.each([
    ['is not there', missing("Cannot find module 'zod'", '/clone/lib/a.ts')],
    ['lacks a file', missing("Cannot find module './b.js'", '/clone/node_modules/zod/index.cjs')],
    ['lacks its main file', missing("Cannot find module '/clone/node_modules/zod/index.cjs'. Please verify", '/clone/lib/a.ts')],
    ['has half a file', torn],
    [
      'has half a manifest',
      Object.assign(new Error('Invalid package config /c/node_modules/zod/package.json.'), {
        code: 'ERR_INVALID_PACKAGE_CONFIG',
      }),
    ],
    ['is one that esbuild needs', new Error('The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.')],
  ])('and that %s, is said in a line, with the command', async (_, error) => {
    expect(await failing(error)).toBe(2);
    expect(tell.mock.calls.flat().join('\n').split('\n')).toEqual([
      expect.stringMatching(/^the packages of this project are not installed, or not to the end: ./),
      'run: npm ci',
    ]);
  });

  test.each([missing("Cannot find module './b'", '/clone/lib/a.ts'), new SyntaxError('Unexpected token')])(
    'is not what is at fault for %p',
    async (error) => {
      expect(await failing(error)).toBe(1);
      expect(tell.mock.calls.flat().join()).toMatch(/\n\s+at /);
    },
  );
});

test('an error for people has no stack trace, unless they ask for it', async () => {
  await failing(new UsageError('Usage', 'wrong', 'right'));
  await failing(new UsageError('Usage', 'wrong'), '--debug');
  await failing(new TypeError('fault'));

  expect(tell.mock.calls).toEqual([
    ['wrong\nright'],
    [expect.stringContaining('\n    at ')],
    [expect.stringContaining('\n    at ')],
  ]);
  expect(print).not.toHaveBeenCalled();
});

test('an error is JSON where JSON is asked for', async () => {
  await failing(new UsageError('Usage', 'wrong', 'right'), '--json');

  expect(JSON.parse(print.mock.calls[0]?.[0] ?? '')).toEqual({
    schemaVersion: 1,
    command: 'audit',
    deployment: null,
    at: '2026-11-01T12:00:00.000Z',
    status: 'skipped',
    error: { code: 'Usage', message: 'wrong', hint: 'right' },
  });
});
