import { stopIfInterrupted } from '../../aws/clock';
import type { RequestCounts } from '../../aws/requests';
import { type CheckpointBase, readCheckpointFile, removeCheckpointFile, writeCheckpointFile } from '../../cli/checkpoint-file';
import type { Context } from '../../cli/command';
import { whole } from '../../cli/units';
import { KeptDifferences, type KeptDifferencesData } from './kept-differences';
import type { Batch, PairAudit, PairProgress } from './pair-audit';
import type { DifferencesFile } from './report';
import type { AuditRequest } from './task';

/** Milliseconds between two writes of the checkpoint: what an end without warning costs. */
const SAVE_EVERY = 10_000;

/** The file of an audit that was interrupted. */
interface AuditCheckpoint extends CheckpointBase {
  readonly startedAt: string;
  readonly requests: Readonly<RequestCounts<AuditRequest>>;
  readonly findings: KeptDifferencesData;
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
export function readCheckpoint(file: string, subject: string): AuditCheckpoint {
  return readCheckpointFile(file, subject, {
    command: 'audit',
    options: '--pair, --older-than, --deep and --csv',
  }) as AuditCheckpoint;
}

/** What the progress of an audit is made of. */
interface AuditProgressParts extends Pick<AuditCheckpoint, 'subject' | 'startedAt' | 'requests'> {
  readonly checkpointFile: string;
  readonly audits: readonly PairAudit[];
  readonly csv: DifferencesFile | undefined;
}

/** Takes the batches of all pairs as they come, shows how far the audit is, and saves it for `--resume`. */
export class AuditProgress {
  readonly differences = new KeptDifferences();
  private lastSave: number;
  private readonly began: number;
  private readonly listedBefore: number;

  /** @param earlier an interrupted audit to go on with. @default - from the beginning */
  constructor(
    private readonly context: Context,
    private readonly parts: AuditProgressParts,
    earlier?: AuditCheckpoint,
  ) {
    this.began = context.clock.now().getTime();
    this.lastSave = this.began;
    this.listedBefore = this.listed();
    if (earlier !== undefined) {
      this.differences.restore(earlier.findings);
    }
  }

  /** @throws UnreachableError when the person interrupts: the batch counts by then */
  async take({ differences }: Batch): Promise<void> {
    this.differences.add(differences);
    this.parts.csv?.write(differences);
    const now = this.context.clock.now().getTime();
    this.showProgress(now);
    if (now - this.lastSave >= SAVE_EVERY) {
      this.lastSave = now;
      this.save();
    }
    stopIfInterrupted(this.context.signal);
  }

  /** Writes where the audit is, for `--resume`. */
  save(): void {
    const { checkpointFile, subject, startedAt, requests, audits, csv } = this.parts;
    const pairs = audits.flatMap(({ task, progress }) => (progress === undefined ? [] : [[task.pair.id, progress] as const]));
    const checkpoint: AuditCheckpoint = {
      subject,
      startedAt,
      requests,
      findings: this.differences.toJson(),
      csvBytes: csv?.size ?? 0,
      pairs: Object.fromEntries(pairs),
    };
    writeCheckpointFile(checkpointFile, checkpoint);
  }

  /** There is nothing left to go on with. */
  finish(): void {
    this.context.terminal.progress('');
    removeCheckpointFile(this.parts.checkpointFile);
  }

  private showProgress(now: number): void {
    const { audits, requests } = this.parts;
    const all = this.listed();
    const seconds = (now - this.began) / 1000;
    const rate = seconds < 1 ? '' : `, ${whole(Math.round((all - this.listedBefore) / seconds))} a second`;
    const wrong = audits.reduce((sum, audit) => sum + audit.wrong, 0);
    this.context.terminal.progress(
      `audit: ${whole(all)} versions of both sides${rate}; ${whole(wrong)} wrong; ${whole(requests.list)} list and ${whole(requests.head + requests.get)} other requests`,
    );
  }

  private listed(): number {
    return this.parts.audits.reduce((sum, { listed }) => sum + listed, 0);
  }
}
