import * as fc from 'fast-check';
import { parseJson } from '../../lib/config/json';
import { ConfigError } from '../../lib/errors/errors';
import { anyCharacter } from '../helpers/any-character';
import { runs } from '../helpers/runs';

/** The value of a text, or the problems with it. Any error but a ConfigError is thrown. */
function outcomeOf(text: string) {
  try {
    return { value: parseJson(text, 'environment.json') };
  } catch (error) {
    if (error instanceof ConfigError) {
      return { problems: error.problems };
    }
    throw error;
  }
}

/** What JavaScript makes of a text, or nothing. */
function nativeOutcomeOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Every key of every object in a value. */
function keysIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysIn)];
}

/** How many keys JSON text has, the repeated ones too: each has its colon, and strings have none once they are out. */
const writtenKeys = (text: string) => text.replace(/"(?:[^"\\]|\\.)*"/gs, '').split(':').length - 1;

/** What a text must give: JavaScript's value, byte order mark or not, unless a key stands twice. */
function expectedOf(text: string): { readonly value: unknown } | undefined {
  const native = nativeOutcomeOf(text.replace(/^\uFEFF/, ''));
  const keys = keysIn(native?.value);
  return keys.length < writtenKeys(text) ? undefined : native;
}

/** It gives what it must; and where it must be refused, the problems say where in the text. */
function expectAgreement(text: string) {
  const { problems, ...accepted } = { problems: undefined, ...outcomeOf(text) };
  const expected = expectedOf(text);

  expect({ text, ...accepted }).toStrictEqual({ text, ...expected });
  expect((problems ?? []).length > 0).toBe(expected === undefined);
  const lines = text.split('\n');
  for (const { path, remedy } of problems ?? []) {
    const [, line = '0', column = '0'] = /^line (\d+), column (\d+)$/.exec(path) ?? [];

    expect(remedy).not.toBe('');
    expect(text.trim() === '' ? path : Number(line) >= 1 && Number(line) <= lines.length).toBe(text.trim() === '' ? '' : true);
    expect(text.trim() === '' || Number(column) <= (lines[Number(line) - 1] ?? '').length + 1).toBe(true);
  }
}

/** JSON as it is written in files. */
const jsonTexts = fc
  .tuple(fc.jsonValue(), fc.constantFrom<(string | number | undefined)[]>(undefined, 2, 4, '\t'))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

/** What a slip of the hand leaves in a file. */
const slips = fc.oneof(
  fc.constantFrom(
    '',
    ',',
    ':',
    '"',
    '{',
    '}',
    '[',
    ']',
    '//',
    '/* */',
    '\\',
    '\\u12',
    '\n',
    '\u0000',
    '\uFEFF',
    '\u00a0',
    '-',
    '.',
    '0',
    'e',
  ),
  fc.constantFrom('null', 'tru', 'NaN', "'", '"__proto__": 1,', '"a": 1, "a": 2', '\\ud800', '\ud800', '\u2028'),
  fc.string(),
);

test('JSON gives the value that it has', () => {
  fc.assert(
    fc.property(jsonTexts, (text) => expectAgreement(text)),
    { numRuns: runs(500) },
  );
});

test('JSON after a slip of the hand gives the value that it has, or a ConfigError that says where', () => {
  fc.assert(
    fc.property(jsonTexts, fc.nat(), fc.nat({ max: 3 }), slips, (text, position, removed, slip) => {
      const start = position % (text.length + 1);

      expectAgreement(text.slice(0, start) + slip + text.slice(start + removed));
    }),
    { numRuns: runs(2000) },
  );
});

test('any text gives the value that it has, or a ConfigError that says where', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: anyCharacter }),
        fc.array(slips).map((all) => all.join('')),
      ),
      (text) => expectAgreement(text),
    ),
    {
      numRuns: runs(1000),
    },
  );
});

test('a key that stands twice is refused, wherever it does, however it is spelled', () => {
  const spellings = fc.tuple(fc.string({ minLength: 1 }), fc.boolean());
  const spell = (key: string, escaped: boolean) =>
    escaped
      ? `"${[...Array(key.length).keys()].map((at) => `\\u${key.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(key);

  fc.assert(
    fc.property(spellings, fc.jsonValue(), fc.jsonValue(), fc.nat({ max: 5 }), ([key, escaped], first, second, depth) => {
      const object = `{"": 0, ${JSON.stringify(key)}: ${JSON.stringify(first)}, ${spell(key, escaped)}: ${JSON.stringify(second)}}`;
      const text = `${'{"in": ['.repeat(depth)}${object}${']}'.repeat(depth)}`;

      expect(outcomeOf(text)).toMatchObject({ problems: expect.arrayContaining([expect.objectContaining({ found: key })]) });
    }),
    { numRuns: runs(300) },
  );
});
