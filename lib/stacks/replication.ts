import type { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SideName } from '../config/replication-config';
import { watchesBackup } from '../model/alarms';
import { type Deployment, groupsOf } from '../model/deployment';
import { heartbeatMinutes } from '../model/heartbeat';
import { stackId } from '../model/stacks';
import { DestinationStack } from './destination/destination-stack';
import { HeartbeatStack } from './heartbeat/heartbeat-stack';
import { keyExchangeOf } from './key-exchange';
import { BackupHealthStack, HealthStack, MonitoringStack } from './monitoring/monitoring-stacks';
import { SourceStack } from './source/source-stack';

/** The stacks of one group. */
export interface GroupStacks {
  /** The configuration narrowed to the group. */
  readonly config: Deployment;
  readonly destination: DestinationStack;
  readonly source: SourceStack;
  readonly monitoring: MonitoringStack;
  /** The composite alarm of each region of the source account. */
  readonly health: Readonly<Record<SideName, HealthStack>>;
  /** @default - no heartbeat is configured */
  readonly heartbeat: HeartbeatStack | undefined;
  /** @default - nothing is watched in the backup account */
  readonly backupHealth: BackupHealthStack | undefined;
}

/** The stacks of every group: there is one at least. */
export type ReplicationStacks = readonly [GroupStacks, ...GroupStacks[]];

/** The stacks of a group in the account of a side, in the order in which they are deployed. */
export function inAccountOf(stacks: GroupStacks, side: SideName): readonly Stack[] {
  const { destination, source, monitoring, health, heartbeat, backupHealth } = stacks;
  const all =
    side === 'destination' ? [destination, backupHealth] : [source, monitoring, heartbeat, health.source, health.destination];
  return all.filter((stack) => stack !== undefined);
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
    source: new HealthStack(scope, stackId(config, 'source-health'), { config, place: 'source' }),
    destination: new HealthStack(scope, stackId(config, 'destination-health'), { config, place: 'destination' }),
  };
  // Not before the source account's own plan and approval, where a pipeline deploys.
  monitoring.addStackDependency(source);
  // A composite alarm names its children and their topic, which have to be there.
  health.source.addStackDependency(source);
  health.destination.addStackDependency(monitoring);
  const heartbeat =
    heartbeatMinutes(config) === undefined ? undefined : new HeartbeatStack(scope, stackId(config, 'heartbeat'), { config });
  // It writes into the source buckets.
  heartbeat?.addStackDependency(source);
  const backupHealth = watchesBackup(config)
    ? new BackupHealthStack(scope, stackId(config, 'backup-health'), { config })
    : undefined;
  // Its alarms watch the queues of that stack.
  backupHealth?.addStackDependency(destination);
  return { config, destination, source, monitoring, health, heartbeat, backupHealth };
}
