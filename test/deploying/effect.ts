import { isDeepStrictEqual } from 'node:util';
import { fullDiff, type ResourceDifference, ResourceImpact } from '@aws-cdk/cloudformation-diff';
import { compareStack } from '../../lib/deploy/plan/compare';
import type { StackPlan, Stop } from '../../lib/deploy/plan/model';
import { withLocksInPlace } from '../../lib/deploy/plan/object-lock';
import { STACKS, type StackKind } from '../../lib/model/stacks';
import { remembered } from '../helpers/remembered';
import { type Deployment, type Snapshot, type StackSnapshot, snapshotOf } from './snapshot';

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

/** The stacks of a deployment that nothing refuses. */
type Stacks = Exclude<Snapshot, { readonly refusal: string }>;

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
  const refusals = plansOf(before, after).flatMap(({ refusals: found }) => found.map(({ reason }) => reason));
  if (refusals.length > 0) {
    return { refused: refusals };
  }
  return byKind([
    ...settingDifferences(from, to),
    ...STACKS.flatMap((stack) => differences(stack, from[stack], to[stack])),
    ...wholeDifferences('pipeline stack', from.pipeline, to.pipeline),
    ...wholeDifferences('source delivery stack', from.sourceDelivery, to.sourceDelivery),
    ...wholeDifferences('destination delivery stack', from.destinationDelivery, to.destinationDelivery),
  ]);
}

/** What the deletion of every stack does. */
export function effectOfRemoval(deployment: Deployment): Effect {
  const stacks = snapshotOf(deployment);
  return stacks.refusal === undefined
    ? byKind(STACKS.flatMap((stack) => templateDifferences(stack, stacks[stack]?.template ?? {}, {})))
    : { refused: [stacks.refusal] };
}

/** What a plan of every stack stops at. A new stack loses nothing. */
export function stopsOf(before: Deployment, after: Deployment): StopKind[] {
  const [from, to] = [snapshotOf(before), snapshotOf(after)];
  if (from.refusal !== undefined || to.refusal !== undefined) {
    return [];
  }
  const stops = plansOf(before, after).flatMap((plan) => plan.stops);
  return [...new Set(stops.map(({ kind }) => kind))].toSorted();
}

/** What a plan says of every stack that is there before and after, of deployments that nothing refuses. */
const plansOf = remembered((earlier: Deployment, later: Deployment): StackPlan[] => {
  const [from, to] = [snapshotOf(earlier), snapshotOf(later)] as [Stacks, Stacks];
  const delivery = (['sourceDelivery', 'destinationDelivery'] as const).flatMap((stack) => {
    const [before, after] = [from[stack], to[stack]];
    return before !== undefined && after !== undefined && isSameStack(before, after) ? [{ before, after }] : [];
  });
  return [...sameStacks(from, to), ...delivery].map(({ before, after }) => {
    const stack = { ...after, id: after.stackName, lookupRole: undefined, warnings: [] };
    return compareStack(stack, { ...before, state: 'deployed' });
  });
});

function byKind(happened: readonly Happening[]): Effect {
  const to = (kind: keyof Effect) => new Set(happened.filter((entry) => entry.kind === kind).map((entry) => entry.to));
  return Object.fromEntries(
    KINDS.map((kind) => [kind, [...to(kind)].toSorted()] as const).filter(([, resources]) => resources.length > 0),
  );
}

function isSameStack(one: StackSnapshot, other: StackSnapshot): boolean {
  return one.stackName === other.stackName && one.account === other.account && one.region === other.region;
}

/** Every stack that is there before and after, under the same name. */
function sameStacks(from: Stacks, to: Stacks) {
  return STACKS.flatMap((kind) => {
    const [before, after] = [from[kind], to[kind]];
    return before !== undefined && after !== undefined && isSameStack(before, after) ? [{ kind, before, after }] : [];
  });
}

function differences(stack: StackKind, before: StackSnapshot | undefined, after: StackSnapshot | undefined): Happening[] {
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ kind: before === undefined ? 'created' : 'oldStack', to: wordsFor(stack) }];
  }
  return isSameStack(before, after)
    ? templateDifferences(stack, before.template, after.template)
    : [{ kind: 'newStack', to: wordsFor(stack) }];
}

function wordsFor(stack: StackKind): string {
  return `${stack.replace('-', ' ')} stack`;
}

/** A stack as a whole: what delivers holds none of the data. */
function wholeDifferences(to: string, before: StackSnapshot | undefined, after: StackSnapshot | undefined): Happening[] {
  if (before === undefined || after === undefined) {
    return before === after ? [] : [{ kind: before === undefined ? 'created' : 'oldStack', to }];
  }
  if (!isSameStack(before, after)) {
    return [{ kind: 'newStack', to }];
  }
  return isDeepStrictEqual(before, after) ? [] : [{ kind: 'inPlace', to }];
}

/** What a stack has beside its resources. */
const SETTINGS: Readonly<Record<string, (stack: StackSnapshot) => unknown>> = {
  'termination protection': ({ terminationProtection }) => terminationProtection,
  tags: ({ tags }) => tags,
  description: ({ template }) => template['Description'],
};

