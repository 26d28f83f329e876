import type { RequestCounts } from '../../aws/requests';
import { type CheckpointBase, readCheckpointFile, removeCheckpointFile, writeCheckpointFile } from '../../cli/checkpoint-file';
import type { Context } from '../../cli/command';
import { whole } from '../../cli/units';
import type { Batch, PairAudit, PairProgress } from './audit-range';
import { Findings, type FindingsData } from './findings';
import type { DifferencesFile } from './result';
import type { AuditRequest } from './subject';

/** Milliseconds between two writes of the checkpoint: what an end without warning costs. */
const SAVE_EVERY = 10_000;

/** One audit of all pairs: takes batches as they come, and can say at any time where it is. */
export class Session {
  readonly findings = new Findings();
  private lastSave: number;
  private readonly began: number;
  private readonly listedBefore: number;

  constructor(
    private readonly context: Context,
    private readonly checkpointFile: string,
    private readonly subject: string,
    readonly startedAt: string,
    private readonly counts: RequestCounts<AuditRequest>,
    /** By id of the pair. */
    private readonly audits: ReadonlyMap<string, PairAudit>,
    private readonly csv: DifferencesFile | undefined,
  ) {
    this.began = context.clock.now().getTime();
    this.lastSave = this.began;
    this.listedBefore = this.listed();
  }

  /** @throws UnreachableError when the person interrupts: the batch counts by then */
  async take({ differences }: Batch): Promise<void> {
    this.findings.add(differences);
    this.csv?.write(differences);
    const now = this.context.clock.now().getTime();
    this.showProgress(now);
    if (now - this.lastSave >= SAVE_EVERY) {
      this.lastSave = now;
      this.save();
    }
    // Ctrl-C is noticed while the clock sleeps.
    await this.context.clock.sleep(0);
  }

  /** Writes where the audit is, for `--resume`. */
  save(): void {
    const pairs = [...this.audits].flatMap(([id, audit]) =>
      audit.progress === undefined ? [] : [[id, audit.progress] as const],
    );
    const checkpoint: Checkpoint = {
      subject: this.subject,
      startedAt: this.startedAt,
      requests: this.counts,
      findings: this.findings.errorToJson(),
      csvBytes: this.csv?.size ?? 0,
      pairs: Object.fromEntries(pairs),
    };
    writeCheckpointFile(this.checkpointFile, checkpoint);
  }

  /** There is nothing left to go on with. */
  finish(): void {
    this.context.terminal.progress('');
    removeCheckpointFile(this.checkpointFile);
  }

  private showProgress(now: number): void {
    const all = this.listed();
    const seconds = (now - this.began) / 1000;
    const rate = seconds < 1 ? '' : `, ${whole(Math.round((all - this.listedBefore) / seconds))} a second`;
    const wrong = [...this.audits.values()].reduce((sum, audit) => sum + audit.wrong, 0);
    this.context.terminal.progress(
      `audit: ${whole(all)} versions of both sides${rate}; ${whole(wrong)} wrong; ${whole(this.counts.list)} list and ${whole(this.counts.head + this.counts.get)} other requests`,
    );
  }

  private listed(): number {
    return [...this.audits.values()].reduce((sum, { listed }) => sum + listed, 0);
  }
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
