import type { DeployedPair, Deployment } from './deployment';
import { type PairNames, partitionOf } from './names';
import { type Conditions, type Permission, type PolicyHolder, REPLICATION_SERVICE, replicationPermissions } from './permissions';
import { recoveryPermissions, recoveryPlaces } from './recovery';

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

/** What the replica bucket's policy grants to roles of the pair: the resource half. */
export function replicaBucketStatements(config: Deployment, pair: PairNames): Statement[] {
  return [...replicationStatements(config, pair, 'replicaBucket'), ...recoveryStatements(config, pair, 'replicaBucket')];
}

/** What the replica key's policy grants to roles of the pair: the resource half. */
export function replicaKeyStatements(config: Deployment, pair: PairNames): Statement[] {
  return [...replicationStatements(config, pair, 'replicaKey'), ...recoveryStatements(config, pair, 'replicaKey')];
}

// The keys' ARNs do not matter below: a resource half never names them.
const NO_KEYS = { source: '', replica: '' };

function replicationStatements(config: Deployment, pair: PairNames, holder: ResourceHolder): Statement[] {
  const permissions = replicationPermissions(config, pair, NO_KEYS);
  return grants(config, pair, { permissions, roleArn: pair.replicationRole.arn, holder });
}

/** What either policy grants to the pair's recovery role; nothing without `recovery.batch`. */
export function recoveryStatements(config: Deployment, pair: PairNames, holder: ResourceHolder): Statement[] {
  const permissions = config.recovery.batch ? recoveryPermissions(config, pair, recoveryPlaces(config, pair, NO_KEYS)) : [];
  return grants(config, pair, { permissions, roleArn: pair.recoveryRole.arn, holder });
}

/** A policy document in the backup account. */
export type ResourceHolder = Exclude<PolicyHolder, 'role'>;

/**
 * What the policy of a pair's replica bucket, or of the replica key, grants to a role of the pair.
 *
 * A Sid is unique in its policy and has no hyphens. Ids are lower-case: X is free. One key serves every pair, and what is owned elsewhere serves
 * other deployments too.
 */
function grants(
  config: Deployment,
  pair: PairNames,
  { permissions, roleArn, holder }: Parameters<typeof admitted>[1],
): Statement[] {
  const isBucketOwned = config.pairs.some(({ id, replicaBucket }) => id === pair.id && replicaBucket !== undefined);
  const isOwned = holder === 'replicaBucket' ? isBucketOwned : config.destination.keyArn !== undefined;
  const isShared = isOwned || holder === 'replicaKey';
  const suffix = isShared ? `X${(isOwned ? pair.ruleId : pair.id).replaceAll('-', 'X')}` : '';
  return admitted(config, { permissions, roleArn, holder }).map((statement) => ({
    ...statement,
    Sid: `${statement.Sid}${suffix}`,
  }));
}

/**
 * What the policy of a resource in the backup account grants to a role of the source account.
 *
 * The principal is the source account, and a condition pins the role. A role's ARN as principal would have to exist first,
 * and would stop matching when the role is created anew.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function admitted(
  { source }: Pick<Deployment, 'source'>,
  {
    permissions,
    roleArn,
    holder,
  }: { readonly permissions: readonly Permission[]; readonly roleArn: string; readonly holder: ResourceHolder },
): Statement[] {
  return permissions
    .filter(({ writtenIn }) => writtenIn.includes(holder))
    .map(({ sid, actions, resources, conditions }) => ({
      Sid: sid,
      Effect: 'Allow',
      Principal: { AWS: `arn:${partitionOf(source)}:iam::${source.account}:root` },
      Action: actions,
      // In a key policy, * is the key that the policy is attached to.
      Resource: holder === 'replicaKey' ? ['*'] : resources,
      Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn }, ...conditions },
    }));
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
