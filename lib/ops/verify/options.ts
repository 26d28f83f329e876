import type { CommandArguments } from '../../cli/command';
import { minutesOption } from '../../cli/options';

/** The command's own options. */
export interface VerifyOptions {
  readonly timeoutMinutes: number;
  /** Undefined to verify once. */
  readonly watchMinutes: number | undefined;
}

const DEFAULT_TIMEOUT_MINUTES = 20;

/** @throws UsageError when a number of minutes is none */
export function readOptions({ values }: CommandArguments): VerifyOptions {
  return {
    timeoutMinutes: minutesOption(values, 'timeout') ?? DEFAULT_TIMEOUT_MINUTES,
    watchMinutes: minutesOption(values, 'watch'),
  };
}
