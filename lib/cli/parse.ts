import { parseArgs } from 'node:util';
import { CONFIG_OPTIONS, type NamedConfig, namedConfig } from '../config/named';
import { UsageError } from '../errors/errors';
import { parseOptions } from './arguments';
import type { Action, Verb, VerbArguments } from './command';

/** What a command line says. */
export interface CommandLine {
  /** Undefined when only help is asked for, or nothing. */
  readonly verb: Verb | undefined;
  readonly common: CommonOptions;
  readonly own: VerbArguments;
}

/** The options of every verb. */
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
 * @throws UsageError for an unknown verb, action or option, or an argument too many or too few
 */
export function parseCommandLine(argv: readonly string[], verbs: readonly Verb[]): CommandLine {
  // The verb's own options count, so it is looked for before anything is taken apart strictly.
  const { positionals: words } = parseArgs({ args: [...argv], options: COMMON, allowPositionals: true, strict: false });
  const name = words.find((word) => word !== 'help');
  const verb = verbs.find((candidate) => candidate.name === name);
  const { values, positionals } = parseStrictly(argv, verb?.options ?? {});
  const rest = positionals.filter((word) => word !== 'help');
  const help = values['help'] === true || positionals.includes('help');
  if (rest.length > 0 && verb === undefined) {
    throw new UsageError(
      'UnknownCommand',
      `there is no command "${rest[0]}"`,
      `commands: ${verbs.map((candidate) => candidate.name).join(', ')}; "--help" explains them`,
    );
  }
  return {
    verb,
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
      ...(verb === undefined || help ? { argument: undefined } : readWords(verb, rest.slice(1))),
      values: Object.fromEntries(
        Object.keys(verb?.options ?? {}).map((option) => [option, values[option] as string | boolean | undefined]),
      ),
    },
  };
}

function parseStrictly(
  argv: readonly string[],
  own: NonNullable<Verb['options']>,
): { values: Record<string, unknown>; positionals: string[] } {
  const options = Object.fromEntries(Object.entries(own).map(([name, { type }]) => [name, { type }]));
  return parseOptions(argv, { ...options, ...COMMON }, { hint: '"--help" lists the options' });
}

/** The words after the verb. */
function readWords(verb: Verb, words: readonly string[]): Pick<VerbArguments, 'action' | 'argument'> {
  const hint = `"${verb.name} --help" has examples`;
  const [first] = words;
  const action = first === undefined ? undefined : actionNamed(verb, first);
  const what = action === undefined ? verb : action;
  const name = action === undefined ? verb.name : `${verb.name} ${first}`;
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

/** @throws UsageError for a word that is no action of a verb that has some */
function actionNamed({ name, actions }: Verb, word: string): Action | undefined {
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
