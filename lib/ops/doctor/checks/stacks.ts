import { SIDES, type SideName } from '../../../config/model';
import { awsCommand, deployCommand } from '../../commands';
import { type Check, type Finding, notApplicable, pass, type Subject } from '../check';
import { NEVER_CAME_UP } from '../facts';

const HEALTHY = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

/** Both stacks: deployed, not stuck, protected as configured. */
export const STACK_CHECKS: readonly Check[] = SIDES.flatMap((side): Check[] => [
  {
    id: `stack-${side}`,
    title: `${side} stack is deployed and not stuck`,
    area: 'environments',
    run: { each: 'deployment', ask: (subject) => stack(subject, side) },
  },
  {
    id: `termination-protection-${side}`,
    title: `${side} stack's termination protection is as configured`,
    area: 'environments',
    run: { each: 'deployment', ask: (subject) => protection(subject, side) },
  },
]);

async function stack(subject: Subject, side: SideName): Promise<Finding> {
  const { facts } = subject;
  const { stackName } = facts.names[side];
  const found = await facts.stack(side);
  const status = found?.StackStatus;
  if (status !== undefined && HEALTHY.includes(status)) {
    return pass(`${stackName} is ${status}`);
  }
  return {
    status: 'fail',
    found:
      found === undefined
        ? `there is no stack ${stackName}`
        : `${stackName} is ${[status, found.StackStatusReason].filter(Boolean).join(': ')}`,
    expected: 'CREATE_COMPLETE or UPDATE_COMPLETE',
    fix: remedy(subject, side, status, found?.EnableTerminationProtection === true),
  };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
function remedy({ context: { config }, facts }: Subject, side: SideName, status = '', isProtected = false): string {
  const { stackName } = facts.names[side];
  const stackCommand = (operation: string) =>
    awsCommand(config, side, `cloudformation ${operation}`, { 'stack-name': stackName });
  if (NEVER_CAME_UP.includes(status) && isProtected) {
    return `${stackCommand('update-termination-protection --no-enable-termination-protection')} && ${deployCommand(side)}`;
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    return `${stackCommand('continue-update-rollback')} && ${deployCommand(side)}`;
  }
  if (status === 'DELETE_FAILED') {
    return `${stackCommand('describe-stack-events')} says what held it; then ${stackCommand('delete-stack')}`;
  }
  if (status.endsWith('_IN_PROGRESS') && !NEVER_CAME_UP.includes(status)) {
    return `wait for it: ${stackCommand('describe-stack-events')}`;
  }
  return deployCommand(side);
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html */
async function protection({ context: { config }, facts }: Subject, side: SideName): Promise<Finding> {
  const { stackName } = facts.names[side];
  const found = await facts.stack(side);
  if (!(await facts.isDeployed(side))) {
    return notApplicable(`not deployed yet: stack ${stackName}`);
  }
  const isOn = found?.EnableTerminationProtection === true;
  const wanted = config.terminationProtection;
  if (isOn === wanted) {
    return pass(isOn ? 'on' : 'off');
  }
  const option = wanted ? '--enable-termination-protection' : '--no-enable-termination-protection';
  return {
    status: 'fail',
    found: isOn ? 'on' : 'off',
    expected: wanted ? 'on' : 'off',
    fix: awsCommand(config, side, `cloudformation update-termination-protection ${option}`, { 'stack-name': stackName }),
  };
}
