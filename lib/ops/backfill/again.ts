import { type Deployment, groupsOf } from '../../model/deployment';
import { deployCommand, opsCommand } from '../../model/shell-commands';

/**
 * Says how S3 Batch Replication replicates what live replication does not take again, by a command that works with the configuration as it
 * is: without `backfill`, what enables it comes first.
 *
 * @param config narrowed to the group of the pair, where one is named
 * @param verb `retry` takes what FAILED, `backfill` also what S3 never tried
 * @param pairId @default - all pairs
 * @param options more words of the command line
 */
export function replicateAgain(
  config: Deployment,
  verb: 'retry' | 'backfill',
  pairId?: string,
  ...options: readonly string[]
): string {
  const command = opsCommand(config, verb, ...(pairId === undefined ? [] : ['--pair', pairId]), ...options);
  return config.backfill
    ? `To replicate with S3 Batch Replication: ${command}`
    : `To replicate with S3 Batch Replication, ${enableBackfill(config)}, then run ${command}`;
}

/** What makes `s3-replication backfill` and `s3-replication retry` possible, for the middle of a sentence. */
export function enableBackfill(config: Deployment): string {
  const deploy = groupsOf(config).map((group) => deployCommand(group, 'source'));
  return `write "backfill": true into the configuration, deploy the source (${deploy.join(' && ')})`;
}
