import {
  hasCode,
  httpStatusOf,
  isAccessDenied,
  isBadCredentials,
  isNoNetwork,
  isThrottled,
  noAnswer,
} from '../../../aws/aws-error';
import type { Clock } from '../../../aws/clock';
import { networkFault } from '../../../aws/network-fault';
import { withJitter } from '../../../aws/requests';
import { AppError, messageOf, UnreachableError } from '../../../errors/errors';

/** Codes of S3; those of the network are in the list of network faults. */
const PASSING =
  /^(RequestTimeout|RequestTimeTooSkewed|IncompleteBody|BadDigest|XAmzContentChecksumMismatch|ConditionalRequestConflict|OperationAborted|InternalError)$/;

/** The error that ends the whole restore; undefined where it is about one object. */
export function fatal(error: unknown): AppError | undefined {
  if (error instanceof AppError) {
    return error;
  }
  if (hasCode(error, /^NoSuchBucket$/)) {
    const message = `a bucket of the restore does not exist: ${messageOf(error)}`;
    return new UnreachableError('NoBucket', message, undefined, { cause: error });
  }
  if (isBadCredentials(error) || isNoNetwork(error)) {
    const { code, reason, hint } = noAnswer(error);
    return new UnreachableError(code, `no more objects can be copied: ${reason}`, hint, { cause: error });
  }
  return undefined;
}

/** Whether the same may well succeed in a moment. Throttling is dealt with where requests are sent. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, PASSING) || networkFault(error) !== undefined || [500, 502, 504].includes(httpStatusOf(error) ?? 0);
}

/** Whether S3 answered with one of these codes. */
export function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.some((code) => hasCode(error, new RegExp(`^${code}$`)));
}

/** Why one object could not be copied, for a person. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error);
  if (networkFault(error) !== undefined) {
    return noAnswer(error).reason;
  }
  if (isAccessDenied(error)) {
    return `access denied: ${message}`;
  }
  if (isCode(error, 'NoSuchVersion', 'NoSuchKey', 'NotFound', 'MethodNotAllowed')) {
    return 'the version is no longer in the replica bucket: it was deleted since';
  }
  if (isThrottled(error)) {
    return `S3 throttles the requests: ${message}`;
  }
  const name = error instanceof Error ? error.name : '';
  return name.startsWith('KMS.') ? `the KMS key cannot be used: ${message}` : message;
}

/** Longest waits before each further attempt, in milliseconds. */
const WAITS = [200, 1000, 5000];

/**
 * Does the same again while S3 or the network fails in passing.
 *
 * @param work gets the number of the attempt, from 0
 */
export async function repeated<Result>(clock: Clock, work: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      const wait = WAITS[attempt];
      if (wait === undefined || !isPassing(error)) {
        throw error;
      }
      await clock.sleep(withJitter(wait));
    }
  }
}
