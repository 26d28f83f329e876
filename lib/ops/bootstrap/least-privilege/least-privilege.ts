import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../cli/command';
import { withSynthesis } from '../../../cli/process/synthesis';
import { groupsOf } from '../../../model/deployment';
import { stackId } from '../../../model/stacks';
import type { DestinationTemplate } from './decisions';
import { executionPolicy, type LeastPrivilege } from './policy';

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

/**
 * The template of the first group's destination stack as the CDK CLI deploys it, with the buckets of every other group: a pair may have
 * options, and with them properties, that those of the first group have not.
 *
 * @throws AppError with the end of the CDK CLI's output when the app does not synthesize
 */
function destinationTemplate({ config: whole, directory, cdkContext, signal }: Context): Promise<DestinationTemplate> {
  const stacks = groupsOf(whole).map((group) => stackId(group, 'destination'));
  return withSynthesis(directory, signal, async (synthesize) => {
    // Alone: the source stack has an error until the replica key's ARN is recorded.
    const assembly = await synthesize([...stacks, '--exclusively', '--no-notices', ...cdkContext]);
    const read = (stack: string) =>
      JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8')) as DestinationTemplate;
    return withBuckets(stacks.map(read));
  });
}

/** The first of several templates, with the buckets of the others. */
export function withBuckets(templates: readonly DestinationTemplate[]): DestinationTemplate {
  const [first = { Resources: {} }, ...others] = templates;
  const buckets = others.flatMap(({ Resources }, index) =>
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::S3::Bucket')
      // Two groups may have buckets of one logical id.
      .map(([logicalId, bucket]) => [`Group${index + 2}${logicalId}`, bucket] as const),
  );
  return { ...first, Resources: { ...first.Resources, ...Object.fromEntries(buckets) } };
}
