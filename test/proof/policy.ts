/** An IAM policy document after every intrinsic function is resolved. */
export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Conditions;
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One policy of the deployment. A cross-account grant has two halves: identity and resource. */
export interface HeldPolicy {
  /** `organization`: no half of a grant, but a service control policy, which limits principals of an account. */
  readonly half: 'identity' | 'resource' | 'organization';
  /** ARN of the role, bucket or key that carries it, or id of the account. The trust of a role is its resource half. */
  readonly holder: string;
  readonly document: PolicyDocument;
}

/** A list where IAM takes one value or a list. */
export function list<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** How a message names a statement: its Sid, or what it does. */
export function nameOf(statement: Statement): string {
  return statement.Sid ?? `${statement.Effect} ${list(statement.Action).join(', ')}`;
}
