/** One line or more, for a person. */
export type Lines = readonly [string, ...string[]];

/**
 * The result of a run, of a pair or of a check, in the four words of every command.
 *
 * - `ok`: this run observed that everything is as it should be. It holds what was observed, so that nothing is `ok` without evidence.
 * - `failed`: this run observed something wrong.
 * - `unknown`: something could not be observed.
 * - `skipped`: nothing was looked at, because there was nothing to look at or it does not apply. It is not `ok`.
 */
export type Status =
  | { readonly status: 'ok'; readonly seen: Lines }
  | { readonly status: 'failed' | 'unknown' | 'skipped'; readonly why: Lines };

/** The four words, as JSON has them. */
export type StatusWord = Status['status'];

/** Everything that a run has to say about what it looked at, line by line. */
export interface Observations {
  /** What is wrong. @default - nothing */
  readonly failed?: readonly string[];
  /** What could not be observed, and why. @default - nothing */
  readonly unknown?: readonly string[];
  /** What was observed and is right. */
  readonly seen: readonly string[];
  /** Why nothing was observed, in case nothing was. */
  readonly nothing: string;
}

/** Returns the status that follows from observations: `failed` before `unknown` before `ok`, and `skipped` where there are none. */
export function statusOf({ failed = [], unknown = [], seen, nothing }: Observations): Status {
  if (isSome(failed)) {
    return { status: 'failed', why: failed };
  }
  if (isSome(unknown)) {
    return { status: 'unknown', why: unknown };
  }
  return isSome(seen) ? { status: 'ok', seen } : { status: 'skipped', why: [nothing] };
}

/**
 * Returns the status of a whole from those of its parts: the worst one counts, and parts that were skipped count only where no part says more.
 *
 * @param nothing why the whole was skipped, where it has no part at all
 */
export function worst(parts: readonly Status[], nothing: string): Status {
  const why = (word: StatusWord) => parts.flatMap((part) => (part.status === word ? linesOf(part) : []));
  const skipped = why('skipped');
  return statusOf({
    failed: why('failed'),
    unknown: why('unknown'),
    seen: why('ok'),
    nothing: skipped.length === 0 ? nothing : skipped.join('; '),
  });
}

/** The lines of a status: what was seen, or why it is not `ok`. */
export function linesOf(status: Status): Lines {
  return status.status === 'ok' ? status.seen : status.why;
}

function isSome(lines: readonly string[]): lines is Lines {
  return lines.length > 0;
}
