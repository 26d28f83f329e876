import { RestoreObjectCommand } from '@aws-sdk/client-s3';
import { isAwsError } from '../../aws/aws-error';
import { AppError, messageOf } from '../../errors/errors';
import type { CopyVersion, Item, Place } from './model';

/** Storage classes whose objects have to be requested before they can be read. */
const ARCHIVES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Whether a version is archived by its class. In INTELLIGENT_TIERING S3 says so only when the object is read. */
export function isArchived({ storageClass }: Pick<Item, 'storageClass'>): boolean {
  return ARCHIVES.has(storageClass);
}

/**
 * Requests what turns out to be archived, so that another attempt can copy it. Takes s3:RestoreObject on the replica bucket.
 *
 * @param days for which S3 keeps a readable copy
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html
 */
export function requestingArchived(copy: CopyVersion, from: Place & { readonly owner: string }, days: number): CopyVersion {
  return async (item) => {
    const outcome = await copy(item);
    if (outcome.kind !== 'archived') {
      return outcome;
    }
    try {
      await from.requests.send('other', () => from.s3.send(requestOf(item, from, days)));
      return { kind: 'archived', requested: true, why: 'requested; S3 takes hours' };
    } catch (error) {
      if (error instanceof AppError) {
        throw error;
      }
      return isAwsError(error, 'RestoreAlreadyInProgress')
        ? { kind: 'archived', why: 'requested before; S3 is not done yet' }
        : { kind: 'archived', why: `${outcome.why}; it could not be requested: ${messageOf(error)}` };
    }
  };
}

function requestOf({ key, versionId, storageClass }: Item, { name, owner }: { name: string; owner: string }, days: number) {
  return new RestoreObjectCommand({
    Bucket: name,
    Key: key,
    VersionId: versionId,
    ExpectedBucketOwner: owner,
    RestoreRequest: {
      // INTELLIGENT_TIERING moves the object itself back, for good.
      ...(isArchived({ storageClass }) && { Days: days }),
      GlacierJobParameters: { Tier: 'Standard' },
    },
  });
}
