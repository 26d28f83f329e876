import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../bin/commands';
import { SCHEMA_VERSION } from '../../lib/cli/documents';
import { markdownTable, withParts } from '../helpers/generated-parts';
import { jsonSchemaOf, removedFrom } from './json-schema';
import { JSON_COMMANDS, ownKeysOf } from './schemas';

const FOLDER = join(__dirname, '../../docs/json');
const fileOf = (command: string) => join(FOLDER, `${command}.schema.json`);

test('every command that prints JSON has a schema', () => {
  expect(JSON_COMMANDS.toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted());
});

const PAGE = join(__dirname, '../../docs/json.md');
const PARTS = {
  schemas: () =>
    markdownTable(
      ['command', 'its keys', 'schema'],
      JSON_COMMANDS.map((command) => [
        `\`${command}\``,
        ownKeysOf(command)
          .map((keys) => keys.map((key) => `\`${key}\``).join(', '))
          .join('; or '),
        `[${command}.schema.json](json/${command}.schema.json)`,
      ]),
    ),
};

test('docs/json.md has the keys of every command', () => {
  const page = readFileSync(PAGE, 'utf8');
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, withParts(page, PARTS));
  }
  expect(readFileSync(PAGE, 'utf8')).toBe(withParts(page, PARTS));
});

describe.each(JSON_COMMANDS)('%s', (command) => {
  const schema = jsonSchemaOf(command);
  const committed = existsSync(fileOf(command)) ? (JSON.parse(readFileSync(fileOf(command), 'utf8')) as object) : {};

  test('keeps the keys of its JSON, or has a new schemaVersion', () => {
    expect(removedFrom(committed, schema)).toEqual([]);
  });

  test('has its schema in docs/json', () => {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === 'true' && removedFrom(committed, schema).length === 0) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(fileOf(command), text);
    }
    expect(readFileSync(fileOf(command), 'utf8')).toBe(text);
  });
});

describe('a key that goes', () => {
  const version = { properties: { schemaVersion: { const: SCHEMA_VERSION } } };
  const of = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
    anyOf: [{ ...version, properties: { ...version.properties, ...properties }, required }],
  });
  const itemOf = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties) });
  const before = of({ status: { type: 'string' }, pairs: { type: 'array', items: itemOf({ seconds: { type: 'number' } }) } });

  test.each([
    ['goes', of({ status: { type: 'string' } }), ['pairs', 'pairs[].seconds']],
    [
      'gets another name',
      of({ status: { type: 'string' }, pairs: { type: 'array', items: itemOf({ milliseconds: { type: 'number' } }) } }),
      ['pairs[].seconds'],
    ],
    [
      'gets another type',
      of({ status: { type: 'number' }, pairs: { type: 'array', items: itemOf({ seconds: { type: 'number' } }) } }),
      ['status'],
    ],
    [
      'may be left out',
      of({ status: { type: 'string' }, pairs: { type: 'array', items: itemOf({ seconds: { type: 'number' } }) } }, ['status']),
      ['pairs'],
    ],
  ])('is noticed where it %s', (_, after, removed) => {
    expect(removedFrom(before, after)).toEqual(removed);
  });

  test('is no fault where the version is a new one, and a new key never is', () => {
    const next = { anyOf: [{ properties: { schemaVersion: { const: SCHEMA_VERSION + 1 } }, required: [] }] };
    expect(removedFrom(before, next)).toEqual([]);
    expect(removedFrom(of({ status: { type: 'string' } }), before)).toEqual([]);
  });
});
