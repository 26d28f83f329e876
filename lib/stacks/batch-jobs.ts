import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BATCH_OPERATIONS_SERVICE, backfillPermissions } from '../model/backfill';
import type { Deployment } from '../model/deployment';
import { abortIncompleteUploads } from '../model/lifecycle';
import type { Permission } from '../model/permissions';
import { roleStatements } from '../model/policies';
import { hasReportBucket, recoveryPermissions, recoveryPlaces } from '../model/recovery';
import { PrivateBucket } from './storage/bucket';

/**
 * Days after which manifests and reports expire: S3 lists a job for as long after its end.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListJobs.html
 */
const EXPIRATION_DAYS = 90;

const ABORT_INCOMPLETE_UPLOAD_DAYS = 7;

/**
 * Takes what S3 Batch Operations reads and writes for the jobs of every pair: the manifests that S3 generates, lists of what to restore, and
 * reports. Each pair has folders of its own for each purpose.
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

interface BatchRoleProps {
  readonly roleName: string;
  readonly description: string;
  /** Of the inline policy. */
  readonly policyName: string;
  readonly permissions: readonly Permission[];
}

/**
 * A role that S3 Batch Operations assumes for the jobs of one pair.
 *
 * Its trust carries no `aws:SourceAccount` or `aws:SourceArn`: AWS documents neither for Batch Operations, one that S3 does not send would
 * stop every job, and the role can only be passed within its own account.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html
 */
class BatchRole extends Role {
  constructor(scope: Construct, id: string, { roleName, description, policyName, permissions }: BatchRoleProps) {
    super(scope, id, {
      roleName,
      description,
      assumedBy: new ServicePrincipal(BATCH_OPERATIONS_SERVICE),
      inlinePolicies: { [policyName]: PolicyDocument.fromJson({ Statement: roleStatements(permissions) }) },
    });
  }
}

export interface BatchJobsProps {
  readonly config: Deployment;
  /** ARNs of the keys of both sides. */
  readonly keys: { readonly source: string; readonly replica: string };
}

/**
 * What jobs of S3 Batch Operations need in the source account: one report bucket, and for every pair a role with `backfill`, and one with
 * `recovery.batch`. Nothing without either.
 */
export class BatchJobs extends Construct {
  constructor(scope: Construct, id: string, { config, keys }: BatchJobsProps) {
    super(scope, id);
    if (hasReportBucket(config)) {
      new ReportBucket(this, 'ReportBucket', config);
    }
    if (config.backfill) {
      const roles = new Construct(this, 'Roles');
      for (const { id: pairId, names } of config.pairs) {
        new BatchRole(roles, pairId, {
          roleName: names.backfillRole.name,
          description: `S3 Batch Operations replicates older objects of ${names.sourceBucket.name} with this role`,
          policyName: 'Backfill',
          permissions: backfillPermissions(config, names),
        });
      }
    }
    if (config.recovery.batch) {
      const roles = new Construct(this, 'RecoveryRoles');
      for (const { id: pairId, names } of config.pairs) {
        new BatchRole(roles, pairId, {
          roleName: names.recoveryRole.name,
          description: `S3 Batch Operations copies replicas of ${names.sourceBucket.name} back with this role`,
          policyName: 'Recovery',
          permissions: recoveryPermissions(config, names, recoveryPlaces(config, names, keys)),
        });
      }
    }
  }
}
