import { type CommandArguments, type Context, EXIT, type Outcome } from '../../cli/command';
import { compare, estimateLines, type Subject } from './compare';
import { formatCost } from './format';
import { missingPrices, totalOf } from './lines';
import { type CostOptions, readOptions, type WorkloadSource } from './options';
import { readPrices } from './prices/price-file';
import { refreshPrices } from './prices/refresh/refresh';
import { type CostData, NOT_COUNTED } from './result';
import { sizeWarnings } from './warnings';
import { workloadFromFile, workloadFromOptions } from './workload/given';
import { measureWorkloads } from './workload/measured';
import type { Workloads } from './workload/workload';

/**
 * Estimates what the configuration costs in a month for a workload, line by line. Asks AWS nothing, except for the measured
 * workload and for new prices.
 *
 * @throws UsageError for options that make no sense, and files that are wrong
 * @throws AbortError when the person declines new prices
 * @throws UnreachableError when metrics or price lists cannot be read
 */
export async function cost(context: Context, args: CommandArguments): Promise<Outcome> {
  const options = readOptions(context, args);
  if (options.workload === undefined) {
    return refreshPrices(context, options.priceFile);
  }
  if (options.refresh) {
    context.terminal.tell((await refreshPrices(context, options.priceFile)).text);
  }
  const { config, pairs } = context;
  const prices = readPrices(options.priceFile);
  const workloads = await workloadsOf(context, args, options.workload);
  const { backfill } = options;
  const subject: Subject = { config, pairs: pairs.map(({ id }) => id), workloads, backfill, prices };
  const data = estimate(subject, options);
  return { exitCode: EXIT.ok, data, text: formatCost(data) };
}

function estimate(subject: Subject, { priceFile, compare: compared }: CostOptions): CostData {
  const { config, workloads, backfill, prices } = subject;
  const lines = estimateLines(subject, config);
  return {
    deployment: config.deployment,
    currency: prices.currency,
    prices: { file: priceFile, asOf: prices.asOf },
    origin: workloads.origin,
    backfill,
    workloads: Object.fromEntries(workloads.pairs),
    total: totalOf(lines),
    lines,
    missingPrices: missingPrices(lines),
    warnings: warningsOf(subject),
    notCounted: NOT_COUNTED,
    changes: compared ? compare(subject) : null,
  };
}

function warningsOf({ config, workloads }: Subject): string[] {
  return config.pairs.flatMap((pair) => {
    const workload = workloads.pairs.get(pair.id);
    return workload === undefined ? [] : sizeWarnings(pair, workload);
  });
}

async function workloadsOf(context: Context, { values }: CommandArguments, source: WorkloadSource): Promise<Workloads> {
  if (source.kind === 'measure') {
    return measureWorkloads(context);
  }
  return source.kind === 'file' ? workloadFromFile(context.pairs, source.file) : workloadFromOptions(context.pairs, values);
}
