import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { pairNamesOf } from '../../model/names';
import { customerKey, explainCommand, versionCommand } from './object-commands';
import type { ObjectVersion, Verdict } from './object-version';

/** What is known around a version in a replica bucket. */
export interface ReplicaSurroundings {
  readonly config: ReplicationConfig;
  readonly pair: Pair;
}

/**
 * What the replication status of a version in a replica bucket means, and what to do.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 */
export function judgeReplica(version: ObjectVersion, { config, pair }: ReplicaSurroundings): Verdict {
  const { key, versionId, status, isDeleteMarker, encryption } = version;
  const source = pairNamesOf(config, pair).sourceBucket.name;
  const { replicaExpireDays } = pair.lifecycle;
  if (isDeleteMarker && replicaExpireDays !== undefined) {
    return {
      judgement: 'unknown',
      verdict: `a delete marker: a lifecycle rule makes one above a replica of ${replicaExpireDays} days, or somebody made it`,
      action: `compare its time with that of the version below it; the audit does, for every object: npm run ops -- audit --pair ${pair.id}`,
    };
  }
  if (isDeleteMarker) {
    return pair.replicateDeleteMarkers
      ? {
          judgement: 'unknown',
          verdict: 'a delete marker, replicated or made here: S3 shows no status for one',
          action: `see whether the source object has one: ${explainCommand(source, key)}`,
        }
      : {
          judgement: 'wrong',
          verdict: 'a delete marker that was made here: the rule replicates none',
          action: `find out who made it, and undelete the replica: ${versionCommand('s3api delete-object', version, { config, side: 'destination', pair })}`,
        };
  }
  if (status === 'REPLICA') {
    return { judgement: 'right', verdict: `replica of version ${versionId} of s3://${source}/${key}`, action: null };
  }
  if (status === null && encryption?.type === 'SSE-C') {
    return customerKey(version, config, 'destination', pair);
  }
  return {
    judgement: 'wrong',
    verdict: `no replica${status === null ? '' : ` (status ${status})`}: somebody wrote it here directly`,
    action: 'find out who may write into the replica bucket; nothing but replication should',
  };
}
