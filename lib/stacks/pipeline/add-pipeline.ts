import type { App } from 'aws-cdk-lib';
import type { ReplicationConfig } from '../../config/replication-config';
import { PipelineStack } from './pipeline-stack';
import { pipelineOf, repositoryFile, requireReplicaKey } from './prerequisites';

/**
 * Adds the pipeline stack to an app, and what it needs in other regions.
 *
 * @throws AppError when the configuration has no pipeline, or no build could use it
 */
export function addPipeline(app: App, config: ReplicationConfig): PipelineStack {
  const readContext = (key: string): unknown => app.node.tryGetContext(key);
  pipelineOf(config);
  const configFile = repositoryFile(readContext('config'));
  requireReplicaKey(config, readContext);
  return new PipelineStack(app, 'Pipeline', { config, configFile });
}
