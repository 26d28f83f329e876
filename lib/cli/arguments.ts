import { type ParseArgsConfig, parseArgs } from 'node:util';
import { COMMAND } from '../config/program';
import { UsageError } from '../errors/errors';
import { didYouMean } from '../errors/nearest';
import { quoted } from '../errors/visible';

/** Options of a command, by their long names. */
export type OptionTable = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }>
>;

/** What a command says of its options besides their names. */
export interface OptionRules {
  /** Where its options are listed, for the person who wrote a wrong one. */
  readonly hint: string;
  /** Names of options that the command knows and does not take, each with the reason. @default - none */
  readonly refused?: ReadonlyMap<string, UsageError>;
}

/**
 * Options of npm itself: npm sets their variables for reasons of its own too, such as a line of .npmrc. A lost --yes only makes a command
 * ask, and the others say where they are, or are none of this program.
 */
const NPM_OPTIONS = new Set(['all', 'color', 'help', 'prefix', 'quiet', 'version', 'yes']);

/**
 * Takes a command line apart.
 *
 * @throws UsageError for anything that would otherwise be ignored: an unknown option, a missing or needless value, a second value, or an
 *   option that npm took for itself
 */
export function parseOptions<const Options extends OptionTable>(
  argv: readonly string[],
  options: Options,
  rules: OptionRules,
): Parsed<Options> {
  refuseWhatNpmTook(Object.keys(options).filter((name) => !(name === 'json' && argv.includes('--json'))));
  const seen = new Map<string, string>();
  const loose: ParseArgsConfig & { tokens: true } = { args: [...argv], options, strict: false, tokens: true };
  for (const token of parseArgs(loose).tokens) {
    if (token.kind === 'option') {
      checkOption(token, options, rules, seen);
    }
  }
  return parseArgs({ args: [...argv], options, allowPositionals: true, tokens: true });
}

type Parsed<Options extends OptionTable> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true; tokens: true }>
>;

interface OptionToken {
  readonly name: string;
  /** As it was written. */
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value is part of the same word. */
  readonly inlineValue?: boolean | undefined;
}

function checkOption(token: OptionToken, options: OptionTable, { hint, refused }: OptionRules, seen: Map<string, string>): void {
  const { name, rawName, value, inlineValue } = token;
  const refusal = refused?.get(name);
  if (refusal !== undefined) {
    throw refusal;
  }
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) {
    const meant = didYouMean(name, Object.keys(options), '--');
    throw new UsageError('BadArguments', `unknown option ${rawName}`, `${meant}${hint}`);
  }
  if (option.type === 'boolean') {
    if (value !== undefined) {
      throw new UsageError('BadArguments', `${rawName} accepts no value, and was given ${quoted(value)}`, hint);
    }
    return;
  }
  if (value === undefined || value === '' || (inlineValue === false && /^-./.test(value))) {
    throw new UsageError('BadArguments', `${rawName} needs a value`, hint);
  }
  const before = seen.get(name);
  if (option.multiple !== true && before !== undefined && before !== value) {
    throw new UsageError('BadArguments', `--${name} has two values, ${before} and ${value}`, 'write one of them');
  }
  seen.set(name, value);
}

/**
 * `npm run deploy --config=FILE`, without `--` before the options, gives the option to npm, which tells its scripts only by a variable.
 * `-c` is npm's `--call` then, whose value a script of `npm exec` inherits too: only a value that looks like a configuration counts.
 *
 * @throws UsageError that names the first such option
 */
export function refuseWhatNpmTook(names: readonly string[]): void {
  const { npm_lifecycle_event: script, npm_command: command } = process.env;
  const variable = (name: string) => process.env[`npm_config_${name.replaceAll('-', '_')}`] ?? '';
  const isTaken = (name: string) =>
    // npx leaves what stands behind the name of a command alone, so that its own --json comes from .npmrc.
    name === 'json' ? variable(name) === 'true' && command !== 'exec' : !NPM_OPTIONS.has(name) && variable(name) !== '';
  const taken = names.filter(isTaken).map((name) => `--${name}`);
  const call = names.includes('config') && /^\S+\.json$/.test(variable('call')) ? [`-c ${variable('call')}`] : [];
  const [first] = [...taken, ...call];
  if (first !== undefined) {
    throw new UsageError(
      'TakenByNpm',
      `npm took ${first} for itself, and this command did not get it`,
      script === undefined || script === 'npx'
        ? `write it behind the command: ${COMMAND} COMMAND ${first}`
        : `write -- before the options: npm run ${script} -- ${first}`,
    );
  }
}
