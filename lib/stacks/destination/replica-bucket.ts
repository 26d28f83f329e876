import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { HEARTBEAT_EVENT, HEARTBEAT_RETENTION_SECONDS, heartbeatMinutes, heartbeatQueueStatements } from '../../model/heartbeat';
import { inventoryOf, reportBucketStatements } from '../../model/inventory';
import { lifecycleRulesOf } from '../../model/lifecycle';
import { bucketLockdown, type ExemptRoles } from '../../model/lockdown/statements';
import { maxRetentionStatement, replicaBucketStatements, replicaKeyStatements } from '../../model/policies';
import { WITNESS_DAYS, witnessEvents, witnessPattern, witnessQueueStatements } from '../../model/witness';
import { executionRoleArn, publish } from '../stack';
import { HardenedBucket } from '../storage/bucket';
import { EventQueue } from '../storage/event-queue';
import { ManagedKey } from '../storage/managed-key';

export interface ReplicaBucketProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  /** Encrypts the replicas; the pair's replication role is admitted to it, unless its policy is its owner's. */
  readonly replicaKey: IKey;
  /** The roles that its policy does not refuse to destroy replicas. @default - no lockdown: it refuses nobody */
  readonly exempt?: ExemptRoles | undefined;
}

/**
 * Where one pair's replicas arrive: the bucket, and what its policy and the replica key's policy grant to the pair's role. Of a bucket that is owned
 * elsewhere nothing is made or changed: its policy and its notifications are one document each.
 */
export class ReplicaBucket extends Construct {
  constructor(scope: Construct, id: string, { config, pair, replicaKey, exempt }: ReplicaBucketProps) {
    super(scope, id);
    const names = pair.names;
    if (pair.replicaBucket === undefined) {
      this.makeBucket({ config, pair, replicaKey, exempt });
    }
    for (const statement of replicaKey instanceof ManagedKey ? replicaKeyStatements(config, names) : []) {
      replicaKey.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    publish(this, 'BucketParameter', names.parameters.replicaBucket, names.replicaBucket.arn, `replica bucket of ${pair.id}`);
  }

  private makeBucket({ config, pair, replicaKey, exempt }: ReplicaBucketProps): void {
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
    const inventory = inventoryOf(config, pair, 'destination');
    if (inventory !== undefined) {
      bucket.resource.inventoryConfigurations = [inventory];
    }
    for (const statement of [
      ...replicaBucketStatements(config, names),
      ...maxRetentionStatement(pair, names),
      ...(pair.reportDays === undefined ? [] : reportBucketStatements(config, 'destination')),
    ]) {
      bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    if (exempt !== undefined) {
      for (const statement of bucketLockdown(pair, exempt)) {
        bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
      }
      // A bucket that leaves the stack stays, and so does what locks it. Both go when their creation is rolled back, the policy first.
      bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    }
    const told = [
      ...(heartbeatMinutes(config, [pair]) === undefined ? [] : [this.heartbeats({ config, pair })]),
      ...(config.witness ? [this.witness({ config, pair, replicaKey })] : []),
    ];
    if (told.length > 0) {
      bucket.resource.notificationConfiguration = { queueConfigurations: told.flatMap(({ notifications }) => notifications) };
      // S3 sends a test event before it accepts a queue, so the queue's policy has to be there.
      bucket.resource.node.addDependency(...told.map(({ queue }) => queue));
    }
  }

  /**
   * Takes a message for each heartbeat that arrives. Nobody reads them: SQS counts them, and the alarm of the pair watches the count.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
   */
  private heartbeats({ config, pair }: Pick<ReplicaBucketProps, 'config' | 'pair'>) {
    const queue = new EventQueue(this, 'Heartbeats', {
      queueName: pair.names.heartbeatQueue.name,
      retentionPeriod: Duration.seconds(HEARTBEAT_RETENTION_SECONDS),
      statements: heartbeatQueueStatements(config, pair),
    });
    const filter = { s3Key: { rules: [{ name: 'suffix', value: HEARTBEAT_EVENT.suffix }] } };
    return { queue, notifications: [{ event: HEARTBEAT_EVENT.event, queue: pair.names.heartbeatQueue.arn, filter }] };
  }

  /** Takes events about a replica bucket and its key, for people to read and for the alarm of the pair to count. */
  private witness({ config, pair, replicaKey }: Pick<ReplicaBucketProps, 'config' | 'pair' | 'replicaKey'>) {
    const { witnessQueue } = pair.names;
    const queue = new EventQueue(this, 'Witness', {
      queueName: witnessQueue.name,
      retentionPeriod: Duration.days(WITNESS_DAYS),
      statements: witnessQueueStatements(config, pair),
    });
    const execution = executionRoleArn(Stack.of(this), config.destination, 'that the witness passes over', '"witness": false');
    new CfnRule(this, 'WitnessRule', {
      name: witnessQueue.name,
      description: `Changes of ${pair.names.replicaBucket.name} and its key by anybody but CloudFormation`,
      eventPattern: witnessPattern(pair, replicaKey.keyArn, execution),
      targets: [{ id: 'Witness', arn: witnessQueue.arn }],
    }).node.addDependency(queue);
    return { queue, notifications: witnessEvents(pair).map((event) => ({ event, queue: witnessQueue.arn })) };
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
