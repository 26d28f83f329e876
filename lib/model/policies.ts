import type { DeployedPair, Deployment } from './deployment';
import { type PairNames, partitionOf } from './names';
import { type Conditions, type Permission, type PolicyHolder, REPLICATION_SERVICE, replicationPermissions } from './permissions';

/** A statement of a policy document, as IAM's JSON spells it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  /** @default - the statement is of an identity policy */
  readonly Principal?: '*' | { readonly AWS: string } | { readonly Service: string };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

/** The replication role's own statements: the identity half. */
export function roleStatements(permissions: readonly Permission[]): Statement[] {
  return permissions
    .filter(({ writtenIn }) => writtenIn.includes('role'))
    .map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(conditions && { Condition: conditions }),
    }));
}

/** What the replica bucket's policy grants to the pair's replication role: the resource half. */
export function replicaBucketStatements(config: Deployment, pair: PairNames): Statement[] {
  return admit(config, pair, 'replicaBucket').map(({ permission, statement }) => ({
    ...statement,
    Sid: isReplicaBucketOwned(config, pair) ? sidFor(permission, pair.ruleId) : permission.sid,
    Resource: permission.resources,
  }));
}

/** What the replica key's policy grants to the pair's replication role: the resource half. */
export function replicaKeyStatements(config: Deployment, pair: PairNames): Statement[] {
  return admit(config, pair, 'replicaKey').map(({ permission, statement }) => ({
    ...statement,
    Sid: sidFor(permission, config.destination.keyArn === undefined ? pair.id : pair.ruleId),
    // In a key policy, * is the key that the policy is attached to.
    Resource: ['*'],
  }));
}

function isReplicaBucketOwned({ pairs }: Deployment, { id }: PairNames): boolean {
  return pairs.some((pair) => pair.id === id && pair.replicaBucket !== undefined);
}

/**
 * A Sid is unique in its policy and has no hyphens. Ids are lower-case: X is free. One key serves every pair, and what is owned elsewhere serves
 * other deployments too.
 */
function sidFor({ sid }: Permission, id: string): string {
  return `${sid}X${id.replaceAll('-', 'X')}`;
}

/**
 * What the failure queue's policy grants to S3, for the source buckets alone.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
 */
export function failureQueueStatements(config: Deployment): Statement[] {
  return [
    {
      Sid: 'SendFailureEvents',
      Effect: 'Allow',
      Principal: { Service: REPLICATION_SERVICE },
      Action: ['sqs:SendMessage'],
      Resource: [config.names.monitoring.failureQueue.arn],
      Condition: {
        ArnEquals: { 'aws:SourceArn': config.pairs.map(({ names }) => names.sourceBucket.arn) },
        StringEquals: { 'aws:SourceAccount': config.source.account },
      },
    },
  ];
}

/**
 * The principal is the source account, and a condition pins the role. A role's ARN as principal would have to exist first,
 * and would stop matching when the role is created anew.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function admit(config: Deployment, pair: PairNames, holder: PolicyHolder) {
  // The keys' ARNs do not matter here: a resource half never names them.
  return replicationPermissions(config, pair, { source: '', replica: '' })
    .filter(({ writtenIn }) => writtenIn.includes(holder))
    .map((permission) => ({
      permission,
      statement: {
        Effect: 'Allow' as const,
        Principal: { AWS: `arn:${partitionOf(config.source)}:iam::${config.source.account}:root` },
        Action: permission.actions,
        Condition: { ArnEquals: { 'aws:PrincipalArn': pair.replicationRole.arn }, ...permission.conditions },
      },
    }));
}

/** Days that are left of the retention period with which a request writes an object, or which it sets. Absent without one. */
export const REMAINING_RETENTION = 's3:object-lock-remaining-retention-days';

/**
 * What the replica bucket's policy refuses so that nobody, a source least of all, imposes more than `objectLock.maximumRetentionDays` on
 * the backup. A replica takes the retention of its object over: one that is longer is then FAILED, and not in the backup at all.
 *
 * AWS's policy has `s3:PutObjectRetention` alone, and says of replicas that `s3:ReplicateObject` has to be allowed. Objects that are written
 * with a retention take `s3:PutObject`. Whoever does not ask with the key is not refused.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-retention-limits
 */
export function maxRetentionStatement({ objectLock }: DeployedPair, { replicaBucket }: PairNames): Statement[] {
  return objectLock?.maximumRetentionDays === undefined
    ? []
    : [
        {
          Sid: 'BoundRetention',
          Effect: 'Deny',
          Principal: '*',
          Action: ['s3:PutObject', 's3:PutObjectRetention', 's3:ReplicateObject'],
          Resource: [`${replicaBucket.arn}/*`],
          Condition: { NumericGreaterThan: { [REMAINING_RETENTION]: String(objectLock.maximumRetentionDays) } },
        },
      ];
}
