import * as fc from 'fast-check';
import { messageOf, UsageError } from '../../lib/errors/errors';
import { quoted, toJson, visible, visibleIn, visibleLines } from '../../lib/errors/visible';
import { anyCharacter } from '../helpers/any-character';

const text = fc.string({ unit: fc.oneof(anyCharacter, fc.constantFrom('\ud800', '\udfff', '\n', '\u001b', '\u202e')) });
const SEEN = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

test.each([
  ['C0', '\u001b[2J', '\\u001b[2J'],
  ['a line feed', 'a\nb', 'a\\u000ab'],
  ['DEL', '\u007f', '\\u007f'],
  ['C1', '\u009b31m', '\\u009b31m'],
  ['a change of direction', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
  ['an isolate', '\u2066', '\\u2066'],
  ['separators of lines and paragraphs', '\u2028\u2029', '\\u2028\\u2029'],
  ['a lone surrogate', '\ud800', '\\ud800'],
  ['a tag beyond the first plane', '\u{e0001}', '\\u{e0001}'],
  ['a space that is none', '\u00a0', '\\u00a0'],
])('%s is shown as its code point', (_, raw, shown) => {
  expect(visible(raw)).toBe(shown);
});

test.each(['', 'reports/2026 Ü é 文 😀', 'a b', '\\u001b'])('%j stays as it is', (raw) => {
  expect([visible(raw), visibleLines(raw)]).toEqual([raw, raw]);
});

test('text of several lines keeps its lines, and nothing else that is not seen', () => {
  expect(visibleLines('a\nb\r\u001b[1m')).toBe('a\nb\\u000d\\u001b[1m');
});

test('whatever it is, it is seen afterwards, in one line, and what was quoted can be read back', () => {
  fc.assert(
    fc.property(text, (raw) => {
      expect(visible(raw)).toMatch(SEEN);
      expect(quoted(raw)).toMatch(SEEN);
      expect(JSON.parse(quoted(raw))).toBe(raw);
      expect(
        visibleLines(raw)
          .split('\n')
          .every((line) => SEEN.test(line)),
      ).toBe(true);
    }),
  );
});

test('JSON has every character seen, and means the same', () => {
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text), fc.integer())), (value) => {
      expect(
        toJson(value)
          .split('\n')
          .every((line) => SEEN.test(line)),
      ).toBe(true);
      expect(JSON.parse(toJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('data to be formatted is seen at every depth, but for what is quoted', () => {
  const raw = 'a\n';
  expect(visibleIn({ why: raw, list: [{ key: raw, [raw]: raw }], count: 1, none: null })).toEqual({
    why: 'a\\u000a',
    list: [{ key: raw, 'a\\u000a': 'a\\u000a' }],
    count: 1,
    none: null,
  });
});

test('the message of a service is one line; that of this project keeps its lines', () => {
  expect(messageOf(new Error('Access Denied\n\u001b[2Jeverything is fine'))).toBe('Access Denied; \\u001b[2Jeverything is fine');
  expect(messageOf(new UsageError('Usage', 'two\nlines'))).toBe('two\nlines');
});
