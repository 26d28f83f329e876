import { AppError, ConfigError, UnreachableError, UsageError } from '../errors/errors';
import { EXIT, type ExitCode } from './command';

/** How a command ends that an error ended. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigError || error instanceof UsageError) {
    return EXIT.usage;
  }
  return error instanceof UnreachableError ? EXIT.unknown : EXIT.wrong;
}

/** An error for `--json`. */
export function errorToJson(error: unknown): object {
  return error instanceof AppError
    ? {
        code: error.code,
        message: error.message,
        hint: error.hint ?? null,
        ...(error instanceof ConfigError && { problems: error.problems }),
      }
    : { code: 'Fault', message: String(error), hint: null };
}
