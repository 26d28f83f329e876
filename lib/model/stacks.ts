import type { SideName } from '../config/replication-config';
import type { Deployment } from './deployment';
import { ofGroup } from './names';

/** The stacks of a group by what they are for, in the order in which they are deployed. */
export const STACKS = ['destination', 'source', 'monitoring', 'source-health', 'destination-health'] as const;

export type StackKind = (typeof STACKS)[number];

const STACK_IDS = {
  destination: 'Destination',
  source: 'Source',
  monitoring: 'Monitoring',
  'source-health': 'SourceHealth',
  'destination-health': 'DestinationHealth',
} as const satisfies Record<StackKind, string>;

/** Id in the app of a stack of a group, which `cdk deploy` takes. */
export function stackId(group: Pick<Deployment, 'group'>, stack: StackKind): string {
  return ofGroup(group, STACK_IDS[stack]);
}

/** The stack that the alarms and the topic of a region are in. */
export const ALARM_STACKS = { source: 'source', destination: 'monitoring' } as const satisfies Record<SideName, StackKind>;

/** Where a stack is, and what it is called there. */
export interface StackPlace {
  readonly stackName: string;
  /** Whose credentials reach it. */
  readonly owner: SideName;
  readonly region: string;
}

/** Where a stack of a group is. What watches is in the source account, in both regions. */
export function stackPlace(group: Deployment, stack: StackKind): StackPlace {
  const { source, destination } = group.names;
  const { stackName: monitoring, regions } = group.names.monitoring;
  const at = (owner: SideName, region: SideName, stackName: string) => ({ stackName, owner, region: group[region].region });
  const places: Readonly<Record<StackKind, StackPlace>> = {
    destination: at('destination', 'destination', destination.stackName),
    source: at('source', 'source', source.stackName),
    monitoring: at('source', 'destination', monitoring),
    'source-health': at('source', 'source', regions.source.healthStackName),
    'destination-health': at('source', 'destination', regions.destination.healthStackName),
  };
  return places[stack];
}
