import { type LivePolicy, type LivePrincipal, type LiveStatement, listOf } from './statement';

/** A statement in the one spelling that all equal statements share: each element as sorted text. */
export type NormalStatement = Readonly<Record<string, string>>;

/**
 * Reads a policy document, IAM's URL-encoded ones too.
 *
 * @throws SyntaxError when it is no JSON
 */
export function parsePolicy(text: string | undefined): LivePolicy {
  if (text === undefined || text === '') {
    return { Version: '2012-10-17', Statement: [] };
  }
  // JSON starts with a brace; encoded, that is %7B. A plain document may hold a % of its own.
  const document = JSON.parse(/^\s*%/.test(text) ? decodeURIComponent(text) : text) as {
    Version?: string;
    Statement?: LiveStatement | readonly LiveStatement[];
  };
  return { ...document, Statement: listOf(document.Statement) };
}

/**
 * The one spelling of a statement: order, single values and letter case where AWS ignores it do not count, nor does the Sid.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function normalStatement(statement: LiveStatement): NormalStatement {
  const elements: Record<string, string | undefined> = {
    Effect: statement.Effect,
    Principal: principalText(statement.Principal),
    NotPrincipal: principalText(statement.NotPrincipal),
    Action: sorted(listOf(statement.Action).map((action) => action.toLowerCase())),
    NotAction: sorted(listOf(statement.NotAction).map((action) => action.toLowerCase())),
    Resource: sorted(listOf(statement.Resource)),
    NotResource: sorted(listOf(statement.NotResource)),
    Condition: conditionText(statement.Condition),
  };
  return Object.fromEntries(Object.entries(elements).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** The account behind a principal that means all of it: `111111111111` and the ARN of its root are the same. */
export function normalPrincipal(principal: string): string {
  return /^arn:[\w-]+:iam::(\d{12}):root$/.exec(principal)?.[1] ?? principal;
}

function principalText(principal: LivePrincipal | undefined): string | undefined {
  if (principal === undefined) {
    return undefined;
  }
  const entries =
    principal === '*'
      ? ['AWS:*']
      : Object.entries(principal).flatMap(([kind, values]) => listOf(values).map((value) => `${kind}:${normalPrincipal(value)}`));
  return sorted(entries);
}

function conditionText(condition: LiveStatement['Condition']): string {
  return sorted(
    Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
      Object.entries(keys).map(
        ([key, values]) => `${operator.toLowerCase()} ${key.toLowerCase()} [${sorted(listOf(values).map(String))}]`,
      ),
    ),
  );
}

function sorted(values: readonly string[]): string {
  return [...new Set(values)].toSorted().join(', ');
}
