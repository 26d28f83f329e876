import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf, UsageError } from '../../errors';
import type { KeyRange } from '../listing/cursor';
import type { RequestCounts } from '../requests';
import type { FindingsData } from './findings';
import type { AuditRequest } from './subject';
import type { TallyData } from './tally';

/** How far one pair is. */
export interface PairProgress {
  readonly tally: TallyData;
  /** What is left to compare. Each begins where its last complete key was. */
  readonly left: readonly KeyRange[];
}

/** An audit that was interrupted. */
export interface Checkpoint {
  /** What was audited and how, as text: another audit cannot go on with it. */
  readonly subject: string;
  readonly startedAt: string;
  readonly requests: Readonly<RequestCounts<AuditRequest>>;
  readonly findings: FindingsData;
  /** Bytes of the CSV file that belong to what is counted. */
  readonly csvBytes: number;
  /** By id of the pair; a pair that has not begun is not there. */
  readonly pairs: Readonly<Record<string, PairProgress>>;
}

/**
 * Reads where an audit was interrupted.
 *
 * @throws UsageError when there is no such file, or it belongs to another audit
 */
export function readCheckpoint(file: string, subject: string): Checkpoint {
  let checkpoint: Checkpoint;
  try {
    checkpoint = JSON.parse(readFileSync(file, 'utf8')) as Checkpoint;
  } catch (error) {
    throw new UsageError(
      'NothingToResume',
      `there is no interrupted audit to go on with: ${messageOf(error)}`,
      'leave --resume out, or name its file with --checkpoint',
    );
  }
  if (checkpoint.subject !== subject) {
    throw new UsageError(
      'OtherAudit',
      `${file} is of an audit of other pairs, or with other options`,
      `repeat its configuration, --pair, --older-than, --deep and --csv, or leave --resume out to begin anew\n  then: ${checkpoint.subject}\n  now:  ${subject}`,
    );
  }
  return checkpoint;
}

/**
 * Replaces the file in one step, so that an interruption leaves the old one or the new one.
 *
 * @throws UsageError when it cannot be written
 */
export function writeCheckpoint(file: string, checkpoint: Checkpoint): void {
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, JSON.stringify(checkpoint));
    renameSync(draft, file);
  } catch (error) {
    throw new UsageError('NoCheckpoint', `${file} cannot be written: ${messageOf(error)}`, 'name another file with --checkpoint');
  }
}

export function removeCheckpoint(file: string): void {
  rmSync(file, { force: true });
}
