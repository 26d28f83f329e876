import { resolve } from 'node:path';
import type { CommandArguments, Context } from '../../cli/command';
import { allOptions, fileOption, minutesOption, numberOption } from '../../cli/options';

/** The command's own options. */
export interface AuditOptions {
  /** Milliseconds: what is younger may be on its way. */
  readonly olderThan: number;
  /** Percent of the versions to ask more about; 0 for none. */
  readonly deepPercent: number;
  /** Requests a second to each side. @default - as many as there is work for */
  readonly rate: number | undefined;
  /** Go on where the last audit ended. */
  readonly resume: boolean;
  /** Takes the state of an audit that is interrupted. */
  readonly checkpointFile: string;
  /** Takes every difference. */
  readonly csvFile: string | undefined;
}

const DEFAULT_OLDER_THAN = 15;
const CHECKPOINT = '.s3-replication-audit.json';

/** @throws UsageError when a number is none */
export function readOptions({ directory }: Pick<Context, 'directory'>, { values }: CommandArguments): AuditOptions {
  return allOptions<AuditOptions>({
    olderThan: () => (minutesOption(values, 'older-than') ?? DEFAULT_OLDER_THAN) * 60_000,
    deepPercent: () => numberOption(values, 'deep', 'percentage', 100, 1) ?? 0,
    rate: () => numberOption(values, 'rate', 'number of requests a second', 10_000, 100),
    resume: () => values['resume'] === true,
    checkpointFile: () => fileOption(values, 'checkpoint', directory) ?? resolve(directory, CHECKPOINT),
    csvFile: () => fileOption(values, 'csv', directory),
  });
}
