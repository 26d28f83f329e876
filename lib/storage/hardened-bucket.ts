import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { PrivateBucket, type PrivateBucketProps } from './private-bucket';

export interface HardenedBucketProps extends Pick<PrivateBucketProps, 'bucketName' | 'bucketNamespace' | 'removal'> {
  /** Encrypts every object that names no encryption of its own. */
  readonly encryptionKey: IKey;
  /**
   * S3 Bucket Keys: far fewer KMS requests, with the bucket's ARN as encryption context.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  readonly bucketKeys: boolean;
  /** Objects under this prefix expire after a day: the canaries of `ops verify`. */
  readonly canaryPrefix: string;
}

/** A private bucket, versioned and encrypted under a customer managed key. Both sides of a pair are one. */
export class HardenedBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, { bucketKeys, canaryPrefix, ...props }: HardenedBucketProps) {
    super(scope, id, {
      ...props,
      encryption: BucketEncryption.KMS,
      bucketKeyEnabled: bucketKeys,
      versioned: true,
      lifecycleRules: [
        // Removes the canaries of `ops verify` that nobody may delete, and then their delete markers, for which S3 wants a rule apart.
        {
          id: 'ExpireCanaries',
          prefix: canaryPrefix,
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { id: 'ExpireCanaryDeleteMarkers', prefix: canaryPrefix, expiredObjectDeleteMarker: true },
      ],
    });
  }
}
