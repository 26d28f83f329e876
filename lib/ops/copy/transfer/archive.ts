import type { Item, ItemOutcome } from '../model';
import type { Bucket } from './bucket';

/**
 * Looks for the copy that S3 keeps for a while of an archived version that was requested.
 *
 * @returns undefined when there is one
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html
 */
export async function archived(from: Bucket, { key, versionId, storageClass }: Item): Promise<ItemOutcome | undefined> {
  const head = await from.head(key, versionId);
  const state = head?.['x-amz-restore'];
  if (head === undefined || state?.includes('ongoing-request="false"') === true) {
    return undefined;
  }
  const archive = head['x-amz-archive-status'] ?? head['x-amz-storage-class'] ?? storageClass;
  return {
    kind: 'archived',
    why: state === undefined ? `in ${archive}, and not requested from there` : `requested from ${archive}; S3 is not done yet`,
  };
}
