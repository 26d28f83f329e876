import { existsSync } from 'node:fs';
import type { RequestCounts } from '../../aws/requests';
import { type CheckpointBase, readCheckpointFile, removeCheckpointFile, writeCheckpointFile } from '../../cli/checkpoint-file';
import type { Context } from '../../cli/command';
import type { CsvFile } from '../../cli/csv';
import { UsageError } from '../../errors/errors';
import { type Amount, type Item, idOf, type OpenUploads, type RestoreRequest, sumOf } from '../copy/model';
import { progressLine } from './format';
import type { RestoreJob } from './job';
import { type CSV_COLUMNS, type EarlierLedger, endedIn, Ledger, type LedgerCheckpoint } from './ledger';
import type { PairPlan } from './plan';

/** How far one pair is. */
interface PairProgress {
  readonly plan: PairPlan;
  readonly ledger: LedgerCheckpoint;
  readonly uploads: readonly KeptUpload[];
}

/** A restore that was interrupted, or that left something for another attempt. */
interface RestoreCheckpoint extends CheckpointBase {
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
  const options = '--pair, --as-of, --prefix, --to, --overwrite, --ignore-foreign-markers, --storage-class and --csv';
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

/** Milliseconds, and changes, after which the checkpoint is written: what an end without warning makes it compare again. */
const SAVE_EVERY = 1000;
const SAVE_CHANGES = 1000;

/** Milliseconds between two pictures of the progress. */
const SHOW_EVERY = 200;

/** One pair before it is restored. */
export interface PlannedJob extends Pick<PairProgress, 'plan'>, Partial<Pick<PairProgress, 'uploads'>> {
  readonly job: RestoreJob;
  readonly ledger: EarlierLedger;
}

/** One pair: its plan, and what has become of it. */
interface RunningJob {
  readonly job: RestoreJob;
  readonly plan: PairPlan;
  readonly ledger: Ledger;
  readonly uploads: KeptUploads;
}

/** One restore of all pairs: keeps its file, and shows where it is. */
export class RestoreSession {
  readonly jobs: readonly RunningJob[];
  private readonly began: number;
  private readonly secondsBefore: number;
  private readonly endedBefore: Amount;
  private lastSave = 0;
  private lastShown = 0;
  private changes = 0;

  constructor(
    private readonly context: Pick<Context, 'clock' | 'terminal'>,
    private readonly file: string,
    private readonly subject: string,
    private readonly counts: RequestCounts<RestoreRequest>,
    private readonly csv: CsvFile<(typeof CSV_COLUMNS)[number]> | undefined,
    planned: readonly PlannedJob[],
    seconds: number,
  ) {
    this.jobs = planned.map(({ job, plan, ledger, uploads }) => ({
      job,
      plan,
      ledger: new Ledger(job.pair, ledger),
      uploads: new KeptUploads(() => this.save(), uploads),
    }));
    this.began = context.clock.now().getTime();
    this.secondsBefore = seconds;
    this.endedBefore = sumOf(this.jobs.map(({ ledger }) => endedIn(ledger.totals)));
  }

  /** Seconds of copying, those before an interruption among them. */
  get seconds(): number {
    return this.secondsBefore + (this.context.clock.now().getTime() - this.began) / 1000;
  }

  /**
   * To be called after each change of a ledger.
   * @throws UsageError when the file cannot be written
   */
  onProgress(): void {
    const now = this.context.clock.now().getTime();
    this.changes += 1;
    if (now - this.lastShown >= SHOW_EVERY) {
      this.lastShown = now;
      this.context.terminal.progress(progressLine(this.jobs, this.seconds - this.secondsBefore, this.endedBefore));
    }
    if (now - this.lastSave >= SAVE_EVERY || this.changes >= SAVE_CHANGES) {
      this.save();
    }
  }

  /**
   * Writes where the restore is, for `--resume`.
   * @throws UsageError when a file cannot be written
   */
  save(): void {
    this.lastSave = this.context.clock.now().getTime();
    this.changes = 0;
    this.csv?.write(this.jobs.flatMap(({ ledger }) => ledger.rows));
    this.jobs.forEach(({ ledger }) => ledger.forgetRows());
    writeCheckpointFile(this.file, this.toCheckpoint());
  }

  /** Something stopped it. @returns whether another run can go on with it */
  stop(): boolean {
    this.context.terminal.progress('');
    try {
      this.save();
    } catch {
      // The error that stopped it is told. What has ended since the file was written is compared again.
    }
    return existsSync(this.file);
  }

  /** Everything has been tried: the file stays only for what another attempt may restore. */
  finish(): void {
    this.save();
    this.context.terminal.progress('');
    const rows = this.jobs.flatMap(({ ledger }) => ledger.unfinishedRows());
    // Behind what the checkpoint counts, so that another attempt writes them anew.
    this.csv?.write(rows);
    if (rows.length === 0) {
      removeCheckpointFile(this.file);
    }
  }

  private toCheckpoint(): RestoreCheckpoint {
    return {
      subject: this.subject,
      requests: this.counts,
      seconds: this.seconds,
      csvBytes: this.csv?.size ?? 0,
      pairs: Object.fromEntries(
        this.jobs.map(({ job, plan, ledger, uploads }): [string, PairProgress] => [
          job.pair.id,
          { plan, ledger: ledger.toCheckpoint(), uploads: uploads.toCheckpoint() },
        ]),
      ),
    };
  }
}

/** An upload in parts that was begun and has not ended. */
interface KeptUpload {
  readonly key: string;
  readonly versionId: string;
  readonly uploadId: string;
}

/** Uploads in parts, as the file of an interrupted restore has them. */
class KeptUploads implements OpenUploads {
  private readonly open: Map<string, KeptUpload>;

  /** @param save writes the file, and throws when it cannot be written */
  constructor(
    private readonly save: () => void,
    earlier: readonly KeptUpload[] = [],
  ) {
    this.open = new Map(earlier.map((upload) => [idOf(upload), upload]));
  }

  find(item: Item): string | undefined {
    return this.open.get(idOf(item))?.uploadId;
  }

  async begun({ key, versionId }: Item, uploadId: string): Promise<void> {
    this.open.set(idOf({ key, versionId }), { key, versionId, uploadId });
    this.save();
  }

  ended(item: Item): void {
    this.open.delete(idOf(item));
  }

  toCheckpoint(): KeptUpload[] {
    return [...this.open.values()];
  }
}
