/** The generated parts of a document, by the name of their markers. */
export type Parts = Readonly<Record<string, () => string>>;

/**
 * A document with its generated parts made anew.
 *
 * @throws Error when a part has no markers in it
 */
export function withParts(page: string, parts: Parts): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [start, end] = [`<!-- ${name}: made by npm run docs -->`, `<!-- end of ${name} -->`];
    const [before, rest] = [text.split(start)[0] ?? '', text.split(end)[1]];
    if (rest === undefined || before === text) {
      throw new Error(`the document has no markers ${start} and ${end}`);
    }
    return `${before}${start}\n\n${part()}\n\n${end}${rest}`;
  }, page);
}

/** A table, as Markdown writes it. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
