import { visible as inOneLine } from '../../errors/visible';
import type { StatusWord } from '../../model/status';
import { MARK } from '../layout';

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

/** The word of each status, beside its sign: nobody has to tell colours apart. */
const WORDS = { ok: 'OK', failed: 'Failed', unknown: 'Unknown', skipped: 'Skipped' } as const satisfies Record<
  StatusWord,
  string
>;

/** The result of a command, in one line that stands first on its page. */
export function verdict(status: StatusWord, text: string): Markup {
  return html`<p class="verdict ${status}">${sign(status)} <strong>${WORDS[status]}:</strong> ${visible(text)}</p>\n`;
}

/** The sign of a status. Its word has to stand beside it. */
export function sign(status: StatusWord): Markup {
  return html`<span class="sign ${status}" aria-hidden="true">${MARK[status]}</span>`;
}

/** Terms and what they are. */
export function facts(lines: readonly (readonly [term: string, text: Content])[]): Markup {
  return html`<dl>\n${lines.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>\n`)}</dl>\n`;
}

/** An unordered list. */
export function list(items: readonly Content[]): Markup {
  return html`<ul>\n${items.map((item) => html`<li>${item}</li>\n`)}</ul>\n`;
}

/** A moment, to the second: `2026-02-03 04:05:06 UTC`. Text that is none stays as it is. */
export function moment(time: string): Markup {
  const [, day, second] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time) ?? [];
  const text = day === undefined || second === undefined ? time : html`<span>${day}</span> <span>${second} UTC</span>`;
  return html`<time datetime="${time}">${text}</time>`;
}

/** A command line, ready to be copied. The button is shown where a script can copy. */
export function command(line: string): Markup {
  // A word stays whole where the page has room for it: an option is not broken after its first hyphen.
  const words = line.split(' ').map((word, index) => html`${index === 0 ? '' : ' '}<span>${word}</span>`);
  return html`<div class="command"><code>${words}</code><button type="button" class="copy" hidden>Copy</button></div>`;
}

/** Steps in their order, each with its commands. */
export function steps(all: readonly { readonly text: string; readonly commands: readonly string[] }[]): Markup {
  return html`<ol class="steps">
${all.map(({ text, commands }) => html`<li>${visible(text)}${commands.length > 0 ? ':' : '.'}${commands.map(command)}</li>\n`)}</ol>
`;
}

/** A column of a table: its heading, and whether its cells are numbers, bars, or long. */
export type Column = readonly [heading: string, kind?: 'number' | 'wide' | 'bar'];

/** A row of a table, with what a filter of the page goes by. */
export interface Row {
  readonly cells: readonly Content[];
  /** Attributes `data-NAME`. @default - none */
  readonly data?: Readonly<Record<string, string>>;
}

/** What else a table has. */
interface TableOptions {
  /** By which a filter finds it. @default - no filter does */
  readonly id?: string;
  /** Rows at its end, which no filter hides. @default - none */
  readonly totals?: readonly (readonly Content[])[];
}

/**
 * A table. Where the page is narrow, each row stands as a block of its own, with the heading of a column before each cell: no column is
 * out of sight. The roles keep it a table for screen readers then.
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (Row | readonly Content[])[],
  { id, totals = [] }: TableOptions = {},
): Markup {
  const heads = columns.map(([heading, kind]) => html`<th scope="col" role="columnheader"${classOf(kind)}>${heading}</th>`);
  const cell = (content: Content, index: number) => {
    const [heading = '', kind] = columns[index] ?? [];
    return index === 0
      ? html`<th scope="row" role="rowheader" data-label="${heading}"${classOf(kind)}>${content}</th>`
      : html`<td role="cell" data-label="${heading}"${classOf(kind)}>${content}</td>`;
  };
  const line = (row: Row | readonly Content[]) => {
    const { cells, data = {} } = 'cells' in row ? row : { cells: row };
    const attributes = Object.entries(data).map(([name, value]) => html` data-${name}="${value}"`);
    return html`<tr role="row"${attributes}>${cells.map(cell)}</tr>\n`;
  };
  const foot = totals.length === 0 ? '' : html`<tfoot role="rowgroup">\n${totals.map(line)}</tfoot>`;
  return html`<table role="table"${id === undefined ? '' : html` id="${id}"`}>
<caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${rows.map(line)}</tbody>${foot}
</table>
`;
}

function classOf(kind: Column[1]): Markup {
  return kind === undefined ? html`` : html` class="${kind}"`;
}

/** Part of a bar. */
export interface Segment {
  readonly tone: Tone;
  readonly value: number;
}

/** What a colour stands for. The numbers beside a bar say the same, so nobody has to tell colours apart. */
export type Tone = 'same' | 'waiting' | 'unknown' | 'other' | 'wrong';

/** Percent of the width that a part has at least: what is there at all can be seen. */
const THINNEST = 1.5;

/**
 * A horizontal bar, in proportion. Parts that would be too thin to be seen are drawn wider, at the cost of the others.
 *
 * @param most what fills the width @default - all parts together
 */
export function bar(segments: readonly Segment[], most: number = sumOf(segments)): Markup {
  const parts = segments.filter(({ value }) => value > 0);
  const widths = parts.map(({ value }) => (value / Math.max(most, 1)) * 100);
  const [thin, thick] = [widths.filter((width) => width < THINNEST), widths.filter((width) => width >= THINNEST)];
  const gained = thin.reduce((sum, width) => sum + THINNEST - width, 0);
  const all = thick.reduce((sum, width) => sum + width, 0);
  const room = Math.min(100 - all - thin.reduce((sum, width) => sum + width, 0), gained);
  let end = 0;
  const rects = parts.map(({ tone }, index) => {
    const exact = widths[index] ?? 0;
    const width = exact < THINNEST ? THINNEST : exact - ((gained - room) * exact) / all;
    const start = end;
    end += width;
    return html`<rect class="${tone}" x="${start.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
  });
  return html`<svg aria-hidden="true">${rects}</svg>`;
}

function sumOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { value }) => sum + value, 0);
}

/** A field of a filter. Its name is what the address and the attributes of the rows call it. */
export type Field =
  | { readonly kind: 'search' | 'checkbox'; readonly name: string; readonly label: string }
  | {
      readonly kind: 'select';
      readonly name: string;
      readonly label: string;
      /** Values, and what they are called. */
      readonly options: readonly (readonly [value: string, text: string])[];
    };

/**
 * A form that hides the rows of a table that do not fit, shown where scripts run. The address of the page keeps what it is set to.
 *
 * @param tableId the table, on the same page
 */
export function filter(tableId: string, fields: readonly Field[]): Markup {
  return html`<form class="filter" role="search" data-table="${tableId}" hidden>
${fields.map((field) => html`${fieldOf(field)}\n`)}<button type="reset">Show all</button>
<output aria-live="polite"></output>
</form>
`;
}

function fieldOf(field: Field): Markup {
  const { name, label } = field;
  switch (field.kind) {
    case 'select': {
      const options = field.options.map(([value, text]) => html`<option value="${value}">${text}</option>`);
      return html`<label>${label} <select name="${name}"><option value="">any</option>${options}</select></label>`;
    }
    case 'checkbox':
      return html`<label><input type="checkbox" name="${name}"> ${label}</label>`;
    case 'search':
    default:
      return html`<label class="search">${label} <input type="search" name="${name}" autocomplete="off"></label>`;
  }
}
