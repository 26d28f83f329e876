import { type Deployment, groupsOf } from '../../model/deployment';
import { deployCommand, opsCommand } from '../../model/shell-commands';

/** Commands in their order, and what they do or take, for the middle of a sentence. */
export interface Guidance {
  readonly text: string;
  readonly commands: readonly string[];
}

/** What to do, and the commands that do it; none where a person has to. */
export function guidance(text: string, ...commands: readonly string[]): Guidance {
  return { text, commands };
}

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

/**
 * Says the same about several pairs, with the commands apart from the words.
 *
 * @param words what names the pairs on a command line
 */
export function replicatePairsAgain(
  config: Deployment,
  verb: 'retry' | 'backfill',
  pairIds: readonly string[],
  words: readonly string[],
): Guidance {
  const command = opsCommand(config, verb, ...words);
  const pairs = config.pairs.filter(({ id }) => pairIds.includes(id));
  return config.backfill
    ? guidance('Replicate with S3 Batch Replication', command)
    : guidance(
        `${ENABLE.charAt(0).toUpperCase()}${ENABLE.slice(1)}, then replicate with S3 Batch Replication`,
        ...deployCommands({ ...config, pairs }),
        command,
      );
}

const ENABLE = 'write "backfill": true into the configuration, deploy the source';

/** What makes `s3-replication backfill` and `s3-replication retry` possible, for the middle of a sentence. */
export function enableBackfill(config: Deployment): string {
  return `${ENABLE} (${deployCommands(config).join(' && ')})`;
}

function deployCommands(config: Deployment): string[] {
  return groupsOf(config).map((group) => deployCommand(group, 'source'));
}
