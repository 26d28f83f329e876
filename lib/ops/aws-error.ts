import { AppError, messageOf, UnreachableError } from '../errors';

/** Whether AWS answered with one of these error codes. */
export function isAwsError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(error.name);
}

/** Whether AWS answered that the caller may not ask this. */
export function isAccessDenied(error: unknown): boolean {
  return isAwsError(error, 'AccessDenied', 'AccessDeniedException', 'Forbidden', '403', 'UnauthorizedOperation');
}

/** The reason why a question has no answer, for a person. */
const REASONS: readonly { readonly codes: RegExp; readonly reason: string; readonly hint: string }[] = [
  {
    codes: /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/,
    reason: 'the credentials have expired',
    hint: 'log in again, then repeat the command',
  },
  {
    codes: /^(AccessDenied|AccessDeniedException|Forbidden|403|UnauthorizedOperation)$/,
    reason: 'these credentials may not ask this',
    hint: 'use credentials that may read the deployment, such as ReadOnlyAccess',
  },
  {
    codes: /^(Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded|SlowDown)$/,
    reason: 'AWS throttles the requests',
    hint: 'wait a minute, then repeat the command',
  },
  {
    codes: /^(TimeoutError|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|NetworkingError)$/,
    reason: 'AWS cannot be reached',
    hint: 'check the network, a proxy, and --endpoint if you gave one',
  },
];

/**
 * The error that a person sees when AWS gives no answer.
 *
 * @param what what was asked, such as `bucket x`
 */
export function unanswered(what: string, error: unknown): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const code = (error as { code?: unknown }).code;
  const names = [error instanceof Error ? error.name : '', typeof code === 'string' ? code : ''];
  const known = REASONS.find(({ codes }) => names.some((name) => codes.test(name)));
  return new UnreachableError(
    'NoAnswer',
    `${what} could not be read: ${known === undefined ? messageOf(error) : `${known.reason} (${messageOf(error)})`}`,
    known?.hint,
    { cause: error },
  );
}
