import type { StatusWord } from '../model/status';

/** The sign of each status at the beginning of a line. Colors repeat it, and never stand for it. */
export const MARK = { ok: '✓', failed: '✗', unknown: '?', skipped: '–' } as const satisfies Record<StatusWord, string>;

/** How lines are shown on a stream. */
export interface Screen {
  /** Characters in a line. Infinite in a pipe: there a line is one fact, whole, for programs such as grep. */
  readonly columns: number;
  readonly color: boolean;
}

/** The narrowest terminal that lines are made for. */
const NARROWEST = 60;

/** The longest line of text, however wide the terminal is: nobody could read a longer one. */
const WIDEST_TEXT = 120;

/** The part of a line that may stay empty, so that a text stands below its beginning. */
const MOST_INDENT = 0.6;

/** Columns of help in a pipe. */
const HELP_COLUMNS = 80;

/**
 * Returns how lines are shown on a stream: on a terminal as wide as it is, but never narrower than 60 columns. `COLUMNS` says how wide where
 * the stream does not. `FORCE_COLOR` and `NO_COLOR` decide about colors as they do in Node.js, which prefers the first.
 *
 * @see https://no-color.org
 * @see https://nodejs.org/docs/latest-v20.x/api/cli.html#force_color1-2-3
 */
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv = process.env,
): Screen {
  const named = /^[1-9]\d*$/.test(env['COLUMNS'] ?? '') ? Number(env['COLUMNS']) : 0;
  const isTerminal = stream.isTTY === true;
  const columns = (isTerminal ? stream.columns : 0) || named || (isTerminal ? HELP_COLUMNS : Number.POSITIVE_INFINITY);
  const { FORCE_COLOR: force, NO_COLOR: no = '', TERM: term } = env;
  const color = force === undefined ? no === '' && isTerminal && term !== 'dumb' : !/^(0|false)$/.test(force);
  return { columns: Math.max(columns, NARROWEST), color };
}

/** Returns text of several lines as a screen shows it: wrapped between words, and with its signs in color. */
export function shown(text: string, { columns, color }: Screen): string {
  const lines = wrapped(text, columns).split('\n');
  return (color ? lines.map(colored) : lines).join('\n');
}

/** Returns help, whose paragraphs are broken into lines where they are written, in lines for a screen. */
export function helpFor(text: string, columns: number): string {
  const paragraphs = text.replaceAll(/(?<=\S)\n(?=\S)/g, ' ');
  return wrapped(paragraphs, Number.isFinite(columns) ? columns : HELP_COLUMNS);
}

/**
 * Wraps each line that is too long between words, below the place where its text begins. A word is never broken, and neither is a line of JSON. A shell command can be
 * pasted as it stands: its lines end in a backslash.
 */
function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.length <= columns || JSON_LINE.test(line)) {
        return [line];
      }
      return isCommand(line) ? wrapCommand(line, columns) : wrapText(line, columns);
    })
    .join('\n');
}

/** A line of JSON, which would not be JSON in two. */
const JSON_LINE = /^\s*(?:"(?:[^"\\]|\\.)*"(?:: .*|,?)|[[{\]}].*)$/;

const COMMAND = /^( *(?:[a-z]+: +)?)((?:npx|aws) .*)$/;

/** Whether a line is a shell command, maybe behind a label. A sentence that begins with one would be pasted too, so no message does. */
function isCommand(line: string): boolean {
  return COMMAND.test(line);
}

function wrapCommand(line: string, columns: number): string[] {
  const [, lead = '', rest = ''] = COMMAND.exec(line) ?? [];
  const [, command = '', comment] = /^(.*?)(?: {2,}# (.*))?$/.exec(rest) ?? [];
  // Spaces within quotes belong to a word.
  const words = command.match(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g) ?? [];
  // An option and its value stay together.
  const parts = words.reduce<string[]>((all, word) => {
    const last = all.at(-1);
    return last !== undefined && /^--\S+$/.test(last) && !word.startsWith('-') && last !== '--'
      ? [...all.slice(0, -1), `${last} ${word}`]
      : [...all, word];
  }, []);
  const indent = ' '.repeat(lead.length);
  const lines = fill(parts, columns - lead.length - 2, 2).map((part, index, all) => {
    const end = index < all.length - 1 ? ' \\' : '';
    return `${index === 0 && comment === undefined ? lead : indent}${part}${end}`;
  });
  return comment === undefined ? lines : [...wrapText(`${lead}# ${comment}`, columns), ...lines];
}

function wrapText(line: string, columns: number): string[] {
  const width = Math.min(columns, WIDEST_TEXT);
  if (line.length <= width) {
    return [line];
  }
  const hang = hangOf(line, width);
  const head = line.slice(0, hang.start);
  return fill(line.slice(hang.start).split(' '), width - hang.start, hang.rest - hang.start).map((part, index) =>
    index === 0 ? `${head}${part}` : `${' '.repeat(hang.start)}${part}`,
  );
}

/** Where the text of a line begins, behind its indentation, sign and label, and where its further lines begin. */
function hangOf(line: string, width: number): { readonly start: number; readonly rest: number } {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const gaps = Array.from(line.matchAll(/\S {2,}(?=\S)/g), ({ index, 0: gap }) => index + gap.length);
  const start = gaps.findLast((end) => end <= MOST_INDENT * width) ?? indent;
  const sign = /^[✓✗?–!-] /.test(line.slice(start)) ? 2 : 0;
  return { start, rest: start + (sign > 0 ? sign : start === indent && indent > 0 ? 2 : 0) };
}

/** Puts words into lines of so many characters; all but the first begin with `indent` spaces. */
function fill(words: readonly string[], width: number, indent: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && (last.length + 1 + word.length <= width || last.trim() === '')) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(last === undefined ? word : `${' '.repeat(indent)}${word}`);
    }
  }
  return lines.map((line) => line.trimEnd());
}

const COLORS = { '✓': 32, '✗': 31, '?': 33, '–': 2, '!': 33 } as const;

function colored(line: string): string {
  return line.replace(/^( *)([✓✗?–!])(?= )/, (_, indent: string, sign: keyof typeof COLORS) => {
    return `${indent}\u001b[${COLORS[sign]}m${sign}\u001b[0m`;
  });
}
