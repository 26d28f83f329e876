import type { ReplicationConfig } from '../../config/replication-config';
import type { Problem } from '../../errors/errors';
import { groupsOf } from '../groups';
import { exemptRoles, keyLockdown } from '../lockdown/statements';
import { namesOf, type PairNames } from '../names';
import { replicaKeyStatements } from '../policies';

/**
 * Bytes of the longest key policy that KMS takes. It is what limits the pairs of a group: the resources of a stack and
 * the other policies leave room for more.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
 */
const KEY_POLICY_BYTES = 32_768;

/** Room for the statement that delegates to IAM, and for the document around the statements. */
const KEY_POLICY_FRAME_BYTES = 512;

/** As long as the ARN of an execution role gets that has no path: the stack's synthesizer names it. */
const LONGEST_ROLE_ARN = 'r'.repeat(100);

/** What does not fit into one group. */
export function capacityProblems(config: ReplicationConfig): Problem[] {
  return groupsOf(config).flatMap((group) => {
    const { pairs } = namesOf(group);
    const room = pairsThatFit(group, pairs);
    const inGroup = group.group === undefined ? '' : ` in group ${group.group}`;
    const remedy = `the replica key's policy has room for the first ${room} of these pairs; give the others a "group" of their own, which has its own keys and stacks`;
    return room === pairs.length ? [] : [{ path: 'pairs', found: `${pairs.length} pairs${inGroup}`, remedy }];
  });
}

function pairsThatFit(config: ReplicationConfig, pairs: readonly PairNames[]): number {
  let bytes = KEY_POLICY_FRAME_BYTES + lockdownBytes(config);
  const tooMany = pairs.findIndex((pair) => {
    bytes += Buffer.byteLength(JSON.stringify(replicaKeyStatements(config, pair)));
    return bytes > KEY_POLICY_BYTES;
  });
  return tooMany === -1 ? pairs.length : tooMany;
}

function lockdownBytes({ lockdown }: ReplicationConfig): number {
  return lockdown === undefined ? 0 : Buffer.byteLength(JSON.stringify(keyLockdown(exemptRoles(lockdown, LONGEST_ROLE_ARN))));
}
