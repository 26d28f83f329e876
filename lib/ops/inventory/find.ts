import type { Context } from '../../cli/command';
import { plural } from '../../cli/units';
import { UnreachableError, UsageError } from '../../errors/errors';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { hasInventory } from '../../model/inventory';
import { someAtOnce } from '../explain/read-object';
import { findReport, type InventoryReport, LATE, type ReportBucket, type WantedReport } from './reports';

const DAY = 24 * 60 * 60 * 1000;
const EVERY = { Daily: DAY, Weekly: 7 * DAY } as const;

/** Milliseconds after which the newest report is stale. */
export function maxAgeOf({ inventory }: Pick<Deployment, 'inventory'>): number {
  return EVERY[inventory?.frequency ?? 'Daily'] + LATE;
}

/**
 * Returns the chosen pairs, without the one that replicates the reports.
 *
 * @throws UsageError when one of them has no inventory: less than all of them would look like the whole
 */
export function pairsWithInventory({ config, pairs }: Pick<Context, 'config' | 'pairs'>): readonly DeployedPair[] {
  if (config.inventory === undefined) {
    throw new UsageError(
      'NoInventory',
      'the configuration has no inventory, so that there are no reports',
      'write "inventory": {} into it and deploy; S3 delivers the first reports up to 48 hours later',
    );
  }
  // The pair that replicates the reports has none itself.
  const reported = pairs.filter(({ reportDays }) => reportDays === undefined);
  const without = reported.filter((pair) => !hasInventory(config, pair)).map(({ id }) => id);
  if (without.length > 0 || reported.length === 0) {
    throw new UsageError(
      'NoInventory',
      reported.length === 0
        ? 'the pair that replicates the reports has no inventory itself'
        : `${plural(without.length, 'pair')} without an inventory: ${without.join(', ')}`,
      'name the other pairs with --pair, or write "inventory": true into these pairs and deploy',
    );
  }
  return reported;
}

/**
 * Finds several reports.
 *
 * @returns them in the order of what is wanted
 * @throws UnreachableError that names every report that cannot be used
 */
export async function findReports(
  from: ReportBucket,
  wanted: readonly WantedReport[],
  now: Date,
): Promise<readonly InventoryReport[]> {
  const problems: UnreachableError[] = [];
  const found = await someAtOnce(wanted, async (one) => {
    try {
      return [await findReport(from, one, now)];
    } catch (error) {
      if (!(error instanceof UnreachableError)) {
        throw error;
      }
      problems.push(error);
      return [];
    }
  });
  const [first] = problems;
  if (first !== undefined) {
    const messages = [...new Set(problems.map(({ message }) => message))];
    throw messages.length === 1
      ? first
      : new UnreachableError(
          'NoReports',
          `${messages.length} inventory reports cannot be used:\n${messages.map((message) => `  - ${message}`).join('\n')}`,
          first.hint,
          { cause: first.cause },
        );
  }
  return found.flat();
}
