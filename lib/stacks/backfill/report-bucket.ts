import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { backfillNamesOf } from '../../model/backfill/names';
import { abortIncompleteUploads } from '../../model/lifecycle';
import { PrivateBucket } from '../storage/private-bucket';

/**
 * Days after which manifests and reports expire: S3 lists a job for as long after its end.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListJobs.html
 */
const EXPIRATION_DAYS = 90;

const ABORT_INCOMPLETE_UPLOAD_DAYS = 7;

/**
 * Takes what S3 Batch Operations writes about the jobs of every pair: the manifests that S3 generates, and the reports.
 *
 * It is encrypted with S3 managed keys, as reports are in any bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-examples-reports.html
 */
export class ReportBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, config: ReplicationConfig) {
    super(scope, id, {
      bucketName: backfillNamesOf(config).reportBucket.name,
      bucketNamespace: config.bucketNamespace,
      removal: config.removal,
      encryption: BucketEncryption.S3_MANAGED,
      // Without versions: each job writes keys of its own, so none is overwritten, and what has expired is gone.
      lifecycleRules: [
        abortIncompleteUploads(ABORT_INCOMPLETE_UPLOAD_DAYS),
        { id: 'ExpireManifestsAndReports', expireAfter: EXPIRATION_DAYS },
      ],
    });
  }
}
