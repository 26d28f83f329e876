import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { titleOf } from '../../model/groups';
import { namesOf } from '../../model/names';
import { Backfill } from '../backfill/backfill';
import { ReplicationDashboard } from '../monitoring/dashboard';
import { NotificationTopic } from '../monitoring/notification-topic';
import { ReplicationAlarms } from '../monitoring/replication-alarms';
import { type ReplicationStackProps, stackProps } from '../stack-props';
import { ManagedKey } from '../storage/managed-key';
import { publish } from '../storage/published-value';
import { addVerificationRole } from '../verification/verification-role';
import { FailureQueue } from './failure-queue';
import { ReplicatedBucket } from './replicated-bucket';

export interface SourceStackProps extends ReplicationStackProps {
  /** ARN of the replica key: the one value of the destination that no name can predict. */
  readonly replicaKeyArn: string;
}

/**
 * The source account's side: the source key, for every pair a source bucket, its replication role and its rule, what S3 Batch
 * Replication needs where it is configured, and what tells of failures.
 */
export class SourceStack extends Stack {
  constructor(scope: Construct, id: string, { config, replicaKeyArn }: SourceStackProps) {
    const names = namesOf(config);
    super(scope, id, {
      ...stackProps(config, 'source'),
      description: `S3 buckets replicated to account ${config.destination.account} (${config.destination.region})`,
    });

    const sourceKey = new ManagedKey(this, 'SourceKey', {
      description: `Encrypts the source buckets of ${titleOf(config)}`,
      alias: names.source.keyAlias,
      config,
    });
    publish(this, 'SourceKeyParameter', names.source.keyParameter, sourceKey.keyArn, 'source key');

    const failureQueue = new FailureQueue(this, 'FailureQueue', config);
    const pairs = new Construct(this, 'Pairs');
    for (const pair of config.pairs) {
      new ReplicatedBucket(pairs, pair.id, { config, pair, sourceKey, replicaKeyArn, failureQueue });
    }

    if (config.backfill) {
      new Backfill(this, 'Backfill', config);
    }

    new NotificationTopic(this, 'Notifications', { config, region: 'source' });
    new ReplicationAlarms(this, 'Alarms', { config, region: 'source' });
    if (config.monitoring.dashboard) {
      new ReplicationDashboard(this, 'Dashboard', config);
    }
    addVerificationRole(this, config, 'source', sourceKey);
  }
}
