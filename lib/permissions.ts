import type { ReplicationConfig } from './config/model';
import { type PairNames, partitionOf } from './names';

/**
 * The permission table of replication: plain data, from which the replication role's policy, the replica bucket's policy
 * and the replica key's policy are all made, so that the two halves of a cross-account grant cannot drift apart.
 */

/** A policy document that a permission is written into. */
export type PolicyHolder = 'role' | 'replicaBucket' | 'replicaKey';

/** One row of the table: what the replication role of one pair may do to one kind of resource. */
export interface Permission {
  /** Becomes the statement's Sid in every policy that carries it. */
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
  /** The policies that carry it. Across accounts both halves are needed: identity and resource. */
  readonly writtenIn: readonly PolicyHolder[];
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement of a policy document, as IAM's JSON spells it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal?: { readonly AWS: string };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Conditions;
}

/** The service that assumes the replication role. The same in every partition. */
export const REPLICATION_SERVICE = 's3.amazonaws.com';

/**
 * What the replication role of one pair may do.
 *
 * The S3 half follows "Setting up permissions for live replication". Not granted, though its examples do:
 * `s3:PutBucketVersioning`, `s3:GetBucketVersioning` and `s3:List*` on the replica bucket (the role's own policy never has
 * them, so across accounts they allow nothing, and the first would let the source suspend versioning of its backup) and
 * `s3:ObjectOwnerOverrideToBucketOwner` (the replica bucket is BucketOwnerEnforced).
 *
 * The KMS half grants three actions on the replica key: `kms:Encrypt` for every replica, `kms:Decrypt` because S3 checks an
 * S3 Bucket Key with it, and `kms:GenerateDataKey`, which the troubleshooting page asks for.
 *
 * @param keys the ARNs of the source key and the replica key
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html
 */
export function replicationPermissions(
  config: ReplicationConfig,
  pair: PairNames,
  keys: { readonly source: string; readonly replica: string },
): readonly Permission[] {
  return [
    {
      sid: 'ReadReplicationConfiguration',
      actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
      resources: [pair.sourceBucket.arn],
      writtenIn: ['role'],
    },
    {
      sid: 'ReadSourceVersions',
      actions: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
      resources: [`${pair.sourceBucket.arn}/*`],
      writtenIn: ['role'],
    },
    {
      sid: 'DecryptSourceObjects',
      actions: ['kms:Decrypt'],
      resources: [keys.source],
      conditions: throughS3(config.source.region, pair.sourceBucket.arn),
      writtenIn: ['role'],
    },
    {
      sid: 'WriteReplicas',
      actions: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
      resources: [`${pair.replicaBucket.arn}/*`],
      writtenIn: ['role', 'replicaBucket'],
    },
    {
      sid: 'EncryptReplicas',
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [keys.replica],
      conditions: throughS3(config.destination.region, pair.replicaBucket.arn),
      writtenIn: ['role', 'replicaKey'],
    },
  ];
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
export function replicaBucketStatements(config: ReplicationConfig, pair: PairNames): Statement[] {
  return admit(config, pair, 'replicaBucket').map(({ permission, statement }) => ({
    ...statement,
    Sid: permission.sid,
    Resource: permission.resources,
  }));
}

/** What the replica key's policy grants to the pair's replication role: the resource half. */
export function replicaKeyStatements(config: ReplicationConfig, pair: PairNames): Statement[] {
  return admit(config, pair, 'replicaKey').map(({ permission, statement }) => ({
    ...statement,
    // One key serves every pair, and a Sid is unique in its policy and has no hyphens. Ids are lower-case: X is free.
    Sid: `${permission.sid}X${pair.id.replaceAll('-', 'X')}`,
    // In a key policy, * is the key that the policy is attached to.
    Resource: ['*'],
  }));
}

/**
 * The principal is the source account, and a condition pins the role. A role's ARN as principal would have to exist first,
 * and would stop matching when the role is created anew.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function admit(config: ReplicationConfig, pair: PairNames, holder: PolicyHolder) {
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

/**
 * Use of a key by S3 in one region, for one bucket. With an S3 Bucket Key the encryption context is the bucket's ARN, without
 * it the object's ARN, and S3 lets an upload choose: both are admitted.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
function throughS3(region: string, bucketArn: string): Conditions {
  return {
    // This suffix in every partition, China included.
    StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
  };
}
