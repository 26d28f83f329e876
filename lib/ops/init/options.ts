import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { z } from 'zod';
import type { CommandArguments, ProjectContext } from '../../cli/command';
import { allOptions, textOption } from '../../cli/options';
import { contextOfCli } from '../../config/locate';
import * as schema from '../../config/schema';
import { UsageError } from '../../errors/errors';
import { quoted, visible } from '../../errors/visible';

/** A bucket that is to be a source bucket. */
export interface NamedBucket {
  readonly name: string;
  /** Id of its pair. @default - made from its name */
  readonly id: string | undefined;
}

/** What the command line says. */
export interface InitOptions {
  readonly sourceProfile: string | undefined;
  readonly destinationProfile: string | undefined;
  readonly sourceRegion: string | undefined;
  readonly destinationRegion: string | undefined;
  readonly deployment: string | undefined;
  readonly buckets: readonly NamedBucket[];
  readonly newIds: readonly string[];
  /** Buckets whose rules are replaced. */
  readonly replaced: readonly string[];
  /** Names of existing replica buckets, by the id of their pair. */
  readonly replicas: ReadonlyMap<string, string>;
  /** Absolute paths of Terraform states. */
  readonly states: readonly string[];
  readonly overwrite: boolean;
  readonly target: Target;
}

/** Where the configuration is written. */
export interface Target {
  /** Absolute path. */
  readonly file: string;
  /** Whether the option --config names it, which every other command then needs too. */
  readonly isNamed: boolean;
  /** Whether cdk.json is to name it from now on. */
  readonly intoCdkJson: boolean;
  /** A configuration that is there, in words. @default - none */
  readonly inTheWay: string | undefined;
}

const DEFAULT_FILE = 'replication.json';

/**
 * Reads the options of `init`.
 *
 * @throws UsageError that lists every problem
 */
export function readInitOptions(
  context: Pick<ProjectContext, 'directory' | 'calledIn' | 'named' | 'yes' | 'cdkContext'>,
  { values, lists = {} }: Pick<CommandArguments, 'values' | 'lists'>,
): InitOptions {
  const readContext = contextOfCli(context.cdkContext, context.directory);
  const profile = (name: string) => {
    const value = readContext(name);
    return typeof value === 'string' ? value : undefined;
  };
  const { overwrite = false } = values;
  return allOptions<InitOptions>({
    sourceProfile: () => profile('source-profile'),
    destinationProfile: () => profile('destination-profile'),
    sourceRegion: () => checked(values, 'source-region', schema.region),
    destinationRegion: () => checked(values, 'destination-region', schema.region),
    deployment: () => checked(values, 'deployment', schema.deployment),
    buckets: () => (lists['bucket'] ?? []).map((text) => namedBucket(text)),
    newIds: () => (lists['new'] ?? []).map((id) => checkedId(id, '--new')),
    replaced: () => replacedBuckets(lists),
    replicas: () => new Map((lists['replica-bucket'] ?? []).map(replicaOf)),
    states: () => statePaths(lists, context.calledIn),
    overwrite: () => overwrite === true,
    target: () => targetOf(context, readContext('config'), overwrite === true),
  });
}

/** @throws UsageError for a value that the configuration does not accept */
export function checkedValue(value: string, name: string, type: z.ZodType<string>): string {
  const parsed = type.safeParse(value);
  if (!parsed.success) {
    throw new UsageError('BadOption', `${name} ${quoted(value)} is not valid`, parsed.error.issues[0]?.message);
  }
  return parsed.data;
}

function checked(values: CommandArguments['values'], option: string, type: z.ZodType<string>): string | undefined {
  const value = textOption(values, option);
  return value === undefined ? undefined : checkedValue(value, `--${option}`, type);
}

export function checkedId(id: string, name: string): string {
  return checkedValue(id, name, schema.pairId);
}

/** @throws UsageError for an id that is none */
export function namedBucket(text: string): NamedBucket {
  const [name = '', id] = text.split('=', 2);
  return { name: bareName(name), id: id === undefined ? undefined : checkedId(id, `--bucket ${name}=`) };
}

/** The name of a bucket, which people also write as a URL or an ARN. */
export function bareName(text: string): string {
  return text.replace(/^(s3:\/\/|arn:[\w-]+:s3:::)/, '').replace(/\/$/, '');
}

/** @throws UsageError without the id of a pair */
function replicaOf(text: string): [string, string] {
  const [name = '', id] = text.split('=', 2);
  if (id === undefined) {
    throw new UsageError(
      'NoPair',
      `--replica-bucket ${quoted(text)} does not name a pair`,
      `write --replica-bucket ${visible(name)}=ID, with the id of the pair`,
    );
  }
  return [checkedId(id, `--replica-bucket ${name}=`), bareName(name)];
}

function replacedBuckets({
  bucket = [],
  'replace-rules': replaced = [],
}: NonNullable<CommandArguments['lists']>): readonly string[] {
  const names = bucket.map((text) => text.split('=', 1)[0]);
  const strange = bucket.length === 0 ? [] : replaced.filter((name) => !names.includes(name));
  if (strange.length > 0) {
    throw new UsageError(
      'NoSuchBucket',
      `--replace-rules ${strange.join(', ')} is not a bucket of --bucket`,
      'name it with --bucket too',
    );
  }
  return replaced;
}

function statePaths(lists: NonNullable<CommandArguments['lists']>, calledIn: string): readonly string[] {
  const { 'from-terraform': states = [] } = lists;
  const other = ['bucket', 'new', 'replace-rules', 'replica-bucket'].filter((option) => (lists[option] ?? []).length > 0);
  if (states.length > 0 && other.length > 0) {
    throw new UsageError(
      'StateAndBuckets',
      `--from-terraform and --${other.join(', --')} exclude each other`,
      'the state says which buckets replicate; add other pairs to the file afterwards',
    );
  }
  return states.map((file) => resolve(calledIn, file));
}

function targetOf(
  { directory, calledIn, named, yes }: Pick<ProjectContext, 'directory' | 'calledIn' | 'named' | 'yes'>,
  configured: unknown,
  overwrite: boolean,
): Target {
  const isNamed = named.file !== undefined;
  const file = isNamed
    ? resolve(calledIn, named.file ?? '')
    : resolve(directory, typeof configured === 'string' ? configured : DEFAULT_FILE);
  const intoCdkJson = !isNamed && configured === undefined;
  const inTheWay = existsSync(file)
    ? relative(calledIn, file)
    : intoCdkJson && hasOwnConfiguration(directory)
      ? 'context.replication of cdk.json'
      : undefined;
  if (inTheWay !== undefined && yes && !overwrite) {
    throw new UsageError(
      'ConfigurationExists',
      `there is a configuration already: ${inTheWay}`,
      'add --overwrite to replace it, or name another file with --config',
    );
  }
  return { file, isNamed, intoCdkJson, inTheWay };
}

/** Whether cdk.json has a configuration of somebody: this project ships one with the accounts of examples. */
function hasOwnConfiguration(directory: string): boolean {
  const found = contextOfCli([], directory)('replication') as
    | { readonly source?: { readonly account?: unknown }; readonly destination?: { readonly account?: unknown } }
    | undefined;
  const { source, destination } = schema.configuration.parse({});
  const examples: readonly unknown[] = [undefined, source.account, destination.account];
  return [found?.source?.account, found?.destination?.account].some((account) => !examples.includes(account));
}
