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

/** A statement in the one spelling that all equal statements share: each element as sorted text. */
type NormalStatement = Readonly<Record<string, string>>;

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
  const known = NORMAL.get(statement) ?? normalized(statement);
  NORMAL.set(statement, known);
  return known;
}

/** Those that are known: a policy of many pairs is compared with what each of them needs. Nobody changes a statement. */
const NORMAL = new WeakMap<LiveStatement, NormalStatement>();

function normalized(statement: LiveStatement): NormalStatement {
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
        ([key, values]) => `${normalOperator(operator)} ${key.toLowerCase()} [${sorted(listOf(values).map(String))}]`,
      ),
    ),
  );
}

/**
 * `ArnLike` and `ArnEquals` behave identically, and so do their opposites.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
function normalOperator(operator: string): string {
  return operator.toLowerCase().replace(/\barn(not)?like\b/, 'arn$1equals');
}

function sorted(values: readonly string[]): string {
  return [...new Set(values)].toSorted().join(', ');
}

/** What sets the statements of a policy apart from those that the configuration generates. */
export interface Difference {
  /** In words, one for each statement; empty when all generated statements are there. */
  readonly wrong: readonly string[];
  /** Statements that nothing generates. */
  readonly extra: readonly LiveStatement[];
  /** The policy with every generated statement in it, and otherwise as it is. */
  readonly repaired: LivePolicy;
}

/** Compares a policy with the statements that it should have, whatever their spelling and order. */
export function difference(live: LivePolicy, expected: readonly LiveStatement[]): Difference {
  const rest = [...live.Statement];
  const missing = expected.filter((statement) => {
    const index = rest.findIndex((candidate) => isSameStatement(candidate, statement));
    if (index >= 0) {
      rest.splice(index, 1);
    }
    return index < 0 && !isRefused(live, statement);
  });
  const wrong: string[] = [];
  let repaired: readonly LiveStatement[] = live.Statement;
  for (const statement of missing) {
    const name = statementName(statement);
    const changed = rest.find(({ Sid }) => Sid !== undefined && Sid === statement.Sid);
    if (changed === undefined) {
      wrong.push(`statement ${name} is missing`);
      repaired = [...repaired, statement];
    } else {
      wrong.push(`statement ${name} was changed: ${changes(normalStatement(changed), normalStatement(statement))}`);
      rest.splice(rest.indexOf(changed), 1);
      repaired = repaired.map((candidate) => (candidate === changed ? statement : candidate));
    }
  }
  return {
    wrong,
    extra: rest,
    repaired: { ...live, Version: live.Version ?? '2012-10-17', Statement: repaired },
  };
}

/**
 * Whether statements of a policy refuse together everything that a generated one refuses, to the same principals under the same conditions: an owner
 * may divide it, or join it with refusals of more actions and resources. A refusal with another exemption is another refusal.
 */
function isRefused({ Statement: statements }: LivePolicy, wanted: LiveStatement): boolean {
  if (wanted.Effect !== 'Deny') {
    return false;
  }
  const { Principal: principal, Condition: condition } = normalStatement(wanted);
  const equal = statements.filter((statement) => {
    const { Effect: effect, NotPrincipal: not, ...normal } = normalStatement(statement);
    return effect === 'Deny' && not === undefined && normal['Principal'] === principal && normal['Condition'] === condition;
  });
  return listOf(wanted.Action).every((action) =>
    listOf(wanted.Resource).every((resource) =>
      equal.some(
        ({ Action, Resource }) =>
          listOf(Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
          listOf(Resource).some((pattern) => matches(pattern, resource)),
      ),
    ),
  );
}

/** What becomes of a policy that gets what the configuration generates. */
export interface Reconciled {
  /** The generated statements, and everybody else's that do no harm. */
  readonly repaired: LivePolicy;
  /** Statements that nothing generates, and that do no harm. */
  readonly kept: readonly LiveStatement[];
  /** Statements that nothing generates, and the harm that they do. */
  readonly harmful: readonly { readonly statement: LiveStatement; readonly harm: string }[];
}

/**
 * Gives a policy every statement that it should have, and takes from it only what does harm.
 *
 * @param harmOf the harm that a statement does which nothing generates; undefined for none
 */
export function reconcile(
  live: LivePolicy,
  expected: readonly LiveStatement[],
  harmOf: (statement: LiveStatement) => string | undefined,
): Reconciled {
  const { extra, repaired } = difference(live, expected);
  const judged = extra.map((statement) => ({ statement, harm: harmOf(statement) }));
  const harmful = judged.flatMap(({ statement, harm }) => (harm === undefined ? [] : [{ statement, harm }]));
  const removed = harmful.map(({ statement }) => statement);
  return {
    repaired: { ...repaired, Statement: repaired.Statement.filter((statement) => !removed.includes(statement)) },
    kept: extra.filter((statement) => !removed.includes(statement)),
    harmful,
  };
}

/** Whether a statement names one of the actions, which may be patterns, in whatever way. */
export function namesAction({ Action, NotAction }: LiveStatement, actions: readonly string[]): boolean {
  const lower = (values: readonly string[]) => values.map((value) => value.toLowerCase());
  const wanted = lower(actions);
  const named = (patterns: readonly string[], action: string) =>
    patterns.some((pattern) => matches(pattern, action) || matches(action, pattern));
  return NotAction === undefined
    ? wanted.some((action) => named(lower(listOf(Action)), action))
    : wanted.some((action) => !lower(listOf(NotAction)).some((pattern) => matches(pattern, action)));
}

/** Whether a statement names one of the resources, which may be patterns, in whatever way. */
export function namesResource({ Resource, NotResource }: LiveStatement, resources: readonly string[]): boolean {
  return NotResource === undefined
    ? resources.some((resource) => listOf(Resource).some((pattern) => matches(pattern, resource) || matches(resource, pattern)))
    : resources.some((resource) => !listOf(NotResource).some((pattern) => matches(pattern, resource)));
}

/** Whether a text matches a pattern of IAM: `*` is any text, `?` one character. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[\\^$.|+()[\]{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

/** Says of a statement that it was added. */
export function unknownStatement(statement: LiveStatement): string {
  return `statement ${statementName(statement)} is not of this configuration`;
}

/** A statement in a few words, for a policy whose statements need no Sid. */
export function statementName({ Sid, Effect, Action, NotAction }: LiveStatement): string {
  return Sid ?? `(${Effect} ${normalStatement(NotAction === undefined ? { Action } : { Action: NotAction })['Action'] ?? ''})`;
}

/** Whether two statements mean the same, whatever their spelling and Sids. */
export function isSameStatement(one: LiveStatement, other: LiveStatement): boolean {
  const [left, right] = [normalStatement(one), normalStatement(other)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((element) => left[element] === right[element]);
}

function changes(found: NormalStatement, expected: NormalStatement): string {
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])]
    .filter((element) => found[element] !== expected[element])
    .map((element) => `${element} is ${found[element] ?? 'absent'} instead of ${expected[element] ?? 'absent'}`)
    .join('; ');
}
