import { resolve } from 'node:path';
import { UsageError } from '../errors';
import type { VerbArguments } from './command';

/** A week: far from where a timer of Node.js overflows, and fires at once. */
const MAX_MINUTES = 10_080;

/**
 * Reads an option that is a number of minutes; undefined when it is not given.
 *
 * @throws UsageError when it is none
 */
export function minutesOption(values: VerbArguments['values'], option: string): number | undefined {
  const value = values[option];
  if (value === undefined) {
    return undefined;
  }
  const number = positiveNumber(value);
  if (number === undefined || number > MAX_MINUTES) {
    throw new UsageError(
      'BadMinutes',
      `--${option} ${JSON.stringify(value)} is no number of minutes`,
      `write more than 0 and at most ${MAX_MINUTES}, such as --${option} 20`,
    );
  }
  return number;
}

/**
 * Reads an option that is a number; undefined when it is not given.
 *
 * @param what it counts, such as `number of requests a second`
 * @throws UsageError when it is none
 */
export function numberOption(
  values: VerbArguments['values'],
  option: string,
  what: string,
  most: number,
  example: number,
): number | undefined {
  const value = values[option];
  if (value === undefined) {
    return undefined;
  }
  const number = positiveNumber(value);
  if (number === undefined || number > most) {
    throw new UsageError(
      'BadNumber',
      `--${option} ${JSON.stringify(value)} is no ${what}`,
      `write more than 0 and at most ${most}, such as --${option} ${example}`,
    );
  }
  return number;
}

/** Reads an option that names a file, as seen from a folder; undefined when it is not given. */
export function fileOption(values: VerbArguments['values'], option: string, directory: string): string | undefined {
  const value = values[option];
  return typeof value === 'string' ? resolve(directory, value) : undefined;
}

function positiveNumber(value: string | boolean): number | undefined {
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  return number > 0 ? number : undefined;
}
