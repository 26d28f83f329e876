import { conditionHolds, type Truth } from './condition';
import { normalPrincipal } from './normal';
import { type LivePolicy, type LivePrincipal, type LiveStatement, listOf } from './statement';
import { matches } from './wildcard';

/** A request that S3 makes as the replication role. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly account: string;
  readonly actions: readonly string[];
  /** Patterns, such as a bucket's ARN and all its objects'. */
  readonly resources: readonly string[];
  /** What is known of the request's context, by lower-case key. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

/** The Deny statements that stop a request, and those of which nobody can say from outside. */
export interface Denials {
  readonly certain: readonly LiveStatement[];
  readonly possible: readonly { readonly statement: LiveStatement; readonly keys: readonly string[] }[];
}

/**
 * Looks for statements that deny what the replication role has to do.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function denials(policy: LivePolicy, request: RoleRequest): Denials {
  const judged = policy.Statement.filter(({ Effect }) => Effect === 'Deny')
    .filter((statement) => aimsAt(statement, request))
    .map((statement) => ({ statement, ...conditionHolds(statement.Condition, request.context) }));
  const having = (truth: Truth) => judged.filter((verdict) => verdict.truth === truth);
  return { certain: having('yes').map(({ statement }) => statement), possible: having('unknown') };
}

/** The policy without the given statements. */
export function without(policy: LivePolicy, statements: readonly LiveStatement[]): LivePolicy {
  return { ...policy, Statement: policy.Statement.filter((statement) => !statements.includes(statement)) };
}

function aimsAt(statement: LiveStatement, { actions, resources, ...request }: RoleRequest): boolean {
  // A Deny on some of the objects stops these, so either pattern may be the wider one.
  const names = (patterns: readonly string[], values: readonly string[]) =>
    values.some((value) => patterns.some((pattern) => matches(pattern, value) || matches(value, pattern)));
  const lower = (values: readonly string[]) => values.map((value) => value.toLowerCase());
  const wanted = lower(actions);
  const action =
    statement.NotAction === undefined
      ? names(lower(listOf(statement.Action)), wanted)
      : wanted.some((value) => !names(lower(listOf(statement.NotAction)), [value]));
  const resource =
    statement.NotResource === undefined
      ? names(listOf(statement.Resource), resources)
      : resources.some((value) => !listOf(statement.NotResource).some((pattern) => matches(pattern, value)));
  const principal =
    statement.NotPrincipal === undefined ? isNamed(statement.Principal, request) : !isNamed(statement.NotPrincipal, request);
  return action && resource && principal;
}

function isNamed(principal: LivePrincipal | undefined, { roleArn, account }: { roleArn: string; account: string }): boolean {
  const values = principal === '*' ? ['*'] : listOf(principal?.['AWS']);
  return values.map(normalPrincipal).some((value) => value === '*' || value === account || value === roleArn);
}
