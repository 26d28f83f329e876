import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from '../errors/errors';
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

/** Options of npm itself: npm sets their variables for reasons of its own too, such as a line of .npmrc. */
const NPM_OPTIONS = new Set(['all', 'json', 'prefix', 'yes']);

/** How many letters may be wrong in a name for its likely meaning to be named. */
const NEAR = 2;

/**
 * Takes a command line apart.
 *
 * @throws UsageError for anything that would otherwise be ignored: an unknown option, a missing or needless value, a second value, or an
 *   option that npm took for itself
 */
export function parseOptions<const Options extends OptionTable>(argv: readonly string[], options: Options, rules: OptionRules) {
  refuseWhatNpmTook(Object.keys(options));
  const seen = new Map<string, string>();
  const loose: ParseArgsConfig & { tokens: true } = { args: [...argv], options, strict: false, tokens: true };
  for (const token of parseArgs(loose).tokens) {
    if (token.kind === 'option') {
      checkOption(token, options, rules, seen);
    }
  }
  return parseArgs({ args: [...argv], options, allowPositionals: true, tokens: true });
}

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
    const near = nearest(name, Object.keys(options));
    throw new UsageError(
      'BadArguments',
      `unknown option ${rawName}`,
      near === undefined ? hint : `did you mean --${near}? ${hint}`,
    );
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
 */
export function refuseWhatNpmTook(names: readonly string[]): void {
  const variable = (name: string) => process.env[`npm_config_${name.replaceAll('-', '_')}`] ?? '';
  const taken = names.filter((name) => !NPM_OPTIONS.has(name) && variable(name) !== '').map((name) => `--${name}`);
  const call = names.includes('config') && /^\S+\.json$/.test(variable('call')) ? [`-c ${variable('call')}`] : [];
  const [first] = [...taken, ...call];
  if (first !== undefined) {
    throw new UsageError(
      'TakenByNpm',
      `npm took ${first} for itself, and this command did not get it`,
      `write -- before the options: npm run ${process.env['npm_lifecycle_event'] ?? 'COMMAND'} -- ${first}`,
    );
  }
}

/** The name that was probably meant. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate) }))
    .filter(({ candidate, distance }) => distance <= NEAR && distance < candidate.length / 2)
    .toSorted((one, other) => one.distance - other.distance);
  return best?.candidate ?? (name.length > 1 ? known.find((candidate) => candidate.startsWith(name)) : undefined);
}

/** How many letters to insert, delete or replace to make one word of the other. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
