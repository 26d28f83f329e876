import type { SideName } from '../../config/replication-config';
import type { Deployment } from '../deployment';
import type { Permission } from '../permissions';
import { roleStatements } from '../policies';
import { deploymentRows } from './deployment-rows';
import { pairRows } from './pair-rows';
import type { Row } from './row';

/**
 * The permission table of the verification roles: what `ops doctor` and `ops verify` ask of each account, and nothing else. A test
 * runs both and holds every request against it.
 */

/**
 * Characters of a managed policy, which IAM counts without whitespace.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const POLICY_LENGTH = 6144;

/** As long as a key's ARN gets, which is not known when policies are divided. */
const LONGEST_KEY_ARN = 'k'.repeat(100);

/**
 * What the verification role of one side may do.
 *
 * @param keyArn ARN of the side's key
 */
export function verificationPermissions(config: Deployment, side: SideName, keyArn: string): readonly Permission[] {
  return written([...deploymentRows(config, side, keyArn), ...pairRows(config, side, keyArn, config.pairs)]);
}

/** The same table divided into policies that IAM takes: one, unless there are many pairs. */
export function verificationPolicies(config: Deployment, side: SideName, keyArn: string): readonly (readonly Permission[])[] {
  const inPolicies = (count: number, key: string) => {
    const size = Math.ceil(config.pairs.length / count);
    return Array.from({ length: count }, (_, index) => {
      const pairs = config.pairs.slice(index * size, (index + 1) * size);
      const rows = pairs.length === 0 ? [] : pairRows(config, side, key, pairs);
      return written(index === 0 ? [...deploymentRows(config, side, key), ...rows] : rows);
    }).filter((rows) => rows.length > 0);
  };
  const fits = (rows: readonly Permission[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: roleStatements(rows) }).length <= POLICY_LENGTH;
  let count = 1;
  while (count < config.pairs.length && !inPolicies(count, LONGEST_KEY_ARN).every(fits)) {
    count += 1;
  }
  return inPolicies(count, keyArn);
}

function written(rows: readonly Row[]): Permission[] {
  return rows.map((row) => ({ ...row, writtenIn: ['role'] }));
}
