import { AppError } from '../../errors/errors';
import type { Deployment } from '../deployment';
import { groupsOf } from '../deployment';
import { STACKS, stackPlace } from '../stacks';
import { LIMITS } from './limits';
import { type Measure, type MeasuredStack, measure } from './measure';

/** Part of a limit that is worth a warning. */
const WARNING = 0.8;

interface Found extends Measure {
  readonly stack: MeasuredStack;
}

/** A warning for everything that is nearly as large as AWS takes it. */
export function capacityWarnings(stacks: readonly MeasuredStack[]): string[] {
  return (
    everything(stacks)
      // Many permissions are divided into managed policies that are as full as can be.
      .filter(({ limit, value }) => limit !== LIMITS.managedPolicy && value >= limit.most * WARNING && value <= limit.most)
      .map(
        (found) =>
          `warning: ${describe(found)}, ${Math.floor((found.value / found.limit.most) * 100)} %; give new pairs another "group"`,
      )
  );
}

/**
 * Makes sure that AWS takes every stack.
 *
 * @param synthesize the stacks of another configuration, for finding out how many pairs fit
 * @throws AppError that names what is too large, how many pairs fit, and how to divide them
 */
export function checkCapacity(
  config: Deployment,
  stacks: readonly MeasuredStack[],
  synthesize: (config: Deployment) => readonly MeasuredStack[],
): void {
  const excess = everything(stacks).filter(isExcess);
  if (excess.length === 0) {
    return;
  }
  const concerned = groupsOf(config).filter((group) => {
    const names = STACKS.map((stack) => stackPlace(group, stack).stackName);
    return excess.some(({ stack }) => names.includes(stack.stackName));
  });
  const hints = concerned.map((group) => {
    const room = mostThat(group.pairs.length - 1, (count) => {
      const fewer = { ...config, pairs: group.pairs.slice(0, count) };
      return !everything(synthesize(fewer)).some(isExcess);
    });
    const whose = group.group === undefined ? 'without a group' : `of group ${group.group}`;
    return `the first ${room} of the ${group.pairs.length} pairs ${whose} fit: give the others another "group", which has stacks and keys of its own; pairs that are deployed stay where they are`;
  });
  throw new AppError(
    'TooLarge',
    `AWS does not take this, so nothing was synthesized for deployment:\n${excess.map((found) => `  - ${describe(found)}; ${found.limit.page}`).join('\n')}`,
    hints.join('\n'),
  );
}

function everything(stacks: readonly MeasuredStack[]): Found[] {
  return stacks.flatMap((stack) => measure(stack).map((one) => ({ ...one, stack })));
}

function isExcess({ value, limit }: Measure): boolean {
  return value > limit.most;
}

function describe({ stack, resource, value, limit }: Found): string {
  const of = resource === undefined ? '' : `, ${resource}`;
  return `stack ${stack.stackName} (${stack.id})${of}: ${value} ${limit.unit}, and AWS takes ${limit.most}`;
}

/** The largest number up to a bound for which something holds that holds for every smaller one; 0 where it holds for none. */
function mostThat(bound: number, holds: (count: number) => boolean): number {
  let [low, high] = [0, bound];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    [low, high] = holds(middle) ? [middle, high] : [low, middle - 1];
  }
  return low;
}
