import type { CommandArguments, Context } from '../../cli/command';
import { numberOption, textOption, wholeOption } from '../../cli/options';
import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';

/** The options that restore and drill share: which versions, where to, and how fast. */
export interface SharedOptions {
  /** Milliseconds since 1970. @default - the newest version of each key */
  readonly asOf: number | undefined;
  /** Only keys that begin so; empty for all. */
  readonly prefix: string;
  /** Bucket of the source account that takes the objects. @default - the command chooses */
  readonly to: string | undefined;
  /** Objects that are copied at a time. */
  readonly concurrency: number;
  /** Requests a second to each side. @default - as many as there is work for */
  readonly rate: number | undefined;
}

const DEFAULT_CONCURRENCY = 32;
const MOST_CONCURRENCY = 256;

/** ISO 8601 with a zone: without one it would mean another moment on another machine. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads each of them, for `allOptions`: throws a UsageError for a value that makes no sense. */
export function sharedReaders(
  { clock, pairs }: Pick<Context, 'clock' | 'pairs'>,
  { values }: CommandArguments,
): { readonly [Name in keyof SharedOptions]: () => SharedOptions[Name] } {
  return {
    asOf: () => momentOption(values, clock.now()),
    prefix: () => textOption(values, 'prefix') ?? '',
    to: () => targetOption(values, pairs),
    concurrency: () =>
      wholeOption(values, 'concurrency', 'number of objects at a time', MOST_CONCURRENCY, 64) ?? DEFAULT_CONCURRENCY,
    rate: () => numberOption(values, 'rate', 'number of requests a second', 10_000, 100),
  };
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
      `--as-of ${quoted(value)} is not a valid time`,
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
