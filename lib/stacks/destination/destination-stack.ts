import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Lockdown } from '../../config/replication-config';
import type { Deployment } from '../../model/deployment';
import { titleOf } from '../../model/deployment';
import { type ExemptRoles, exemptRoles, keyLockdown } from '../../model/lockdown/statements';
import { executionRoleArn, publish, type ReplicationStackProps, stackProps } from '../stack';
import { ManagedKey } from '../storage/managed-key';
import { admitReports } from '../storage/reports';
import { addVerificationRole } from '../verification-role';
import { ReplicaBucket } from './replica-bucket';

/** The backup account's side: the replica key, unless it is owned elsewhere, and a replica bucket for every pair. */
export class DestinationStack extends Stack {
  /** Encrypts the replicas. */
  readonly replicaKey: IKey;

  constructor(scope: Construct, id: string, { config }: ReplicationStackProps) {
    const names = config.names;
    super(scope, id, {
      ...stackProps(config, 'destination'),
      description: `Replicas of S3 buckets of account ${config.source.account} (${config.source.region})`,
    });

    const { keyArn } = config.destination;
    this.replicaKey = keyArn === undefined ? this.makeKey(config) : Key.fromKeyArn(this, 'ReplicaKey', keyArn);
    const exempt = config.lockdown && this.lockKey(config, config.lockdown);
    publish(this, 'ReplicaKeyParameter', names.destination.keyParameter, this.replicaKey.keyArn, 'replica key');

    const pairs = new Construct(this, 'Pairs');
    for (const pair of config.pairs) {
      new ReplicaBucket(pairs, pair.id, { config, pair, replicaKey: this.replicaKey, exempt });
    }
    admitReports(config, 'destination', this.replicaKey, pairs);
    addVerificationRole(this, config, 'destination', this.replicaKey);
  }

  private makeKey(config: Deployment): ManagedKey {
    return new ManagedKey(this, 'ReplicaKey', {
      description: `Encrypts the replicas of ${titleOf(config)}`,
      alias: config.names.destination.keyAlias,
      config,
    });
  }

  /**
   * Puts the lockdown on the replica key. Its policy refuses deletion to CloudFormation too, so the key stays even when its creation is
   * rolled back, or that rollback would fail. The policy of a key that is owned elsewhere is left alone.
   */
  private lockKey(config: Deployment, lockdown: Lockdown): ExemptRoles {
    const role = executionRoleArn(this, config.destination, 'that a lockdown could let change its own policies', 'no lockdown');
    const exempt = exemptRoles(lockdown, role);
    if (this.replicaKey instanceof ManagedKey) {
      for (const statement of keyLockdown(exempt)) {
        this.replicaKey.addToResourcePolicy(PolicyStatement.fromJson(statement));
      }
      this.replicaKey.applyRemovalPolicy(RemovalPolicy.RETAIN);
    }
    return exempt;
  }
}
