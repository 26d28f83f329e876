import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupsOf } from '../../../config/groups';
import { withSynthesis } from '../../../deploy/synthesis';
import { stackId } from '../../../stacks';
import type { Context } from '../../command';
import type { Template } from './actions';

/**
 * The template of the first group's destination stack as the CDK CLI deploys it.
 *
 * @throws AppError with the end of the CDK CLI's output when the app does not synthesize
 */
export function destinationTemplate({ config: whole, directory, configFile }: Context): Promise<Template> {
  const [group = whole] = groupsOf(whole);
  const stack = stackId(group, 'destination');
  const config = configFile === undefined ? [] : ['-c', `config=${configFile}`];
  return withSynthesis(directory, async (synthesize) => {
    // Alone: the source stack has an error until the replica key's ARN is recorded.
    const assembly = await synthesize([stack, '--exclusively', '--no-notices', ...config]);
    return JSON.parse(readFileSync(join(assembly, `${stack}.template.json`), 'utf8')) as Template;
  });
}
