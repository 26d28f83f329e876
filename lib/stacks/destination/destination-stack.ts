import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Lockdown, ReplicationConfig } from '../../config/replication-config';
import { titleOf } from '../../model/groups';
import { type ExemptRoles, exemptRoles, keyLockdown } from '../../model/lockdown/statements';
import { namesOf } from '../../model/names';
import { executionRoleArn, publish, type ReplicationStackProps, stackProps } from '../stack';
import { ManagedKey } from '../storage/managed-key';
import { addVerificationRole } from '../verification-role';
import { ReplicaBucket } from './replica-bucket';

/** The backup account's side: the replica key, and a replica bucket for every pair. */
export class DestinationStack extends Stack {
  /** Encrypts the replicas. */
  readonly replicaKey: ManagedKey;

  constructor(scope: Construct, id: string, { config }: ReplicationStackProps) {
    const names = namesOf(config);
    super(scope, id, {
      ...stackProps(config, 'destination'),
      description: `Replicas of S3 buckets of account ${config.source.account} (${config.source.region})`,
    });

    this.replicaKey = new ManagedKey(this, 'ReplicaKey', {
      description: `Encrypts the replicas of ${titleOf(config)}`,
      alias: names.destination.keyAlias,
      config,
    });
    const exempt = config.lockdown && this.lockKey(config, config.lockdown);
    publish(this, 'ReplicaKeyParameter', names.destination.keyParameter, this.replicaKey.keyArn, 'replica key');

    const pairs = new Construct(this, 'Pairs');
    for (const pair of config.pairs) {
      new ReplicaBucket(pairs, pair.id, { config, pair, replicaKey: this.replicaKey, exempt });
    }
    addVerificationRole(this, config, 'destination', this.replicaKey);
  }

  /**
   * Puts the lockdown on the replica key. Its policy refuses deletion to CloudFormation too, so the key stays even when its creation is
   * rolled back, or that rollback would fail.
   */
  private lockKey(config: ReplicationConfig, lockdown: Lockdown): ExemptRoles {
    const role = executionRoleArn(this, config.destination, 'that a lockdown could let change its own policies', 'no lockdown');
    const exempt = exemptRoles(lockdown, role);
    for (const statement of keyLockdown(exempt)) {
      this.replicaKey.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    this.replicaKey.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return exempt;
  }
}
