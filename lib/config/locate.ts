import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { ConfigError } from '../errors/errors';
import { parseJson } from './json';
import { contextWords } from './named';

/** Reads one key of CDK context: `app.node.tryGetContext`, or {@link contextOfCli} where no app runs. */
export type ReadContext = (key: string) => unknown;

/** A configuration as it was written, and where. */
export interface LocatedConfig {
  readonly origin: string;
  readonly value: unknown;
}

/**
 * Finds the configuration: the file that context `config` names, else context `replication`.
 *
 * The app, the credential plug-in and the operator commands all call this, each with its own way to read context.
 *
 * @param directory what a relative path is relative to: the folder of cdk.json
 * @throws ConfigError when the named file cannot be read or is not JSON
 */
export function locateConfig(readContext: ReadContext, directory: string): LocatedConfig {
  const path = readContext('config');
  if (path === undefined) {
    return { origin: 'cdk.json (context.replication)', value: readContext('replication') ?? {} };
  }
  if (typeof path !== 'string' || path === '') {
    throw new ConfigError('context.config', [{ path: 'config', found: path, remedy: 'write the path of a JSON file' }]);
  }
  return { origin: path, value: parseJson(readConfigFile(resolve(directory, path), path), path) };
}

/** A value of CDK context. */
export interface ContextValue {
  readonly value: unknown;
  /** Where it is written. */
  readonly from: 'command line' | 'CDK_CONTEXT' | 'cdk.json' | 'cdk.context.json' | '~/.cdk.json';
}

/** Reads one key of CDK context with where it is written; undefined where it is nowhere. */
export type FindContext = (key: string) => ContextValue | undefined;

/**
 * Context as the CDK CLI sees it, for code that gets none: the command line's `-c key=value` or, where it has none, the variable
 * CDK_CONTEXT, then cdk.json, cdk.context.json and the person's own ~/.cdk.json.
 *
 * @param argv the arguments of the command line, without interpreter and script
 * @param directory the folder of cdk.json
 * @throws ConfigError when one of the files is there and is not JSON
 * @see https://docs.aws.amazon.com/cdk/v2/guide/context.html
 */
export function contextOfCli(argv: readonly string[], directory: string): ReadContext {
  const find = contextFinder(argv, directory);
  return (key) => find(key)?.value;
}

/** The same, with where each value is written. */
export function contextFinder(argv: readonly string[], directory: string): FindContext {
  const words = contextWords(argv);
  const { CDK_CONTEXT: variable } = process.env;
  const sources: readonly (readonly [from: ContextValue['from'], values: unknown])[] = [
    words.length === 0 && variable !== undefined
      ? ['CDK_CONTEXT', contextArguments([variable])]
      : ['command line', contextArguments(words)],
    ['cdk.json', readObject(resolve(directory, 'cdk.json'))['context']],
    ['cdk.context.json', readObject(resolve(directory, 'cdk.context.json'))],
    ['~/.cdk.json', readObject(resolve(homedir(), '.cdk.json'))['context']],
  ];
  return (key) =>
    sources
      .map(([from, values]) => ({ from, value: (values as Record<string, unknown> | undefined)?.[key] }))
      .find(({ value }) => value !== undefined);
}

/**
 * A setting of the CDK CLI besides context, such as `toolkitStackName`: of cdk.json, or of the person's own ~/.cdk.json.
 *
 * @param directory the folder of cdk.json
 * @returns undefined when neither has it as text
 * @throws ConfigError when one of the files is there and is not JSON
 * @see https://docs.aws.amazon.com/cdk/v2/guide/cli.html
 */
export function settingOfCli(directory: string, key: string): string | undefined {
  const files = [resolve(directory, 'cdk.json'), resolve(homedir(), '.cdk.json')];
  return files.map((file) => readObject(file)[key]).find((value): value is string => typeof value === 'string');
}

function contextArguments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((pair) => {
      const split = pair.indexOf('=');
      return split > 0 ? [[pair.slice(0, split), pair.slice(split + 1)]] : [];
    }),
  );
}

function readObject(file: string): Record<string, unknown> {
  const value = existsSync(file) ? parseJson(readFileSync(file, 'utf8'), basename(file)) : {};
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function readConfigFile(file: string, origin: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    throw new ConfigError(origin, [{ path: 'config', found: origin, remedy: `${reason}; name a JSON file with -c config=FILE` }]);
  }
}
