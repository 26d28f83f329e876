import { isAbsolute, relative, resolve } from 'node:path';
import { UsageError } from '../errors/errors';

/** Options that name a configuration, in every command. */
export const CONFIG_OPTIONS = {
  config: { type: 'string', multiple: true },
  context: { type: 'string', short: 'c', multiple: true },
  'source-profile': { type: 'string' },
  'destination-profile': { type: 'string' },
} as const;

/** What the help of every command says of them. */
export const CONFIG_HELP = [
  ['-c, --config FILE', 'configuration file, relative to the current folder; also -c config=FILE'],
  ['-c, --context N=V', 'CDK context; may be repeated'],
  ['    --source-profile NAME', 'AWS profile of the source account, for this run'],
  ['    --destination-profile NAME', 'the same for the destination account'],
] as const;

/** Values of {@link CONFIG_OPTIONS} on a command line. */
export interface ConfigValues {
  readonly config?: readonly string[] | undefined;
  readonly context?: readonly string[] | undefined;
  readonly 'source-profile'?: string | undefined;
  readonly 'destination-profile'?: string | undefined;
}

/**
 * CDK context by which a run has other profiles than the configuration names. Context reaches the app, the credential plug-in of the CDK CLI
 * and every command that is printed.
 */
export const PROFILE_CONTEXT = { source: 'source-profile', destination: 'destination-profile' } as const;

/** What a command line says of the configuration. */
export interface NamedConfig {
  /** As it was written; undefined where none is named. */
  readonly file: string | undefined;
  /** Every other `NAME=VALUE`, profiles too. */
  readonly context: readonly string[];
}

/**
 * Reads which configuration a command line names: `--config FILE`, `-c FILE`, and `config=FILE` among CDK context; and which profiles.
 *
 * @throws UsageError where it names two, or context without a name or without a file
 */
export function namedConfig({ config = [], context = [], ...profiles }: ConfigValues): NamedConfig {
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
  const others = pairs.filter((pair) => !pair.startsWith('config='));
  return {
    file,
    context: [...others, ...Object.values(PROFILE_CONTEXT).flatMap((name) => profileWords(name, others, profiles[name]))],
  };
}

/** @throws UsageError where context names another profile, or an empty one */
function profileWords(name: string, context: readonly string[], profile: string | undefined): string[] {
  const written = context.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  const [first, other] = new Set([...written, ...(profile === undefined ? [] : [profile])]);
  if (first === '') {
    throw new UsageError('MissingValue', `the profile of ${name} is empty`, `write --${name} NAME`);
  }
  if (other !== undefined) {
    throw new UsageError('TwoProfiles', `--${name} has two values, ${first} and ${other}`, 'write one of them');
  }
  return profile === undefined || written.length > 0 ? [] : [`${name}=${profile}`];
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
  const option = argv.find((word) => /^--(config|source-profile|destination-profile)(=|$)/.test(word));
  const ignored = option ?? context.filter((word) => !word.includes('=')).map((word) => `-c ${word}`)[0];
  if (ignored !== undefined) {
    const [, name = 'config'] = /^--([^=]+)/.exec(ignored) ?? [];
    const hint = name === 'config' ? 'name the configuration with -c config=FILE' : `name the profile with -c ${name}=NAME`;
    throw new UsageError('IgnoredByCdk', `the CDK CLI ignores ${ignored}`, hint);
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
