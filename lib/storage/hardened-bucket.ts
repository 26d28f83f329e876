import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../config/model';
import { removalPolicy } from './removal';

/** Days after which S3 aborts an upload that was never completed. */
const ABORT_INCOMPLETE_UPLOAD_DAYS = 7;

export interface HardenedBucketProps {
  readonly bucketName: string;
  /** Encrypts every object that names no encryption of its own. */
  readonly encryptionKey: IKey;
  /**
   * S3 Bucket Keys: far fewer KMS requests, with the bucket's ARN as encryption context.
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
   */
  readonly bucketKeys: boolean;
  readonly bucketNamespace: ReplicationConfig['bucketNamespace'];
  /** Objects under this prefix expire after a day: the canaries of `ops verify`. */
  readonly canaryPrefix: string;
  readonly removal: ReplicationConfig['removal'];
}

/** A private, versioned, encrypted, TLS-only bucket under a name that is known before it exists. Both sides use it. */
export class HardenedBucket extends Bucket {
  /** The L1 resource, for what the L2 does not offer. */
  readonly resource: CfnBucket;

  constructor(scope: Construct, id: string, props: HardenedBucketProps) {
    super(scope, id, {
      bucketName: props.bucketName,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: props.bucketKeys,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      enforceSSL: true,
      lifecycleRules: [
        {
          id: 'AbortIncompleteUploads',
          abortIncompleteMultipartUploadAfter: Duration.days(ABORT_INCOMPLETE_UPLOAD_DAYS),
        },
        // Removes the canaries of `ops verify` that nobody may delete, and then their delete markers, for which S3 wants a rule apart.
        {
          id: 'ExpireCanaries',
          prefix: props.canaryPrefix,
          expiration: Duration.days(1),
          noncurrentVersionExpiration: Duration.days(1),
        },
        { id: 'ExpireCanaryDeleteMarkers', prefix: props.canaryPrefix, expiredObjectDeleteMarker: true },
      ],
      removalPolicy: removalPolicy(props.removal),
    });
    this.resource = this.node.defaultChild as CfnBucket;
    if (props.bucketNamespace === 'account-regional') {
      // The L2 takes the namespace only with a prefix, whose full name is a token that no other stack can know.
      this.resource.bucketNamespace = 'account-regional';
    }
  }
}
