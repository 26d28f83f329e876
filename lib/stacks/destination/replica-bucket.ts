import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { lifecycleRulesOf } from '../../model/lifecycle';
import { bucketLockdown, type ExemptRoles } from '../../model/lockdown/statements';
import { maxRetentionStatement, replicaBucketStatements, replicaKeyStatements } from '../../model/policies';
import { publish } from '../stack';
import { HardenedBucket } from '../storage/bucket';

export interface ReplicaBucketProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  /** Encrypts the replicas; the pair's replication role is admitted to it. */
  readonly replicaKey: Key;
  /** The roles that its policy does not refuse to destroy replicas. @default - no lockdown: it refuses nobody */
  readonly exempt?: ExemptRoles | undefined;
}

/** Where one pair's replicas arrive: the bucket, and what its policy and the replica key's policy grant to the pair's role. */
export class ReplicaBucket extends Construct {
  constructor(scope: Construct, id: string, { config, pair, replicaKey, exempt }: ReplicaBucketProps) {
    super(scope, id);
    const names = pair.names;

    const bucket = new HardenedBucket(this, 'Bucket', {
      bucketName: names.replicaBucket.name,
      encryptionKey: replicaKey,
      bucketKeys: pair.bucketKeys,
      bucketNamespace: config.bucketNamespace,
      lifecycleRules: lifecycleRulesOf(pair, 'destination'),
      removal: config.removal,
      ...(pair.objectLock && { objectLockDefaultRetention: defaultRetention(pair.objectLock) }),
    });
    for (const statement of [...replicaBucketStatements(config, names), ...maxRetentionStatement(pair, names)]) {
      bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    if (exempt !== undefined) {
      for (const statement of bucketLockdown(pair, exempt)) {
        bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
      }
      // A bucket that leaves the stack stays, and so does what locks it. Both go when their creation is rolled back, the policy first.
      bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
    for (const statement of replicaKeyStatements(config, names)) {
      replicaKey.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    publish(this, 'BucketParameter', names.parameters.replicaBucket, names.replicaBucket.arn, `replica bucket of ${pair.id}`);
  }
}

/**
 * How long a replica is kept whose object says nothing about it: the replica of one that has a retention period takes that over.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 */
function defaultRetention({ mode, days }: NonNullable<DeployedPair['objectLock']>): ObjectLockRetention {
  const period = Duration.days(days);
  return mode === 'COMPLIANCE' ? ObjectLockRetention.compliance(period) : ObjectLockRetention.governance(period);
}
