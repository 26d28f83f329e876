import { AppError } from '../errors/errors';
import { type Deployment, groupsOf } from './deployment';
import { LIMITS, type Limit } from './limits';
import { stackPlace, stacksOf } from './stacks';
import type { Template, TemplateResource } from './template';

/** A synthesized stack, as far as limits are concerned. */
export interface MeasuredStack {
  /** Id in the app; within a stage, its path. */
  readonly id: string;
  readonly stackName: string;
  readonly template: Template;
}

/** How much of a limit a stack uses. */
export interface Measure {
  readonly limit: Limit;
  readonly value: number;
  /** The resource that it is about. @default - the stack as a whole */
  readonly resource?: string;
}

/** As long as what CloudFormation puts in place of a reference gets: an ARN with a name of 64 characters. */
const REFERENCE = 'r'.repeat(112);

/** Everything of a stack that AWS limits and that grows with pairs. */
export function measure({ template }: MeasuredStack): readonly Measure[] {
  const resources = Object.entries((template['Resources'] ?? {}) as Record<string, TemplateResource>);
  return [
    { limit: LIMITS.resources, value: resources.length },
    // As the CDK writes it.
    { limit: LIMITS.template, value: Buffer.byteLength(JSON.stringify(template, null, 1)) },
    ...resources.flatMap(([id, resource]) => policiesOf(resource).map((policy) => ({ ...policy, resource: id }))),
    ...inlinePolicies(resources),
    ...attachments(resources),
  ];
}

function policiesOf({ Type, Properties = {} }: TemplateResource): Omit<Measure, 'resource'>[] {
  switch (Type) {
    case 'AWS::KMS::Key':
      return [{ limit: LIMITS.keyPolicy, value: lengthOf(Properties['KeyPolicy']) }];
    case 'AWS::S3::BucketPolicy':
      return [{ limit: LIMITS.bucketPolicy, value: lengthOf(Properties['PolicyDocument']) }];
    case 'AWS::SQS::QueuePolicy':
      return [{ limit: LIMITS.queuePolicy, value: lengthOf(Properties['PolicyDocument']) }];
    case 'AWS::IAM::ManagedPolicy':
      return [{ limit: LIMITS.managedPolicy, value: lengthOf(Properties['PolicyDocument']) }];
    default:
      return [];
  }
}

/** An inline policy of a role, or a reference to a role. */
interface Listed {
  readonly PolicyDocument?: unknown;
  readonly Ref?: string;
}

type Resources = readonly (readonly [id: string, resource: TemplateResource])[];

/** Written into a role or in a resource of their own. */
function inlinePolicies(resources: Resources): Measure[] {
  return ofRoles(resources, 'AWS::IAM::Policy').map(({ id, role, policies }) => {
    const own = list(role.Properties?.['Policies']).map((policy) => policy.PolicyDocument);
    const documents = [...own, ...policies.map((policy) => policy.Properties?.['PolicyDocument'])];
    return {
      limit: LIMITS.inlinePolicies,
      value: documents.reduce<number>((sum, document) => sum + lengthOf(document), 0),
      resource: id,
    };
  });
}

function attachments(resources: Resources): Measure[] {
  return ofRoles(resources, 'AWS::IAM::ManagedPolicy').map(({ id, role, policies }) => ({
    limit: LIMITS.managedPolicies,
    value: list(role.Properties?.['ManagedPolicyArns']).length + policies.length,
    resource: id,
  }));
}

/** Every role, with the policies of a type that name it. */
function ofRoles(resources: Resources, type: string) {
  const attached = new Map<string, TemplateResource[]>();
  for (const [, policy] of resources.filter(([, { Type }]) => Type === type)) {
    for (const { Ref: id } of list(policy.Properties?.['Roles'])) {
      attached.set(id ?? '', [...(attached.get(id ?? '') ?? []), policy]);
    }
  }
  return resources
    .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
    .map(([id, role]) => ({ id, role, policies: attached.get(id) ?? [] }));
}

