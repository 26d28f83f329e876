import { isEmulator } from '../../../aws/emulator';
import { awsCommand, deployCommand } from '../../../model/shell-commands';
import { STACKS, type StackKind, stackPlace, stacksOf } from '../../../model/stacks';
import { type Check, type CheckFinding, type DoctorContext, notApplicable, notDeployedYet, pass } from '../check';
import { NEVER_CAME_UP } from '../facts';
import { byHand, deployStack, type Repair } from '../repair';

const HEALTHY = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

/** Every stack: deployed, not stuck, protected as configured. */
export const STACK_CHECKS: readonly Check[] = STACKS.flatMap((kind): Check[] => [
  {
    id: `stack-${kind}`,
    title: `${kind.replace('-', ' ')} stack is deployed and not stuck`,
    area: 'environments',
    run: { each: 'deployment', ask: (context) => whereItCanBe(context, kind, () => stack(context, kind)) },
  },
  {
    id: `termination-protection-${kind}`,
    title: `${kind.replace('-', ' ')} stack's termination protection is as configured`,
    area: 'environments',
    run: { each: 'deployment', ask: (context) => whereItCanBe(context, kind, () => protection(context, kind)) },
  },
]);

async function whereItCanBe({ config }: DoctorContext, kind: StackKind, ask: () => Promise<CheckFinding>): Promise<CheckFinding> {
  if (!stacksOf(config).includes(kind)) {
    return notApplicable(`the configuration has no ${kind} stack`);
  }
  return kind.endsWith('-health') && isEmulator()
    ? notApplicable('an emulator refuses composite alarms, so the demo leaves this stack out')
    : ask();
}

async function stack(context: DoctorContext, kind: StackKind): Promise<CheckFinding> {
  const { stackName } = stackPlace(context.config, kind);
  const found = await context.facts.stack(kind);
  const status = found?.StackStatus;
  if (status !== undefined && HEALTHY.includes(status)) {
    return pass(`${stackName} is ${status}`);
  }
  return {
    status: 'failed',
    found:
      found === undefined
        ? `there is no stack ${stackName}`
        : `${stackName} is ${[status, found.StackStatusReason].filter(Boolean).join(': ')}`,
    expected: 'CREATE_COMPLETE or UPDATE_COMPLETE',
    fix: remedy(context, kind, status, found?.EnableTerminationProtection === true),
  };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
function remedy(context: DoctorContext, kind: StackKind, status = '', isProtected = false): Repair {
  const { config } = context;
  const resource = `stack ${stackPlace(config, kind).stackName}`;
  const command = (operation: string) => stackCommand(context, kind, operation);
  if (NEVER_CAME_UP.includes(status) && isProtected) {
    const unprotect = command('update-termination-protection --no-enable-termination-protection');
    return { resource, commands: [unprotect, deployCommand(config, kind)], notes: [] };
  }
  if (status === 'UPDATE_ROLLBACK_FAILED') {
    const [rollBack, wait] = [command('continue-update-rollback'), command('wait stack-rollback-complete')];
    return { resource, commands: [rollBack, wait, deployCommand(config, kind)], notes: [] };
  }
  if (status === 'DELETE_FAILED') {
    const events = command('describe-stack-events');
    return {
      resource,
      commands: [command('delete-stack')],
      notes: [`First remove what held it. This shows what did: ${events}`],
    };
  }
  if (status.endsWith('_IN_PROGRESS') && !NEVER_CAME_UP.includes(status)) {
    const events = command('describe-stack-events');
    return byHand(resource, `Wait until the operation is over. This shows how far it is: ${events}`);
  }
  return deployStack(context, kind);
}

function stackCommand({ config }: DoctorContext, kind: StackKind, operation: string): string {
  const { stackName, owner, region } = stackPlace(config, kind);
  return awsCommand(config, owner, `cloudformation ${operation}`, { 'stack-name': stackName, region });
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html */
async function protection(context: DoctorContext, kind: StackKind): Promise<CheckFinding> {
  const found = await context.facts.stack(kind);
  if (!(await context.facts.isDeployed(kind))) {
    return notDeployedYet(context, kind);
  }
  const isOn = found?.EnableTerminationProtection === true;
  const wanted = context.config.terminationProtection;
  if (isOn === wanted) {
    return pass(isOn ? 'on' : 'off');
  }
  const option = wanted ? '--enable-termination-protection' : '--no-enable-termination-protection';
  return {
    status: 'failed',
    found: isOn ? 'on' : 'off',
    expected: wanted ? 'on' : 'off',
    fix: {
      resource: `termination protection of stack ${stackPlace(context.config, kind).stackName}`,
      commands: [stackCommand(context, kind, `update-termination-protection ${option}`)],
      notes: [],
    },
  };
}
