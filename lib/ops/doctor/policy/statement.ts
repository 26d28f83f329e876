/** One or several of something: AWS writes a single one without a list. */
export type OneOrMany<T> = T | readonly T[];

/** A principal element as a policy may spell it. */
export type LivePrincipal = '*' | Readonly<Record<string, OneOrMany<string>>>;

/** A statement of a policy that is in force, in any spelling that AWS accepts. */
export interface LiveStatement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: LivePrincipal;
  readonly NotPrincipal?: LivePrincipal;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMany<string | boolean | number>>>>>;
}

/** A policy that is in force. */
export interface LivePolicy {
  readonly Version?: string;
  readonly Statement: readonly LiveStatement[];
}

/** A list of one or of many. */
export function listOf<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) {
    return [];
  }
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
