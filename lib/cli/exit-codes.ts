import { AbortError, AppError, ConfigError, describeError, messageOf, UnreachableError, UsageError } from '../errors/errors';
import type { Status, StatusWord } from '../model/status';

/** The exit codes of every command. */
export const EXIT = {
  ok: 0,
  wrong: 1,
  usage: 2,
  unknown: 3,
  /** 128 and the number of the signal, as shells have it. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, for help and documents. */
export const EXIT_CODES: readonly { readonly code: ExitCode; readonly meaning: string }[] = [
  { code: EXIT.ok, meaning: 'fine: everything that the command is about was observed, or done, in this run' },
  { code: EXIT.wrong, meaning: 'something is wrong, something failed, or you declined' },
  { code: EXIT.usage, meaning: 'wrong usage or configuration; or a question, no terminal to ask it on, and no --yes' },
  { code: EXIT.unknown, meaning: 'could not find out, or there was nothing to look at' },
  { code: EXIT.interrupted, meaning: 'interrupted with Ctrl-C (SIGINT), at a question too' },
  { code: EXIT.terminated, meaning: 'ended by SIGTERM' },
];

/** The same, for the help of every command. */
export const EXIT_CODES_HELP = [
  'Exit codes:',
  ...EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`),
].join('\n');

const OF_STATUS: Readonly<Record<StatusWord, ExitCode>> = {
  ok: EXIT.ok,
  failed: EXIT.wrong,
  unknown: EXIT.unknown,
  // Nothing was observed, so nothing is fine.
  skipped: EXIT.unknown,
};

/** Returns the exit code of a command that ended with a status. */
export function exitCodeOfStatus({ status }: Pick<Status, 'status'>): ExitCode {
  return OF_STATUS[status];
}

/** Returns the exit code of a command that an error ended. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigError || error instanceof UsageError) {
    return EXIT.usage;
  }
  return error instanceof UnreachableError ? EXIT.unknown : EXIT.wrong;
}

/** Returns the status of a command that an error ended. Where nothing was tried, it is skipped. */
export function statusOfError(error: unknown): Status {
  const notTried = error instanceof ConfigError || error instanceof UsageError || error instanceof AbortError;
  const status = notTried ? 'skipped' : error instanceof UnreachableError ? 'unknown' : 'failed';
  return { status, why: [error instanceof AppError ? describeError(error) : messageOf(error)] };
}

/** Returns an error for `--json`. */
export function errorToJson(error: unknown): { readonly status: StatusWord; readonly error: object } {
  const { status } = statusOfError(error);
  return {
    status,
    error:
      error instanceof AppError
        ? {
            code: error.code,
            message: error.message,
            hint: error.hint ?? null,
            ...(error instanceof ConfigError && { problems: error.problems }),
          }
        : { code: 'Fault', message: String(error), hint: null },
  };
}
