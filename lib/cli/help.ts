import { CONFIG_HELP } from '../config/named';
import type { Command } from './command';
import { EXIT_CODES_HELP } from './exit-codes';

const COMMON_HELP: readonly (readonly [option: string, help: string])[] = [
  ...CONFIG_HELP,
  ['    --pair ID', 'only this pair; may be repeated'],
  ['    --endpoint URL', 'send AWS requests there (a local emulator)'],
  ['    --verification-roles', 'assume the role of each account that verifies for the pipeline'],
  ['    --json', 'print the result as JSON'],
  ['-y, --yes', 'change without asking'],
  ['    --debug', 'show stack traces'],
  ['-h, --help', 'show this help'],
];

/** The list of commands and the options of all of them. */
export function overview(commands: readonly Command[]): string {
  const usage = 'Usage: npm run ops -- COMMAND [options]';
  return `${usage}\n\nCommands:\n${columns(commands.map(({ name, summary }) => [name, summary]))}\n\n${options()}`;
}

/** What one command does, with examples and every option. */
export function commandHelp(command: Command): string {
  const words = [command.name, command.actions === undefined ? command.argument : '[ACTION]'];
  const usage = `Usage: npm run ops -- ${words.filter(Boolean).join(' ')} [options]`;
  return [usage, command.help, ...actions(command), options(command)].join('\n\n');
}

function actions({ actions: all = {} }: Command): string[] {
  const rows = Object.entries(all).map(
    ([name, { argument, help }]) => [[name, argument].filter(Boolean).join(' '), help] as const,
  );
  return rows.length === 0 ? [] : [`Actions:\n${columns(rows)}`];
}

function options(command?: Command): string {
  const own = Object.entries(command?.options ?? {}).map(
    ([name, { value, help }]) => [`    --${name}${value === undefined ? '' : ` ${value}`}`, help] as const,
  );
  return `Options:\n${columns([...own, ...COMMON_HELP])}\n\n${EXIT_CODES_HELP}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n');
}
