import type { Deployment } from './deployment';
import { REPORT_FOLDERS } from './inventory';
import type { PairNames } from './names';

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
  /** What S3 needs it for. */
  readonly why: string;
  /** AWS's page on it. */
  readonly page: string;
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

const PERMISSIONS_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html';
const OBJECT_LOCK_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html';
const ENCRYPTION_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html';

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
 * @param keys the ARNs of the source key, which counts where the app makes the source bucket, and of the replica key
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-replication
 */
export function replicationPermissions(
  config: Deployment,
  pair: PairNames,
  keys: { readonly source: string; readonly replica: string },
): readonly Permission[] {
  return [
    {
      sid: 'ReadReplicationConfiguration',
      actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
      resources: [pair.sourceBucket.arn],
      writtenIn: ['role'],
      why: 'reads the rule, and lists the bucket for delete markers',
      page: PERMISSIONS_PAGE,
    },
    {
      sid: 'ReadSourceVersions',
      actions: ['s3:GetObjectVersionAcl', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionTagging'],
      resources: [`${pair.sourceBucket.arn}/*`],
      writtenIn: ['role'],
      why: 'reads versions, SSE-KMS ones too, with their access control lists and tags',
      page: PERMISSIONS_PAGE,
    },
    ...(hasSourceLock(config, pair) ? [readLocks(pair)] : []),
    ...decryptSource(config, pair, keys.source),
    {
      sid: 'WriteReplicas',
      actions: ['s3:ReplicateDelete', 's3:ReplicateObject', 's3:ReplicateTags'],
      resources: [`${pair.replicaBucket.arn}/${replicaFolder(config, pair)}*`],
      writtenIn: ['role', 'replicaBucket'],
      why: 'writes replicas, their tags, and delete markers where the rule asks for them',
      page: PERMISSIONS_PAGE,
    },
    {
      sid: 'EncryptReplicas',
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [keys.replica],
      conditions: throughS3(config.destination.region, pair.replicaBucket.arn),
      writtenIn: ['role', 'replicaKey'],
      why: 'encrypts replicas; Decrypt checks an S3 Bucket Key, and the troubleshooting page asks for GenerateDataKey',
      page: ENCRYPTION_PAGE,
    },
  ];
}

/** Where replicas are written. The backup account's own reports are beside those of the source, which must not reach them. */
export function replicaFolder({ pairs }: Deployment, { id }: PairNames): string {
  return pairs.some((pair) => pair.id === id && pair.reportDays !== undefined) ? `${REPORT_FOLDERS.source}/` : '';
}

function hasSourceLock({ pairs }: Deployment, { id }: PairNames): boolean {
  return pairs.some((pair) => pair.id === id && pair.sourceObjectLock);
}

/** Of a source bucket that is owned elsewhere, the keys that the configuration names: none, one or several. */
function decryptSource(config: Deployment, { id, sourceBucket: { arn } }: PairNames, sourceKey: string): Permission[] {
  const keys = config.pairs.find((pair) => pair.id === id)?.sourceBucket?.keyArns ?? [sourceKey];
  return keys.length === 0
    ? []
    : [
        {
          sid: 'DecryptSourceObjects',
          actions: ['kms:Decrypt'],
          resources: keys,
          conditions: throughS3(config.source.region, arn),
          writtenIn: ['role'],
          why: 'decrypts source objects; the source key delegates to IAM of its own account',
          page: ENCRYPTION_PAGE,
        },
      ];
}

/** What replication takes besides where the source bucket has Object Lock. Nothing on the replica bucket: AWS documents no more. */
function readLocks({ sourceBucket }: PairNames): Permission {
  return {
    sid: 'ReadSourceLocks',
    actions: ['s3:GetObjectLegalHold', 's3:GetObjectRetention'],
    resources: [`${sourceBucket.arn}/*`],
    writtenIn: ['role'],
    why: 'reads retention periods and legal holds of source objects, which their replicas take over',
    page: OBJECT_LOCK_PAGE,
  };
}

/**
 * Use of a key by S3 in one region, for one bucket. With an S3 Bucket Key the encryption context is the bucket's ARN, without
 * it the object's ARN, and S3 lets an upload choose: both are admitted.
 *
 * @param bucketArn of a bucket, or of all whose names begin so, with a `*`, which stands for objects too
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export function throughS3(region: string, bucketArn: string): Conditions {
  return {
    // This suffix in every partition, China included.
    StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
    StringLike: { 'kms:EncryptionContext:aws:s3:arn': bucketArn.endsWith('*') ? [bucketArn] : [bucketArn, `${bucketArn}/*`] },
  };
}
