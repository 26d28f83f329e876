import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../cli/command';
import { withSynthesis } from '../../../cli/process/synthesis';
import { watchesBackup } from '../../../model/alarms';
import { groupsOf } from '../../../model/deployment';
import { deliveryStackId, stackId } from '../../../model/stacks';
import type { DestinationTemplate } from './decisions';
import { executionPolicy, type LeastPrivilege } from './policy';

/**
 * What to bootstrap the backup account with instead of AdministratorAccess: managed policies with what CloudFormation needs to
 * create, change, roll back and delete the stacks of the destination account, made from their templates and from the permissions that
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
  context.terminal.progress('synthesizing the stacks of the destination account');
  const template = await destinationTemplate(context);
  context.terminal.progress('');
  return executionPolicy(context.config, template);
}

/**
 * What the stacks of the destination account have, as the CDK CLI deploys them.
 *
 * @throws AppError with the end of the CDK CLI's output when the app does not synthesize
 */
function destinationTemplate({ config: whole, directory, cdkContext, signal }: Context): Promise<DestinationTemplate> {
  const groups = groupsOf(whole);
  const stacks = groups.map((group) => stackId(group, 'destination'));
  const watching = groups
    .filter(watchesBackup)
    .slice(0, 1)
    .map((group) => stackId(group, 'backup-health'));
  const more = [...watching, ...(whole.delivery === undefined ? [] : [deliveryStackId('destination')])];
  return withSynthesis(directory, signal, async (synthesize) => {
    // Alone: the source stack has an error until the replica key's ARN is recorded.
    const assembly = await synthesize([...stacks, ...more, '--exclusively', '--no-notices', ...cdkContext]);
    const read = (stack: string) =>
      JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8')) as DestinationTemplate;
    return merged(stacks.map(read), more.map(read));
  });
}

/**
 * The template of the first group's destination stack, with the buckets of every other group, whose pairs may have options, and with them
 * properties, that those of the first group have not, with every type of resource that the first group has not, and with what a group has
 * that watches, and what lets GitHub Actions in.
 *
 * @param destinations templates of the destination stacks of all groups
 * @param others templates of the other stacks of the destination account
 */
export function merged(
  destinations: readonly DestinationTemplate[],
  others: readonly DestinationTemplate[],
): DestinationTemplate {
  const [first = { Resources: {} }, ...groups] = destinations;
  const besides = others.flatMap(({ Resources }) =>
    Object.entries(Resources).map(([logicalId, resource]) => [`Besides${logicalId}`, resource] as const),
  );
  const types = new Set(Object.values(first.Resources).map(({ Type }) => Type));
  const more = groups.flatMap(({ Resources }, index) =>
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::S3::Bucket' || !types.has(Type))
      // Two groups may have buckets of one logical id.
      .map(([logicalId, bucket]) => [`Group${index + 2}${logicalId}`, bucket] as const),
  );
  return { ...first, Resources: { ...first.Resources, ...Object.fromEntries([...besides, ...more]) } };
}
