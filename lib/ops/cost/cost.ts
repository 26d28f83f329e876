import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { fileOption } from '../../cli/options';
import { CLASS_RULES, SMALLEST_TRANSITION } from '../../config/storage-classes';
import { UsageError } from '../../errors/errors';
import type { DeployedPair } from '../../model/deployment';
import { type Status, statusOf } from '../../model/status';
import { compare, type EstimateInput, estimateLines } from './compare';
import { type CostData, missingPrices, NOT_COUNTED, totalOf } from './estimate';
import { formatCost } from './format';
import { measureWorkloads } from './measured-workload';
import { readPrices, SHIPPED_FILE } from './prices/prices';
import { refreshPrices } from './prices/refresh';
import { withReports } from './quantities/inventory';
import { exactSize } from './quantities/quantity';
import { noWorkload, WORKLOAD_OPTIONS, type Workload, type Workloads, workloadFromFile, workloadFromOptions } from './workload';

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
  if (options.refresh && options.workload.kind === 'none') {
    return refreshPrices(context, options.priceFile);
  }
  if (options.refresh) {
    context.terminal.tell((await refreshPrices(context, options.priceFile)).text);
  }
  const { config, pairs } = context;
  const prices = readPrices(options.priceFile);
  const described = { ...context, pairs: pairs.filter(({ reportDays }) => reportDays === undefined) };
  const workloads = withReports(config, pairs, await workloadsOf(described, args, options.workload));
  const { backfill } = options;
  const input: EstimateInput = { config, pairs: pairs.map(({ id }) => id), workloads, backfill, prices };
  const data = estimate(input, options);
  return new Outcome(statusOfEstimate(data), data, formatCost(data, context.terminal.columns));
}

/** A sum without some of its lines is not known. */
function statusOfEstimate({ lines, missingPrices: missing }: CostData): Status {
  const open = lines.filter(({ usd }) => usd === null).map(({ item }) => `${item} is open`);
  return statusOf({
    unknown: [...open, ...missing.map(({ id, region }) => `the price ${id} of ${region} is missing`)],
    seen: lines.map(({ item }) => item),
    nothing: 'nothing is estimated',
  });
}

function estimate(input: EstimateInput, { priceFile, compare: compared }: CostOptions): CostData {
  const { config, workloads, backfill, prices } = input;
  const lines = estimateLines(input, config);
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
    warnings: warningsOf(input),
    notCounted: NOT_COUNTED,
    changes: compared ? compare(input) : null,
  };
}

function warningsOf({ config, workloads }: EstimateInput): string[] {
  return config.pairs.flatMap((pair) => {
    const workload = workloads.pairs.get(pair.id);
    return workload === undefined || workload.averageSize === 0 ? [] : sizeWarnings(pair, workload);
  });
}

async function workloadsOf(context: Context, { values }: CommandArguments, source: WorkloadSource): Promise<Workloads> {
  if (source.kind === 'measure') {
    return measureWorkloads(context);
  }
  if (source.kind === 'none') {
    return noWorkload(context.pairs);
  }
  return source.kind === 'file' ? workloadFromFile(context.pairs, source.file) : workloadFromOptions(context.pairs, values);
}

/** Where the workload comes from. */
type WorkloadSource = { readonly kind: 'none' | 'options' | 'measure' } | { readonly kind: 'file'; readonly file: string };

/** The command's own options. */
interface CostOptions {
  readonly workload: WorkloadSource;
  readonly backfill: boolean;
  readonly compare: boolean;
  readonly priceFile: string;
  readonly refresh: boolean;
}

/** @throws UsageError when more than one workload is given */
function readOptions({ directory }: Pick<Context, 'directory'>, { values }: CommandArguments): CostOptions {
  const refresh = values['refresh-prices'] === true;
  const file = fileOption(values, 'workload', directory);
  const sources: readonly (readonly [given: boolean, source: WorkloadSource])[] = [
    [Object.keys(WORKLOAD_OPTIONS).some((option) => values[option] !== undefined), { kind: 'options' }],
    [file !== undefined, { kind: 'file', file: file ?? '' }],
    [values['measure'] === true, { kind: 'measure' }],
  ];
  const given = sources.flatMap(([isGiven, source]) => (isGiven ? [source] : []));
  if (given.length > 1) {
    throw new UsageError(
      'TwoWorkloads',
      'the workload is given in more than one way',
      'write either --objects and --average-size, such as --objects 200000 --average-size 5MiB, or --workload FILE, or --measure',
    );
  }
  return {
    workload: given[0] ?? { kind: 'none' },
    backfill: values['backfill'] === true,
    compare: values['compare'] === true,
    priceFile: fileOption(values, 'prices', directory) ?? SHIPPED_FILE,
    refresh,
  };
}

/**
 * What costs more than it saves with versions of this size, with the arithmetic.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
function sizeWarnings({ id, storageClass, lifecycle: { transitions } }: DeployedPair, { averageSize }: Workload): string[] {
  const { minimumSize = 0, overhead } = CLASS_RULES[storageClass];
  const size = exactSize(averageSize);
  const isSmall = averageSize < SMALLEST_TRANSITION;
  const times = (billed: number) => `${exactSize(billed)} / ${size} = ${(billed / averageSize).toFixed(2)} times their size`;
  return [
    ...(averageSize < minimumSize
      ? [`${storageClass} bills versions of ${size} as ${exactSize(minimumSize)}: ${times(minimumSize)}`]
      : []),
    ...(isSmall && overhead !== undefined
      ? [
          `${storageClass} bills ${exactSize(overhead.inClass + overhead.inStandard)} of metadata with each version of ${size}: ${times(averageSize + overhead.inClass + overhead.inStandard)}`,
        ]
      : []),
    ...(isSmall && transitions.length > 0
      ? [
          `S3 moves no object below ${exactSize(SMALLEST_TRANSITION)}: versions of ${size} stay in ${storageClass}, and lifecycle.transitions saves nothing`,
        ]
      : []),
  ].map((text) => `pair ${id}: ${text}`);
}
