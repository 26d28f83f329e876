import type { ReplicationConfig, SideName } from '../config/model';
import { monitoringNamesOf } from '../monitoring/names';
import { namesOf } from '../names';

/** The stacks of a deployment by what they are for, in the order in which they are deployed. */
export const STACKS = ['destination', 'source', 'monitoring', 'source-health', 'destination-health'] as const;

export type StackKind = (typeof STACKS)[number];

/** The stack that the alarms and the topic of a region are in. */
export const ALARM_STACKS = { source: 'source', destination: 'monitoring' } as const satisfies Record<SideName, StackKind>;

/** Where a stack is, and what it is called there. */
export interface StackPlace {
  readonly stackName: string;
  /** Whose credentials reach it. */
  readonly owner: SideName;
  readonly region: string;
}

/** Where each stack of a configuration is. What watches is in the source account, in both regions. */
export function stackPlace(config: ReplicationConfig, stack: StackKind): StackPlace {
  const { source, destination } = namesOf(config);
  const { stackName: monitoring, regions } = monitoringNamesOf(config);
  const at = (owner: SideName, region: SideName, stackName: string) => ({ stackName, owner, region: config[region].region });
  const places: Readonly<Record<StackKind, StackPlace>> = {
    destination: at('destination', 'destination', destination.stackName),
    source: at('source', 'source', source.stackName),
    monitoring: at('source', 'destination', monitoring),
    'source-health': at('source', 'source', regions.source.healthStackName),
    'destination-health': at('source', 'destination', regions.destination.healthStackName),
  };
  return places[stack];
}
