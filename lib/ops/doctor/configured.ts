import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { LifecycleRule, ObjectLockConfiguration, ReplicationConfiguration, ReplicationRule } from '@aws-sdk/client-s3';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import { alarmsIn, type PairAlarm, topicsOf } from '../../model/alarms';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { FAILURE_EVENT_DAYS, failureEvents } from '../../model/failure-events';
import {
  HEARTBEAT_EVENT,
  HEARTBEAT_RETENTION_SECONDS,
  heartbeatInput,
  heartbeatMinutes,
  heartbeatQueueStatements,
  heartbeatRate,
  heartbeatTarget,
} from '../../model/heartbeat';
import { type ApiInventory, apiInventory, inventoryOf, reportBucketStatements, reportKeyStatements } from '../../model/inventory';
import { type LifecycleRule as ConfiguredRule, lifecycleRulesOf } from '../../model/lifecycle';
import { bucketLockdown, exemptionsOf, keyLockdown } from '../../model/lockdown/statements';
import { type AlarmPlace, iamRole, type NamedArn, partitionOf, stackArnPattern } from '../../model/names';
import { REPLICATION_SERVICE, replicationPermissions } from '../../model/permissions';
import {
  failureQueueStatements,
  maxRetentionStatement,
  recoveryStatements,
  replicaBucketStatements,
  replicaKeyStatements,
  roleStatements,
} from '../../model/policies';
import { apiRule } from '../../model/replication-rule';
import { boundaryIn, toolkitNames } from '../../model/toolkit';
import { witnessEvents } from '../../model/witness';
import type { Expected, ExpectedEvent, ExpectedQueue, ExpectedRole } from './expected';
import type { LiveStatement } from './policy-document';

/** Name of the inline policy that the source stack gives to the replication role. */
export const REPLICATION_POLICY = 'Replication';

/** What is not set on any bucket of this project to anything else. */
const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

/** What a configuration says of the resources: what a deployment would make of them, unless the app has code of its own for that. */
export class Configured implements Expected {
  /** @param keyArn ARN of a side's key, or what stands for it where it does not answer */
  constructor(
    private readonly context: Pick<Context, 'config' | 'qualifier' | 'permissionsBoundary'>,
    private readonly keyArn: (side: SideName) => Promise<string>,
  ) {}

  async versioning(): Promise<string> {
    return 'Enabled';
  }

  async publicAccess(): Promise<typeof BLOCKED> {
    return BLOCKED;
  }

  async ownership(): Promise<string> {
    return 'BucketOwnerEnforced';
  }

  async encryption(side: SideName, { bucketKeys }: DeployedPair) {
    return { algorithm: 'aws:kms', key: await this.keyArn(side), bucketKey: bucketKeys };
  }

