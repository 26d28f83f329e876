import type { SideName } from '../config/replication-config';
import type { DeployedPair, Deployment } from './deployment';
import { bucketNamed, type NamedArn, ofGroup } from './names';

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
  { inventory }: Pick<Deployment, 'inventory'>,
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
