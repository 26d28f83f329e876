import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { SideName } from '../../config/replication-config';
import type { Deployment } from '../../model/deployment';
import { inventoriedPairs, reportKeyStatements } from '../../model/inventory';
import { ManagedKey } from './managed-key';

/**
 * Has S3 encrypt the inventory reports of a side, and makes the bucket that takes them before the buckets that they are about: S3 refuses an inventory
 * whose destination is not there. A key that is owned elsewhere is left to its owner.
 *
 * @param pairs has the constructs of the pairs, by id
 */
export function admitReports(config: Deployment, side: SideName, key: IKey, pairs: Construct): void {
  for (const statement of key instanceof ManagedKey ? reportKeyStatements(config, side) : []) {
    key.addToResourcePolicy(PolicyStatement.fromJson(statement));
  }
  const reports = config.pairs.filter(({ reportDays }) => reportDays !== undefined);
  const keepers = reports.map(({ id }) => pairs.node.findChild(id).node.findChild('Bucket'));
  for (const { id, sourceBucket } of inventoriedPairs(config)) {
    const owned = side === 'source' ? sourceBucket?.name : undefined;
    const made = pairs.node.findChild(id).node.tryFindChild(owned ?? 'Bucket')?.node;
    // The resource alone: the policy of a bucket waits for nothing.
    (owned === undefined ? made?.defaultChild : made?.findChild('Inventory'))?.node.addDependency(...keepers);
  }
}
