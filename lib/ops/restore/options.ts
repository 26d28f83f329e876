import { resolve } from 'node:path';
import type { CommandArguments, Context } from '../../cli/command';
import { allOptions, fileOption, numberOption, textOption, wholeOption } from '../../cli/options';
import { STORAGE_CLASSES } from '../../config/schema';
import { UsageError } from '../../errors/errors';

/** The command's own options. */
export interface RestoreOptions {
  /** Milliseconds since 1970. @default - the newest version of each key */
  readonly asOf: number | undefined;
  /** Only keys that begin so; empty for all. */
  readonly prefix: string;
  /** Bucket of the source account that takes the objects. @default - the source bucket of the pair */
  readonly to: string | undefined;
  /** Replace what is current in the target and is not the wanted version. */
  readonly overwrite: boolean;
  /** End after the plan. */
  readonly dryRun: boolean;
  readonly storageClass: string;
  /** Restore no tags. */
  readonly withoutTags: boolean;
  /** Days for which archived versions are requested. @default - they are only listed */
  readonly requestArchived: number | undefined;
  /** Objects that are copied at a time. */
  readonly concurrency: number;
  /** Requests a second to each side. @default - as many as there is work for */
  readonly rate: number | undefined;
  /** Go on where the last restore ended. */
  readonly resume: boolean;
  readonly checkpointFile: string;
  /** Takes everything that was not restored. */
  readonly csvFile: string | undefined;
}

const CHECKPOINT = '.s3-replication-restore.json';
const DEFAULT_CONCURRENCY = 32;
const MOST_CONCURRENCY = 256;
const MOST_DAYS = 365;

/** ISO 8601 with a zone: without one it would mean another moment on another machine. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** @throws UsageError for a value that makes no sense, or options that do not go together */
export function readOptions(
  context: Pick<Context, 'directory' | 'clock' | 'pairs'>,
  { values }: CommandArguments,
): RestoreOptions {
  const { directory, clock, pairs } = context;
  return allOptions<RestoreOptions>({
    asOf: () => momentOption(values, clock.now()),
    prefix: () => textOption(values, 'prefix') ?? '',
    to: () => targetOption(values, pairs),
    overwrite: () => values['overwrite'] === true,
    dryRun: () => values['dry-run'] === true,
    storageClass: () => classOption(values),
    withoutTags: () => values['without-tags'] === true,
    requestArchived: () => wholeOption(values, 'request-archived', 'number of days', MOST_DAYS, 7),
    concurrency: () =>
      wholeOption(values, 'concurrency', 'number of objects at a time', MOST_CONCURRENCY, 64) ?? DEFAULT_CONCURRENCY,
    rate: () => numberOption(values, 'rate', 'number of requests a second', 10_000, 100),
    resume: () => values['resume'] === true,
    checkpointFile: () => fileOption(values, 'checkpoint', directory) ?? resolve(directory, CHECKPOINT),
    csvFile: () => fileOption(values, 'csv', directory),
  });
}

function targetOption(values: CommandArguments['values'], pairs: Context['pairs']): string | undefined {
  const to = textOption(values, 'to');
  const [first, ...others] = pairs;
  if (to !== undefined && others.length > 0) {
    throw new UsageError(
      'OnePair',
      `--to takes the objects of one pair, and ${pairs.length} are chosen`,
      `name one with --pair, such as --pair ${first?.id}`,
    );
  }
  return to;
}

function momentOption(values: CommandArguments['values'], now: Date): number | undefined {
  const value = textOption(values, 'as-of');
  if (value === undefined) {
    return undefined;
  }
  const time = MOMENT.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(
      'BadMoment',
      `--as-of ${JSON.stringify(value)} is no moment`,
      'write date, time and zone, such as --as-of 2026-11-20T08:00:00Z or --as-of 2026-11-20T19:00:00+11:00',
    );
  }
  if (time > now.getTime()) {
    throw new UsageError(
      'FutureMoment',
      `--as-of ${value} is in the future`,
      'write a moment that has passed, or leave --as-of out for the newest version of each key',
    );
  }
  return time;
}

function classOption(values: CommandArguments['values']): string {
  const value = textOption(values, 'storage-class') ?? 'STANDARD';
  if (!STORAGE_CLASSES.some((name) => name === value)) {
    throw new UsageError('BadStorageClass', `--storage-class ${value} is none`, `write one of ${STORAGE_CLASSES.join(', ')}`);
  }
  return value;
}
