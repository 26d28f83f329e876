import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSynthesis } from '../../../deploy/synthesis';
import type { Context } from '../../command';
import type { Template } from './actions';

/** Id of the destination stack in the app. */
const STACK = 'Destination';

/**
 * The template of the destination stack as the CDK CLI deploys it.
 *
 * @throws AppError with the end of the CDK CLI's output when the app does not synthesize
 */
export function destinationTemplate({ directory, configFile }: Context): Promise<Template> {
  const config = configFile === undefined ? [] : ['-c', `config=${configFile}`];
  return withSynthesis(directory, async (synthesize) => {
    // Alone: the source stack has an error until the replica key's ARN is recorded.
    const assembly = await synthesize([STACK, '--exclusively', '--no-notices', ...config]);
    return JSON.parse(readFileSync(join(assembly, `${STACK}.template.json`), 'utf8')) as Template;
  });
}
