/** Text that is HTML already: what the tag below makes, and constants. Everything else is escaped on its way into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = string | number | Markup | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Characters that are not seen, that look like a space, or that change the direction of what follows. A key may have any of them,
 * and one that hides them looks like another key.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** HTML of a template. What is put in is escaped, unless it came out of this tag. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.map((string, index) => string + render(values[index] ?? '')).join(''));
}

/** Text from outside, with what could not be seen as its code point: `<i>\u202e</i>`. For elements only, not for attributes. */
export function visible(text: string): Markup {
  return new Markup(escape(text).replaceAll(UNSEEN, (character) => `<i>${codePoint(character)}</i>`));
}

function render(content: Content): string {
  if (content instanceof Markup) {
    return content.text;
  }
  return typeof content === 'object' ? content.map(render).join('') : escape(String(content));
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function codePoint(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16);
  return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}
