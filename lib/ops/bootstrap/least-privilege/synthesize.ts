import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../../../cli/command';
import { withSynthesis } from '../../../cli/process/synthesis';
import { groupsOf } from '../../../model/groups';
import { stackId } from '../../../model/stacks';
import type { Template } from './actions';

/**
 * The template of the first group's destination stack as the CDK CLI deploys it, with the buckets of every other group: a pair may have
 * options, and with them properties, that those of the first group have not.
 *
 * @throws AppError with the end of the CDK CLI's output when the app does not synthesize
 */
export function destinationTemplate({ config: whole, directory, cdkContext }: Context): Promise<Template> {
  const stacks = groupsOf(whole).map((group) => stackId(group, 'destination'));
  return withSynthesis(directory, async (synthesize) => {
    // Alone: the source stack has an error until the replica key's ARN is recorded.
    const assembly = await synthesize([...stacks, '--exclusively', '--no-notices', ...cdkContext]);
    const read = (stack: string) => JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8')) as Template;
    return withBuckets(stacks.map(read));
  });
}

/** The first of several templates, with the buckets of the others. */
export function withBuckets(templates: readonly Template[]): Template {
  const [first = { Resources: {} }, ...others] = templates;
  const buckets = others.flatMap(({ Resources }, index) =>
    Object.entries(Resources)
      .filter(([, { Type }]) => Type === 'AWS::S3::Bucket')
      // Two groups may have buckets of one logical id.
      .map(([logicalId, bucket]) => [`Group${index + 2}${logicalId}`, bucket] as const),
  );
  return { ...first, Resources: { ...first.Resources, ...Object.fromEntries(buckets) } };
}
