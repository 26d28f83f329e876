import { CONFIG_HELP } from '../config/named';
import { COMMAND } from '../config/program';
import type { AnyCommand, Command, ProjectCommand } from './command';
import { EXIT_CODES_HELP } from './exit-codes';
import { columns, type HelpRow, OUTPUT_HELP } from './global-options';

const PAIR_HELP: HelpRow = ['    --pair ID', 'only this pair; may be repeated'];
const AWS_HELP: readonly HelpRow[] = [
  ['    --endpoint URL', 'send AWS requests there (a local emulator)'],
  ['    --verification-roles', 'assume the role of each account that verifies for the pipeline or for GitHub Actions'],
];
const YES_HELP: HelpRow = ['-y, --yes', 'change without asking'];

/** Returns the list of commands and the options of all of them. */
export function overview(commands: readonly AnyCommand[]): string {
  return [
    `Usage: ${COMMAND} COMMAND [options]`,
    `Commands:\n${columns(commands.map(({ name, summary }) => [name, summary]))}`,
    `Options of every command:\n${columns([...CONFIG_HELP, ...OUTPUT_HELP])}`,
    `"${COMMAND} COMMAND --help" shows examples and the other options of a command.`,
    EXIT_CODES_HELP,
  ].join('\n\n');
}

/** Returns what one command does, with examples and every option. */
export function commandHelp(command: Command | ProjectCommand): string {
  const action = command.needsAction === true ? 'ACTION' : '[ACTION]';
  const words = [command.name, command.actions === undefined ? command.argument : action];
  const usage = `Usage: ${COMMAND} ${words.filter(Boolean).join(' ')} [options]`;
  return [usage, command.help, ...actions(command), `Options:\n${columns(optionsOf(command))}`, EXIT_CODES_HELP].join('\n\n');
}

function actions({ actions: all = {} }: Command | ProjectCommand): string[] {
  const rows = Object.entries(all).map(
    ([name, { argument, help }]) => [[name, argument].filter(Boolean).join(' '), help] as const,
  );
  return rows.length === 0 ? [] : [`Actions:\n${columns(rows)}`];
}

/** Its own options first. */
function optionsOf(command: Command | ProjectCommand): HelpRow[] {
  const { options = {}, asks, wholeConfiguration } = command;
  const own = Object.entries(options).map(
    ([name, { value, help }]): HelpRow => [`    --${name}${value === undefined ? '' : ` ${value}`}`, help],
  );
  return [
    ...own,
    ...(wholeConfiguration === true ? [] : [PAIR_HELP]),
    ...(asks === true ? [YES_HELP] : []),
    ...CONFIG_HELP,
    ...('loadForProject' in command ? [] : AWS_HELP),
    ...OUTPUT_HELP,
  ];
}
