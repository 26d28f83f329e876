import type { SideName } from '../../config/model';
import { deployCommand, restoreCommand } from '../commands';
import { Absent } from './answers';
import type { Finding, Subject } from './check';

/**
 * The answer of a check on whose account it is that a resource exists: a missing one is a failure, unless its stack is not there
 * either.
 *
 * @throws Absent when the stack is not deployed
 */
export async function orMissing(
  { facts }: Subject,
  { side, expected }: { readonly side: SideName; readonly expected: string },
  ask: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Absent) || !(await facts.isDeployed(side))) {
      throw error;
    }
    return {
      status: 'fail',
      found: `${error.message}, though stack ${facts.names[side].stackName} does`,
      expected,
      fix: `${restoreCommand(side)} where somebody deleted it; ${deployCommand(side)} where the configuration is newer than the deployment`,
    };
  }
}
