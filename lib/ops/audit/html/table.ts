import { type Content, html, type Markup } from './markup';

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
