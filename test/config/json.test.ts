import { parseJson } from '../../lib/config/json';
import { ConfigError } from '../../lib/errors/errors';

/** The error that a text gives, or nothing when it is accepted. */
function errorOf(text: string): ConfigError | undefined {
  try {
    parseJson(text, 'environment.json');
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
  return undefined;
}

const problemsOf = (text: string) => errorOf(text)?.problems ?? [];

const EMPTY = { path: '', found: undefined, remedy: 'the file is empty; write a JSON object, {} for every default' };
const NO_COMMENTS = 'JSON has no comments; remove it';
const TWICE = 'the key stands twice; keep one of them';
const notJson = (fault: string) => `this is not JSON (${fault}); correct the syntax there`;

test.each([
  ['lists', '['.repeat(100_000), 201],
  ['objects', '{"a":'.repeat(100_000), 1001],
  ['lists that all end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 201],
])('names the place where %s are nested too deeply', (_, text, column) => {
  const remedy = 'objects and lists are nested more than 200 deep; nest fewer';
  expect(problemsOf(text)).toEqual([{ path: `line 1, column ${column}`, found: text.charAt(0), remedy }]);
});

test('takes 200 lists within each other, and brackets in text', () => {
  expect(problemsOf(`${'['.repeat(200)}"${'['.repeat(1000)}"${']'.repeat(200)}`)).toEqual([]);
});

describe('what it takes', () => {
  test.each([
    '{}',
    'null',
    '[1, -2.5e3, true, "x"]',
    ' {"a": {"b": [{"c": "d"}]}}\r\n',
    '{"address": "https://example.com/*path*/"}',
    '{"a": "\\u00e9 \\"quoted\\" \\n"}',
  ])('gives what JSON.parse gives for %j', (text) => {
    expect(parseJson(text, 'environment.json')).toStrictEqual(JSON.parse(text));
  });

  test('ignores a byte order mark', () => {
    expect(parseJson('\uFEFF{"deployment": "backups"}', 'environment.json')).toStrictEqual({ deployment: 'backups' });
  });

  test('takes one key in two different objects', () => {
    const text = '{"a": {"id": 1}, "b": [{"id": 2}, {"id": 3}], "id": 4}';

    expect(parseJson(text, 'environment.json')).toStrictEqual({ a: { id: 1 }, b: [{ id: 2 }, { id: 3 }], id: 4 });
  });
});

describe('an empty file', () => {
  test.each([
    ['nothing', ''],
    ['white space', ' \r\n\t'],
    ['a byte order mark', '\uFEFF'],
  ])('is refused when it holds %s', (_what, text) => {
    expect(problemsOf(text)).toStrictEqual([EMPTY]);
  });
});

describe('comments', () => {
  test.each([
    ['after a value', '{\n  "a": 1 // one\n}', 'line 2, column 10', '// one'],
    ['before everything', '/* a\n b */ {}', 'line 1, column 1', '/* a\n b */'],
    ['after everything', '{\n}\n// end', 'line 3, column 1', '// end'],
  ])('are refused %s', (_where, text, path, found) => {
    expect(problemsOf(text)).toStrictEqual([{ path, found, remedy: NO_COMMENTS }]);
  });
});

describe('duplicate keys', () => {
  test('are refused at the second place', () => {
    expect(problemsOf('{\n  "a": 1,\n  "a": 2\n}')).toStrictEqual([{ path: 'line 3, column 3', found: 'a', remedy: TWICE }]);
  });

  test('are refused inside lists and objects, each of them', () => {
    const text = '{"pairs": [{"id": "a",\n"id": "b",\n "id": "c"}],\n"pairs": []}';

    expect(problemsOf(text)).toStrictEqual([
      { path: 'line 2, column 1', found: 'id', remedy: TWICE },
      { path: 'line 3, column 2', found: 'id', remedy: TWICE },
      { path: 'line 4, column 1', found: 'pairs', remedy: TWICE },
    ]);
  });

  test('are seen through escapes', () => {
    expect(problemsOf('{"a": 1, "\\u0061": 2}')).toStrictEqual([{ path: 'line 1, column 10', found: 'a', remedy: TWICE }]);
  });

  test('are reported along with a comment', () => {
    expect(problemsOf('{"a": 1, // one\n"a": 2}')).toStrictEqual([
      { path: 'line 1, column 10', found: '// one', remedy: NO_COMMENTS },
      { path: 'line 2, column 1', found: 'a', remedy: TWICE },
    ]);
  });
});

describe('broken syntax', () => {
  test.each([
    ['a missing colon', '{"a" 1}', 'line 1, column 6', '1', 'ColonExpected'],
    ['a missing comma between keys', '{"a": 1\n "b": 2}', 'line 2, column 2', '"b"', 'CommaExpected'],
    ['a missing comma in a list', '[1 2]', 'line 1, column 4', '2', 'CommaExpected'],
    ['text after the end', '{}\n}', 'line 2, column 1', '}', 'EndOfFileExpected'],
    ['a tab inside a string', '"a\tb"', 'line 1, column 1', '"a\tb"', 'InvalidCharacter'],
  ])('is refused with its place: %s', (_what, text, path, found, fault) => {
    expect(problemsOf(text)).toStrictEqual([{ path, found, remedy: notJson(fault) }]);
  });

  test.each([
    ['an object', '{\r\n  "a": 1,\r\n}', 'line 3, column 1', '}'],
    ['a list', '[1,\n]', 'line 2, column 1', ']'],
  ])('of a comma after the last element of %s is named as that', (_what, text, path, found) => {
    const remedy = 'JSON has no comma after the last element; remove the one before this';

    expect(problemsOf(text)).toStrictEqual([{ path, found, remedy }]);
  });

  test('is reported once, however much of what follows makes no sense', () => {
    expect(problemsOf('{"a": nope, "b": [1 2}')).toHaveLength(1);
  });

  test('of a text that ends early is reported at its end, where nothing stands', () => {
    expect(problemsOf('{\n  "a": 1')).toStrictEqual([
      { path: 'line 2, column 9', found: undefined, remedy: notJson('CloseBraceExpected') },
    ]);
  });

  test('does not count a byte order mark as a column', () => {
    expect(problemsOf('\uFEFF{"a" 1}')).toStrictEqual(problemsOf('{"a" 1}'));
    expect(problemsOf('\uFEFF{"a" 1}')[0]?.path).toBe('line 1, column 6');
  });

  test.each(['nope', "{'a': 1}", '{a: 1}', '{"a": 01}', '[.5]', '[+1]', '[NaN]', '{"a": "x', '{}{}', '{,}', '"\\x"', '\u00a0{}'])(
    'is refused as JSON.parse refuses %j',
    (text) => {
      expect(() => JSON.parse(text)).toThrow(SyntaxError);
      expect(errorOf(text)).toBeInstanceOf(ConfigError);
    },
  );
});

test('the error names the file', () => {
  expect(errorOf('{"a" 1}')).toMatchObject({
    origin: 'environment.json',
    message: expect.stringMatching(/^the configuration in environment\.json has 1 problem:\n {2}- line 1, column 6: found "1"; /),
  });
});
