import { isAbsolute, relative, resolve } from 'node:path';
import { UsageError } from '../errors/errors';

/** Options that name a configuration, in every command. */
export const CONFIG_OPTIONS = {
  config: { type: 'string', multiple: true },
  context: { type: 'string', short: 'c', multiple: true },
} as const;

/** What the help of every command says of them. */
export const CONFIG_HELP = [
  ['-c, --config FILE', 'configuration file, as seen from where you are; also -c config=FILE'],
  ['-c, --context N=V', 'CDK context; may be repeated'],
] as const;

/** Values of {@link CONFIG_OPTIONS} on a command line. */
export interface ConfigValues {
  readonly config?: readonly string[] | undefined;
  readonly context?: readonly string[] | undefined;
}

/** What a command line says of the configuration. */
export interface NamedConfig {
  /** As it was written; undefined where none is named. */
  readonly file: string | undefined;
  /** Every other `NAME=VALUE`. */
  readonly context: readonly string[];
}

/**
 * Reads which configuration a command line names: `--config FILE`, `-c FILE`, and `config=FILE` among CDK context.
 *
 * @throws UsageError where it names two, or context without a name or without a file
 */
export function namedConfig({ config = [], context = [] }: ConfigValues): NamedConfig {
  // The CDK CLI reads -c=NAME=VALUE too.
  const words = context.map((word) => word.replace(/^=/, ''));
  const pairs = words.filter((word) => word.includes('='));
  const files = [
    ...config,
    ...words.filter((word) => !word.includes('=')),
    ...pairs.filter((pair) => pair.startsWith('config=')).map((pair) => pair.slice('config='.length)),
  ];
  const [file, other] = new Set(files);
  if (files.includes('')) {
    throw new UsageError('MissingValue', 'the name of the configuration is empty', 'write --config FILE');
  }
  if (other !== undefined) {
    throw new UsageError('TwoConfigurations', `two configurations are named, ${file} and ${other}`, 'name one of them');
  }
  const nameless = pairs.find((pair) => pair.startsWith('='));
  if (nameless !== undefined) {
    throw new UsageError('BadContext', `context ${nameless} has no name`, 'write -c NAME=VALUE');
  }
  return { file, context: pairs.filter((pair) => !pair.startsWith('config=')) };
}

/** Every value of `--context` and `-c` on a command line of the CDK CLI, however it is written: `-vc` is `-v -c`. */
export function contextWords(argv: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    const match = /^(?:--context|-[efhivyR]*c)(?:=?(.+))?$/s.exec(argument);
    const word = match ? (match[1] ?? argv[index + 1]) : undefined;
    return word === undefined ? [] : [word];
  });
}

/**
 * Refuses a command line of the CDK CLI that names a configuration in a way the CDK CLI warns of and ignores.
 *
 * @throws UsageError
 */
export function checkCdkArguments(argv: readonly string[]): void {
  const context = contextWords(argv);
  const ignored =
    argv.find((word) => /^--config(=|$)/.test(word)) ??
    context.filter((word) => !word.includes('=')).map((word) => `-c ${word}`)[0];
  if (ignored !== undefined) {
    throw new UsageError('IgnoredByCdk', `the CDK CLI ignores ${ignored}`, 'name the configuration with -c config=FILE');
  }
  namedConfig({ context });
}

/**
 * The options by which the CDK CLI gets the same.
 *
 * @param calledIn where the person is, which a file is relative to
 * @param directory the folder of cdk.json, which the CDK app finds it from
 */
export function cdkContext({ file, context }: NamedConfig, calledIn: string, directory: string): string[] {
  const path = file === undefined || isAbsolute(file) ? file : relative(directory, resolve(calledIn, file));
  return [...(path === undefined ? [] : [`config=${path}`]), ...context].flatMap((pair) => ['-c', pair]);
}
