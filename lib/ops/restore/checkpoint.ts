import { existsSync } from 'node:fs';
import type { RequestCounts } from '../../aws/requests';
import { type CheckpointBase, readCheckpointFile } from '../../cli/checkpoint-file';
import { UsageError } from '../../errors/errors';
import type { RestoreRequest } from '../copy/model';
import type { LedgerData } from './ledger';
import type { PairPlan } from './plan';
import type { KeptUpload } from './run/kept-uploads';

/** How far one pair is. */
export interface PairProgress {
  readonly plan: PairPlan;
  readonly ledger: LedgerData;
  readonly uploads: readonly KeptUpload[];
}

/** A restore that was interrupted, or that left something for another attempt. */
export interface RestoreCheckpoint extends CheckpointBase {
  readonly requests: Readonly<RequestCounts<RestoreRequest>>;
  /** Seconds of copying so far. */
  readonly seconds: number;
  /** Bytes of the CSV file that belong to what is counted. */
  readonly csvBytes: number;
  /** By id of the pair. */
  readonly pairs: Readonly<Record<string, PairProgress>>;
}

/**
 * Reads where a restore was interrupted.
 *
 * @throws UsageError when there is no such file, or it belongs to another restore
 */
export function readCheckpoint(file: string, subject: string): RestoreCheckpoint {
  const options = '--pair, --as-of, --prefix, --to, --overwrite, --storage-class and --csv';
  return readCheckpointFile(file, subject, { command: 'restore', options }) as RestoreCheckpoint;
}

/**
 * Uploads in parts that it knows of would otherwise be left in the target, and paid for.
 *
 * @throws UsageError when there is a restore to go on with
 */
export function refuseToForget(file: string): void {
  if (existsSync(file)) {
    throw new UsageError(
      'Unfinished',
      `${file} is of a restore that has not ended`,
      'repeat its command with --resume to go on, name another file with --checkpoint, or remove that one to begin anew',
    );
  }
}
