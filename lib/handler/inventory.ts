import {
  DeleteBucketInventoryConfigurationCommand,
  GetBucketInventoryConfigurationCommand,
  type InventoryConfiguration,
  PutBucketInventoryConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AppError } from '../errors/errors';
import type { OwnersInventory } from '../model/inventory';

/*
 * The inventory of a source bucket that is owned elsewhere. S3 keeps each inventory of a bucket by its id, so nothing is merged: the others are never
 * read or written.
 */

/**
 * Writes the inventory of a pair into its source bucket.
 *
 * @param previous what the pair had before the update that this belongs to
 * @throws AppError where the bucket has an inventory of that id that reports elsewhere
 */
export async function putInventory(s3: S3Client, wanted: OwnersInventory, previous?: OwnersInventory): Promise<void> {
  const { bucket, account, inventory } = wanted;
  const found = await read(s3, wanted);
  if (found !== undefined && ![wanted, previous].some((own) => own !== undefined && isOf(found, own))) {
    throw new AppError(
      'SourceBucketRefused',
      `inventory ${inventory.Id} of bucket ${bucket} reports into ${bucketOf(found)}, which is not a bucket of this deployment`,
      'remove that inventory or give it another id, or give the pair another id',
    );
  }
  await s3.send(
    new PutBucketInventoryConfigurationCommand({
      Bucket: bucket,
      ExpectedBucketOwner: account,
      Id: inventory.Id,
      InventoryConfiguration: inventory as InventoryConfiguration,
    }),
  );
}

/** Removes the inventory of a pair from its source bucket. One that reports elsewhere is somebody else's, and stays. */
export async function deleteInventory(s3: S3Client, wanted: OwnersInventory): Promise<void> {
  const { bucket, account, inventory } = wanted;
  try {
    const found = await read(s3, wanted);
    if (found !== undefined && isOf(found, wanted)) {
      await s3.send(
        new DeleteBucketInventoryConfigurationCommand({ Bucket: bucket, ExpectedBucketOwner: account, Id: inventory.Id }),
      );
    }
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucket') {
      throw error;
    }
  }
}

async function read(s3: S3Client, { bucket, account, inventory }: OwnersInventory): Promise<InventoryConfiguration | undefined> {
  try {
    const { InventoryConfiguration: found } = await s3.send(
      new GetBucketInventoryConfigurationCommand({ Bucket: bucket, ExpectedBucketOwner: account, Id: inventory.Id }),
    );
    return found;
  } catch (error) {
    if ((error as Error).name === 'NoSuchConfiguration') {
      return undefined;
    }
    throw error;
  }
}

function isOf(found: InventoryConfiguration, { inventory }: OwnersInventory): boolean {
  return bucketOf(found) === inventory.Destination.S3BucketDestination.Bucket;
}

function bucketOf({ Destination: destination }: InventoryConfiguration): string {
  return destination?.S3BucketDestination?.Bucket ?? '(nowhere)';
}
