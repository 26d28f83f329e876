import { readDailyMetrics } from '../../aws/metrics';
import type { Context } from '../../cli/command';
import { whole } from '../../cli/units';
import type { Subject } from './subject';

const PAGE = 1000;

/** How many requests an audit will send, as far as that is known. */
export interface Cost {
  readonly versions: number;
  readonly list: number;
  readonly head: number;
}

/** An upper bound: the filter's prefix may leave most of a bucket out. Undefined when a bucket's size is not known. */
export async function estimate(context: Context, subjects: readonly Subject[], percent: number): Promise<Cost | undefined> {
  const question = { metric: 'NumberOfObjects', storageType: 'AllStorageTypes' } as const;
  const counts = await Promise.all(subjects.map(({ source }) => readDailyMetrics(context, source.name, [question])));
  let versions = 0;
  for (const [count] of counts) {
    if (count === undefined) {
      return undefined;
    }
    versions += count;
  }
  return { versions, list: 2 * Math.ceil(versions / PAGE), head: 2 * Math.ceil((versions * percent) / 100) };
}

/** What `--deep` will send, for a person. */
export function describeCost(cost: Cost | undefined, percent: number): string {
  const each = `--deep ${percent} sends two HEAD requests for ${percent} % of the versions, one to each side`;
  return cost === undefined
    ? `${each}: ${whole(20 * percent)} for each 1,000 versions, on top of 2 list requests. CloudWatch does not say how many versions there are`
    : `${each}: about ${whole(cost.head)} for the ${whole(cost.versions)} versions that CloudWatch counts, on top of ${whole(cost.list)} list requests`;
}
