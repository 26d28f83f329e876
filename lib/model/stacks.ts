import { type AccountName, SIDES, type SideName } from '../config/replication-config';
import { watchesBackup } from './alarms';
import { type Deployment, groupsOf } from './deployment';
import { heartbeatMinutes } from './heartbeat';
import { type AlarmPlace, ofGroup } from './names';

/** The stacks of a group by what they are for, in the order in which they are deployed. */
export const STACKS = [
  'destination',
  'source',
  'monitoring',
  'heartbeat',
  'source-health',
  'destination-health',
  'backup-health',
] as const;

export type StackKind = (typeof STACKS)[number];

const STACK_IDS = {
  destination: 'Destination',
  source: 'Source',
  monitoring: 'Monitoring',
  heartbeat: 'Heartbeat',
  'source-health': 'SourceHealth',
  'destination-health': 'DestinationHealth',
  'backup-health': 'BackupHealth',
} as const satisfies Record<StackKind, string>;

/** Id in the app of a stack of a group, which `cdk deploy` takes. */
export function stackId(group: Pick<Deployment, 'group'>, stack: StackKind): string {
  return ofGroup(group, STACK_IDS[stack]);
}

/** Id in the app of the stack that lets GitHub Actions into the account of a side. The deployment has one, whatever groups there are. */
export function deliveryStackId(side: SideName): string {
  return side === 'source' ? 'SourceDelivery' : 'DestinationDelivery';
}

/** The stacks that a deployment has: some are there only with the option that they are for. */
export function stacksOf(config: Deployment): readonly StackKind[] {
  return STACKS.filter(
    (stack) =>
      (stack !== 'heartbeat' || heartbeatMinutes(config) !== undefined) && (stack !== 'backup-health' || watchesBackup(config)),
  );
}

/** The stack that the alarms and the topic of a place are in. */
export const ALARM_STACKS = {
  source: 'source',
  destination: 'monitoring',
  backup: 'backup-health',
} as const satisfies Record<AlarmPlace, StackKind>;

/** The stack that the composite alarm of a place is in. */
export const HEALTH_STACKS = {
  source: 'source-health',
  destination: 'destination-health',
  backup: 'backup-health',
} as const satisfies Record<AlarmPlace, StackKind>;

/** Where a stack is, and what it is called there. */
export interface StackPlace {
  readonly stackName: string;
  /** Whose credentials reach it. */
  readonly owner: SideName;
  readonly region: string;
}

/** Where a stack of a group is. What watches is in the source account, in both regions, and in the destination account. */
export function stackPlace(group: Deployment, stack: StackKind): StackPlace {
  const { source, destination, heartbeat } = group.names;
  const { stackName: monitoring, regions } = group.names.monitoring;
  const at = (owner: SideName, region: SideName, stackName: string) => ({ stackName, owner, region: group[region].region });
  const places: Readonly<Record<StackKind, StackPlace>> = {
    destination: at('destination', 'destination', destination.stackName),
    source: at('source', 'source', source.stackName),
    monitoring: at('source', 'destination', monitoring),
    heartbeat: at('source', 'source', heartbeat.stackName),
    'source-health': at('source', 'source', regions.source.healthStackName),
    'destination-health': at('source', 'destination', regions.destination.healthStackName),
    'backup-health': at('destination', 'destination', regions.backup.healthStackName),
  };
  return places[stack];
}

/** Where every stack of a deployment is, those of all groups and those that let GitHub Actions in, but for a pipeline's own. */
export function stackPlaces(config: Deployment): readonly StackPlace[] {
  const { delivery } = config.names;
  return [
    ...groupsOf(config).flatMap((group) => stacksOf(group).map((stack) => stackPlace(group, stack))),
    ...(delivery === undefined
      ? []
      : SIDES.map((owner) => ({ stackName: delivery[owner].stackName, owner, region: config[owner].region }))),
  ];
}

/** An account and region that the CDK deploys into, and that has to be bootstrapped for it. */
export interface Environment {
  /** Whose account it is, which says whose credentials bootstrap it. */
  readonly owner: AccountName;
  readonly account: string;
  readonly region: string;
  /** @default - credentials of the environment */
  readonly profile?: string;
  /** What of this deployment is deployed there. */
  readonly purpose: string;
}

/**
 * Every environment of a deployment, in the order in which they are bootstrapped: the source before the destination, and last
 * the tooling account of the pipeline.
 *
 * CDK Pipelines puts a support stack with an artifact bucket into each region that it deploys to and that is not its own, in
 * the tooling account.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/cdk-pipeline.html
 */
export function environmentsOf(config: Deployment): readonly Environment[] {
  const { source, destination, pipeline } = config;
  const sides: readonly Environment[] = [
    { ...source, owner: 'source', purpose: 'the source stack' },
    { ...source, region: destination.region, owner: 'source', purpose: 'the alarms on metrics of the destination region' },
    { ...destination, owner: 'destination', purpose: 'the destination stack' },
  ];
  if (pipeline === undefined) {
    return sides;
  }
  const { account, region, profile } = pipeline;
  const tooling = { owner: 'pipeline', account, ...(profile !== undefined && { profile }) } as const;
  const regions = [...new Set(sides.map((side) => side.region))].filter((other) => other !== region);
  return [
    ...sides,
    { ...tooling, region, purpose: 'the pipeline stack' },
    ...regions.map((other) => ({ ...tooling, region: other, purpose: "the pipeline's artifacts for this region" })),
  ];
}
