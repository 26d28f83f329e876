import { resolve } from 'node:path';
import { UsageError } from '../../errors';
import type { Context, VerbArguments } from '../command';
import { minutesOption } from '../repeat';

/** The verb's own options. */
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
export function readOptions({ directory }: Pick<Context, 'directory'>, { values }: VerbArguments): AuditOptions {
  const file = (name: string) => {
    const value = values[name];
    return typeof value === 'string' ? resolve(directory, value) : undefined;
  };
  return {
    olderThan: (minutesOption(values, 'older-than') ?? DEFAULT_OLDER_THAN) * 60_000,
    deepPercent: numberOption(values, 'deep', 'percentage', 100) ?? 0,
    rate: numberOption(values, 'rate', 'number of requests a second', 10_000),
    resume: values['resume'] === true,
    checkpointFile: file('checkpoint') ?? resolve(directory, CHECKPOINT),
    csvFile: file('csv'),
  };
}

function numberOption(values: VerbArguments['values'], name: string, what: string, most: number): number | undefined {
  const value = values[name];
  if (value === undefined) {
    return undefined;
  }
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (number <= 0 || number > most) {
    throw new UsageError(
      'BadNumber',
      `--${name} ${JSON.stringify(value)} is no ${what}`,
      `write more than 0 and at most ${most}, such as --${name} ${most / 100}`,
    );
  }
  return number;
}
