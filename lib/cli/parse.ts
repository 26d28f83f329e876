import { parseArgs } from 'node:util';
import { type NamedConfig, namedConfig } from '../config/named';
import { UsageError } from '../errors/errors';
import { didYouMean } from '../errors/nearest';
import { parseOptions } from './arguments';
import type { Action, AnyCommand, Command, CommandArguments, ProjectCommand } from './command';
import { GLOBAL_OPTIONS } from './global-options';

/** What a command line says besides the name of its command. */
export interface CommandLine {
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
  readonly quiet: boolean;
  readonly yes: boolean;
  readonly help: boolean;
}

const AWS = { endpoint: { type: 'string' }, 'verification-roles': { type: 'boolean' } } as const;
const PAIR = { pair: { type: 'string', multiple: true } } as const;
const YES = { yes: { type: 'boolean', short: 'y' } } as const;

/** A command line up to the name of its command. */
export interface FirstLook {
  /** Undefined when only help or the version is asked for, or nothing. */
  readonly command: AnyCommand | undefined;
  /** The arguments without the name. */
  readonly argv: readonly string[];
  readonly version: boolean;
}

/**
 * Finds the command of a command line, whose options decide how the rest is read.
 *
 * @throws UsageError for an unknown command
 */
export function findCommand(argv: readonly string[], commands: readonly AnyCommand[]): FirstLook {
  const { tokens, values } = parseArgs({
    args: [...argv],
    options: { ...GLOBAL_OPTIONS, ...AWS, ...PAIR, ...YES },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const word = tokens.find((token) => token.kind === 'positional' && token.value !== 'help');
  const version = values['version'] === true;
  if (word?.kind !== 'positional') {
    return { command: undefined, argv, version };
  }
  const command = commands.find(({ name }) => name === word.value);
  if (command === undefined) {
    const names = commands.map(({ name }) => name);
    throw new UsageError(
      'UnknownCommand',
      `there is no command "${word.value}"`,
      `${didYouMean(word.value, names)}commands: ${names.join(', ')}; "--help" explains them`,
    );
  }
  return { command, argv: argv.filter((_, index) => index !== word.index), version };
}

/**
 * Reads the arguments of a command, without its name; of the program as a whole where there is none.
 *
 * @throws UsageError for an unknown action or option, or an argument too many or too few
 */
export function parseCommandLine(argv: readonly string[], command: Command | ProjectCommand | undefined): CommandLine {
  const { values, positionals } = parseStrictly(argv, command);
  const help = values['help'] === true || positionals.includes('help');
  const words = positionals.filter((word) => word !== 'help');
  const own = Object.entries(command?.options ?? {});
  return {
    common: {
      named: namedConfig(values),
      pairs: (values['pair'] as string[] | undefined) ?? [],
      endpoint: checkedEndpoint(text(values['endpoint'])),
      verificationRoles: values['verification-roles'] === true,
      json: values['json'] === true,
      quiet: values['quiet'] === true,
      yes: values['yes'] === true,
      help,
    },
    own: {
      ...(command === undefined || help ? { argument: undefined } : readWords(command, words)),
      values: Object.fromEntries(
        own.filter(([, { multiple }]) => multiple !== true).map(([option]) => [option, values[option] as string | boolean]),
      ),
      lists: Object.fromEntries(
        own.filter(([, { multiple }]) => multiple === true).map(([option]) => [option, (values[option] as string[]) ?? []]),
      ),
    },
  };
}

function parseStrictly(
  argv: readonly string[],
  command: Command | ProjectCommand | undefined,
): { values: Record<string, unknown>; positionals: string[] } {
  const { name, options: own = {}, asks, wholeConfiguration } = command ?? {};
  const all = {
    ...Object.fromEntries(Object.entries(own).map(([option, { type, multiple = false }]) => [option, { type, multiple }])),
    ...GLOBAL_OPTIONS,
    ...(command !== undefined && 'loadForProject' in command ? {} : AWS),
    ...(command === undefined || wholeConfiguration === true ? {} : PAIR),
    ...(asks === true ? YES : {}),
  };
  const refused = new Map([
    ...(asks === true ? [] : ['yes', 'y'].map((option) => [option, needless(name, '--yes', 'it asks nothing')] as const)),
    ...(wholeConfiguration === true ? [['pair', needless(name, '--pair', 'it is about all pairs')] as const] : []),
  ]);
  return parseOptions(withOmittedValues(argv, own), all, {
    hint: '"--help" lists the options',
    refused: command === undefined ? new Map() : refused,
  });
}

/** Writes what an option means without a value behind those that none follows. */
function withOmittedValues(argv: readonly string[], options: NonNullable<Command['options']>): string[] {
  return argv.map((word, index) => {
    const alone = word.startsWith('--') ? options[word.slice(2)]?.alone : undefined;
    const isAlone = argv[index + 1]?.startsWith('-') !== false;
    return alone !== undefined && isAlone ? `${word}=${alone}` : word;
  });
}

function needless(name: string | undefined, option: string, reason: string): UsageError {
  return new UsageError('OptionRefused', `"${name}" accepts no ${option}: ${reason}`, 'leave it out');
}

/** The words after the command. */
function readWords(command: Command | ProjectCommand, words: readonly string[]): Pick<CommandArguments, 'action' | 'argument'> {
  const hint = `"${command.name} --help" has examples`;
  const [first] = words;
  if (first === undefined && command.needsAction === true) {
    throw new UsageError('MissingAction', `"${command.name}" needs an action`, actionsOf(command));
  }
  const action = first === undefined ? undefined : actionNamed(command, first);
  const what = action === undefined ? command : action;
  const name = action === undefined ? command.name : `${command.name} ${first}`;
  const [argument, ...tooMany] = action === undefined ? words : words.slice(1);
  if (what.argument !== undefined && argument === undefined) {
    throw new UsageError('MissingArgument', `"${name}" needs ${what.argument}`, hint);
  }
  const extra = what.argument === undefined ? [argument, ...tooMany].filter((word) => word !== undefined) : tooMany;
  if (extra.length > 0) {
    throw new UsageError('TooManyArguments', `"${name}" accepts no argument "${extra.join(' ')}"`, hint);
  }
  return { ...(action !== undefined && { action: first }), argument };
}

/** @throws UsageError for a word that is no action of a command that has some */
function actionNamed(command: Command | ProjectCommand, word: string): Action | undefined {
  const { name, actions } = command;
  if (actions === undefined) {
    return undefined;
  }
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action === undefined) {
    throw new UsageError(
      'UnknownAction',
      `"${name}" has no action "${word}"`,
      `${didYouMean(word, Object.keys(actions))}${actionsOf(command)}`,
    );
  }
  return action;
}

function actionsOf({ name, actions = {} }: Command | ProjectCommand): string {
  return `actions: ${Object.keys(actions).join(', ')}; "${name} --help" explains them`;
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
