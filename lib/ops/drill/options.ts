import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { CommandArguments, Context } from '../../cli/command';
import { allOptions, fileOption, textOption, wholeOption } from '../../cli/options';
import { UsageError } from '../../errors/errors';
import { type SharedOptions, sharedReaders } from '../copy/options';

/** The command's own options. Without `to`, the drill makes a bucket. */
export interface DrillOptions extends SharedOptions {
  /** Objects of each pair that are restored; undefined for all. */
  readonly sample: number | undefined;
  /** Decides which objects a sample has. */
  readonly seed: string;
  readonly reportDirectory: string;
  /** Takes the reports of all pairs, as one page. */
  readonly htmlFile: string | undefined;
}

const DEFAULT_SAMPLE = 100;
const MOST_SAMPLED = 100_000;
const REPORTS = 'drill-reports';

/** @throws UsageError for a value that makes no sense, or options that do not go together */
export function readOptions(context: Context, args: CommandArguments): DrillOptions {
  const { directory } = context;
  const { values } = args;
  return allOptions<DrillOptions>({
    ...sharedReaders(context, args),
    sample: () => sampleOption(values),
    seed: () => textOption(values, 'seed') ?? randomBytes(4).toString('hex'),
    reportDirectory: () => fileOption(values, 'report', directory) ?? resolve(directory, REPORTS),
    htmlFile: () => fileOption(values, 'html', directory),
  });
}

function sampleOption(values: CommandArguments['values']): number | undefined {
  const sample = wholeOption(values, 'sample', 'number of objects', MOST_SAMPLED, DEFAULT_SAMPLE);
  if (values['all'] !== true) {
    return sample ?? DEFAULT_SAMPLE;
  }
  if (sample !== undefined || values['seed'] !== undefined) {
    throw new UsageError(
      'AllOrSample',
      '--all restores every object, so there is no sample',
      'leave --all out, or --sample and --seed',
    );
  }
  return undefined;
}
