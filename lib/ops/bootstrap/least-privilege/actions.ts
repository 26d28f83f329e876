import type { ReplicationConfig } from '../../../config/replication-config';
import { AppError } from '../../../errors/errors';
import { DECISIONS, type Decisions, type ResourceType } from './decisions';
import { types } from './handlers.json';

/** What of a CloudFormation template decides about permissions. */
export interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
}

/** The CDK's note of which constructs made a template: no resource. */
const METADATA = 'AWS::CDK::Metadata';

/**
 * The actions that CloudFormation's handlers need for what a template has: of each type those of the type itself and of the
 * properties that are set.
 *
 * @returns by resource type; a type that the template does not have needs none
 * @throws AppError with every type and property that nobody has decided about
 */
export function handlerActions(config: ReplicationConfig, template: Template): (type: ResourceType) => readonly string[] {
  const resources = Object.values(template.Resources).filter(({ Type }) => Type !== METADATA);
  const undecided = new Set(resources.flatMap(({ Type, Properties }) => undecidedIn(Type, Properties ?? {})));
  if (undecided.size > 0) {
    throw new AppError(
      'UndecidedPermissions',
      `nobody has decided which permissions these of the destination stack need: ${[...undecided].toSorted().join(', ')}`,
      'add them to lib/ops/bootstrap/least-privilege/decisions.ts, and new types to .ci/handler-permissions',
    );
  }
  return (type) => {
    const ofType = resources.filter(({ Type }) => Type === type);
    const properties = new Set(ofType.flatMap(({ Properties }) => Object.keys(Properties ?? {})));
    return ofType.length === 0 ? [] : servedBy(type, properties, Object.keys(config.tags).length > 0);
  };
}

function servedBy(type: ResourceType, properties: ReadonlySet<string>, stackTags: boolean): string[] {
  const { handlers, tagging, systemTags } = types[type];
  const decisions: Decisions = DECISIONS[type];
  const needed = new Set([
    ...decisions.always,
    ...Object.entries(decisions.properties).flatMap(([property, actions]) => (properties.has(property) ? actions : [])),
    // CloudFormation hands the stack's tags to every resource, and tags of its own to some types.
    ...(systemTags || stackTags ? tagging : []),
  ]);
  const never = new Set(Object.values(decisions.never).flat());
  return [...new Set([...Object.values(handlers).flat(), ...tagging])]
    .filter((action) => needed.has(action) && !never.has(action))
    .toSorted();
}

function undecidedIn(type: string, properties: Readonly<Record<string, unknown>>): string[] {
  if (!isDecided(type)) {
    return [type];
  }
  return Object.keys(properties)
    .filter((property) => !(property in DECISIONS[type].properties))
    .map((property) => `${property} of ${type}`);
}

function isDecided(type: string): type is ResourceType {
  return type in DECISIONS;
}
