/** The partitions that this project deploys to. */
export const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov'] as const;

export type Partition = (typeof PARTITIONS)[number];

/** Whether AWS has a region of this name, in any partition. */
export function isKnownRegion(region: string): boolean {
  // The SDK describes the regions it lists; for any other name it guesses a partition and describes nothing.
  return /^[a-z]+(-[a-z]+)+-\d+$/.test(region) && 'description' in partitionOf(region);
}

/** The name of a region's partition, supported here or not. */
export function partitionName(region: string): string {
  return partitionOf(region).name;
}

/** Whether a region lies in a partition that this project deploys to. */
export function isSupportedRegion(region: string): boolean {
  return (PARTITIONS as readonly string[]).includes(partitionName(region));
}

const partitions = new Map<string, ReturnType<typeof import('@aws-sdk/util-endpoints').partition>>();

/** Loaded only when asked: it is half of what `s3-replication --help` would take. Kept, because every name asks for it. */
function partitionOf(region: string) {
  const known = partitions.get(region);
  if (known !== undefined) {
    return known;
  }
  const { partition } = require('@aws-sdk/util-endpoints') as typeof import('@aws-sdk/util-endpoints');
  const found = partition(region);
  partitions.set(region, found);
  return found;
}
