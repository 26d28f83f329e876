import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT_CODES, exitCodeOfStatus } from '../../lib/cli/exit-codes';
import type { StatusWord } from '../../lib/model/status';
import { markdownTable, withParts } from '../helpers/generated-parts';

const PAGE = resolve(__dirname, '../../docs/results.md');
const page = () => readFileSync(PAGE, 'utf8');
const PARTS = {
  'exit codes': () =>
    markdownTable(
      ['exit code', 'meaning'],
      EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]),
    ),
};

beforeAll(() => {
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, withParts(page(), PARTS));
  }
});

test('docs/results.md has the exit codes of every command', () => {
  expect(page()).toBe(withParts(page(), PARTS));
});

test('docs/results.md says with which exit code each status ends', () => {
  const rows = [...page().matchAll(/^\| `(\w+)` \| .* \| (\d) \|$/gm)].map(([, word, code]) => [word, Number(code)]);
  const words: readonly StatusWord[] = ['ok', 'failed', 'unknown', 'skipped'];

  expect(rows).toEqual(words.map((status) => [status, exitCodeOfStatus({ status })]));
});
