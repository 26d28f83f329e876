import type { Pair, ReplicationConfig, SideName } from '../config/replication-config';
import type { DeployedPair, Deployment } from './deployment';
import { bucketNamed, type NamedArn, ofGroup } from './names';
import type { Permission } from './permissions';
import type { Statement } from './policies';

/*
 * S3 Inventory: S3 lists every version of both buckets of a pair, daily or weekly. The reports about a source bucket lie in the source account and
 * are replicated to the backup account, so that the backup account alone can compare both sides. Plain data. docs/inventory.md describes it.
 */

/** The last part of the names of the buckets that hold reports, where a pair's bucket has the pair's id. */
export const INVENTORY_ID = 'inventory';

/**
 * Folders of a bucket of reports, by the side whose buckets they are about. S3 puts the slash behind a prefix itself.
 *
 * The bucket in the backup account has both: the replication role writes into the first alone, so that the source account cannot
 * replace what S3 reports about replicas.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
 */
export const REPORT_FOLDERS = { source: 'source', destination: 'replicas' } as const satisfies Record<SideName, string>;

/**
 * What a report says of each version beside its key, by the name that S3 has for it in a configuration, with the column of a Parquet file.
 *
 * Access control lists and owners are left out: the buckets that this project makes have none.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryConfiguration.html
 */
export const INVENTORY_FIELDS = {
  Size: 'size',
  LastModifiedDate: 'last_modified_date',
  ETag: 'e_tag',
  StorageClass: 'storage_class',
  IsMultipartUploaded: 'is_multipart_uploaded',
  ReplicationStatus: 'replication_status',
  EncryptionStatus: 'encryption_status',
  ObjectLockRetainUntilDate: 'object_lock_retain_until_date',
  ObjectLockMode: 'object_lock_mode',
  ObjectLockLegalHoldStatus: 'object_lock_legal_hold_status',
  IntelligentTieringAccessTier: 'intelligent_tiering_access_tier',
  BucketKeyStatus: 'bucket_key_status',
  ChecksumAlgorithm: 'checksum_algorithm',
} as const;

/** Columns that every report about all versions has. */
export const VERSION_COLUMNS = ['bucket', 'key', 'version_id', 'is_latest', 'is_delete_marker'] as const;

/** Every column that a report has where the inventory is configured as the deployment does it. */
export const REPORT_COLUMNS: readonly string[] = [...VERSION_COLUMNS, ...Object.values(INVENTORY_FIELDS)];

/** Where the reports about one bucket are. */
export interface ReportPlace {
  readonly bucket: NamedArn;
  /**
   * What their keys start with, with a slash at the end. Below it, each report has `YYYY-MM-DDTHH-MMZ/manifest.json` and `manifest.checksum`;
   * `data/` has the files of all reports, `hive/` the symlinks. Manifests and symlinks name the bucket that S3 wrote to: where a report was
   * replicated, that is not this one, and the keys are the same.
   */
  readonly prefix: string;
}

/** Where the reports about both buckets of a pair are. */
export interface PairReports {
  /** About the source bucket, in the source account. */
  readonly source: ReportPlace;
  /** The same reports as S3 replicates them to the backup account. */
  readonly replicated: ReportPlace;
  /** About the replica bucket, in the backup account. */
  readonly destination: ReportPlace;
}

/**
 * Whether the buckets of a pair have an inventory. Those of a pair that has a bucket of somebody else only when its `inventory` says so: S3 bills the
 * bucket's owner, and one side alone compares nothing.
 */
export function hasInventory(
  { inventory }: Pick<ReplicationConfig, 'inventory'>,
  { inventory: chosen, sourceBucket, replicaBucket }: Pick<DeployedPair, 'inventory' | 'sourceBucket' | 'replicaBucket'>,
): boolean {
  return inventory !== undefined && (chosen ?? (sourceBucket ?? replicaBucket) === undefined);
}

/** Returns the pairs whose buckets have an inventory. */
export function inventoriedPairs(config: Pick<Deployment, 'inventory' | 'pairs'>): readonly DeployedPair[] {
  return config.pairs.filter((pair) => hasInventory(config, pair));
}

