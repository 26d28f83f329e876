import { resolve } from 'node:path';
import type { CommandArguments, Context } from '../../cli/command';
import { allOptions, fileOption, textOption, wholeOption } from '../../cli/options';
import { STORAGE_CLASSES } from '../../config/schema';
import { UsageError } from '../../errors/errors';
import { markerOrigin } from '../copy/markers';
import { type SharedOptions, sharedReaders } from '../copy/options';

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
  /** Go on where the last restore ended. */
  readonly resume: boolean;
  readonly checkpointFile: string;
  /** Takes everything that was not restored. */
  readonly csvFile: string | undefined;
}

const CHECKPOINT = '.s3-replication-restore.json';
const MOST_DAYS = 365;

/** @throws UsageError for a value that makes no sense, or options that do not go together */
export function readOptions(context: Pick<Context, 'directory' | 'clock' | 'pairs'>, args: CommandArguments): RestoreOptions {
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
    concurrency,
    rate,
    resume: () => values['resume'] === true,
    checkpointFile: () => fileOption(values, 'checkpoint', directory) ?? resolve(directory, CHECKPOINT),
    csvFile: () => fileOption(values, 'csv', directory),
  });
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

function classOption(values: CommandArguments['values']): string {
  const value = textOption(values, 'storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.some((name) => name === value)) {
    throw new UsageError('BadStorageClass', `--storage-class ${value} is none`, `write one of ${STORAGE_CLASSES.join(', ')}`);
  }
  return value;
}
