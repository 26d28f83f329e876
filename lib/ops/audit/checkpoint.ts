import type { KeyRange } from '../../aws/listing/cursor';
import type { RequestCounts } from '../../aws/requests';
import { type CheckpointBase, readCheckpointFile } from '../../cli/checkpoint-file';
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
export interface Checkpoint extends CheckpointBase {
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
  return readCheckpointFile(file, subject, { command: 'audit', options: '--pair, --older-than, --deep and --csv' }) as Checkpoint;
}
