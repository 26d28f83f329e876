import { createHash } from 'node:crypto';
import type { Difference, ResourceDifference, TemplateDiff } from '@aws-cdk/cloudformation-diff';
import { plural } from '../../cli/units';
import type { Template, TemplateResource } from '../../model/template';
import { adoptionFindings } from './adoption';
import { type AssemblyStack, resourcesOf } from './assembly';
import type { DeployedStack } from './deployed';
import { lockdownStops, lockUnderLockdownStop, resentLockWarning, withRetainedPolicies } from './lockdown';
import type { ChangeKind, ResourceChange, StackPlan, Stop } from './model';
import { lockRefusal, lockStop, withLocksInPlace } from './object-lock';
import { widenedPermissions } from './permissions';
import { constructPath, physicalName } from './render';

/**
 * Resources that hold data, or that data cannot be read without. They are neither replaced nor removed unless somebody says so.
 * Nor is the key of a notification topic: no change of the configuration does that, so it is a mistake.
 */
const GUARDED: readonly string[] = ['AWS::S3::Bucket', 'AWS::KMS::Key'];

/** Changes that end what a guarded resource does now. */
const ENDS: Readonly<Partial<Record<ChangeKind, string>>> = {
  replaced: 'is replaced by a new one',
  'maybe-replaced': 'may be replaced by a new one',
  deleted: 'is deleted',
  'left-behind': 'leaves the stack: it stays in the account, and nothing maintains it any more',
};

/** Characters of a hash that tell apart what widens permissions. */
const HASH_LENGTH = 8;

/** Says what deploying a stack would do to what is deployed of it. Pure. */
export function compareStack(stack: AssemblyStack, deployed: DeployedStack): StackPlan {
  const { id, stackName, account, region } = stack;
  const diff = diffOf(deployed.template, stack.template);
  const changes = Object.entries(diff.resources.changes);
  const resources = changes.filter(([, change]) => !isMetadataOnly(change)).map(([key, change]) => resourceChange(key, change));
  const known = { ...resourcesOf(deployed.template), ...resourcesOf(stack.template) };
  const kept = withRetainedPolicies(deployed.template, stack.template);
  const { permissions, canonical } = widenedPermissions(kept === stack.template ? diff : diffOf(deployed.template, kept), known);
  const adoption = adoptionFindings(stackName, resources, { deployed, template: stack.template });
  const isThere = deployed.state === 'deployed' || deployed.state === 'unfinished';
  return {
    id,
    stackName,
    account,
    region,
    state: deployed.state,
    resources,
    permissions,
    other: isThere ? otherChanges(stack, deployed, diff, changes.length - resources.length) : [],
    // Where nothing is, nothing can be lost or widened.
    stops: isThere
      ? [
          ...resources.flatMap((change) => [
            ...resourceStop(stackName, change),
            ...lockStop(stackName, change),
            ...lockUnderLockdownStop(stackName, change, deployed.template),
          ]),
          ...lockdownStops(stackName, deployed.template, stack.template),
          ...(permissions.length === 0 ? [] : [permissionsStop(stackName, canonical)]),
        ]
      : [],
    refusals: [...resources.flatMap((change) => lockRefusal(stackName, change)), ...adoption.refusals],
    warnings: [
      ...stack.warnings,
      ...adoption.warnings,
      ...resources.flatMap((change) => resentLockWarning(change, deployed.template)),
    ],
  };
}

/** CloudFormation gives templates back with a question mark for every letter beyond ASCII. */
function diffOf(before: Template, after: Template): TemplateDiff {
  // Loads the specification of every resource type: other commands do not wait for it.
  const { fullDiff, mangleLikeCloudFormation } =
    require('@aws-cdk/cloudformation-diff') as typeof import('@aws-cdk/cloudformation-diff');
  const mangled = (template: Template) => JSON.parse(mangleLikeCloudFormation(JSON.stringify(template))) as Template;
  return fullDiff(withLocksInPlace(mangled(before)), withLocksInPlace(mangled(after)));
}

/** Nothing in the account changes: what changes says where in the app a resource comes from, or which constructs the app uses. */
function isMetadataOnly(change: ResourceDifference): boolean {
  const names = [...Object.keys(change.propertyUpdates), ...Object.keys(change.otherChanges)];
  const isMetadata = [change.oldResourceType, change.newResourceType].includes('AWS::CDK::Metadata');
  return isMetadata || (change.isUpdate && names.join() === 'Metadata');
}

