import { isDeepStrictEqual } from 'node:util';
import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { SIDES, type SideName } from '../../lib/config/model';
import { compareStack } from '../../lib/deploy/plan/compare';
import type { Stop } from '../../lib/deploy/plan/model';
import { type Deployment, type StackSnapshot, snapshotOf } from './snapshot';

/** What can happen to what is deployed, in the order in which the document lists it. */
export const KINDS = [
  'refused',
  'newStack',
  'oldStack',
  'replaced',
  'stays',
  'deleted',
  'created',
  'inPlace',
  'deletionPolicy',
  'setting',
] as const;

/** What a change does: for every kind, to what. Empty when nothing that is deployed changes. */
export type Effect = Partial<Record<(typeof KINDS)[number], readonly string[]>>;

/** What a plan stops at. */
export type StopKind = Stop['kind'];

interface Happening {
  readonly kind: keyof Effect;
  readonly to: string;
}

/** What deploying one configuration after another does, from their templates. */
export function effectOf(before: Deployment, after: Deployment): Effect {
  const [from, to] = [snapshotOf(before), snapshotOf(after)];
  if (to.refusal !== undefined) {
    return { refused: [to.refusal] };
  }
  if (from.refusal !== undefined) {
    throw new Error(`nothing can be deployed before the change: ${from.refusal}`);
  }
  return byKind([
    ...SIDES.flatMap((side) => differences(side, from[side], to[side])),
    ...pipelineDifferences(from.pipeline, to.pipeline),
  ]);
}

/** What the deletion of both stacks does. */
export function effectOfRemoval(deployment: Deployment): Effect {
  const stacks = snapshotOf(deployment);
  return stacks.refusal === undefined
    ? byKind(SIDES.flatMap((side) => templateDifferences(side, stacks[side].template, {})))
    : { refused: [stacks.refusal] };
}

/** What a plan of both stacks stops at. A new stack loses nothing. */
export function stopsOf(before: Deployment, after: Deployment): StopKind[] {
  const [from, to] = [snapshotOf(before), snapshotOf(after)];
  if (from.refusal !== undefined || to.refusal !== undefined) {
    return [];
  }
  const stops = SIDES.filter((side) => isSameStack(from[side], to[side])).flatMap((side) => {
    const stack = { ...to[side], id: to[side].stackName, lookupRole: undefined };
    return compareStack(stack, { ...from[side], state: 'deployed' }).stops;
  });
  return [...new Set(stops.map(({ kind }) => kind))].toSorted();
}

function byKind(happened: readonly Happening[]): Effect {
  const to = (kind: keyof Effect) => new Set(happened.filter((entry) => entry.kind === kind).map((entry) => entry.to));
  return Object.fromEntries(
    KINDS.map((kind) => [kind, [...to(kind)].toSorted()] as const).filter(([, resources]) => resources.length > 0),
  );
}

function isSameStack(one: StackSnapshot, other: StackSnapshot): boolean {
  return one.stackName === other.stackName && one.account === other.account && one.region === other.region;
}

function differences(side: SideName, before: StackSnapshot, after: StackSnapshot): Happening[] {
  return isSameStack(before, after)
    ? [
        ...changedSettings(before, after).map((name) => ({ kind: 'setting', to: `${name} of the ${side} stack` }) as const),
        ...templateDifferences(side, before.template, after.template),
      ]
    : [{ kind: 'newStack', to: `${side} stack` }];
}

/** The pipeline stack as a whole: it holds none of the data. */
function pipelineDifferences(before: StackSnapshot | undefined, after: StackSnapshot | undefined): Happening[] {
  const to = 'pipeline stack';
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ kind: before === undefined ? 'created' : 'oldStack', to }];
  }
  if (!isSameStack(before, after)) {
    return [{ kind: 'newStack', to }];
  }
  return isDeepStrictEqual(before, after) ? [] : [{ kind: 'inPlace', to }];
}

/** What a stack has beside its resources. */
function changedSettings(before: StackSnapshot, after: StackSnapshot): string[] {
  const settings = ({ terminationProtection, tags, template }: StackSnapshot) => ({
    'termination protection': terminationProtection,
    tags,
    description: template['Description'],
  });
  const now = new Map<string, unknown>(Object.entries(settings(after)));
  return Object.entries(settings(before)).flatMap(([name, value]) => (isDeepStrictEqual(value, now.get(name)) ? [] : [name]));
}

function templateDifferences(side: SideName, before: StackSnapshot['template'], after: StackSnapshot['template']): Happening[] {
  const happened: Happening[] = [];
  const { resources, outputs } = fullDiff(before, after);
  resources.forEachDifference((logicalId, change) => {
    happened.push({ kind: kindOf(logicalId, change), to: nameOf(side, logicalId, change) });
  });
  outputs.forEachDifference((_, { isAddition, isRemoval }) => {
    happened.push({ kind: isAddition ? 'created' : isRemoval ? 'deleted' : 'inPlace', to: `output of the ${side} stack` });
  });
  return happened;
}

const KIND_OF: Readonly<Partial<Record<ResourceImpact, keyof Effect>>> = {
  [ResourceImpact.WILL_CREATE]: 'created',
  [ResourceImpact.WILL_DESTROY]: 'deleted',
  [ResourceImpact.WILL_ORPHAN]: 'stays',
  [ResourceImpact.WILL_REPLACE]: 'replaced',
  [ResourceImpact.MAY_REPLACE]: 'replaced',
  [ResourceImpact.WILL_UPDATE]: 'inPlace',
};

function kindOf(logicalId: string, { changeImpact, isUpdate, propertyUpdates }: ResourceDifference): keyof Effect {
  if (isUpdate && Object.keys(propertyUpdates).length === 0) {
    return 'deletionPolicy';
  }
  return known(KIND_OF[changeImpact], `${logicalId}: ${changeImpact}`);
}

/** Words for a resource, from its type and the construct that made it. */
function nameOf(side: SideName, logicalId: string, { resourceType }: ResourceDifference): string {
  const copy = side === 'source' ? 'source' : 'replica';
  const words: Readonly<Record<string, string>> = {
    'AWS::KMS::Key': `${copy} key`,
    'AWS::KMS::Alias': `${copy} key's alias`,
    'AWS::S3::Bucket': `${copy} bucket`,
    'AWS::S3::BucketPolicy': `${copy} bucket's policy`,
    'AWS::SSM::Parameter': `${side} parameters`,
    'AWS::IAM::ManagedPolicy': roleName(side, logicalId),
    'AWS::IAM::Role': roleName(side, logicalId),
  };
  return known(words[String(resourceType)], `${logicalId}: ${resourceType}`);
}

function known<T>(word: T | undefined, what: string): T {
  if (word === undefined) {
    throw new Error(`the document has no word for ${what}`);
  }
  return word;
}

function roleName(side: SideName, logicalId: string): string {
  if (logicalId.startsWith('VerificationRole')) {
    return `${side} verification role`;
  }
  return logicalId.startsWith('ExchangeRole') ? 'exchange role' : 'replication role';
}
