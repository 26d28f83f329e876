import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { titleOf } from '../config/groups';
import { namesOf } from '../names';
import { type ReplicationStackProps, stackProps } from '../stack-props';
import { ManagedKey } from '../storage/managed-key';
import { publish } from '../storage/published-value';
import { addVerificationRole } from '../verification/verification-role';
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
    publish(this, 'ReplicaKeyParameter', names.destination.keyParameter, this.replicaKey.keyArn, 'replica key');

    const pairs = new Construct(this, 'Pairs');
    for (const pair of config.pairs) {
      new ReplicaBucket(pairs, pair.id, { config, pair, replicaKey: this.replicaKey });
    }
    addVerificationRole(this, config, 'destination', this.replicaKey);
  }
}
