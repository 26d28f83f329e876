import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BATCH_OPERATIONS_SERVICE, backfillPermissions } from '../model/backfill';
import type { DeployedPair, Deployment } from '../model/deployment';
import { abortIncompleteUploads } from '../model/lifecycle';
import { roleStatements } from '../model/policies';
import { PrivateBucket } from './storage/bucket';

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
  constructor(scope: Construct, id: string, config: Deployment) {
    super(scope, id, {
      bucketName: config.names.reportBucket.name,
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

export interface BackfillRoleProps {
  readonly config: Deployment;
  readonly pair: DeployedPair;
}

/**
 * The role that S3 Batch Operations assumes for the jobs of one pair.
 *
 * Its trust carries no `aws:SourceAccount` or `aws:SourceArn`: AWS documents neither for Batch Operations, one that S3 does not send would
 * stop every job, and the role can only be passed within its own account.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html
 */
export class BackfillRole extends Role {
  constructor(scope: Construct, id: string, { config, pair }: BackfillRoleProps) {
    super(scope, id, {
      roleName: pair.names.backfillRole.name,
      description: `S3 Batch Operations replicates older objects of ${pair.names.sourceBucket.name} with this role`,
      assumedBy: new ServicePrincipal(BATCH_OPERATIONS_SERVICE),
      inlinePolicies: {
        Backfill: PolicyDocument.fromJson({ Statement: roleStatements(backfillPermissions(config, pair.names)) }),
      },
    });
  }
}

/** What S3 Batch Replication needs in the source account: one report bucket, and a role for every pair. */
export class Backfill extends Construct {
  constructor(scope: Construct, id: string, config: Deployment) {
    super(scope, id);
    new ReportBucket(this, 'ReportBucket', config);
    const roles = new Construct(this, 'Roles');
    for (const pair of config.pairs) {
      new BackfillRole(roles, pair.id, { config, pair });
    }
  }
}
