import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { configuration } from '../lib/config/schema';
import { VERBS } from '../lib/ops/verbs';
import { scripts } from '../package.json';

const PROJECT = resolve(__dirname, '..');
const DOCUMENTS = [
  'README.md',
  'AGENTS.md',
  'docs/permissions.md',
  'docs/troubleshooting.md',
  ...readdirSync(join(PROJECT, 'docs/adr')).map((name) => `docs/adr/${name}`),
];
const text = (path: string) => readFileSync(join(PROJECT, path), 'utf8');

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly not?: object;
}

/** The paths of all keys that are built, as README's table writes them. */
function keys({ properties = {} }: Schema, prefix = ''): string[] {
  return Object.entries(properties)
    .filter(([, schema]) => schema.not === undefined)
    .flatMap(([name, schema]) => {
      const inner = [...keys(schema, `${prefix}${name}.`), ...keys(schema.items ?? {}, `${prefix}${name}[].`)];
      return inner.length === 0 || name === 'filter' ? [`${prefix}${name}`] : inner;
    });
}

test('the table of the README has every configuration key, and no other', () => {
  const schema = z.toJSONSchema(configuration, { unrepresentable: 'any', override: refuseUndefined }) as Schema;
  const table = text('README.md').split('## Configuration')[1]?.split('\n## ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const written = rows.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, key]) => key));

  expect(new Set(written)).toEqual(new Set(keys(schema)));
  expect(written).toHaveLength(new Set(written).size);
});

test.each(DOCUMENTS)('every npm script and operator command in %s exists', (path) => {
  const named = [...text(path).matchAll(/npm run ([\w:]+)(?: -- (?!-)([a-z]+))?/g)];

  expect(named.map(([, script]) => script).filter((script) => !(script !== undefined && script in scripts))).toEqual([]);
  const verbs = named.filter(([, script]) => script === 'ops').flatMap(([, , verb]) => verb ?? []);
  expect(verbs.filter((verb) => !VERBS.some(({ name }) => name === verb))).toEqual([]);
});

test.each(DOCUMENTS)('every file that %s points at exists', (path) => {
  const named = [...text(path).matchAll(/(?:\]\(|`)((?:bin|lib|test|docs)\/[\w./-]+)/g)].map(([, file]) => file ?? '');

  expect(named.filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
});

/** A key that is not available yet takes undefined alone, which JSON Schema cannot say. */
function refuseUndefined({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema instanceof z.ZodUndefined) {
    jsonSchema.not = {};
  }
}
