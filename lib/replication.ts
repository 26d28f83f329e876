import type { Construct } from 'constructs';
import type { ReplicationConfig } from './config/model';
import { DestinationStack } from './destination/destination-stack';
import { keyExchangeOf } from './key-exchange';
import { SourceStack } from './source/source-stack';

/** Both stacks of a deployment. */
export interface ReplicationStacks {
  readonly destination: DestinationStack;
  readonly source: SourceStack;
}

/** Adds both stacks to an app or to a pipeline's stage. Their names do not depend on which. */
export function addReplicationStacks(scope: Construct, config: ReplicationConfig): ReplicationStacks {
  const exchange = keyExchangeOf(scope, config);
  const destination = new DestinationStack(scope, 'Destination', { config });
  const source = new SourceStack(scope, 'Source', { config, replicaKeyArn: exchange.replicaKeyArn });
  exchange.connect(destination, source);
  // S3 refuses a rule whose replica bucket is not there, and nothing else makes an order across accounts.
  source.addStackDependency(destination);
  return { destination, source };
}
