import type { ReplicationConfig } from '../../../config/replication-config';
import { UsageError } from '../../../errors/errors';
import { bucketNamed, longestNamePrefix } from '../../../model/names';

/** Tags a bucket that a drill made, so that a later one knows it. */
export const DRILL_TAG = { Key: 's3-replication', Value: 'drill' } as const;

/**
 * A bucket that a drill makes, in the source account and region.
 *
 * @param random hexadecimal digits that tell it from every other one
 * @throws UsageError when the name would be too long for S3
 */
export function scratchBucketName(config: ReplicationConfig, random: string): string {
  const id = `drill-${random}`;
  const { deployment, source, bucketNamespace } = config;
  if (deployment.length + 1 + id.length > longestNamePrefix(source.region, bucketNamespace)) {
    throw new UsageError(
      'NameTooLong',
      `the name of the deployment leaves no room for the name of a scratch bucket, ${deployment}-${id}`,
      'make an empty bucket in the source account, and name it with --to',
    );
  }
  return bucketNamed(config, source, id).name;
}

/** Every scratch bucket of a deployment begins so. */
export function scratchPrefix({ deployment }: ReplicationConfig): string {
  return `${deployment}-drill-`;
}

/** Whether a drill of this deployment can have made a bucket of this name. */
export function isScratchName(config: ReplicationConfig, name: string): boolean {
  const random = /^[0-9a-f]+/.exec(name.slice(scratchPrefix(config).length))?.[0];
  return random !== undefined && name === bucketNamed(config, config.source, `drill-${random}`).name;
}
