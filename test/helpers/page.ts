/** What tests look at in a page of `--html`. */

/** The text between the first of two marks and the next of the other. */
export function between(page: string, start: string, end: string): string {
  const from = page.indexOf(start) + start.length;
  return page.slice(from, page.indexOf(end, from));
}

/** The elements of a page, in order; fails where one is not closed, or closed in the wrong place. */
export function elementsOf(page: string): string[] {
  const found: string[] = [];
  const open: string[] = [];
  const misplaced: string[] = [];
  const body = page.replace(/<(style|script)>[^]*?<\/\1>/g, '<$1></$1>');
  for (const [, slash, name = '', selfClosed] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
    if (slash === '/') {
      misplaced.push(...(open.pop() === name ? [] : [name]));
    } else {
      found.push(name);
      open.push(...(selfClosed === '/' || ['meta', 'input', 'br'].includes(name) ? [] : [name]));
    }
  }
  expect({ open, misplaced }).toEqual({ open: [], misplaced: [] });
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

/** What a reader sees of a piece of a page, without line breaks. */
export function textOf(piece = ''): string {
  const text = piece.replaceAll(/<[^>]*>/g, '').replaceAll(/\s*\n\s*/g, '');
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? '');
}

/** The command lines that a piece of a page offers to copy. */
export function commandsIn(piece = ''): string[] {
  return [...piece.matchAll(/<div class="command"><code>(.*?)<\/code>/g)].map(([, line]) => textOf(line));
}
