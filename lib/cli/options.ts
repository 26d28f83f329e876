import { resolve } from 'node:path';
import { describeError, UsageError } from '../errors/errors';
import { quoted } from '../errors/visible';
import type { CommandArguments } from './command';

/** A week: far from where a timer of Node.js overflows, and fires at once. */
const MAX_MINUTES = 10_080;

/**
 * Reads an option that is a number of minutes; undefined when it is not given.
 *
 * @param zero whether 0 is one of them
 * @throws UsageError when it is none
 */
export function minutesOption(values: CommandArguments['values'], option: string, zero = false): number | undefined {
  const value = values[option];
  if (value === undefined) {
    return undefined;
  }
  const number = zero && value === '0' ? 0 : positiveNumber(value);
  if (number === undefined || number > MAX_MINUTES) {
    throw new UsageError(
      'BadMinutes',
      `--${option} ${quoted(value)} is not a valid number of minutes`,
      `write ${zero ? '0 or more' : 'more than 0'} and at most ${MAX_MINUTES}, such as --${option} 20`,
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
  values: CommandArguments['values'],
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
      `--${option} ${quoted(value)} is no ${what}`,
      `write more than 0 and at most ${most}, such as --${option} ${example}`,
    );
  }
  return number;
}

/** The same for a whole number. */
export function wholeOption(...args: Parameters<typeof numberOption>): number | undefined {
  const number = numberOption(...args);
  const [, option, what, , example] = args;
  if (number !== undefined && !Number.isInteger(number)) {
    throw new UsageError(
      'BadNumber',
      `--${option} ${number} is no ${what}`,
      `write a whole number, such as --${option} ${example}`,
    );
  }
  return number;
}

/** Reads an option that is text; undefined when it is not given. */
export function textOption(values: CommandArguments['values'], option: string): string | undefined {
  const value = values[option];
  return typeof value === 'string' ? value : undefined;
}

/** Several options that make no sense. */
class OptionsError extends UsageError {
  constructor(readonly problems: readonly UsageError[]) {
    const list = problems.map((problem) => `  - ${describeError(problem).replaceAll('\n', '; ')}`);
    super('BadOptions', [`${problems.length} invalid options:`, ...list].join('\n'));
  }
}

/**
 * Reads every option, also behind one that makes no sense.
 *
 * @throws UsageError that lists every problem
 */
export function allOptions<Options extends object>(readers: { readonly [Name in keyof Options]: () => Options[Name] }): Options {
  const problems: UsageError[] = [];
  const attempt = (read: () => unknown): unknown => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      problems.push(...(error instanceof OptionsError ? error.problems : [error]));
      return undefined;
    }
  };
  const options = Object.entries<() => unknown>(readers).map(([name, read]) => [name, attempt(read)]);
  const [first, ...others] = problems;
  if (first !== undefined) {
    throw others.length === 0 ? first : new OptionsError(problems);
  }
  return Object.fromEntries(options) as Options;
}

/** Reads an option that names a file, as seen from a folder; undefined when it is not given. */
export function fileOption(values: CommandArguments['values'], option: string, directory: string): string | undefined {
  const value = textOption(values, option);
  return value === undefined ? undefined : resolve(directory, value);
}

function positiveNumber(value: string | boolean): number | undefined {
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  return number > 0 ? number : undefined;
}
