import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { PrivateBucket, type PrivateBucketProps } from './private-bucket';

export interface HardenedBucketProps
  extends Pick<
    PrivateBucketProps,
    'bucketName' | 'bucketNamespace' | 'lifecycleRules' | 'removal' | 'objectLockEnabled' | 'objectLockDefaultRetention'
  > {
  /** Encrypts every object that names no encryption of its own. */
  readonly encryptionKey: IKey;
  /**
   * S3 Bucket Keys: far fewer KMS requests, with the bucket's ARN as encryption context.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  readonly bucketKeys: boolean;
}

/** A private bucket, versioned and encrypted under a customer managed key. Both sides of a pair are one. */
export class HardenedBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { bucketKeys, ...props }: HardenedBucketProps) {
    super(scope, id, {
      ...props,
      encryption: BucketEncryption.KMS,
      bucketKeyEnabled: bucketKeys,
      versioned: true,
    });
  }
}
