import { parseArgs } from 'node:util';
import { CONFIG_OPTIONS, type NamedConfig, namedConfig } from '../config/named';
import { UsageError } from '../errors/errors';
import { parseOptions } from './arguments';
import type { Action, Command, CommandArguments } from './command';

/** What a command line says. */
export interface CommandLine {
  /** Undefined when only help is asked for, or nothing. */
  readonly command: Command | undefined;
  readonly common: CommonOptions;
  readonly own: CommandArguments;
}

/** The options of every command. */
export interface CommonOptions {
  readonly named: NamedConfig;
  readonly pairs: readonly string[];
  readonly endpoint: string | undefined;
  readonly verificationRoles: boolean;
  readonly json: boolean;
  readonly yes: boolean;
  readonly help: boolean;
}

const COMMON = {
  ...CONFIG_OPTIONS,
  pair: { type: 'string', multiple: true },
  endpoint: { type: 'string' },
  'verification-roles': { type: 'boolean' },
  json: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads a command line.
 *
 * @throws UsageError for an unknown command, action or option, or an argument too many or too few
 */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[]): CommandLine {
  // The command's own options count, so it is looked for before anything is taken apart strictly.
  const { positionals: words } = parseArgs({ args: [...argv], options: COMMON, allowPositionals: true, strict: false });
  const name = words.find((word) => word !== 'help');
  const command = commands.find((candidate) => candidate.name === name);
  const { values, positionals } = parseStrictly(argv, command?.options ?? {});
  const rest = positionals.filter((word) => word !== 'help');
  const help = values['help'] === true || positionals.includes('help');
  if (rest.length > 0 && command === undefined) {
    throw new UsageError(
      'UnknownCommand',
      `there is no command "${rest[0]}"`,
      `commands: ${commands.map((candidate) => candidate.name).join(', ')}; "--help" explains them`,
    );
  }
  return {
    command,
    common: {
      named: namedConfig(values),
      pairs: (values['pair'] as string[] | undefined) ?? [],
      endpoint: checkedEndpoint(text(values['endpoint'])),
      verificationRoles: values['verification-roles'] === true,
      json: values['json'] === true,
      yes: values['yes'] === true,
      help,
    },
    own: {
      ...(command === undefined || help ? { argument: undefined } : readWords(command, rest.slice(1))),
      values: Object.fromEntries(
        Object.keys(command?.options ?? {}).map((option) => [option, values[option] as string | boolean | undefined]),
      ),
    },
  };
}

function parseStrictly(
  argv: readonly string[],
  own: NonNullable<Command['options']>,
): { values: Record<string, unknown>; positionals: string[] } {
  const options = Object.fromEntries(Object.entries(own).map(([name, { type }]) => [name, { type }]));
  return parseOptions(argv, { ...options, ...COMMON }, { hint: '"--help" lists the options' });
}

/** The words after the command. */
function readWords(command: Command, words: readonly string[]): Pick<CommandArguments, 'action' | 'argument'> {
  const hint = `"${command.name} --help" has examples`;
  const [first] = words;
  const action = first === undefined ? undefined : actionNamed(command, first);
  const what = action === undefined ? command : action;
  const name = action === undefined ? command.name : `${command.name} ${first}`;
  const [argument, ...tooMany] = action === undefined ? words : words.slice(1);
  if (what.argument !== undefined && argument === undefined) {
    throw new UsageError('MissingArgument', `"${name}" needs ${what.argument}`, hint);
  }
  const extra = what.argument === undefined ? [argument, ...tooMany].filter((word) => word !== undefined) : tooMany;
  if (extra.length > 0) {
    throw new UsageError('TooManyArguments', `"${name}" takes no argument "${extra.join(' ')}"`, hint);
  }
  return { ...(action !== undefined && { action: first }), argument };
}

/** @throws UsageError for a word that is no action of a command that has some */
function actionNamed({ name, actions }: Command, word: string): Action | undefined {
  if (actions === undefined) {
    return undefined;
  }
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action === undefined) {
    throw new UsageError(
      'UnknownAction',
      `"${name}" has no action "${word}"`,
      `actions: ${Object.keys(actions).join(', ')}; "${name} --help" explains them`,
    );
  }
  return action;
}

function checkedEndpoint(endpoint: string | undefined): string | undefined {
  if (endpoint !== undefined && (!URL.canParse(endpoint) || !/^https?:/.test(endpoint))) {
    throw new UsageError('BadEndpoint', `--endpoint ${endpoint} is no URL`, 'write one such as http://127.0.0.1:4566');
  }
  return endpoint;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
