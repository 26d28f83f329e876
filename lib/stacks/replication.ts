import type { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SideName } from '../config/replication-config';
import { type Deployment, groupsOf } from '../model/deployment';
import { stackId } from '../model/stacks';
import { DestinationStack } from './destination/destination-stack';
import { keyExchangeOf } from './key-exchange';
import { HealthStack, MonitoringStack } from './monitoring/monitoring-stacks';
import { SourceStack } from './source/source-stack';

/** The stacks of one group. */
export interface GroupStacks {
  /** The configuration narrowed to the group. */
  readonly config: Deployment;
  readonly destination: DestinationStack;
  readonly source: SourceStack;
  readonly monitoring: MonitoringStack;
  /** The composite alarm of each region. */
  readonly health: Readonly<Record<SideName, HealthStack>>;
}

/** The stacks of every group: there is one at least. */
export type ReplicationStacks = readonly [GroupStacks, ...GroupStacks[]];

/** The stacks of a group in the account of a side, in the order in which they are deployed. */
export function inAccountOf({ destination, source, monitoring, health }: GroupStacks, side: SideName): readonly Stack[] {
  return side === 'destination' ? [destination] : [source, monitoring, health.source, health.destination];
}

/**
 * Adds the stacks of every group to an app or to a pipeline's stage. Their names do not depend on which, and no stack of a group refers to
 * one of another or waits for it.
 */
export function addReplicationStacks(scope: Construct, config: Deployment): ReplicationStacks {
  const [first = config, ...more] = groupsOf(config);
  return [addGroup(scope, first), ...more.map((group) => addGroup(scope, group))];
}

function addGroup(scope: Construct, config: Deployment): GroupStacks {
  const exchange = keyExchangeOf(scope, config);
  const destination = new DestinationStack(scope, stackId(config, 'destination'), { config });
  const source = new SourceStack(scope, stackId(config, 'source'), { config, replicaKeyArn: exchange.replicaKeyArn });
  exchange.connect(destination, source);
  // S3 refuses a rule whose replica bucket is not there, and nothing else makes an order across accounts.
  source.addStackDependency(destination);
  const monitoring = new MonitoringStack(scope, stackId(config, 'monitoring'), { config });
  const health = {
    source: new HealthStack(scope, stackId(config, 'source-health'), { config, region: 'source' }),
    destination: new HealthStack(scope, stackId(config, 'destination-health'), { config, region: 'destination' }),
  };
  // Not before the source account's own plan and approval, where a pipeline deploys.
  monitoring.addStackDependency(source);
  // A composite alarm names its children and their topic, which have to be there.
  health.source.addStackDependency(source);
  health.destination.addStackDependency(monitoring);
  return { config, destination, source, monitoring, health };
}
