import type { Deployment } from './deployment';
import { type PairNames, partitionOf } from './names';
import { type Permission, replicaFolder, throughS3 } from './permissions';

const COPY_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/specify-batchjob-manifest-xaccount-csv.html';
const ROLE_PAGE = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html';

/** Buckets that a job may copy to, all in one Region of the source account. */
export interface RecoveryTarget {
  /** Stands in the Sids. */
  readonly name: string;
  /** ARN of a bucket, or of all whose names begin so, with a `*`. */
  readonly arn: string;
  readonly region: string;
  /** ARNs of the keys that encrypt there; none without a key of KMS. */
  readonly keys: readonly string[];
}

/** What a job that copies replicas back works with. */
export interface RecoveryPlaces {
  /** ARN of the bucket for lists of objects and reports, in the source account. */
  readonly lists: string;
  /** ARN of the replica key. */
  readonly replicaKey: string;
  readonly targets: readonly RecoveryTarget[];
}

/** Folder of the bucket for lists and reports that has the lists of a pair. */
export function batchManifestPrefix(pairId: string): string {
  return `restore-manifests/${pairId}/`;
}

/** The same for reports. S3 puts a slash behind it. */
export function batchReportPrefix(pairId: string): string {
  return `restore-reports/${pairId}`;
}

/**
 * What the role of a job that copies the replicas of a pair back may do. The role is in the account that is copied to, so that its own policy is
 * one half of what it may do with replicas, and the policies of the replica bucket and the replica key are the other.
 *
 * Not granted, though AWS's example does: ACLs, since buckets of a deployment have none.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/specify-batchjob-manifest-xaccount-csv.html
 */
export function recoveryPermissions(config: Deployment, pair: PairNames, places: RecoveryPlaces): readonly Permission[] {
  const { source, destination } = config;
  return [
    {
      sid: 'ReadReplicas',
      actions: ['s3:GetObject', 's3:GetObjectTagging', 's3:GetObjectVersion', 's3:GetObjectVersionTagging'],
      resources: [`${pair.replicaBucket.arn}/${replicaFolder(config, pair)}*`],
      writtenIn: ['role', 'replicaBucket'],
      why: 'reads the versions on the list, with their tags',
      page: COPY_PAGE,
    },
    {
      sid: 'DecryptReplicas',
      actions: ['kms:Decrypt'],
      resources: [places.replicaKey],
      conditions: throughS3(destination.region, pair.replicaBucket.arn),
      writtenIn: ['role', 'replicaKey'],
      why: 'decrypts them',
      page: ROLE_PAGE,
    },
    ...places.targets.flatMap(({ name, arn, region, keys }): Permission[] => [
      {
        sid: `Write${name}`,
        actions: ['s3:PutObject', 's3:PutObjectTagging'],
        resources: [`${arn}/*`],
        // A name does not say whose bucket it is.
        conditions: { StringEquals: { 's3:ResourceAccount': source.account } },
        writtenIn: ['role'],
        why: 'writes the copies, with their tags',
        page: COPY_PAGE,
      },
      ...(keys.length === 0
        ? []
        : [
            {
              sid: `Encrypt${name}`,
              actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
              resources: keys,
              conditions: throughS3(region, arn),
              writtenIn: ['role' as const],
              why: 'encrypts the copies; Decrypt is for those in parts, and for S3 Bucket Keys',
              page: ROLE_PAGE,
            },
          ]),
    ]),
    {
      sid: 'ReadLists',
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: [`${places.lists}/${batchManifestPrefix(pair.id)}*`],
      writtenIn: ['role'],
      why: 'reads which versions to copy',
      page: ROLE_PAGE,
    },
    {
      sid: 'WriteReports',
      actions: ['s3:PutObject'],
      resources: [`${places.lists}/${batchReportPrefix(pair.id)}/*`],
      writtenIn: ['role'],
      why: 'writes what became of each version',
      page: ROLE_PAGE,
    },
  ];
}

/**
 * What the recovery role of a pair works with: its source bucket, and with `recovery.targetPrefix` the buckets of the source account whose names
 * begin so. Their keys are not known beforehand: any of the account and Region, through S3 and for these buckets alone.
 *
 * @param keys ARNs of the source key, which counts where the app makes the source bucket, and of the replica key
 */
export function recoveryPlaces(
  config: Deployment,
  pair: PairNames,
  keys: { readonly source: string; readonly replica: string },
): RecoveryPlaces {
  const { source, recovery } = config;
  const { account, region } = source;
  const partition = partitionOf(source);
  const owned = config.pairs.find(({ id }) => id === pair.id)?.sourceBucket;
  return {
    lists: config.names.reportBucket.arn,
    replicaKey: keys.replica,
    targets: [
      { name: 'Source', arn: pair.sourceBucket.arn, region, keys: owned?.keyArns ?? [keys.source] },
      ...(recovery.targetPrefix === undefined
        ? []
        : [
            {
              name: 'Targets',
              arn: `arn:${partition}:s3:::${recovery.targetPrefix}*`,
              region,
              keys: [`arn:${partition}:kms:${region}:${account}:key/*`],
            },
          ]),
    ],
  };
}

/** Whether the recovery role of a pair may write into a bucket of the source account. */
export function isRecoveryTarget({ recovery }: Deployment, pair: PairNames, bucket: string): boolean {
  return bucket === pair.sourceBucket.name || (recovery.targetPrefix !== undefined && bucket.startsWith(recovery.targetPrefix));
}

/** Whether a deployment has a bucket for the lists and reports of jobs. */
export function hasReportBucket({ backfill, recovery }: Pick<Deployment, 'backfill' | 'recovery'>): boolean {
  return backfill || recovery.batch;
}
