import { visibleIn } from '../../errors/visible';
import { readAssembly, type StackChoice } from './assembly';
import { compareStack } from './compare';
import type { ReadDeployed } from './deployed';
import type { Refusal, StackPlan, Stop } from './model';
import { isUnchanged, stackInWords } from './render';

/** What a deployment would do, stack by stack, in the order in which they are deployed. */
export type DeploymentPlan = readonly StackPlan[];

/**
 * Compares the stacks of a cloud assembly with what is deployed.
 *
 * @throws UsageError without such an assembly or stack
 * @throws UnreachableError when the deployed state of a stack cannot be read
 */
export async function planOf(directory: string, choice: StackChoice, read: ReadDeployed): Promise<DeploymentPlan> {
  const plan: StackPlan[] = [];
  // One after another: each account may ask for an MFA code on the same terminal.
  for (const stack of readAssembly(directory, choice)) {
    plan.push(compareStack(stack, await read(stack)));
  }
  return plan.map((stack) => ({ ...stack, stops: [...stack.stops, ...movedStops(stack, plan)] }));
}

/** Whether there is nothing to deploy. */
export function changesNothing(plan: DeploymentPlan): boolean {
  return plan.every(isUnchanged);
}

/** Every change of a plan that has a name to accept it by. */
export function stopsOf(plan: DeploymentPlan): readonly Stop[] {
  return plan.flatMap(({ stops }) => stops);
}

/** Every change of a plan that nothing makes. */
export function refusalsOf(plan: DeploymentPlan): readonly Refusal[] {
  return plan.flatMap(({ refusals }) => refusals);
}

/** What a plan does not see. */
const NO_DRIFT =
  'The plan compares with the deployed templates. It does not see changes made by hand: npx --no -- s3-replication doctor looks for those.';

/** The plan for a person. */
export function planInWords(plan: DeploymentPlan): string {
  return [...plan.map(stackInWords), ...(plan.length === 0 ? [] : [NO_DRIFT])].join('\n');
}

/** Stops for a person: what is lost, and the name to accept it by. Refusals: what is to be written instead. */
export function stopsInWords(stops: readonly (Stop | Refusal)[]): string {
  return visibleIn(stops)
    .map(({ name, reason }) => `  ${name}: ${reason}`)
    .join('\n');
}

/** Changes after which a resource is no longer its stack's, at the end of the deployment. */
const LEAVES: readonly string[] = ['deleted', 'left-behind'];

/**
 * Buckets that a stack would create while another one has them: what becomes of a pair that is given another group. CloudFormation
 * cannot create a bucket that is there, and deleting it first would lose its objects.
 */
export function movedStops({ stackName, account, resources }: StackPlan, plan: readonly StackPlan[]): readonly Stop[] {
  return resources.flatMap(({ change, type, name, logicalId }): Stop[] => {
    const from = plan
      .filter((other) => other.account === account && other.stackName !== stackName)
      .find((other) => other.resources.some((one) => one.type === type && one.name === name && LEAVES.includes(one.change)));
    return change !== 'created' || type !== 'AWS::S3::Bucket' || name === null || from === undefined
      ? []
      : [
          {
            name: `${stackName}/${logicalId}`,
            kind: 'resource',
            reason: `bucket ${name} cannot be created: stack ${from.stackName} has it. A pair stays in its group; add one with another id to the other group, and copy the objects`,
          },
        ];
  });
}
