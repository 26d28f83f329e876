import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { withParts } from '../helpers/generated-parts';
import { LINES } from './lines';
import { PARTS } from './page';
import { cellsOf, exceptionFor } from './suite';

const PAGE = resolve(__dirname, '../../docs/reliability.md');

test('docs/reliability.md has the table that is tried', () => {
  const fresh = withParts(readFileSync(PAGE, 'utf8'), PARTS);
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, fresh);
  }

  expect(readFileSync(PAGE, 'utf8')).toBe(fresh);
});

test('every command line is tried in a file of its group', () => {
  const files = readdirSync(__dirname).filter((name) => name.endsWith('.test.ts'));
  const text = files.map((name) => readFileSync(resolve(__dirname, name), 'utf8')).join('');
  expect(Object.keys(LINES).filter((name) => !text.includes(`'${name}'`))).toEqual([]);
});

test.each(Object.entries(LINES))('%s: no exception is left over', (_, line) => {
  const used = new Set(cellsOf(line).map(([step, fault]) => exceptionFor(line, step, fault)));
  expect(line.exceptions.filter((exception) => !used.has(exception)).map(({ why }) => why)).toEqual([]);
});
