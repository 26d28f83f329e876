import type { CommandArguments, Context } from '../../cli/command';
import { fileOption } from '../../cli/options';
import { UsageError } from '../../errors/errors';
import { SHIPPED_FILE } from './prices/price-file';
import { WORKLOAD_OPTIONS } from './workload/given';

/** Where the workload comes from. */
export type WorkloadSource = { readonly kind: 'options' | 'measure' } | { readonly kind: 'file'; readonly file: string };

/** The command's own options. */
export interface CostOptions {
  /** Undefined when only prices are refreshed. */
  readonly workload: WorkloadSource | undefined;
  readonly backfill: boolean;
  readonly compare: boolean;
  readonly priceFile: string;
  readonly refresh: boolean;
}

/** @throws UsageError when no workload is given, or more than one */
export function readOptions({ directory }: Pick<Context, 'directory'>, { values }: CommandArguments): CostOptions {
  const refresh = values['refresh-prices'] === true;
  const file = fileOption(values, 'workload', directory);
  const sources: readonly (readonly [given: boolean, source: WorkloadSource])[] = [
    [Object.keys(WORKLOAD_OPTIONS).some((option) => values[option] !== undefined), { kind: 'options' }],
    [file !== undefined, { kind: 'file', file: file ?? '' }],
    [values['measure'] === true, { kind: 'measure' }],
  ];
  const given = sources.flatMap(([isGiven, source]) => (isGiven ? [source] : []));
  if (given.length > 1 || (given.length === 0 && !refresh)) {
    throw new UsageError(
      given.length > 1 ? 'TwoWorkloads' : 'NoWorkload',
      given.length > 1 ? 'the workload is given in more than one way' : 'the estimate needs a workload',
      'write either --objects and --average-size, such as --objects 200000 --average-size 5MiB, or --workload FILE, or --measure',
    );
  }
  return {
    workload: given[0],
    backfill: values['backfill'] === true,
    compare: values['compare'] === true,
    priceFile: fileOption(values, 'prices', directory) ?? SHIPPED_FILE,
    refresh,
  };
}
