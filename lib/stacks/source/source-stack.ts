import { Duration, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { type Deployment, titleOf } from '../../model/deployment';
import { FAILURE_EVENT_DAYS } from '../../model/failure-events';
import { failureQueueStatements } from '../../model/policies';
import { BatchJobs } from '../batch-jobs';
import { ReplicationDashboard } from '../monitoring/dashboard';
import { NotificationTopic } from '../monitoring/notification-topic';
import { ReplicationAlarms } from '../monitoring/replication-alarms';
import { publish, type ReplicationStackProps, stackProps } from '../stack';
import { EventQueue } from '../storage/event-queue';
import { ManagedKey } from '../storage/managed-key';
import { admitReports } from '../storage/reports';
import { addVerificationRole } from '../verification-role';
import { BucketMerger } from './adopted-bucket';
import { ReplicatedBucket } from './replicated-bucket';

export interface SourceStackProps extends ReplicationStackProps {
  /** ARN of the replica key: the one value of the destination that no name can predict. */
  readonly replicaKeyArn: string;
}

/**
 * The source account's side: the source key, for every pair a source bucket, its replication role and its rule, what jobs of S3 Batch
 * Operations need where they are configured, and what tells of failures.
 */
export class SourceStack extends Stack {
  constructor(scope: Construct, id: string, { config, replicaKeyArn }: SourceStackProps) {
    const names = config.names;
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
    let merger: BucketMerger | undefined;
    for (const pair of config.pairs) {
      new ReplicatedBucket(pairs, pair.id, {
        config,
        pair,
        sourceKey,
        replicaKeyArn,
        failureQueue,
        merger: () => {
          merger ??= new BucketMerger(
            this,
            'BucketMerger',
            config.pairs.some(({ sourceBucket }) => (sourceBucket?.replaces ?? []).length > 0),
          );
          return merger;
        },
      });
    }

    admitReports(config, 'source', sourceKey, pairs);

    new BatchJobs(this, 'Backfill', { config, keys: { source: sourceKey.keyArn, replica: replicaKeyArn } });

    new NotificationTopic(this, 'Notifications', { config, place: 'source' });
    new ReplicationAlarms(this, 'Alarms', { config, place: 'source' });
    if (config.monitoring.dashboard) {
      new ReplicationDashboard(this, 'Dashboard', config);
    }
    addVerificationRole(this, config, 'source', sourceKey);
  }
}

/**
 * Takes the failure events of every source bucket, until `s3-replication failures --ack` removes them or they are 14 days old.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
 */
export class FailureQueue extends EventQueue {
  /** The queue's policy, which has to be there before S3 is told of the queue. */
  readonly access: IConstruct;

  constructor(scope: Construct, id: string, config: Deployment) {
    super(scope, id, {
      queueName: config.names.monitoring.failureQueue.name,
      retentionPeriod: Duration.days(FAILURE_EVENT_DAYS),
      statements: failureQueueStatements(config),
    });
    this.access = this.node.findChild('Policy');
  }
}
