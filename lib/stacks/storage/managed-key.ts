import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';

export interface ManagedKeyProps {
  readonly description: string;
  /** Starts with `alias/`. */
  readonly alias: string;
  readonly config: ReplicationConfig;
}

/**
 * A customer managed key with rotation. Its policy delegates to IAM of its own account, as KMS advises.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export class ManagedKey extends Key {
  constructor(scope: Construct, id: string, { description, alias, config }: ManagedKeyProps) {
    super(scope, id, {
      description,
      alias,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(config.keyRotationDays),
      pendingWindow: Duration.days(config.keyDeletionDays),
      removalPolicy: removalPolicy(config.removal),
    });
  }
}

/**
 * What becomes of buckets and keys. `retain` keeps them on update and deletion of the stack but not when their creation is
 * rolled back, so that a failed first deployment leaves nothing in the way of the next one.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function removalPolicy(removal: ReplicationConfig['removal']): RemovalPolicy {
  return removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
