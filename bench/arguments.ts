import { parseArgs } from 'node:util';
import { UsageError } from '../lib/errors';

/** What a benchmark that goes in rounds is called with. */
export interface RoundsArguments {
  readonly rounds: number;
  readonly check: boolean;
}

/** @throws UsageError for anything but `--rounds N` and `--check` */
export function readRounds(usage: string, rounds: number): RoundsArguments {
  const { values } = parse(usage, rounds);
  const count = Number(values.rounds);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new UsageError('BadRounds', `--rounds ${values.rounds} is no number of rounds`, usage);
  }
  return { rounds: count, check: values.check };
}

function parse(usage: string, rounds: number) {
  try {
    return parseArgs({
      options: { rounds: { type: 'string', default: String(rounds) }, check: { type: 'boolean', default: false } },
    });
  } catch (error) {
    throw new UsageError('BadOption', (error as Error).message, usage);
  }
}
