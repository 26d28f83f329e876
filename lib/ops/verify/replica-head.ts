import { HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { isAccessDenied, isAwsError, unanswered } from '../../aws/aws-error';
import type { Canary } from './canary';

/** What S3 says of a replica without its content. */
export interface ReplicaHead {
  readonly output: HeadObjectCommandOutput;
  /** Whether S3 answered a request that only the destination account's bucket answers. */
  readonly ownBucket: boolean;
}

/**
 * Asks for everything first, then for less: reading the checksum takes kms:Decrypt, and a bucket of another account answers only
 * when nobody insists on its owner.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 * @returns undefined when there is no replica
 * @throws AppError when S3 gives no answer
 */
export async function headReplica(
  { replicaBucket, key }: Canary,
  s3: S3Client,
  account: string,
): Promise<ReplicaHead | undefined> {
  const owner = { ExpectedBucketOwner: account };
  const attempts = [{ ...owner, ChecksumMode: 'ENABLED' } as const, owner, {}];
  let denial: unknown;
  for (const attempt of attempts) {
    try {
      const output = await s3.send(new HeadObjectCommand({ Bucket: replicaBucket, Key: key, ...attempt }));
      return { output, ownBucket: 'ExpectedBucketOwner' in attempt };
    } catch (error) {
      if (isAwsError(error, 'NotFound', 'NoSuchKey')) {
        return undefined;
      }
      if (!isAccessDenied(error)) {
        throw unanswered(`replica s3://${replicaBucket}/${key}`, error);
      }
      denial = error;
    }
  }
  throw unanswered(`replica s3://${replicaBucket}/${key}`, denial);
}
