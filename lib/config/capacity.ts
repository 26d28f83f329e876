import type { Problem } from '../errors';
import { namesOf } from '../names';
import { replicaKeyStatements } from '../policies';
import type { ReplicationConfig } from './model';

/**
 * Bytes of the longest key policy that KMS takes. It is what limits the pairs of a deployment: the resources of a stack and
 * the other policies leave room for more.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const KEY_POLICY_BYTES = 32_768;

/** Room for the statement that delegates to IAM, and for the document around the statements. */
const KEY_POLICY_FRAME_BYTES = 512;

/** What does not fit into one deployment. */
export function capacityProblems(config: ReplicationConfig): Problem[] {
  const names = namesOf(config);
  let bytes = KEY_POLICY_FRAME_BYTES;
  const fitting = names.pairs.findIndex((pair) => {
    bytes += Buffer.byteLength(JSON.stringify(replicaKeyStatements(config, pair)));
    return bytes > KEY_POLICY_BYTES;
  });
  const remedy = `the replica key's policy has room for the first ${fitting} of these pairs; write the others into a second deployment`;
  return fitting === -1 ? [] : [{ path: 'pairs', found: `${names.pairs.length} pairs`, remedy }];
}
