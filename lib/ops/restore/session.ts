import { existsSync } from 'node:fs';
import type { RequestCounts } from '../../aws/requests';
import { removeCheckpointFile, writeCheckpointFile } from '../../cli/checkpoint-file';
import type { Context } from '../../cli/command';
import type { CsvFile } from '../../cli/csv';
import type { RestoreRequest } from '../copy/model';
import { type Amount, endedIn, sumOf } from '../copy/totals';
import type { PairProgress, RestoreCheckpoint } from './checkpoint';
import type { Subject } from './job';
import { Ledger, type LedgerData } from './ledger';
import type { PairPlan } from './plan';
import { progressLine } from './progress';
import { CSV_COLUMNS } from './result';
import { KeptUploads } from './run/kept-uploads';

/** Milliseconds, and changes, after which the checkpoint is written: what an end without warning makes it compare again. */
const SAVE_EVERY = 1000;
const SAVE_CHANGES = 1000;

/** Milliseconds between two pictures of the progress. */
const SHOW_EVERY = 200;

/** One pair before it is restored. */
export interface Planned extends Pick<PairProgress, 'plan'>, Partial<Pick<PairProgress, 'uploads'>> {
  readonly subject: Subject;
  /** How far an interrupted restore came; its ranges alone before the first. */
  readonly ledger: Pick<LedgerData, 'left'> & Partial<LedgerData>;
}

/** One pair: its plan, and what has become of it. */
export interface Job {
  readonly subject: Subject;
  readonly plan: PairPlan;
  readonly ledger: Ledger;
  readonly uploads: KeptUploads;
}

/** One restore of all pairs: keeps its file, and shows where it is. */
export class Session {
  readonly jobs: readonly Job[];
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
    planned: readonly Planned[],
    seconds: number,
  ) {
    this.jobs = planned.map(({ subject: each, plan, ledger, uploads }) => ({
      subject: each,
      plan,
      ledger: new Ledger(each.pair.id, ledger),
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
  counted(): void {
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
    writeCheckpointFile(this.file, this.errorToJson());
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

  private errorToJson(): RestoreCheckpoint {
    return {
      subject: this.subject,
      requests: this.counts,
      seconds: this.seconds,
      csvBytes: this.csv?.size ?? 0,
      pairs: Object.fromEntries(
        this.jobs.map(({ subject, plan, ledger, uploads }): [string, PairProgress] => [
          subject.pair.id,
          { plan, ledger: ledger.errorToJson(), uploads: uploads.errorToJson() },
        ]),
      ),
    };
  }
}
