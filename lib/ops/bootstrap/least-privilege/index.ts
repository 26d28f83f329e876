import type { Context } from '../../../cli/command';
import { executionPolicy, type LeastPrivilege } from './policy';
import { destinationTemplate } from './synthesize';

export type { ExecutionPolicy, LeastPrivilege } from './policy';

/**
 * What to bootstrap the backup account with instead of AdministratorAccess: managed policies with what CloudFormation needs to
 * create, change, roll back and delete the destination stack, made from its template and from the permissions that
 * CloudFormation's resource handlers publish.
 *
 * AWS does not recommend this way and advises guardrails instead: a policy that misses a permission stops deployments, and can stop
 * a rollback half way. Generate and attach it anew before a deployment that adds something, and after one that takes something
 * away. It limits what a deployment can touch; what becomes of the deployment's own buckets and key, whoever deploys decides.
 *
 * @throws AppError when the app does not synthesise, or has something that no permissions are known for
 * @see https://docs.aws.amazon.com/cdk/v2/guide/best-practices-security.html
 * @see https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions-boundaries.html
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
 */
export async function leastPrivilegeFor(context: Context): Promise<LeastPrivilege> {
  context.terminal.progress('synthesizing the destination stack');
  const template = await destinationTemplate(context);
  context.terminal.progress('');
  return executionPolicy(context.config, template);
}
