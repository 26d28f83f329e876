import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMMANDS } from '../../bin/commands';
import { scripts } from '../../package.json';
import { configKeys } from '../helpers/config-keys';

const PROJECT = resolve(__dirname, '../..');
const DOCUMENTS = [
  'README.md',
  'AGENTS.md',
  'docs/backfill.md',
  'docs/deploying.md',
  'docs/files.md',
  'docs/monitoring.md',
  'docs/runbook.md',
  'docs/recovery.md',
  'docs/permissions.md',
  'docs/protection.md',
  'docs/results.md',
  'docs/scale.md',
  'docs/threats.md',
  'docs/troubleshooting.md',
  ...readdirSync(join(PROJECT, 'docs/adr')).map((name) => `docs/adr/${name}`),
];
const text = (path: string) => readFileSync(join(PROJECT, path), 'utf8');

test('the table of the README has every configuration key, and no other', () => {
  const table = text('README.md').split('## Configuration')[1]?.split('\n## ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const written = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, key]) => key));

  expect(new Set(written)).toEqual(new Set(configKeys()));
  expect(written).toHaveLength(new Set(written).size);
});

test.each(DOCUMENTS)('every npm script and operator command in %s exists', (path) => {
  const named = [...text(path).matchAll(/npm run ([\w:]+)(?: -- (?!-)([a-z]+))?/g)];

  expect(named.map(([, script]) => script).filter((script) => !(script !== undefined && script in scripts))).toEqual([]);
  const commands = named.filter(([, script]) => script === 'ops').flatMap(([, , command]) => command ?? []);
  expect(commands.filter((command) => !COMMANDS.some(({ name }) => name === command))).toEqual([]);
});

test.each(DOCUMENTS)('every file that %s points at exists', (path) => {
  const named = [...text(path).matchAll(/(?:\]\(|`)((?:bin|lib|test|docs)\/[\w./-]+)/g)].map(([, file]) => file ?? '');

  expect(named.filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
});
