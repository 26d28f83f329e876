import { type HeldPolicy, list, nameOf, type Statement } from './policy';
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
interface Change {
  readonly name: string;
  readonly effect: Mutation['effect'];
  readonly statement: Statement | undefined;
  /** @default - the whole statement */
  readonly about?: Mutation['about'];
}

/** Every single change of every policy of a deployment. */
export function mutationsOf(world: World): Mutation[] {
  return world.policies.flatMap((policy, index) =>
    policy.document.Statement.flatMap((statement, position) =>
      changesOf(statement, policy.half).map(({ name, effect, statement: changed, about = statement }) => {
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
  const allows = statement.Effect === 'Allow';
  // What is taken from an Allow narrows it, and what is taken from a Deny widens what gets through; a condition the other way round.
  const less = allows ? 'breaks' : 'opens';
  const more = allows ? 'opens' : 'breaks';
  return [
    { name: 'nothing', effect: less, statement: undefined },
    ...without(statement, 'Action', less),
    ...without(statement, 'Resource', less),
    ...conditionChanges(statement, less, more),
    // In a resource policy, * is that resource, and so no widening.
    ...(allows && half === 'identity' ? widened(statement) : []),
  ];
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

/** Each condition left out, and each of several values of one. */
function conditionChanges(statement: Statement, less: Change['effect'], more: Change['effect']): Change[] {
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({ operator, key, values: list<string>(values) })),
  );
  const withConditions = (kept: typeof conditions): Statement => {
    const condition: Record<string, Record<string, readonly string[]>> = {};
    for (const { operator, key, values } of kept) {
      condition[operator] = { ...condition[operator], [key]: values };
    }
    const { Condition: _, ...rest } = statement;
    return kept.length === 0 ? rest : { ...rest, Condition: condition };
  };
  return conditions.flatMap((condition, index) => [
    {
      name: `no condition ${condition.operator} ${condition.key}`,
      effect: more,
      statement: withConditions(conditions.toSpliced(index, 1)),
    },
    ...(condition.values.length < 2
      ? []
      : condition.values.map((left) => ({
          name: `no value ${left} of condition ${condition.key}`,
          // A value of a negative operator is an exception.
          effect: condition.operator.includes('Not') ? more : less,
          statement: withConditions(
            conditions.with(index, { ...condition, values: condition.values.filter((value) => value !== left) }),
          ),
        }))),
  ]);
}
