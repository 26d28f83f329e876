import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { backfillRoleOf } from '../../model/backfill/names';
import { BATCH_OPERATIONS_SERVICE, backfillPermissions } from '../../model/backfill/permissions';
import { pairNamesOf } from '../../model/names';
import { roleStatements } from '../../model/policies';

export interface BackfillRoleProps {
  readonly config: ReplicationConfig;
  readonly pair: Pair;
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
      roleName: backfillRoleOf(config, pair.id).name,
      description: `S3 Batch Operations replicates older objects of ${pairNamesOf(config, pair).sourceBucket.name} with this role`,
      assumedBy: new ServicePrincipal(BATCH_OPERATIONS_SERVICE),
      inlinePolicies: { Backfill: PolicyDocument.fromJson({ Statement: roleStatements(backfillPermissions(config, pair.id)) }) },
    });
  }
}
