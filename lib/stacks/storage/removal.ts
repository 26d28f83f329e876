import { RemovalPolicy } from 'aws-cdk-lib';
import type { ReplicationConfig } from '../../config/replication-config';

/**
 * What becomes of buckets and keys. `retain` keeps them on update and deletion of the stack but not when their creation is
 * rolled back, so that a failed first deployment leaves nothing in the way of the next one.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
export function removalPolicy(removal: ReplicationConfig['removal']): RemovalPolicy {
  return removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
