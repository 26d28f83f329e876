import PARTITION_TABLE from './partitions.json';

/** The partitions that this project deploys to. */
export const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'] as const;

export type Partition = (typeof PARTITIONS)[number];

/** Every region that AWS has, in any partition. */
export function knownRegions(): readonly string[] {
  return PARTITION_TABLE.flatMap(({ regions }) => regions);
}

/** Whether AWS has a region of this name, in any partition. */
export function isKnownRegion(region: string): boolean {
  return knownRegions().includes(region);
}

/**
 * Returns the name of a region's partition, supported here or not. A region that AWS has added since gets the partition that its name
 * suggests, and a name that is none gets `aws`, as in the AWS SDK.
 *
 * The table is that of the AWS SDK, which takes longer to load than everything else that a check of the configuration needs.
 */
export function partitionName(region: string): string {
  const found =
    PARTITION_TABLE.find(({ regions }) => regions.includes(region)) ??
    PARTITION_TABLE.find(({ pattern }) => new RegExp(pattern).test(region));
  return found?.name ?? 'aws';
}

/** Whether a region lies in a partition that this project deploys to. */
export function isSupportedRegion(region: string): boolean {
  return (PARTITIONS as readonly string[]).includes(partitionName(region));
}