function list(value: unknown): readonly Listed[] {
  return Array.isArray(value) ? (value as readonly Listed[]) : [];
}

/** Length of a document as JSON without whitespace, with something as long as it gets in place of what only CloudFormation knows. */
function lengthOf(document: unknown): number {
  return Buffer.byteLength(JSON.stringify(resolved(document)) ?? '');
}

function resolved(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(resolved);
  }
  const [[key, argument] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0 && key === 'Fn::Join') {
    const [separator, parts] = argument as [string, unknown[]];
    return parts.map((part) => String(resolved(part))).join(separator);
  }
  return more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))
    ? REFERENCE
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner)]));
}

/** Part of a limit that is worth a warning. */
const WARNING = 0.8;

interface Found extends Measure {
  readonly stack: MeasuredStack;
}

/** A warning for everything that is nearly as large as AWS takes it. */
export function capacityWarnings(stacks: readonly MeasuredStack[]): string[] {
  return (
    everything(stacks)
      // Many permissions are divided into managed policies that are as full as can be.
      .filter(({ limit, value }) => limit !== LIMITS.managedPolicy && value >= limit.most * WARNING && value <= limit.most)
      .map(
        (found) =>
          `warning: ${describe(found)}, ${Math.floor((found.value / found.limit.most) * 100)} %; give new pairs another "group"`,
      )
  );
}

/**
 * Makes sure that AWS takes every stack.
 *
 * @param synthesize the stacks of another configuration, for finding out how many pairs fit
 * @throws AppError that names what is too large, how many pairs fit, and how to divide them
 */
export function checkCapacity(
  config: Deployment,
  stacks: readonly MeasuredStack[],
  synthesize: (config: Deployment) => readonly MeasuredStack[],
): void {
  const excess = everything(stacks).filter(isExcess);
  if (excess.length === 0) {
    return;
  }
  const concerned = groupsOf(config).filter((group) => {
    const names = stacksOf(group).map((stack) => stackPlace(group, stack).stackName);
    return excess.some(({ stack }) => names.includes(stack.stackName));
  });
  const hints = concerned.map((group) => {
    const pairs = group.pairs.filter(({ reportDays }) => reportDays === undefined);
    const room = mostThat(pairs.length - 1, (count) => {
      const fewer = { ...config, pairs: group.pairs.filter((pair) => !pairs.slice(count).includes(pair)) };
      return !everything(synthesize(fewer)).some(isExcess);
    });
    const whose = group.group === undefined ? 'without a group' : `of group ${group.group}`;
    return `the first ${room} of the ${pairs.length} pairs ${whose} fit: give the others another "group", which has stacks and keys of its own; pairs that are deployed stay where they are`;
  });
  throw new AppError(
    'TooLarge',
    `AWS does not take this, so nothing was synthesized for deployment:\n${excess.map((found) => `  - ${describe(found)}; ${found.limit.page}`).join('\n')}`,
    hints.join('\n'),
  );
}

function everything(stacks: readonly MeasuredStack[]): Found[] {
  return stacks.flatMap((stack) => measure(stack).map((one) => ({ ...one, stack })));
}

function isExcess({ value, limit }: Measure): boolean {
  return value > limit.most;
}

function describe({ stack, resource, value, limit }: Found): string {
  const of = resource === undefined ? '' : `, ${resource}`;
  return `stack ${stack.stackName} (${stack.id})${of}: ${value} ${limit.unit}, and AWS takes ${limit.most}`;
}

/** The largest number up to a bound for which something holds that holds for every smaller one; 0 where it holds for none. */
function mostThat(bound: number, holds: (count: number) => boolean): number {
  let [low, high] = [0, bound];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    [low, high] = holds(middle) ? [middle, high] : [low, middle - 1];
  }
  return low;
}