function settingDifferences(before: Stacks, after: Stacks): Happening[] {
  const same = sameStacks(before, after);
  return Object.entries(SETTINGS).flatMap(([name, of]): Happening[] => {
    const changed = same.filter((stack) => !isDeepStrictEqual(of(stack.before), of(stack.after)));
    const stacks = changed.length === STACKS.length ? ['every stack'] : changed.map(({ kind }) => `the ${wordsFor(kind)}`);
    return stacks.map((stack) => ({ kind: 'setting', to: `${name} of ${stack}` }));
  });
}

function templateDifferences(stack: StackKind, before: StackSnapshot['template'], after: StackSnapshot['template']): Happening[] {
  const happened: Happening[] = [];
  const { resources, outputs } = fullDiff(withLocksInPlace(before), withLocksInPlace(after));
  resources.forEachDifference((logicalId, change) => {
    happened.push({ kind: kindOf(logicalId, change), to: nameOf(stack, logicalId, change) });
  });
  outputs.forEachDifference((_, { isAddition, isRemoval }) => {
    happened.push({ kind: isAddition ? 'created' : isRemoval ? 'deleted' : 'inPlace', to: `output of the ${wordsFor(stack)}` });
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
  // The library says so of every property of a custom resource, whose own code updates it.
  [ResourceImpact.NO_CHANGE]: 'inPlace',
};

function kindOf(logicalId: string, { changeImpact, isUpdate, propertyUpdates }: ResourceDifference): keyof Effect {
  if (isUpdate && Object.keys(propertyUpdates).length === 0) {
    return 'deletionPolicy';
  }
  return known(KIND_OF[changeImpact], `${logicalId}: ${changeImpact}`);
}

/** Words for a resource, from its type and the construct that made it. */
function nameOf(stack: StackKind, logicalId: string, { resourceType }: ResourceDifference): string {
  const copy = stack === 'source' ? 'source' : 'replica';
  const bucket = logicalId.startsWith('BackfillReportBucket')
    ? 'report bucket'
    : logicalId.startsWith('Pairsinventory')
      ? 'inventory bucket'
      : `${copy} bucket`;
  // One in each region that is watched.
  const isOfTopic = logicalId.startsWith('Notifications');
  const words: Readonly<Record<string, string>> = {
    'AWS::KMS::Key': isOfTopic ? 'keys of the notification topics' : `${copy} key`,
    'AWS::KMS::Alias': isOfTopic ? 'aliases of the keys of the notification topics' : `${copy} key's alias`,
    'AWS::S3::Bucket': bucket,
    'AWS::S3::BucketPolicy': `${bucket}'s policy`,
    'AWS::SSM::Parameter': `${stack} parameters`,
    'AWS::IAM::ManagedPolicy': roleName(stack, logicalId),
    'AWS::IAM::Policy': 'function for buckets of others',
    'AWS::Lambda::Function': 'function for buckets of others',
    'AWS::Logs::LogGroup': 'function for buckets of others',
    'Custom::S3Inventory': "inventory in its owner's bucket",
    'Custom::S3ReplicationRule': "rule in its owner's bucket",
    'AWS::IAM::Role': roleName(stack, logicalId),
    'AWS::SNS::Topic': 'notification topics',
    'AWS::SNS::TopicPolicy': 'policies of the notification topics',
    'AWS::SNS::Subscription': 'e-mail subscriptions',
    'AWS::SQS::Queue': stack === 'source' ? 'failure queue' : queuesOf(logicalId),
    'AWS::SQS::QueuePolicy': stack === 'source' ? "failure queue's policy" : `${queuesOf(logicalId)}' policies`,
    'AWS::Events::Rule': 'rules of the witness',
    'AWS::Scheduler::Schedule': 'heartbeat schedules',
    'AWS::Scheduler::ScheduleGroup': 'schedule group',
    'AWS::CloudWatch::Alarm': 'alarms',
    'AWS::CloudWatch::CompositeAlarm': 'composite alarms',
    'AWS::CloudWatch::Dashboard': stack === 'source' ? 'dashboard' : 'dashboard of the backup account',
  };
  return known(words[String(resourceType)], `${logicalId}: ${resourceType}`);
}

/** The queues of the destination account. */
function queuesOf(logicalId: string): string {
  return /Witness[0-9A-F]{8}$|WitnessPolicy/.test(logicalId) ? 'witness queues' : 'heartbeat queues';
}

function known<T>(word: T | undefined, what: string): T {
  if (word === undefined) {
    throw new Error(`the document has no word for ${what}`);
  }
  return word;
}

function roleName(stack: StackKind, logicalId: string): string {
  if (stack === 'heartbeat') {
    return 'heartbeat roles';
  }
  if (logicalId.startsWith('VerificationRole')) {
    return `${stack} verification role`;
  }
  if (logicalId.startsWith('BackfillRoles')) {
    return 'backfill roles';
  }
  if (logicalId.startsWith('BackfillRecoveryRoles')) {
    return 'recovery roles';
  }
  if (logicalId.startsWith('BucketMerger')) {
    return 'function for buckets of others';
  }
  return logicalId.startsWith('ExchangeRole') ? 'exchange role' : 'replication role';
}
