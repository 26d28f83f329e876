import { Annotations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { failureEvents } from '../../model/failure-events';
import { inventoryOf, reportBucketStatements } from '../../model/inventory';
import { lifecycleRulesOf } from '../../model/lifecycle';
import { lifecycleWarnings } from '../../model/lifecycle-warnings';
import { REPLICATION_SERVICE, replicationPermissions } from '../../model/permissions';
import { roleStatements } from '../../model/policies';
import { replicationRule } from '../../model/replication-rule';
import { publish } from '../stack';
import { HardenedBucket } from '../storage/bucket';
import { AdoptedBucket, type BucketMerger } from './adopted-bucket';
import type { FailureQueue } from './source-stack';

export interface ReplicatedBucketProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly sourceKey: Key;
  readonly replicaKeyArn: string;
  /** Takes the bucket's failure events. */
  readonly failureQueue: FailureQueue;
  /** Reaches a source bucket that is owned elsewhere. */
  readonly merger: () => BucketMerger;
}

/** One source bucket with its replication role and rule. */
export class ReplicatedBucket extends Construct {
  constructor(scope: Construct, id: string, props: ReplicatedBucketProps) {
    super(scope, id);
    const { config, pair, replicaKeyArn, failureQueue } = props;
    const { names, sourceBucket } = pair;

    const role = sourceBucket?.roleArn === undefined ? new ReplicationRole(this, 'ReplicationRole', props) : undefined;
    if (sourceBucket === undefined) {
      this.makeBucket(props, role);
    } else {
      new AdoptedBucket(this, sourceBucket.name, { config, pair, replicaKeyArn, role, failureQueue, merger: props.merger() });
    }

    publish(this, 'BucketParameter', names.parameters.sourceBucket, names.sourceBucket.arn, `source bucket of ${pair.id}`);
    publish(this, 'RoleParameter', names.parameters.replicationRole, names.replicationRole.arn, `replication role of ${pair.id}`);

    // Here, though they concern replicas: the CDK CLI deploys no stack that has a warning while another one has an error, and the
    // source stack has one until the replica key's ARN is recorded, which takes a deployed destination.
    for (const { id: warning, text } of lifecycleWarnings(pair)) {
      Annotations.of(this).addWarningV2(warning, `pair ${pair.id}: ${text}`);
    }
  }

  private makeBucket(
    { config, pair, sourceKey, replicaKeyArn, failureQueue }: ReplicatedBucketProps,
    role: ReplicationRole | undefined,
  ): void {
    const names = pair.names;
    const bucket = new HardenedBucket(this, 'Bucket', {
      bucketName: names.sourceBucket.name,
      encryptionKey: sourceKey,
      bucketKeys: pair.bucketKeys,
      bucketNamespace: config.bucketNamespace,
      lifecycleRules: lifecycleRulesOf(pair, 'source'),
      removal: config.removal,
      // No default retention: what is locked, and for how long, is for the applications to say.
      ...(pair.sourceObjectLock && { objectLockEnabled: true }),
    });
    const inventory = inventoryOf(config, pair, 'source');
    if (inventory !== undefined) {
      bucket.resource.inventoryConfigurations = [inventory];
    }
    for (const statement of pair.reportDays === undefined ? [] : reportBucketStatements(config, 'source')) {
      bucket.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    bucket.resource.replicationConfiguration = {
      role: names.replicationRole.arn,
      rules: [replicationRule(config, pair, replicaKeyArn)],
    };
    // An object written after the rule and before the role's policy would be FAILED for good. The role carries its policy
    // inline and takes the bucket's ARN from its name, so there is no cycle.
    if (role !== undefined) {
      bucket.resource.node.addDependency(role);
    }
    bucket.resource.notificationConfiguration = {
      queueConfigurations: failureEvents(pair).map((event) => ({ event, queue: failureQueue.queueArn })),
    };
    // S3 sends a test event before it accepts the queue, so the queue's policy has to be there.
    bucket.resource.node.addDependency(failureQueue.access);
  }
}

export interface ReplicationRoleProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly sourceKey: Key;
  readonly replicaKeyArn: string;
}

/**
 * The role that S3 assumes to replicate one pair: the identity half of the permission table and nothing more.
 *
 * Its trust carries no `aws:SourceAccount` or `aws:SourceArn`: no AWS page shows one for replication, one that S3 does not send
 * would stop everything, and the role can only be passed within its own account, so there is no other account's deputy.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 */
export class ReplicationRole extends Role {
  constructor(scope: Construct, id: string, { config, pair, sourceKey, replicaKeyArn }: ReplicationRoleProps) {
    const names = pair.names;
    const permissions = replicationPermissions(config, names, { source: sourceKey.keyArn, replica: replicaKeyArn });
    super(scope, id, {
      roleName: names.replicationRole.name,
      description: `S3 replicates ${names.sourceBucket.name} with this role`,
      assumedBy: new ServicePrincipal(REPLICATION_SERVICE),
      inlinePolicies: { Replication: PolicyDocument.fromJson({ Statement: roleStatements(permissions) }) },
    });
  }
}
