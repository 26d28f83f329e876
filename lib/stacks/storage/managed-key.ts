import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ReplicationConfig } from '../../config/replication-config';
import { removalPolicy } from './removal';

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
