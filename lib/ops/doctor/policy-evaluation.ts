import {
  type LivePolicy,
  type LivePrincipal,
  type LiveStatement,
  listOf,
  matches,
  namesAction,
  namesResource,
  normalPrincipal,
} from './policy-document';

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

/** The statements that decide a request, and those of which nobody can say from outside. */
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
  return statementsThat('Deny', policy, request);
}

/** Looks for statements that allow what the replication role has to do, be it by leaving it to IAM of the account. */
export function allowances(policy: LivePolicy, request: RoleRequest): Denials {
  return statementsThat('Allow', policy, request);
}

function statementsThat(effect: 'Allow' | 'Deny', policy: LivePolicy, request: RoleRequest): Denials {
  const judged = policy.Statement.filter(({ Effect }) => Effect === effect)
    .filter((statement) => aimsAt(statement, request))
    .map((statement) => ({ statement, ...conditionHolds(statement.Condition, request.context) }));
  const having = (truth: Truth) => judged.filter((verdict) => verdict.truth === truth);
  return { certain: having('yes').map(({ statement }) => statement), possible: having('unknown') };
}

/**
 * Whether a policy allows everything of a request, be it in other words than the generated ones.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function allows(policy: LivePolicy, { actions, resources, context, ...who }: RoleRequest): Truth {
  const allowing = policy.Statement.filter(
    ({ Effect, Principal, NotPrincipal }) => Effect === 'Allow' && NotPrincipal === undefined && isNamed(Principal, who),
  );
  const verdicts = actions.flatMap((action) =>
    resources.map((resource) => {
      const truths = allowing
        .filter((statement) => covers(statement, action, resource))
        .map(({ Condition }) => conditionHolds(Condition, context).truth);
      return (['yes', 'unknown'] as const).find((truth) => truths.includes(truth)) ?? 'no';
    }),
  );
  return (['no', 'unknown'] as const).find((truth) => verdicts.includes(truth)) ?? 'yes';
}

/** Whether a statement names an action on a resource, which may be a pattern, as a whole. */
function covers({ Action, NotAction, Resource, NotResource }: LiveStatement, action: string, resource: string): boolean {
  const named = listOf(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
  return (
    NotAction === undefined &&
    NotResource === undefined &&
    named &&
    listOf(Resource).some((pattern) => matches(pattern, resource))
  );
}

function aimsAt(statement: LiveStatement, { actions, resources, ...request }: RoleRequest): boolean {
  const principal =
    statement.NotPrincipal === undefined ? isNamed(statement.Principal, request) : !isNamed(statement.NotPrincipal, request);
  // A Deny on some of the objects stops these, so either pattern may be the wider one.
  return namesAction(statement, actions) && namesResource(statement, resources) && principal;
}

function isNamed(principal: LivePrincipal | undefined, { roleArn, account }: { roleArn: string; account: string }): boolean {
  const values = principal === '*' ? ['*'] : listOf(principal?.['AWS']);
  return values.map(normalPrincipal).some((value) => value === '*' || value === account || value === roleArn);
}

/** Whether something is so, as far as one can tell from outside. */
export type Truth = 'yes' | 'no' | 'unknown';

/**
 * Keys that a request of S3 itself does not carry as a caller's would, so that a condition which demands a value of them stops
 * replication.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html
 */
const NOT_SENT = [
  /^aws:sourceip$/,
  /^aws:vpcsourceip$/,
  /^aws:sourcevpc(e|arn)?$/,
  /^s3:dataaccesspoint/,
  /^s3:x-amz-server-side-encryption/,
];

/** Whether a Deny's condition holds for a request, and the keys on which that depends. */
function conditionHolds(
  condition: LiveStatement['Condition'],
  context: Readonly<Record<string, readonly string[]>>,
): { readonly truth: Truth; readonly keys: readonly string[] } {
  const verdicts = Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      key,
      truth: holds(operator.toLowerCase(), listOf(values).map(String), key.toLowerCase(), context),
    })),
  );
  const having = (truth: Truth) => verdicts.filter((verdict) => verdict.truth === truth);
  if (having('no').length > 0) {
    return { truth: 'no', keys: [] };
  }
  const unknown = having('unknown').map(({ key }) => key);
  return { truth: unknown.length > 0 ? 'unknown' : 'yes', keys: unknown };
}

type ConditionTest = (wanted: string, value: string) => boolean;

const equal: ConditionTest = (wanted, value) => wanted === value;
const ignoringCase: ConditionTest = (wanted, value) => wanted.toLowerCase() === value.toLowerCase();

/** Operators that compare text, by lower-case name without `not`. */
const OPERATORS: Readonly<Record<string, ConditionTest>> = {
  stringequals: equal,
  stringequalsignorecase: ignoringCase,
  stringlike: matches,
  arnequals: matches,
  arnlike: matches,
  bool: ignoringCase,
  numericgreaterthan: (wanted, value) => Number(value) > Number(wanted),
  numericlessthan: (wanted, value) => Number(value) < Number(wanted),
  numericequals: (wanted, value) => Number(value) === Number(wanted),
};

function holds(
  operator: string,
  wanted: readonly string[],
  key: string,
  context: Readonly<Record<string, readonly string[]>>,
): Truth {
  const optional = operator.endsWith('ifexists');
  const plain = operator.replace(/ifexists$/, '');
  if (plain.includes(':')) {
    // A set operator: whether it holds depends on how many values the request has.
    return 'unknown';
  }
  const negative = /not/.test(plain);
  const actual = context[key];
  if (actual === undefined) {
    return NOT_SENT.some((pattern) => pattern.test(key)) ? withoutKey(plain, wanted, { negative, optional }) : 'unknown';
  }
  if (plain === 'null') {
    return wanted.includes('false') ? 'yes' : 'no';
  }
  const test = OPERATORS[plain.replace('not', '')];
  if (test === undefined) {
    return 'unknown';
  }
  const found = actual.some((value) => wanted.some((one) => test(one, value)));
  return found === negative ? 'no' : 'yes';
}

/** A key that the request does not carry: a negative operator and `IfExists` hold, any other does not. */
function withoutKey(
  operator: string,
  wanted: readonly string[],
  { negative, optional }: { readonly negative: boolean; readonly optional: boolean },
): Truth {
  if (operator === 'null') {
    return wanted.includes('true') ? 'yes' : 'no';
  }
  return negative || optional ? 'yes' : 'no';
}
