import { deployCommand, restoreCommand } from '../../model/shell-commands';
import { type StackKind, stackPlace } from '../../model/stacks';
import { Absent } from './answers';
import { type Finding, notApplicable, type Subject } from './check';

/**
 * The answer of a check on whose account it is that a resource exists: a missing one is a failure, unless its stack is not there
 * either.
 *
 * @throws Absent when the stack is not deployed
 */
export async function orMissing(
  subject: Subject,
  { stack, expected }: { readonly stack: StackKind; readonly expected: string },
  ask: () => Promise<Finding>,
): Promise<Finding> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Absent) || !(await subject.facts.isDeployed(stack))) {
      throw error;
    }
    const { stackName } = stackPlace(subject.context.config, stack);
    return {
      status: 'fail',
      found: `${error.message}, though stack ${stackName} does`,
      expected,
      fix: deployAgain(subject, stack, 'deleted it'),
    };
  }
}

/** Two commands, and when each is right. */
export function deployAgain({ context: { config } }: Subject, stack: StackKind, changed: 'deleted it' | 'changed it'): string {
  return `${restoreCommand(config, stack)} where somebody ${changed}; ${deployCommand(config, stack)} where the configuration is newer than the deployment`;
}

/** The answer of a check on something whose stack is not there. */
export function notDeployedYet({ context }: Subject, stack: StackKind): Finding {
  return notApplicable(`not deployed yet: stack ${stackPlace(context.config, stack).stackName}`);
}
