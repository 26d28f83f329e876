/**
 * Text from outside: whatever comes from buckets, events, tags, services, files and command lines. Whoever may write an object chooses its
 * key, and with it what would reach a terminal, a spreadsheet or a page. These functions are the only ones that make such text harmless.
 */

/**
 * Characters that are not seen, that look like a space, or that change the direction of what follows: C0 and C1 controls, DEL,
 * bidirectional controls, separators of lines and paragraphs, lone surrogates. A key may have any of them, and one that hides them looks
 * like another key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/**
 * Returns text in one line, with each character that is not seen as its code point: `\u202e`, `\u{e0001}`.
 *
 * @param show what stands for such a character, from its code point. @default - the code point itself
 */
export function visible(text: string, show: (codePoint: string) => string = (codePoint) => codePoint): string {
  return text.replaceAll(UNSEEN, (character) => show(codePointOf(character)));
}

/** Returns the same, but keeps line feeds: for text of several lines that this project wrote, the last guard before a terminal. */
export function visibleLines(text: string): string {
  return text.replaceAll(UNSEEN, (character) => (character === '\n' ? character : codePointOf(character)));
}

/** Returns text in quotes, or another value, in one line as JSON spells it: it can be told from what surrounds it, and read back. */
export function quoted(value: unknown): string {
  return (JSON.stringify(value) ?? typeof value).replaceAll(UNSEEN, unitsOf);
}

/** Returns a value as JSON of several lines, in which every character is seen. It parses to the same value. */
export function toJson(value: object): string {
  return JSON.stringify(value, null, 2).replaceAll(UNSEEN, (character) => (character === '\n' ? character : unitsOf(character)));
}

/** Returns the same in one line. */
export function toJsonLine(value: object): string {
  return JSON.stringify(value).replaceAll(UNSEEN, unitsOf);
}

/** Names of what is shown with `quoted`, which tells where it ends. */
const QUOTED: ReadonlySet<string> = new Set(['body', 'key', 'prefix']);

/**
 * Returns data in which every text is one line and every character of it is seen: what a command formats for a person. Keys, prefixes
 * and bodies of messages stay as they are, since `quoted` shows them.
 */
export function visibleIn<Data>(data: Data): Data {
  if (typeof data === 'string') {
    return visible(data) as Data;
  }
  if (Array.isArray(data)) {
    return data.map((each: unknown) => visibleIn(each)) as Data;
  }
  if (typeof data !== 'object' || data === null) {
    return data;
  }
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [visible(name), QUOTED.has(name) ? value : visibleIn<unknown>(value)]),
  ) as Data;
}

function codePointOf(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

/** JSON escapes UTF-16 units. */
function unitsOf(character: string): string {
  return Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