  async objectLock(
    side: SideName,
    { objectLock: lock, sourceObjectLock }: DeployedPair,
  ): Promise<ObjectLockConfiguration | undefined> {
    if (side === 'source') {
      return sourceObjectLock ? { ObjectLockEnabled: 'Enabled' } : undefined;
    }
    return lock && { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: lock.mode, Days: lock.days } } };
  }

  async lifecycle(side: SideName, pair: DeployedPair): Promise<LifecycleRule[]> {
    return expectedLifecycle(pair, side);
  }

  async inventory(side: SideName, pair: DeployedPair): Promise<ApiInventory | undefined> {
    const inventory = inventoryOf(this.context.config, pair, side);
    return inventory && apiInventory(inventory);
  }

  async replication(pair: DeployedPair): Promise<ReplicationConfiguration> {
    const rule = expectedRule(this.context.config, pair, await this.keyArn('destination'));
    return { Role: pair.names.replicationRole.arn, Rules: [rule] };
  }

  async notifications(side: SideName, pair: DeployedPair): Promise<ExpectedEvent[]> {
    const { config } = this.context;
    if (side === 'source') {
      return failureEvents(pair).map((event) => ({ arn: config.names.monitoring.failureQueue.arn, event }));
    }
    const { heartbeatQueue, witnessQueue } = pair.names;
    return [
      ...(heartbeatMinutes(config, [pair]) === undefined ? [] : [{ arn: heartbeatQueue.arn, ...HEARTBEAT_EVENT }]),
      ...(config.witness ? witnessEvents(pair).map((event) => ({ arn: witnessQueue.arn, event })) : []),
    ];
  }

  async bucketPolicy(side: SideName, pair: DeployedPair): Promise<LiveStatement[]> {
    const exempt = exemptionsOf(this.context.config, this.context.qualifier);
    const { sourceBucket, replicaBucket } = pair.names;
    return side === 'source'
      ? pair.sourceBucket === undefined
        ? [tlsOnly(sourceBucket), ...reportGrants(this.context.config, side, pair)]
        : []
      : [
          tlsOnly(replicaBucket),
          ...replicaGrants(this.context.config, pair),
          ...reportGrants(this.context.config, side, pair),
          ...(exempt === undefined ? [] : bucketLockdown(pair, exempt)),
        ];
  }

  async keyPolicy(side: SideName): Promise<LiveStatement[]> {
    const { config } = this.context;
    const exempt = exemptionsOf(this.context.config, this.context.qualifier);
    return side === 'source'
      ? [accountDelegation(config, side), ...reportKeyStatements(config, side)]
      : [
          accountDelegation(config, side),
          ...config.pairs.flatMap((pair) => replicaKeyStatements(config, pair.names)),
          ...reportKeyStatements(config, side),
          ...(exempt === undefined ? [] : keyLockdown(exempt)),
        ];
  }

  async rotationDays(): Promise<number> {
    return this.context.config.keyRotationDays;
  }

  async failureQueue(): Promise<ExpectedQueue> {
    const { config } = this.context;
    return {
      encryption: 'SSE-SQS',
      retention: String(FAILURE_EVENT_DAYS * 24 * 60 * 60),
      policy: [queueTlsOnly(config.names.monitoring.failureQueue), ...failureQueueStatements(config)],
    };
  }

  async heartbeatQueue(pair: DeployedPair): Promise<ExpectedQueue> {
    return {
      encryption: 'SSE-SQS',
      retention: String(HEARTBEAT_RETENTION_SECONDS),
      policy: [queueTlsOnly(pair.names.heartbeatQueue), ...heartbeatQueueStatements(this.context.config, pair)],
    };
  }

  async replicationRole(pair: DeployedPair): Promise<ExpectedRole> {
    const { config } = this.context;
    const keys = { source: await this.keyArn('source'), replica: await this.keyArn('destination') };
    return {
      trust: [{ Effect: 'Allow', Principal: { Service: REPLICATION_SERVICE }, Action: 'sts:AssumeRole' }],
      inline: { [REPLICATION_POLICY]: roleStatements(replicationPermissions(config, pair.names, keys)) },
      attached: [],
      boundary: this.boundary('source'),
    };
  }

  async exchangeRole(): Promise<ExpectedRole> {
    const { config, qualifier } = this.context;
    const { executionRole } = toolkitNames(qualifier, config.source);
    return {
      trust: [
        {
          Effect: 'Allow',
          Principal: { AWS: accountRoot(config, 'source') },
          Action: 'sts:AssumeRole',
          Condition: { ArnEquals: { 'aws:PrincipalArn': iamRole(partitionOf(config.source), config.source, executionRole).arn } },
        },
      ],
      inline: {
        ReadStackOutput: [
          {
            Sid: 'ReadDestinationStack',
            Effect: 'Allow',
            Action: 'cloudformation:DescribeStacks',
            Resource: stackArnPattern(config.destination, config.names.destination.stackName),
          },
        ],
      },
      attached: [],
      boundary: this.boundary('destination'),
    };
  }

  async schedule(pair: DeployedPair) {
    const { config } = this.context;
    return {
      State: 'ENABLED',
      ScheduleExpression: heartbeatRate(heartbeatMinutes(config) ?? 0),
      Target: {
        Arn: heartbeatTarget(config.source),
        RoleArn: pair.names.heartbeatRole.arn,
        Input: JSON.stringify(heartbeatInput(config, pair)),
      },
    };
  }

  async alarms(place: AlarmPlace, pairs: readonly DeployedPair[]): Promise<MetricAlarm[]> {
    return alarmsIn(this.context.config, place, pairs).map(expectedAlarm);
  }

  async health(place: AlarmPlace) {
    const { config } = this.context;
    return {
      watched: alarmsIn(config, place).map(({ name }) => name),
      told: [config.names.monitoring.regions[place].topic.arn, ...topicsOf(config, place)],
    };
  }

  async subscriptions() {
    const { email } = this.context.config.monitoring;
    return email === undefined ? [] : [{ protocol: 'email', endpoint: email }];
  }

  private boundary(side: SideName): string | undefined {
    const { config, qualifier, permissionsBoundary } = this.context;
    return (
      permissionsBoundary && boundaryIn(permissionsBoundary, { ...config[side], qualifier, partition: partitionOf(config[side]) })
    );
  }
}

