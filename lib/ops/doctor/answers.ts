import { isAwsError, unreachable } from '../../aws/aws-error';
import type { StackKind } from '../../model/stacks';

/** A resource that a question is about is not there. It is no fault: it may not be deployed yet. */
export class ResourceNotFound extends Error {
  /**
   * @param stackKind the stack that it belongs to
   * @param what such as `bucket x`
   * @param names what the template of the stack calls it
   */
  constructor(
    readonly stackKind: StackKind,
    what: string,
    readonly names: readonly string[],
  ) {
    super(`${what} does not exist`);
    this.name = 'ResourceNotFound';
  }
}

/** How AWS's error codes are to be read. */
export interface ErrorCodes {
  /** The resource is there, and what was asked for is not set. */
  readonly unset?: readonly string[];
  /** The resource is not there, what it is, and what its template calls it. */
  readonly missing?: {
    readonly codes: readonly string[];
    readonly stack: StackKind;
    readonly what: string;
    readonly name: string;
  };
}

/** Asks every question once, however many checks need its answer. */
export class Answers {
  private readonly known = new Map<string, Promise<unknown>>();

  /**
   * The answer to a question.
   *
   * @param question unique, and in words: it is shown when there is no answer
   * @returns undefined when what was asked for is not set
   * @throws ResourceNotFound when the resource does not exist
   * @throws AppError when there is no answer
   */
  of<T>(question: string, ask: () => Promise<T>, { unset = [], missing }: ErrorCodes = {}): Promise<T | undefined> {
    const asked = this.known.get(question) as Promise<T | undefined> | undefined;
    if (asked !== undefined) {
      return asked;
    }
    const answer = ask().catch((error: unknown) => {
      if (isAwsError(error, ...unset)) {
        return undefined;
      }
      throw missing !== undefined && isAwsError(error, ...missing.codes)
        ? new ResourceNotFound(missing.stack, missing.what, [missing.name])
        : unreachable(question, error);
    });
    this.known.set(question, answer);
    return answer;
  }
}
