import { existsSync } from 'node:fs';
import type { RequestCounts } from '../../aws/requests';
import { removeCheckpointFile, writeCheckpointFile } from '../../cli/checkpoint-file';
import type { Context } from '../../cli/command';
import type { CsvFile } from '../../cli/csv';
import { UsageError } from '../../errors/errors';
import { type Amount, type Item, idOf, type OpenUploads, type RestoreRequest, sumOf } from '../copy/model';
import type { Manifest } from './batch/manifest';
import type { AskedJob, BatchPart, BatchResult } from './batch/run';
import type { KeptUpload, PairProgress, RestoreCheckpoint } from './checkpoint';
import { progressLine } from './format';
import type { RestoreJob } from './job';
import { type CSV_COLUMNS, type EarlierLedger, endedIn, Ledger } from './ledger';
import type { PairPlan } from './plan';

/** Milliseconds, and changes, after which the checkpoint is written: what an end without warning makes it compare again. */
const SAVE_EVERY = 1000;
const SAVE_CHANGES = 1000;

/** Milliseconds between two pictures of the progress. */
const SHOW_EVERY = 200;

/** One pair before it is restored. */
export interface PlannedJob extends Pick<PairProgress, 'plan'>, Partial<Pick<PairProgress, 'uploads' | 'batch' | 'asked'>> {
  readonly job: RestoreJob;
  readonly ledger: EarlierLedger;
  /** What S3 Batch Operations is to copy. @default - nothing, or there is a job already */
  readonly manifest?: Manifest;
}

/** One pair: its plan, and what has become of it. */
interface RunningJob {
  readonly job: RestoreJob;
  readonly plan: PairPlan;
  readonly ledger: Ledger;
  readonly uploads: KeptUploads;
  readonly manifest: Manifest | undefined;
  batch: BatchPart | undefined;
  asked: AskedJob | undefined;
  result: BatchResult | undefined;
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
    this.jobs = planned.map(({ job, plan, ledger, uploads, manifest, batch, asked }) => ({
      job,
      plan,
      ledger: new Ledger(job.pair, ledger),
      uploads: new KeptUploads(() => this.save(), uploads),
      manifest,
      batch,
      asked,
      result: undefined,
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
    // A checkpoint counts the bytes of the file: they are on the disk before it.
    this.csv?.sync();
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

  /**
   * Everything has been tried: the file stays only for what another attempt may restore.
   *
   * @returns the error of a file that could not be written: the restore has its result without it, and the last checkpoint stays
   */
  finish(): UsageError[] {
    this.context.terminal.progress('');
    const rows = this.jobs.flatMap(({ ledger }) => ledger.unfinishedRows());
    try {
      this.save();
      // Behind what the checkpoint counts, so that another attempt writes them anew.
      this.csv?.write(rows);
      this.csv?.sync();
      if (rows.length === 0) {
        removeCheckpointFile(this.file);
      }
      return [];
    } catch (error) {
      if (error instanceof UsageError) {
        return [new UsageError(error.code, error.message, 'correct that, then run the command again with --resume')];
      }
      throw error;
    }
  }

  private toCheckpoint(): RestoreCheckpoint {
    return {
      subject: this.subject,
      requests: this.counts,
      seconds: this.seconds,
      csvBytes: this.csv?.size ?? 0,
      pairs: Object.fromEntries(
        this.jobs.map(({ job, plan, ledger, uploads, batch, asked }): [string, PairProgress] => [
          job.pair.id,
          {
            plan,
            ledger: ledger.toCheckpoint(),
            uploads: uploads.toCheckpoint(),
            ...(batch && { batch }),
            ...(asked && { asked }),
          },
        ]),
      ),
    };
  }
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
