import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { pairNamesOf } from '../../model/names';
import { REPLICATION_SERVICE, replicationPermissions } from '../../model/permissions';
import { roleStatements } from '../../model/policies';

export interface ReplicationRoleProps {
  readonly config: ReplicationConfig;
  readonly pair: Pair;
  readonly sourceKey: Key;
  readonly replicaKeyArn: string;
}

/**
 * The role that S3 assumes to replicate one pair: the identity half of the permission table and nothing more.
 *
 * Its trust carries no `aws:SourceAccount` or `aws:SourceArn`: no AWS page shows one for replication, one that S3 does not send
 * would stop everything, and the role can only be passed within its own account, so there is no other account's deputy.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
 */
export class ReplicationRole extends Role {
  constructor(scope: Construct, id: string, { config, pair, sourceKey, replicaKeyArn }: ReplicationRoleProps) {
    const names = pairNamesOf(config, pair);
    const permissions = replicationPermissions(config, names, { source: sourceKey.keyArn, replica: replicaKeyArn });
    super(scope, id, {
      roleName: names.replicationRole.name,
      description: `S3 replicates ${names.sourceBucket.name} with this role`,
      assumedBy: new ServicePrincipal(REPLICATION_SERVICE),
      inlinePolicies: { Replication: PolicyDocument.fromJson({ Statement: roleStatements(permissions) }) },
    });
  }
}
