import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  type BucketProps,
  type CfnBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../config/model';
import { removalPolicy } from './removal';

/** Days after which S3 aborts an upload that was never completed. */
const ABORT_INCOMPLETE_UPLOAD_DAYS = 7;

export interface PrivateBucketProps extends Pick<BucketProps, 'encryption' | 'encryptionKey' | 'bucketKeyEnabled' | 'versioned'> {
  readonly bucketName: string;
  /** Rules besides the one that every bucket has, which aborts incomplete uploads. */
  readonly lifecycleRules: readonly LifecycleRule[];
  readonly bucketNamespace: ReplicationConfig['bucketNamespace'];
  readonly removal: ReplicationConfig['removal'];
}

/** A private, TLS-only bucket without ACLs, under a name that is known before it exists. Every bucket of either side is one. */
export class PrivateBucket extends Bucket {
  /** The L1 resource, for what the L2 does not offer. */
  readonly resource: CfnBucket;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id, {
      bucketName: props.bucketName,
      encryption: props.encryption,
      encryptionKey: props.encryptionKey,
      bucketKeyEnabled: props.bucketKeyEnabled,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: props.versioned,
      enforceSSL: true,
      lifecycleRules: [
        {
          id: 'AbortIncompleteUploads',
          abortIncompleteMultipartUploadAfter: Duration.days(ABORT_INCOMPLETE_UPLOAD_DAYS),
        },
        ...props.lifecycleRules,
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
