import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule as BucketLifecycleRule,
  type BucketProps,
  type CfnBucket,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import type { LifecycleRule } from '../../model/lifecycle';
import { removalPolicy } from './managed-key';

export interface PrivateBucketProps
  extends Pick<
    BucketProps,
    'encryption' | 'encryptionKey' | 'bucketKeyEnabled' | 'versioned' | 'objectLockEnabled' | 'objectLockDefaultRetention'
  > {
  readonly bucketName: string;
  readonly lifecycleRules: readonly LifecycleRule[];
  readonly bucketNamespace: ReplicationConfig['bucketNamespace'];
  readonly removal: ReplicationConfig['removal'];
}

/** A private, TLS-only bucket without ACLs, under a name that is known before it exists. Every bucket of either side is one. */
export class PrivateBucket extends Bucket {
  /** The L1 resource, for what the L2 does not offer. */
  readonly resource: CfnBucket;

  constructor(scope: Construct, id: string, { lifecycleRules, bucketNamespace, removal, ...props }: PrivateBucketProps) {
    super(scope, id, {
      ...props,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: lifecycleRules.map(toBucketRule),
      removalPolicy: removalPolicy(removal),
    });
    this.resource = this.node.defaultChild as CfnBucket;
    if (bucketNamespace === 'account-regional') {
      // The L2 takes the namespace only with a prefix, whose full name is a token that no other stack can know.
      this.resource.bucketNamespace = 'account-regional';
    }
  }
}

function toBucketRule(rule: LifecycleRule): BucketLifecycleRule {
  const after = (days: number | undefined) => (days === undefined ? undefined : Duration.days(days));
  const moves = (transitions: LifecycleRule['transitions']) =>
    transitions?.map(({ storageClass, days }) => ({
      storageClass: new StorageClass(storageClass),
      transitionAfter: Duration.days(days),
    }));
  const all: BucketLifecycleRule = {
    id: rule.id,
    prefix: rule.prefix,
    abortIncompleteMultipartUploadAfter: after(rule.abortUploadsAfter),
    transitions: moves(rule.transitions),
    noncurrentVersionTransitions: moves(rule.noncurrentTransitions),
    expiration: after(rule.expireAfter),
    noncurrentVersionExpiration: after(rule.deleteNoncurrentAfter),
    noncurrentVersionsToRetain: rule.keepNoncurrent,
    expiredObjectDeleteMarker: rule.removeExpiredDeleteMarkers,
  };
  // The CDK writes every key that is there into the template's metadata, whether or not it has a value.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

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
