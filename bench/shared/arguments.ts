import { parseOptions } from '../../lib/cli/arguments';
import { UsageError } from '../../lib/errors/errors';

/** What a benchmark that goes in rounds is called with. */
export interface RoundsArguments {
  readonly rounds: number;
  readonly check: boolean;
}

const OPTIONS = { rounds: { type: 'string' }, check: { type: 'boolean' } } as const;

/** @throws UsageError for anything but `--rounds N` and `--check` */
export function readRounds(usage: string, rounds: number): RoundsArguments {
  const { values, positionals } = parseOptions(process.argv.slice(2), OPTIONS, { hint: usage });
  if (positionals.length > 0) {
    throw new UsageError('TooManyArguments', `unknown argument ${positionals.join(' ')}`, usage);
  }
  const count = Number(values.rounds ?? rounds);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new UsageError('BadRounds', `--rounds ${values.rounds} is no number of rounds`, usage);
  }
  return { rounds: count, check: values.check === true };
}
