import { type HeldPolicy, list, nameOf, type PolicyDocument, type Statement } from './policy';
import type { World } from './world';

/** A deployment with one policy changed, and what the change has to be good for. */
export interface Mutation {
  readonly name: string;
  readonly half: HeldPolicy['half'];
  readonly holder: string;
  readonly world: World;
  /**
   * `breaks`: an allowed request has to be denied now, or what was taken away is not needed.
   * `opens`: a denied request has to be allowed now, or what was taken away protects nothing.
   */
  readonly effect: 'breaks' | 'opens';
  /** Actions and resources of the changed statement; where some of them are left out, only those. */
  readonly about: Pick<Statement, 'Action' | 'Resource'>;
}

/** A change of one statement; `undefined` leaves it out. */
export interface Change {
  readonly name: string;
  readonly effect: Mutation['effect'];
  readonly statement: Statement | undefined;
  /** @default - the whole statement */
  readonly about?: Mutation['about'];
}

/**
 * Every single change of every policy of a deployment.
 *
 * @param changes of a statement
 */
export function mutationsOf(
  world: World,
  changes: (statement: Statement, half: HeldPolicy['half'], document: PolicyDocument) => readonly Change[] = changesOf,
): Mutation[] {
  return world.policies.flatMap((policy, index) =>
    policy.document.Statement.flatMap((statement, position) =>
      changes(statement, policy.half, policy.document).map(({ name, effect, statement: changed, about = statement }) => {
        const statements = policy.document.Statement.flatMap((other, place) => (place === position ? (changed ?? []) : other));
        const document = { ...policy.document, Statement: statements };
        return {
          name: `${name} in statement "${nameOf(statement)}" of the ${policy.half} policy of ${policy.holder}`,
          half: policy.half,
          holder: policy.holder,
          effect,
          about,
          world: { ...world, policies: world.policies.with(index, { ...policy, document }) },
        };
      }),
    ),
  );
}

function changesOf(statement: Statement, half: HeldPolicy['half']): Change[] {
  const { less, more } = effectsOn(statement);
  return [
    { name: 'nothing', effect: less, statement: undefined },
    ...without(statement, 'Action', less),
    ...without(statement, 'Resource', less),
    ...conditionChanges(statement, less, more),
    // In a resource policy, * is that resource, and so no widening.
    ...(statement.Effect === 'Allow' && half === 'identity' ? widened(statement) : []),
  ];
}

/** What it does when a statement is about less, or about more: an Allow lets less or more through, and a Deny the other way round. */
export function effectsOn({ Effect: effect }: Statement): Readonly<Record<'less' | 'more', Mutation['effect']>> {
  return effect === 'Allow' ? { less: 'breaks', more: 'opens' } : { less: 'opens', more: 'breaks' };
}

/** The statement with one of several actions or resources left out. */
function without(statement: Statement, element: 'Action' | 'Resource', effect: Change['effect']): Change[] {
  const values = list<string>(statement[element]);
  return values.length < 2
    ? []
    : values.map((left) => ({
        name: `no ${left}`,
        effect,
        statement: { ...statement, [element]: values.filter((value) => value !== left) },
        about: { ...statement, [element]: left },
      }));
}

function widened(statement: Statement): Change[] {
  const resources = list<string>(statement.Resource);
  return resources
    .filter((resource) => resource !== '*')
    .map((resource, index) => ({
      name: `* instead of ${resource}`,
      effect: 'opens',
      statement: { ...statement, Resource: resources.with(index, '*') },
    }));
}

/** One condition of a statement. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export function conditionsOf({ Condition: conditions = {} }: Statement): Condition[] {
  return Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: list<string>(values) })),
  );
}

/** A statement with other conditions. */
export function withConditions(statement: Statement, conditions: readonly Condition[]): Statement {
  const condition: Record<string, Record<string, readonly string[]>> = {};
  for (const { operator, key, values } of conditions) {
    condition[operator] = { ...condition[operator], [key]: values };
  }
  const { Condition: _, ...rest } = statement;
  return conditions.length === 0 ? rest : { ...rest, Condition: condition };
}

/** Each condition left out, and each of several values of one. */
function conditionChanges(statement: Statement, less: Change['effect'], more: Change['effect']): Change[] {
  const conditions = conditionsOf(statement);
  return conditions.flatMap((condition, index) => [
    {
      name: `no condition ${condition.operator} ${condition.key}`,
      effect: more,
      statement: withConditions(statement, conditions.toSpliced(index, 1)),
    },
    ...(condition.values.length < 2
      ? []
      : condition.values.map((left) => ({
          name: `no value ${left} of condition ${condition.key}`,
          // A value of a negative operator is an exception.
          effect: condition.operator.includes('Not') ? more : less,
          statement: withConditions(
            statement,
            conditions.with(index, { ...condition, values: condition.values.filter((value) => value !== left) }),
          ),
        }))),
  ]);
}
