import { readAssembly, type StackChoice } from './assembly';
import { compareStack } from './compare';
import type { Refusal, StackPlan, Stop } from './model';
import { movedStops } from './moved';
import type { ReadDeployed } from './reader';
import { isUnchanged, stackInWords } from './words';

/** What a deployment would do, stack by stack, in the order in which they are deployed. */
export type Plan = readonly StackPlan[];

/**
 * Compares the stacks of a cloud assembly with what is deployed.
 *
 * @throws UsageError without such an assembly or stack
 * @throws UnreachableError when the deployed state of a stack cannot be read
 */
export async function planOf(directory: string, choice: StackChoice, read: ReadDeployed): Promise<Plan> {
  const plan: StackPlan[] = [];
  // One after another: each account may ask for an MFA code on the same terminal.
  for (const stack of readAssembly(directory, choice)) {
    plan.push(compareStack(stack, await read(stack)));
  }
  return plan.map((stack) => ({ ...stack, stops: [...stack.stops, ...movedStops(stack, plan)] }));
}

/** Whether there is nothing to deploy. */
export function changesNothing(plan: Plan): boolean {
  return plan.every(isUnchanged);
}

/** Every change of a plan that has a name to accept it by. */
export function stopsOf(plan: Plan): readonly Stop[] {
  return plan.flatMap(({ stops }) => stops);
}

/** Every change of a plan that nothing makes. */
export function refusalsOf(plan: Plan): readonly Refusal[] {
  return plan.flatMap(({ refusals }) => refusals);
}

/** The plan for a person. */
export function planInWords(plan: Plan): string {
  return plan.map(stackInWords).join('\n');
}

/** Stops for a person: what is lost, and the name to accept it by. Refusals: what is to be written instead. */
export function stopsInWords(stops: readonly (Stop | Refusal)[]): string {
  return stops.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n');
}
