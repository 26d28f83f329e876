import { COMMANDS } from '../../bin/commands';
import { COMMAND } from '../../lib/config/program';
import { scripts } from '../../package.json';

/** A command line that a text shows. */
export interface NamedCommand {
  readonly text: string;
  /** Name of the npm script, or of this program's command; undefined for the program as a whole. */
  readonly name: string | undefined;
  /** Names of its options. */
  readonly options: readonly string[];
  /** Whether the script or the command is there. */
  readonly exists: boolean;
}

/** Finds every npm script and every command of this program that a text shows. */
export function namedCommands(text: string): NamedCommand[] {
  const runs = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([found, name = '']) => ({
    text: found,
    name,
    options: [],
    exists: name in scripts,
  }));
  const own = [...text.matchAll(new RegExp(`${COMMAND}(?: ([a-z]+))?([^\`\\n]*)`, 'g'))].map(([found, name, rest = '']) => ({
    text: found,
    name,
    options: [...rest.matchAll(/--([\w-]+)/g)].map(([, option = '']) => option),
    exists: name === undefined || COMMANDS.some((command) => command.name === name),
  }));
  return [...runs, ...own];
}

/** Options that a command accepts and its help does not leave to others. */
export function optionsOf(name: string | undefined): string[] {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  return [
    'pair',
    'config',
    'json',
    'yes',
    ...Object.keys((command !== undefined && 'options' in command && command.options) || {}),
  ];
}