/** What the policy of a replica bucket has beside what concerns replication, which an owner may have in other words. */
export function otherReplicaGrants(config: Deployment, pair: DeployedPair): readonly LiveStatement[] {
  return [...recoveryStatements(config, pair.names, 'replicaBucket'), ...maxRetentionStatement(pair, pair.names)];
}

/** What the replica bucket's policy grants to the roles of the pair, and the bound on what they may write. */
export function replicaGrants(config: Deployment, pair: DeployedPair): readonly LiveStatement[] {
  return [...replicaBucketStatements(config, pair.names), ...maxRetentionStatement(pair, pair.names)];
}

/** What the policy of a bucket of reports grants to S3; nothing of another bucket. */
export function reportGrants(config: Deployment, side: SideName, { reportDays }: DeployedPair): readonly LiveStatement[] {
  return reportDays === undefined ? [] : reportBucketStatements(config, side);
}

/**
 * The statement with which a bucket policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export function tlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a queue policy refuses plain HTTP, as `enforceSSL` of the CDK writes it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
 */
export function queueTlsOnly({ arn }: NamedArn): LiveStatement {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: arn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/**
 * The statement with which a key policy leaves permissions to IAM of its own account.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function accountDelegation(config: Deployment, side: SideName): LiveStatement {
  return { Effect: 'Allow', Principal: { AWS: accountRoot(config, side) }, Action: 'kms:*', Resource: '*' };
}

/** The principal that stands for a side's account. */
export function accountRoot(config: Deployment, side: SideName): string {
  return `arn:${partitionOf(config[side])}:iam::${config[side].account}:root`;
}

/** The lifecycle rules that the stack of a side writes, as the S3 API spells them: made from the stack's own. */
export function expectedLifecycle(pair: DeployedPair, side: SideName): LifecycleRule[] {
  return lifecycleRulesOf(pair, side).map(toLifecycleApi);
}

function toLifecycleApi(rule: ConfiguredRule): LifecycleRule {
  const { transitions = [], noncurrentTransitions = [] } = rule;
  return {
    ID: rule.id,
    Status: 'Enabled',
    Filter: { Prefix: rule.prefix ?? '' },
    ...(rule.abortUploadsAfter !== undefined && {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abortUploadsAfter },
    }),
    ...(transitions.length > 0 && {
      Transitions: transitions.map(({ storageClass, days }) => ({ Days: days, StorageClass: storageClass })),
    }),
    ...(noncurrentTransitions.length > 0 && {
      NoncurrentVersionTransitions: noncurrentTransitions.map(({ storageClass, days }) => ({
        NoncurrentDays: days,
        StorageClass: storageClass,
      })),
    }),
    ...(rule.expireAfter !== undefined && { Expiration: { Days: rule.expireAfter } }),
    ...(rule.removeExpiredDeleteMarkers && { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ...(rule.deleteNoncurrentAfter !== undefined && {
      NoncurrentVersionExpiration: {
        NoncurrentDays: rule.deleteNoncurrentAfter,
        ...(rule.keepNoncurrent !== undefined && { NewerNoncurrentVersions: rule.keepNoncurrent }),
      },
    }),
  };
}

/** The rule that the source stack writes, as the S3 API spells it. */
export function expectedRule(config: Deployment, pair: DeployedPair, replicaKeyArn: string): ReplicationRule {
  return apiRule(config, pair, replicaKeyArn) as ReplicationRule;
}

/** An alarm as the stacks write it, in the spelling of CloudWatch. */
export function expectedAlarm(alarm: PairAlarm) {
  return {
    AlarmName: alarm.name,
    Namespace: alarm.namespace,
    MetricName: alarm.metric,
    Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: alarm.statistic,
    Period: alarm.period,
    EvaluationPeriods: alarm.periods,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missingData,
  } satisfies MetricAlarm;
}
