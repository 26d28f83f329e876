import type { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ReplicationConfig, SideName } from './config/model';
import { DestinationStack } from './destination/destination-stack';
import { keyExchangeOf } from './key-exchange';
import { HealthStack } from './monitoring/health-stack';
import { MonitoringStack } from './monitoring/monitoring-stack';
import { SourceStack } from './source/source-stack';

/** The stacks of a deployment. */
export interface ReplicationStacks {
  readonly destination: DestinationStack;
  readonly source: SourceStack;
  readonly monitoring: MonitoringStack;
  /** The composite alarm of each region. */
  readonly health: Readonly<Record<SideName, HealthStack>>;
}

/** The stacks in the account of a side, in the order in which they are deployed. */
export function inAccountOf(
  { destination, source, monitoring, health }: ReplicationStacks,
  side: SideName,
): readonly [Stack, ...Stack[]] {
  return side === 'destination' ? [destination] : [source, monitoring, health.source, health.destination];
}

/** Adds the stacks to an app or to a pipeline's stage. Their names do not depend on which. */
export function addReplicationStacks(scope: Construct, config: ReplicationConfig): ReplicationStacks {
  const exchange = keyExchangeOf(scope, config);
  const destination = new DestinationStack(scope, 'Destination', { config });
  const source = new SourceStack(scope, 'Source', { config, replicaKeyArn: exchange.replicaKeyArn });
  exchange.connect(destination, source);
  // S3 refuses a rule whose replica bucket is not there, and nothing else makes an order across accounts.
  source.addStackDependency(destination);
  const monitoring = new MonitoringStack(scope, 'Monitoring', { config });
  const health = {
    source: new HealthStack(scope, 'SourceHealth', { config, region: 'source' }),
    destination: new HealthStack(scope, 'DestinationHealth', { config, region: 'destination' }),
  };
  // Not before the source account's own plan and approval, where a pipeline deploys.
  monitoring.addStackDependency(source);
  // A composite alarm names its children and their topic, which have to be there.
  health.source.addStackDependency(source);
  health.destination.addStackDependency(monitoring);
  return { destination, source, monitoring, health };
}