/** The id of the inventory of a pair, the same in both buckets. Other inventories of the bucket have other ids. */
export function inventoryId({ names }: Pick<DeployedPair, 'names'>): string {
  return names.ruleId;
}

/**
 * Returns the pair of each group that keeps the reports of the group: those about its source buckets are replicated like any object.
 *
 * Its objects are never locked, and have no storage class with a minimum: a report is of use until the next ones are there.
 */
export function reportPairs(config: ReplicationConfig): (Pair & { readonly reportDays: number })[] {
  const { inventory, pairs } = config;
  const groups = new Set(pairs.filter((pair) => hasInventory(config, pair)).map(({ group }) => group));
  return inventory === undefined
    ? []
    : [...groups].map((group) => ({
        ...(group !== undefined && { group }),
        id: ofGroup(group === undefined ? {} : { group }, INVENTORY_ID),
        // The folder of the source alone is replicated.
        filter: { prefix: `${REPORT_FOLDERS.source}/` },
        storageClass: 'STANDARD',
        replicateDeleteMarkers: false,
        timeControl: false,
        bucketKeys: true,
        sourceObjectLock: false,
        lifecycle: { abortMultipartDays: 7, transitions: [] },
        inventory: false,
        reportDays: inventory.reportDays,
      }));
}

/** Returns the bucket of one side that has the reports of a group: of the deployment's own where that is not divided. */
export function inventoryBucket(config: Deployment, side: SideName, { group }: Pick<DeployedPair, 'group'> = config): NamedArn {
  return bucketNamed(config, config[side], ofGroup(group === undefined ? {} : { group }, INVENTORY_ID));
}

/** Returns where the reports about both buckets of a pair are. Whether there are any says {@link hasInventory}. */
export function reportsOf(config: Deployment, pair: DeployedPair): PairReports {
  const [source, destination] = [inventoryBucket(config, 'source', pair), inventoryBucket(config, 'destination', pair)];
  const about = (side: SideName, { name }: NamedArn) => `${REPORT_FOLDERS[side]}/${name}/${inventoryId(pair)}/`;
  return {
    source: { bucket: source, prefix: about('source', pair.names.sourceBucket) },
    replicated: { bucket: destination, prefix: about('source', pair.names.sourceBucket) },
    destination: { bucket: destination, prefix: about('destination', pair.names.replicaBucket) },
  };
}

/** An inventory as CloudFormation spells it. */
export interface Inventory {
  readonly id: string;
  readonly enabled: boolean;
  readonly includedObjectVersions: string;
  readonly scheduleFrequency: string;
  /** @default - every key */
  readonly prefix?: string;
  readonly optionalFields: string[];
  readonly destination: {
    readonly bucketArn: string;
    readonly bucketAccountId: string;
    readonly format: string;
    readonly prefix: string;
  };
}

/**
 * The inventory of one bucket of a pair; undefined where it has none. It lists what the rule of the pair can apply to, by its prefix.
 *
 * The reports are encrypted as the bucket does it by default, since CloudFormation has no word for another way.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html
 */
export function inventoryOf(config: Deployment, pair: DeployedPair, side: SideName): Inventory | undefined {
  const { inventory } = config;
  return inventory === undefined || !hasInventory(config, pair)
    ? undefined
    : {
        id: inventoryId(pair),
        enabled: true,
        includedObjectVersions: 'All',
        scheduleFrequency: inventory.frequency,
        ...(pair.filter?.prefix !== undefined && { prefix: pair.filter.prefix }),
        optionalFields: Object.keys(INVENTORY_FIELDS),
        destination: {
          bucketArn: inventoryBucket(config, side, pair).arn,
          // S3 refuses to write into a bucket of another owner.
          bucketAccountId: config[side].account,
          format: 'Parquet',
          prefix: REPORT_FOLDERS[side],
        },
      };
}

/** An inventory as the S3 API spells it. */
export interface ApiInventory {
  readonly Id: string;
  readonly IsEnabled: boolean;
  readonly IncludedObjectVersions: string;
  readonly Schedule: { readonly Frequency: string };
  readonly Filter?: { readonly Prefix: string };
  readonly OptionalFields: readonly string[];
  readonly Destination: {
    readonly S3BucketDestination: {
      readonly Bucket: string;
      readonly AccountId: string;
      readonly Format: string;
      readonly Prefix: string;
    };
  };
}

