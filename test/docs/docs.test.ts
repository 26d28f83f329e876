import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configKeys } from '../helpers/config-keys';
import { namedCommands } from '../helpers/named-commands';

const PROJECT = resolve(__dirname, '../..');
const DOCUMENTS = [
  'README.md',
  'AGENTS.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...['docs', 'docs/adr', 'docs/ci'].flatMap((folder) =>
    readdirSync(join(PROJECT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];
const text = (path: string) => readFileSync(join(PROJECT, path), 'utf8');

test('the table of docs/configuration.md has every configuration key, and no other', () => {
  const table = text('docs/configuration.md').split('## Keys')[1]?.split('\n## ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const written = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, key]) => key));

  expect(new Set(written)).toEqual(new Set(configKeys()));
  expect(written).toHaveLength(new Set(written).size);
});

test.each(DOCUMENTS)('every npm script and command of this program in %s exists', (path) => {
  expect(namedCommands(text(path)).filter(({ exists }) => !exists)).toEqual([]);
});

test.each(DOCUMENTS)('every file that %s points at exists', (path) => {
  const named = [...text(path).matchAll(/(?:\]\(|`)((?:bin|lib|test|docs)\/[\w./-]+)/g)].map(([, file]) => file ?? '');

  expect(named.filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
});