function resourceChange(logicalId: string, difference: ResourceDifference): ResourceChange {
  const { oldValue, newValue } = difference as { oldValue?: TemplateResource; newValue?: TemplateResource };
  const resource = oldValue ?? newValue;
  if (resource === undefined) {
    throw new TypeError(`nothing is known of ${logicalId}`);
  }
  const change = kindOf(resource.Type, difference);
  const compared = { ...difference.propertyUpdates, ...difference.otherChanges };
  return {
    logicalId,
    type: resource.Type,
    path: constructPath(newValue ?? resource) ?? logicalId,
    name: physicalName(resource),
    change,
    properties: Object.entries(compared).map(([key, { oldValue: before = null, newValue: after = null }]) => ({
      name: key,
      before,
      after,
    })),
    keepsOld: change.endsWith('replaced') && [oldValue, newValue].every((one) => one?.UpdateReplacePolicy === 'Retain'),
  };
}

function kindOf(type: string, difference: ResourceDifference): ChangeKind {
  const impact: string = difference.changeImpact;
  switch (impact) {
    case 'WILL_CREATE':
    case 'WILL_IMPORT':
      return 'created';
    case 'WILL_DESTROY':
      return 'deleted';
    case 'WILL_ORPHAN':
      return 'left-behind';
    case 'WILL_REPLACE':
      return 'replaced';
    case 'MAY_REPLACE':
      return 'maybe-replaced';
    default:
      // The library says nothing of a property that it does not know.
      return GUARDED.includes(type) && Object.values(difference.propertyUpdates).some(isUnknownProperty)
        ? 'maybe-replaced'
        : 'changed';
  }
}

function isUnknownProperty({ changeImpact }: { readonly changeImpact?: string }): boolean {
  return changeImpact === undefined || changeImpact === 'NO_CHANGE';
}

function resourceStop(stackName: string, { logicalId, type, name, path, change }: ResourceChange): Stop[] {
  const end = ENDS[change];
  const what = type === 'AWS::KMS::Key' ? 'key' : 'bucket';
  return end === undefined || !GUARDED.includes(type)
    ? []
    : [{ name: `${stackName}/${logicalId}`, kind: 'resource', reason: `${what} ${name ?? path} ${end}` }];
}

function permissionsStop(stackName: string, canonical: string): Stop {
  const hash = createHash('sha256').update(canonical).digest('hex').slice(0, HASH_LENGTH);
  return { name: `${stackName}/permissions-${hash}`, kind: 'permissions', reason: 'permissions are widened' };
}

function otherChanges(stack: AssemblyStack, deployed: DeployedStack, diff: TemplateDiff, relabelled: number): string[] {
  const sections = {
    parameter: diff.parameters,
    condition: diff.conditions,
    mapping: diff.mappings,
    output: diff.outputs,
    metadata: diff.metadata,
    section: diff.unknown,
  };
  const texts = { description: diff.description, transform: diff.transform, 'format version': diff.awsTemplateFormatVersion };
  return [
    ...Object.entries(sections).flatMap(([kind, { changes }]) =>
      Object.entries(changes).map(([name, difference]) => `${kind} ${name} ${verbOf(difference)}`),
    ),
    ...Object.entries(texts).flatMap(([name, difference]) => (difference ? [`${name} ${verbOf(difference)}`] : [])),
    ...(sameTags(stack.tags, deployed.tags) ? [] : ['tags of the stack changed']),
    ...(stack.terminationProtection === deployed.terminationProtection
      ? []
      : [`termination protection switched ${stack.terminationProtection ? 'on' : 'off'}`]),
    ...(hidesLetters(stack.template, deployed.template) ? ['letters beyond ASCII, which CloudFormation does not show'] : []),
    ...(relabelled === 0 ? [] : [`metadata of ${plural(relabelled, 'resource')} changed`]),
  ];
}

/** Whether the templates may differ in letters that CloudFormation does not give back. */
function hidesLetters(after: Template, before: Template): boolean {
  const text = JSON.stringify(after);
  return /[^\p{ASCII}]/u.test(text) && text !== JSON.stringify(before);
}

function verbOf({ isAddition, isRemoval }: Pick<Difference<unknown>, 'isAddition' | 'isRemoval'>): string {
  if (isAddition) {
    return 'added';
  }
  return isRemoval ? 'removed' : 'changed';
}

function sameTags(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const sorted = (tags: Readonly<Record<string, string>>) =>
    Object.entries(tags)
      .map((tag) => JSON.stringify(tag))
      .toSorted()
      .join();
  return sorted(one) === sorted(other);
}
