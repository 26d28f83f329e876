import { CONFIG_HELP, CONFIG_OPTIONS } from '../config/named';

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  ...CONFIG_OPTIONS,
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  debug: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** An option and what it does, for help. */
export type HelpRow = readonly [option: string, help: string];

/** What the help of every command says of the options that are not about the configuration. */
export const OUTPUT_HELP: readonly HelpRow[] = [
  ['    --json', 'print the result as JSON'],
  ['    --quiet', 'show only results, errors and questions'],
  ['    --no-color', 'print no colors; the variable NO_COLOR does the same'],
  ['    --debug', 'show stack traces'],
  ['    --version', 'print the version'],
  ['-h, --help', 'show this help'],
];

/** What the help of every command says of {@link GLOBAL_OPTIONS}. */
export const GLOBAL_HELP: readonly HelpRow[] = [...CONFIG_HELP, ...OUTPUT_HELP];

/** Lines of help for options, commands or actions, in two columns. */
export function columns(rows: readonly HelpRow[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n');
}
