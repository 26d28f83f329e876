import { type Deployment, deploymentOf } from '../model/deployment';
import { loadConfig as load } from '../model/loading/load';

export type { ReplicationConfig } from '../config/replication-config';
export { AppError, ConfigError } from '../errors/errors';
export type { Deployment } from '../model/deployment';
export { addDeliveryStacks, DeliveryStack, type DeliveryStackProps } from '../stacks/delivery/delivery-stack';
export { DestinationStack } from '../stacks/destination/destination-stack';
export { addReplicationStacks, type GroupStacks, type ReplicationStacks } from '../stacks/replication';
export { SourceStack, type SourceStackProps } from '../stacks/source/source-stack';
export type { ReplicationStackProps } from '../stacks/stack';

/**
 * Reads a configuration, for an app of your own: `addReplicationStacks(app, loadConfig('replication.json'))`.
 *
 * @param file path of a JSON file, as seen from the folder of this process
 * @throws ConfigError that lists every problem of the file
 */
export function loadConfig(file: string): Deployment {
  return deploymentOf(load((key) => (key === 'config' ? file : undefined), process.cwd()));
}
