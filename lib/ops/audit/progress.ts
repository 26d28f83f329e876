import { z } from 'zod';
import { stopIfInterrupted } from '../../aws/clock';
import type { RequestCounts } from '../../aws/requests';
import {
  type CheckpointBase,
  count,
  keyRange,
  readCheckpointFile,
  removeCheckpointFile,
  size,
  writeCheckpointFile,
} from '../../cli/checkpoint-file';
import type { Context } from '../../cli/command';
import { whole } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import { KeptDifferences, type KeptDifferencesData } from './kept-differences';
import type { Batch, PairProgress } from './pair-audit';
import { type DifferencesFile, REMEDIES, STATES } from './report';
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

const totals = z.strictObject({ versions: count, bytes: size });
const sideTotals = totals.extend({ deleteMarkers: count });
const stateTotals = totals.extend({ wrong: count });

const difference = z.strictObject({
  pair: z.string(),
  state: z.enum(STATES).exclude(['same']),
  wrong: z.boolean(),
  key: z.string(),
  versionId: z.string(),
  isLatest: z.boolean(),
  isDeleteMarker: z.boolean(),
  lastModified: z.string(),
  sourceSize: size.nullable(),
  replicaSize: size.nullable(),
  sourceClass: z.string().nullable(),
  replicaClass: z.string().nullable(),
  replicationStatus: z.string().nullable(),
  why: z.string(),
  remedy: z.enum(REMEDIES),
});

const tally = z.strictObject({
  source: sideTotals,
  replica: sideTotals,
  states: z.record(z.enum(STATES), stateTotals),
  wrong: count,
  deep: count,
  deepUnknown: count,
  deepSkipped: count,
  // A checkpoint of an earlier version has none.
  deepDualLayer: count.default(0),
  ages: z.array(totals.extend({ upToSeconds: count.nullable() })),
  prefixes: z.array(z.strictObject({ prefix: z.string().nullable(), states: z.partialRecord(z.enum(STATES), stateTotals) })),
});

const CHECKPOINT: z.ZodType<AuditCheckpoint> = z.strictObject({
  subject: z.string(),
  startedAt: z.iso.datetime(),
  requests: z.strictObject({ list: count, head: count, get: count }),
  findings: z.strictObject({ kept: z.array(difference), count }),
  csvBytes: count,
  pairs: z.record(z.string(), z.strictObject({ tally, left: z.array(keyRange) })),
});

/**
 * Reads where an audit was interrupted.
 *
 * @throws UsageError when there is no such file, it belongs to another audit, or it does not fit
 */
export function readCheckpoint(file: string, subject: string): AuditCheckpoint {
  return readCheckpointFile(file, CHECKPOINT, subject, {
    command: 'audit',
    options: '--pair, --older-than, --deep and --csv',
  });
}

/** The audit of one pair while it runs. */
export interface RunningAudit {
  /** Of the pair. */
  readonly id: string;
  /** Versions and delete markers of both sides, so far. */
  readonly listed: number;
  /** Differences that are wrong, so far. */
  readonly wrong: number;
  /** How far it is. @default - it has not begun, or cannot be gone on with */
  readonly progress?: PairProgress | undefined;
}

/** What the progress of an audit is made of. */
interface AuditProgressParts extends Pick<AuditCheckpoint, 'startedAt' | 'requests'> {
  /** The file that takes an audit that is interrupted, and which audit that is. @default - it cannot be gone on with */
  readonly checkpoint?: { readonly file: string; readonly subject: string };
  readonly audits: readonly RunningAudit[];
  readonly csv: DifferencesFile | undefined;
}

/** Takes the batches of all pairs as they come, shows how far the audit is, and saves it for `--resume`. */
export class AuditProgress {
  readonly differences = new KeptDifferences();
  private lastSave: number;
  private readonly began: number;
  private readonly listedBefore: number;
  /** What is in the checkpoint of this audit, if anything. */
  private isKept: boolean;
  private checkpointFailed = false;
  /** Why the file of `--csv` ends too early: the audit goes on without it. */
  private failedCsv: UsageError | undefined;

  /** @param earlier an interrupted audit to go on with. @default - from the beginning */
  constructor(
    private readonly context: Context,
    private readonly parts: AuditProgressParts,
    earlier?: AuditCheckpoint,
  ) {
    this.began = context.clock.now().getTime();
    this.lastSave = this.began;
    this.listedBefore = this.listed();
    this.isKept = earlier !== undefined;
    if (earlier !== undefined) {
      this.differences.restore(earlier.findings);
    }
  }

  /** @throws UnreachableError when the person interrupts: the batch counts by then */
  async take({ differences }: Pick<Batch, 'differences'>): Promise<void> {
    this.differences.add(differences);
    this.writeCsv((csv) => csv.write(differences));
    const now = this.context.clock.now().getTime();
    this.showProgress(now);
    if (now - this.lastSave >= SAVE_EVERY) {
      this.lastSave = now;
      this.save();
    }
    stopIfInterrupted(this.context.signal);
  }

  /**
   * Writes where the audit is, for `--resume`. A file that cannot be written does not end the audit: hours of work have a result.
   *
   * @returns whether there is something to go on with
   */
  save(): boolean {
    this.writeCsv((csv) => csv.sync());
    // The last checkpoint stays that counts no more records than the file has.
    if (this.failedCsv === undefined) {
      this.writeCheckpoint();
    }
    return this.isKept;
  }

  /**
   * There is nothing left to go on with, unless a file lacks something.
   *
   * @returns the errors of files that could not be written
   */
  finish(): UsageError[] {
    this.context.terminal.progress('');
    this.writeCsv((csv) => csv.sync());
    if (this.failedCsv !== undefined) {
      const { code, message } = this.failedCsv;
      const next = this.isKept ? 'run the command again with --resume: it only repeats the end' : 'run the command again';
      return [new UsageError(code, `${message}\nThe file lacks some of the differences.`, `correct that, then ${next}`)];
    }
    try {
      if (this.parts.checkpoint !== undefined) {
        removeCheckpointFile(this.parts.checkpoint.file);
      }
      return [];
    } catch (error) {
      return [asUsageError(error)];
    }
  }

  private writeCsv(write: (csv: DifferencesFile) => void): void {
    const { csv } = this.parts;
    if (csv === undefined || this.failedCsv !== undefined) {
      return;
    }
    try {
      write(csv);
    } catch (error) {
      this.failedCsv = asUsageError(error);
    }
  }

  private writeCheckpoint(): void {
    const { checkpoint, startedAt, requests, audits, csv } = this.parts;
    if (checkpoint === undefined) {
      return;
    }
    const pairs = audits.flatMap(({ id, progress }) => (progress === undefined ? [] : [[id, progress] as const]));
    const content: AuditCheckpoint = {
      subject: checkpoint.subject,
      startedAt,
      requests,
      findings: this.differences.toJson(),
      csvBytes: csv?.size ?? 0,
      pairs: Object.fromEntries(pairs),
    };
    try {
      writeCheckpointFile(checkpoint.file, content);
      this.isKept = true;
    } catch (error) {
      const { message } = asUsageError(error);
      if (!this.checkpointFailed) {
        this.context.terminal.tell(`${message}\nThe audit continues. If it is interrupted, --resume repeats what is not saved.`);
      }
      this.checkpointFailed = true;
    }
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

/** @throws whatever is a fault of this project */
function asUsageError(error: unknown): UsageError {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  return error;
}
