import { resolve } from 'node:path';
import type { CommandArguments, Context } from '../../cli/command';
import { allOptions, fileOption, textOption, wholeOption } from '../../cli/options';
import { STORAGE_CLASSES } from '../../config/schema';
import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import { markerOrigin } from '../copy/markers';
import { type SharedOptions, sharedReaders } from '../copy/options';
import { dateOf } from '../inventory/dates';

/** A role that somebody made for jobs of S3 Batch Operations, and the bucket for their lists and reports. Both in the account that is copied to. */
export interface HandmadeRole {
  /** ARN. */
  readonly role: string;
  /** Name. */
  readonly bucket: string;
}

/** With which role S3 Batch Operations copies: that which the stack of the source has for each pair, or another one. */
export type BatchOptions = 'recovery-role' | HandmadeRole;

/** The command's own options. Without `to`, objects go to the source bucket of the pair. */
export interface RestoreOptions extends SharedOptions {
  /** Replace what is current in the target and is not the wanted version. */
  readonly overwrite: boolean;
  /** End after the plan. */
  readonly dryRun: boolean;
  readonly storageClass: string;
  /** Restore no tags. */
  readonly withoutTags: boolean;
  /** Restore the version below a delete marker that this deployment does not write. */
  readonly ignoreForeignMarkers: boolean;
  /** Days for which archived versions are requested. @default - they are only listed */
  readonly requestArchived: number | undefined;
  /** S3 Batch Operations copies what it can. @default - this process copies everything */
  readonly batch: BatchOptions | undefined;
  /** Versions are chosen from reports of S3 Inventory: of which date. @default - from a listing of the replica bucket */
  readonly inventory: { readonly date: string | undefined } | undefined;
  /** Go on where the last restore ended. */
  readonly resume: boolean;
  readonly checkpointFile: string;
  /** Takes everything that was not restored. */
  readonly csvFile: string | undefined;
}

const CHECKPOINT = '.s3-replication-restore.json';
const MOST_DAYS = 365;

/** @throws UsageError for a value that makes no sense, or options that do not go together */
export function readOptions(
  context: Pick<Context, 'config' | 'directory' | 'clock' | 'pairs'>,
  args: CommandArguments,
): RestoreOptions {
  const { directory } = context;
  const { values } = args;
  const { asOf, prefix, to, concurrency, rate } = sharedReaders(context, args);
  // Problems are listed in this order.
  return allOptions<RestoreOptions>({
    asOf,
    prefix,
    to,
    overwrite: () => values['overwrite'] === true,
    dryRun: () => values['dry-run'] === true,
    storageClass: () => classOption(values),
    withoutTags: () => values['without-tags'] === true,
    ignoreForeignMarkers: () => ignoreOption(context, values),
    requestArchived: () => wholeOption(values, 'request-archived', 'number of days', MOST_DAYS, 7),
    batch: () => batchOptions(context, values),
    inventory: () => inventoryOption(values),
    concurrency,
    rate,
    resume: () => values['resume'] === true,
    checkpointFile: () => fileOption(values, 'checkpoint', directory) ?? resolve(directory, CHECKPOINT),
    csvFile: () => fileOption(values, 'csv', directory),
  });
}

/** @throws UsageError that names everything that is wrong with what a job needs */
function batchOptions({ config }: Pick<Context, 'config'>, values: CommandArguments['values']): BatchOptions | undefined {
  const engine = textOption(values, 'engine') ?? 'stream';
  const [role, bucket] = [textOption(values, 'batch-role'), textOption(values, 'batch-bucket')];
  const given = [...(role === undefined ? [] : ['--batch-role']), ...(bucket === undefined ? [] : ['--batch-bucket'])];
  if (engine === 'stream') {
    if (given.length > 0) {
      throw new UsageError('NoBatch', `${given.join(' and ')} belong to --engine batch`, 'add --engine batch, or leave them out');
    }
    return undefined;
  }
  if (engine !== 'batch') {
    throw new UsageError('BadEngine', `--engine ${quoted(engine)} is not a valid engine`, 'write stream or batch');
  }
  const { account } = config.source;
  const withoutTags = values['without-tags'] === true ? ['--without-tags: S3 Batch Operations copies tags; leave it out'] : [];
  if (given.length === 0 && config.recovery.batch) {
    if (withoutTags.length > 0) {
      throw badBatch(withoutTags);
    }
    return 'recovery-role';
  }
  const problems = [
    ...(role !== undefined && new RegExp(`^arn:[\\w-]+:iam::${account}:role/.+$`).test(role)
      ? []
      : [`--batch-role: write the ARN of a role of the source account ${account}, which S3 Batch Operations may assume`]),
    ...(bucket !== undefined && /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
      ? []
      : ['--batch-bucket: write the name of a bucket of the source account, in the Region of the target']),
    ...withoutTags,
  ];
  if (problems.length > 0) {
    throw badBatch(
      problems,
      given.length === 0 ? 'or write "recovery": { "batch": true } into the configuration and deploy both sides' : undefined,
    );
  }
  return { role: role ?? '', bucket: bucket ?? '' };
}

function badBatch(problems: readonly string[], hint?: string): UsageError {
  return new UsageError('BadBatch', ['--engine batch cannot work with these options:', ...problems].join('\n  - '), hint);
}

/** Where replication or a lifecycle rule writes delete markers too, one that somebody else wrote cannot be told from theirs. */
function ignoreOption({ pairs }: Pick<Context, 'pairs'>, values: CommandArguments['values']): boolean {
  const ignore = values['ignore-foreign-markers'] === true;
  const unknown = pairs.filter((pair) => markerOrigin(pair) === 'unknown').map(({ id }) => id);
  if (ignore && unknown.length > 0) {
    throw new UsageError(
      'UnknownMarkers',
      `--ignore-foreign-markers cannot be used with ${unknown.join(', ')}: its configuration writes delete markers too (replicateDeleteMarkers or lifecycle.replicaExpireDays), and S3 does not show who wrote one`,
      'restore a moment before the deletions with --as-of, or choose other pairs with --pair',
    );
  }
  return ignore;
}

function inventoryOption(values: CommandArguments['values']): RestoreOptions['inventory'] {
  const from = textOption(values, 'from-inventory');
  return from === undefined ? undefined : { date: dateOf(from) };
}

function classOption(values: CommandArguments['values']): string {
  const value = textOption(values, 'storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.some((name) => name === value)) {
    throw new UsageError('BadStorageClass', `--storage-class ${value} is none`, `write one of ${STORAGE_CLASSES.join(', ')}`);
  }
  return value;
}