/** The same inventory as the S3 API spells it. */
export function apiInventory({ destination, prefix, ...inventory }: Inventory): ApiInventory {
  const { bucketArn, bucketAccountId, format } = destination;
  return {
    Id: inventory.id,
    IsEnabled: inventory.enabled,
    IncludedObjectVersions: inventory.includedObjectVersions,
    Schedule: { Frequency: inventory.scheduleFrequency },
    ...(prefix !== undefined && { Filter: { Prefix: prefix } }),
    OptionalFields: inventory.optionalFields,
    Destination: {
      S3BucketDestination: { Bucket: bucketArn, AccountId: bucketAccountId, Format: format, Prefix: destination.prefix },
    },
  };
}

/** The inventory of a source bucket that is owned elsewhere. Plain JSON: the template hands it to the handler. */
export interface OwnersInventory {
  readonly bucket: string;
  /** Account and Region of the bucket. */
  readonly account: string;
  readonly region: string;
  readonly inventory: ApiInventory;
}

/** Returns the inventory of a pair's source bucket that is owned elsewhere; undefined where it has none. */
export function ownersInventory(config: Deployment, pair: DeployedPair): OwnersInventory | undefined {
  const { account, region } = config.source;
  const inventory = inventoryOf(config, pair, 'source');
  return inventory && { bucket: pair.names.sourceBucket.name, account, region, inventory: apiInventory(inventory) };
}

/**
 * What the handler may do for an inventory of one pair. The same permission counts for writing and for removing.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketInventoryConfiguration.html
 */
export function ownersInventoryPermissions({ names }: DeployedPair): readonly Permission[] {
  return [
    {
      sid: 'ConfigureInventory',
      actions: ['s3:GetInventoryConfiguration', 's3:PutInventoryConfiguration'],
      resources: [names.sourceBucket.arn],
      writtenIn: ['role'],
      why: 'writes the inventory of the pair into the bucket, by its id, and removes it',
      page: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html',
    },
  ];
}

/**
 * What the policy of a group's bucket of reports grants to S3: writing of reports about the buckets of the group, into their folder. Nothing where
 * no pair has an inventory.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-s3-inventory
 */
export function reportBucketStatements(config: Deployment, side: SideName): Statement[] {
  return admitInventory(config, side).map((admitted) => ({
    ...admitted,
    Sid: 'WriteReports',
    Action: ['s3:PutObject'],
    Resource: [`${inventoryBucket(config, side).arn}/${REPORT_FOLDERS[side]}/*`],
    Condition: {
      ...admitted.Condition,
      StringEquals: { ...admitted.Condition.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
    },
  }));
}

/**
 * What the policy of a side's key grants to S3, which encrypts reports about the buckets of the group. Nothing where no pair has an inventory.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html#configure-inventory-kms-key-policy
 */
export function reportKeyStatements(config: Deployment, side: SideName): Statement[] {
  // A replica key that is owned elsewhere may serve several groups, and other deployments.
  const isShared = side === 'destination' && config.destination.keyArn !== undefined;
  const owner = isShared ? `X${ofGroup(config, config.deployment).replaceAll('-', 'X')}` : '';
  return admitInventory(config, side).map((admitted) => ({
    ...admitted,
    Sid: `EncryptReports${owner}`,
    Action: ['kms:GenerateDataKey'],
    // In a key policy, * is the key that the policy is attached to.
    Resource: ['*'],
  }));
}

function admitInventory(config: Deployment, side: SideName) {
  const buckets = inventoriedPairs(config).map(({ names }) => names[side === 'source' ? 'sourceBucket' : 'replicaBucket'].arn);
  return buckets.length === 0
    ? []
    : [
        {
          Effect: 'Allow' as const,
          // The same in every partition.
          Principal: { Service: 's3.amazonaws.com' },
          Condition: {
            ArnEquals: { 'aws:SourceArn': buckets },
            StringEquals: { 'aws:SourceAccount': config[side].account },
          },
        },
      ];
}
