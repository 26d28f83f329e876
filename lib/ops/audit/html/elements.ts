import { visible as inOneLine } from '../../../errors/visible';

/** Text that is HTML already: what the tag below makes, and constants. Everything else is escaped on its way into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = string | number | Markup | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** HTML of a template. What is put in is escaped, and every character of it is seen, unless it came out of this tag. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.map((string, index) => string + render(values[index] ?? '')).join(''));
}

/** Text from outside, with what could not be seen as its code point: `<i>\u202e</i>`. For elements only, not for attributes. */
export function visible(text: string): Markup {
  return new Markup(inOneLine(escape(text), (codePoint) => `<i>${codePoint}</i>`));
}

function render(content: Content): string {
  if (content instanceof Markup) {
    return content.text;
  }
  return typeof content === 'object' ? content.map(render).join('') : inOneLine(escape(String(content)));
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A column of a table: its heading, and whether it has numbers, or words that have to stay readable where the page is narrow. */
export type Column = readonly [heading: string, kind?: 'number' | 'words'];

/** A table that scrolls by itself where the page is too narrow. The first cell of a row is its heading. */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Content[])[],
  totals: readonly (readonly Content[])[] = [],
) {
  const heads = columns.map(([heading, kind]) => html`<th scope="col"${classOf(kind)}>${heading}</th>`);
  const row = (cells: readonly Content[]) => {
    const [first = '', ...others] = cells;
    const rest = others.map((cell, index) => html`<td${classOf(columns[index + 1]?.[1])}>${cell}</td>`);
    return html`<tr><th scope="row">${first}</th>${rest}</tr>\n`;
  };
  const foot = totals.length === 0 ? '' : html`<tfoot>${totals.map(row)}</tfoot>`;
  return html`<div class="wide"><table>
<caption>${caption}</caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${rows.map(row)}</tbody>${foot}
</table></div>
`;
}

function classOf(kind: Column[1]): Markup {
  return kind === undefined ? html`` : html` class="${kind}"`;
}

/** Part of a bar. */
interface Segment {
  readonly tone: Tone;
  readonly value: number;
}

/** What a colour stands for. The numbers beside a bar say the same, so nobody has to tell colours apart. */
export type Tone = 'same' | 'waiting' | 'left-out' | 'differs';

/** A horizontal bar. `most` is what fills the width; what is there at all is never too thin to be seen. */
export function bar(segments: readonly Segment[], most: number): Markup {
  let end = 0;
  const rects = segments
    .filter(({ value }) => value > 0)
    .map(({ tone, value }) => {
      const start = end;
      const width = Math.max((value / most) * 100, 0.5);
      end += width;
      return html`<rect class="${tone}" x="${start.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
    });
  return html`<svg aria-hidden="true">${rects}</svg>`;
}
