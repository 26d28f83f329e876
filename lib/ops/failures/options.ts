import type { CommandArguments } from '../../cli/command';
import { minutesOption } from '../../cli/options';
import { UsageError } from '../../errors/errors';

/** The command's own options. */
export interface FailuresOptions {
  /** Most messages to read. */
  readonly limit: number;
  /** Undefined to read once. */
  readonly watchMinutes: number | undefined;
  /** Remove what is shown. */
  readonly ack: boolean;
}

const DEFAULT_LIMIT = 10_000;

/**
 * SQS lets about 120,000 messages be held at once.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const MAX_LIMIT = 100_000;

/** @throws UsageError when a number is none, or options exclude each other */
export function readOptions({ values }: CommandArguments): FailuresOptions {
  const watchMinutes = minutesOption(values, 'watch');
  const ack = values['ack'] === true;
  if (ack && watchMinutes !== undefined) {
    throw new UsageError('WatchAndAck', '--ack does not go with --watch', 'watch first, then acknowledge what you have seen');
  }
  return { limit: readLimit(values['limit']), watchMinutes, ack };
}

function readLimit(value: string | boolean | undefined): number {
  if (value === undefined) {
    return DEFAULT_LIMIT;
  }
  const limit = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MAX_LIMIT) {
    throw new UsageError(
      'BadLimit',
      `--limit ${JSON.stringify(value)} is no number of messages`,
      `write 1 to ${MAX_LIMIT}, such as --limit 1000`,
    );
  }
  return limit;
}
