import { UsageError } from '../../errors';
import type { VerbArguments } from '../command';

/** The verb's own options. */
export interface VerifyOptions {
  readonly timeoutMinutes: number;
  /** Undefined to verify once. */
  readonly watchMinutes: number | undefined;
}

const DEFAULT_TIMEOUT_MINUTES = 20;

/** A week: far from where a timer of Node.js overflows, and fires at once. */
const MAX_MINUTES = 10_080;

/** @throws UsageError when a number of minutes is none */
export function readOptions({ values }: VerbArguments): VerifyOptions {
  return {
    timeoutMinutes: minutes(values, 'timeout') ?? DEFAULT_TIMEOUT_MINUTES,
    watchMinutes: minutes(values, 'watch'),
  };
}

function minutes(values: VerbArguments['values'], option: string): number | undefined {
  const value = values[option];
  if (value === undefined) {
    return undefined;
  }
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (number <= 0 || number > MAX_MINUTES) {
    throw new UsageError(
      'BadMinutes',
      `--${option} ${JSON.stringify(value)} is no number of minutes`,
      `write more than 0 and at most ${MAX_MINUTES}, such as --${option} 20`,
    );
  }
  return number;
}
