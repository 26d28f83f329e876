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
