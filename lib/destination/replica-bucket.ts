import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { canaryPrefix } from '../canary-prefix';
import type { Pair, ReplicationConfig } from '../config/model';
import { pairNamesOf } from '../names';
import { replicaBucketStatements, replicaKeyStatements } from '../policies';
import { HardenedBucket } from '../storage/hardened-bucket';
import { publish } from '../storage/published-value';

export interface ReplicaBucketProps {
  readonly config: ReplicationConfig;
  readonly pair: Pair;
  /** Encrypts the replicas; the pair's replication role is admitted to it. */
  readonly replicaKey: Key;
}

/** Where one pair's replicas arrive: the bucket, and what its policy and the replica key's policy grant to the pair's role. */
export class ReplicaBucket extends Construct {
  constructor(scope: Construct, id: string, { config, pair, replicaKey }: ReplicaBucketProps) {
    super(scope, id);
    const names = pairNamesOf(config, pair);

    const bucket = new HardenedBucket(this, 'Bucket', {
      bucketName: names.replicaBucket.name,
      encryptionKey: replicaKey,
      bucketKeys: pair.bucketKeys,
      bucketNamespace: config.bucketNamespace,
      canaryPrefix: canaryPrefix(pair),
      removal: config.removal,
    });
    for (const statement of replicaBucketStatements(config, names)) {
      bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    for (const statement of replicaKeyStatements(config, names)) {
      replicaKey.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    publish(this, 'BucketParameter', names.parameters.replicaBucket, names.replicaBucket.arn, `replica bucket of ${pair.id}`);
  }
}
