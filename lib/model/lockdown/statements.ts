import type { Lockdown } from '../../config/replication-config';
import type { DeployedPair, Deployment } from '../deployment';
import { iamRole, partitionOf } from '../names';
import type { Conditions } from '../permissions';
import { toolkitNames } from '../toolkit';

/**
 * What the policies of a replica bucket and of the replica key refuse under lockdown: plain data. docs/protection.md says of each action
 * of S3 and KMS that could destroy a replica why it is here or not.
 */

/** A statement that refuses, as IAM's JSON spells it. */
export interface DenyStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: { readonly AWS: '*' };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: Conditions;
}

/** The roles that a lockdown exempts, by ARN. */
export interface ExemptRoles {
  /** From everything. */
  readonly breakGlass: string;
  /** With which CloudFormation makes the destination stack: from what an update of it changes. @default - no deployment changes the resource */
  readonly execution?: string;
}

/** Every Sid of a lockdown starts so, and no other one. */
export const LOCKDOWN = 'Lockdown';

/** The Sid of what a deployment may change. */
export const CONFIGURATION = `${LOCKDOWN}Configuration`;

/**
 * What ends a replica, or what keeps it: for the break-glass role alone.
 *
 * `s3:UpdateObjectEncryption` gives a version that is there another key, which its owner can then delete.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export const DESTROY_REPLICAS = {
  /** Of the bucket as a whole. */
  bucket: ['s3:DeleteBucket', 's3:PutBucketObjectLockConfiguration'],
  /** Of versions. */
  objects: [
    's3:BypassGovernanceRetention',
    's3:DeleteObjectVersion',
    's3:PutObjectLegalHold',
    's3:PutObjectRetention',
    's3:UpdateObjectEncryption',
  ],
} as const;

/** What takes away the protection of a replica bucket, and what an update of the stack may change. */
export const CONFIGURE_BUCKET = [
  's3:DeleteBucketPolicy',
  's3:PutBucketAcl',
  's3:PutBucketOwnershipControls',
  's3:PutBucketPolicy',
  's3:PutBucketPublicAccessBlock',
  's3:PutBucketVersioning',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutReplicationConfiguration',
] as const;

/**
 * What makes the replica key, and with it every replica, unusable, or lets somebody use it beside its policy: for the break-glass role alone.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export const DESTROY_KEY = ['kms:CreateGrant', 'kms:DisableKey', 'kms:ScheduleKeyDeletion'] as const;

/** What changes who may use the replica key. */
export const CONFIGURE_KEY = ['kms:PutKeyPolicy'] as const;

/** The roles that a configured lockdown exempts. */
export function exemptRoles({ breakGlassRoleArn }: Lockdown, execution: string): ExemptRoles {
  return { breakGlass: breakGlassRoleArn, execution };
}

/** The roles that a lockdown exempts on what is owned elsewhere, which no deployment changes; undefined without a lockdown. */
export function ownersExemptions({ lockdown }: Deployment): ExemptRoles | undefined {
  return lockdown && { breakGlass: lockdown.breakGlassRoleArn };
}

/** The roles that the lockdown of a deployment exempts, given the qualifier of its bootstrap; undefined without a lockdown. */
export function exemptionsOf({ lockdown, destination }: Deployment, qualifier: string): ExemptRoles | undefined {
  const { executionRole } = toolkitNames(qualifier, destination);
  return lockdown && exemptRoles(lockdown, iamRole(partitionOf(destination), destination, executionRole).arn);
}

/**
 * Replicates with a locked object: S3 reports `DstPutRetentionNotPermitted` and `DstPutLegalHoldNotPermitted` where the replication role
 * may not do it, though its guide to Object Lock asks for no permission on the replica.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html#replication-failure-codes
 */
const LOCK_REPLICAS: readonly string[] = ['s3:PutObjectLegalHold', 's3:PutObjectRetention'];

/**
 * Returns what the policy of a pair's replica bucket refuses.
 *
 * Where source objects can be locked, the pair's replication role is not refused to lock replicas. No policy grants it that either: the
 * exemption only keeps the refusal from making a locked object fail.
 */
export function bucketLockdown({ names, sourceObjectLock }: DeployedPair, exempt: ExemptRoles): DenyStatement[] {
  const { arn } = names.replicaBucket;
  const destruction = [...DESTROY_REPLICAS.bucket, ...DESTROY_REPLICAS.objects];
  const locks = sourceObjectLock ? LOCK_REPLICAS : [];
  return [
    deny(
      'Destruction',
      destruction.filter((action) => !locks.includes(action)),
      [arn, `${arn}/*`],
      [exempt.breakGlass],
    ),
    ...(sourceObjectLock ? [deny('Locks', locks, [`${arn}/*`], [exempt.breakGlass, names.replicationRole.arn])] : []),
    deny('Configuration', CONFIGURE_BUCKET, [arn], configuring(exempt)),
  ];
}

/** What the policy of the replica key refuses. `*` is the key that the policy is attached to. */
export function keyLockdown(exempt: ExemptRoles): DenyStatement[] {
  return [
    deny('Destruction', DESTROY_KEY, ['*'], [exempt.breakGlass]),
    deny('Configuration', CONFIGURE_KEY, ['*'], configuring(exempt)),
  ];
}

function configuring({ breakGlass, execution }: ExemptRoles): string[] {
  return [breakGlass, ...(execution === undefined ? [] : [execution])];
}

/**
 * A request without a principal's ARN, such as an anonymous one, is refused too: a negative condition holds where its key is absent.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function deny(what: string, Action: readonly string[], Resource: readonly string[], exempt: readonly string[]): DenyStatement {
  return {
    Sid: `${LOCKDOWN}${what}`,
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: Action.toSorted(),
    Resource,
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': exempt } },
  };
}
