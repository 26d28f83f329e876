import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { UsageError } from '../../errors';
import type { Context, VerbArguments } from '../command';
import { fileOption, numberOption } from '../options';
import { type RestoreOptions, readOptions as readRestoreOptions } from '../restore/options';

/** The verb's own options, beside those of `restore`: what the verb takes of them means the same, the others have their defaults. */
export interface DrillOptions extends RestoreOptions {
  /** Objects of each pair that are restored; undefined for all. */
  readonly sample: number | undefined;
  /** Decides which objects a sample has. */
  readonly seed: string;
  readonly reportDirectory: string;
}

const DEFAULT_SAMPLE = 100;
const MOST_SAMPLED = 100_000;
const REPORTS = 'drill-reports';

/** @throws UsageError for a value that makes no sense, or options that do not go together */
export function readOptions(context: Context, args: VerbArguments): DrillOptions {
  const { values } = args;
  const restore = readRestoreOptions(context, args);
  const sample = numberOption(values, 'sample', 'number of objects', MOST_SAMPLED, DEFAULT_SAMPLE);
  if (sample !== undefined && !Number.isInteger(sample)) {
    throw new UsageError('BadNumber', `--sample ${sample} is no number of objects`, `write a whole number, such as --sample 100`);
  }
  const { all, seed } = values;
  if (all === true && (sample !== undefined || seed !== undefined)) {
    throw new UsageError(
      'AllOrSample',
      '--all restores every object, so there is no sample',
      'leave --all out, or --sample and --seed',
    );
  }
  return {
    ...restore,
    sample: all === true ? undefined : (sample ?? DEFAULT_SAMPLE),
    seed: typeof seed === 'string' ? seed : randomBytes(4).toString('hex'),
    reportDirectory: fileOption(values, 'report', context.directory) ?? resolve(context.directory, REPORTS),
  };
}
