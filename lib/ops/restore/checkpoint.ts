import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { RequestCounts } from '../../aws/requests';
import { type CheckpointBase, count, keyRange, readCheckpointFile, size } from '../../cli/checkpoint-file';
import { UsageError } from '../../errors/errors';
import type { RestoreRequest } from '../copy/model';
import type { AskedJob, BatchPart } from './batch/run';
import { ENDS, type LedgerCheckpoint } from './ledger';
import type { PairPlan } from './plan';

/** An upload in parts that was begun and has not ended. */
export interface KeptUpload {
  readonly key: string;
  readonly versionId: string;
  readonly uploadId: string;
}

/** How far one pair is. */
export interface PairProgress {
  readonly plan: PairPlan;
  readonly ledger: LedgerCheckpoint;
  readonly uploads: readonly KeptUpload[];
  /** What S3 Batch Operations copies. @default - nothing, or there is no job yet */
  readonly batch?: BatchPart;
  /** The job that S3 is asked for. @default - there is none, or S3 has answered */
  readonly asked?: AskedJob;
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

const amount = z.strictObject({ objects: count, bytes: size });

const markers = z.strictObject({ keys: count, ignored: count, first: z.string().nullable(), last: z.string().nullable() });

const plan = z.strictObject({
  chosen: amount,
  copy: amount,
  archived: amount,
  compare: amount,
  there: amount,
  conflict: amount,
  // Files of earlier releases are without it.
  batch: amount.default(() => ({ objects: 0, bytes: 0 })),
  replaced: count,
  largest: size,
  deleted: count,
  markers,
  later: count,
  stays: count,
  requests: z.strictObject({ from: count, look: count, put: count }),
  listRequests: count,
});

const item = z.strictObject({
  key: z.string(),
  versionId: z.string(),
  size,
  storageClass: z.string(),
  lastModified: z.string(),
  replaces: z.string().exactOptional(),
  present: z.string().exactOptional(),
});

const notRestored = z.strictObject({
  pair: z.string(),
  end: z.enum(['conflict', 'archived', 'failed', 'foreign-marker']),
  key: z.string(),
  versionId: z.string(),
  lastModified: z.string(),
  size,
  storageClass: z.string(),
  why: z.string(),
});

const ledger = z.strictObject({
  totals: z.strictObject({
    ends: z.record(z.enum(ENDS), amount),
    listedOnly: count,
    verifiedBy: z.record(z.enum(['object-checksum', 'part-checksums', 'transfer']), count),
    withoutTags: count,
    deleted: count,
    markers,
    later: count,
    stays: count,
    requested: count,
  }),
  left: z.array(keyRange),
  unfinished: z.array(z.strictObject({ item, end: z.enum(['failed', 'archived']), why: z.string() })),
  conflicts: z.array(notRestored),
  hidden: z.array(notRestored),
});

const upload = z.strictObject({ key: z.string(), versionId: z.string(), uploadId: z.string() });

const batch = z.strictObject({ job: z.string(), region: z.string(), listed: amount });

const asked = z.strictObject({
  token: z.string(),
  manifest: z.strictObject({ key: z.string(), etag: z.string() }),
  region: z.string(),
  listed: amount,
});

const CHECKPOINT: z.ZodType<RestoreCheckpoint> = z.strictObject({
  subject: z.string(),
  requests: z.strictObject({ list: count, head: count, get: count, put: count, other: count }),
  seconds: z.number().min(0),
  csvBytes: count,
  pairs: z.record(
    z.string(),
    z.strictObject({
      plan,
      ledger,
      uploads: z.array(upload),
      batch: batch.exactOptional(),
      asked: asked.exactOptional(),
    }),
  ),
});

/** What a checkpoint says of the reports, as far as it belongs to a restore from reports. */
const REPORTS = z.object({ pairs: z.array(z.object({ pair: z.string(), report: z.object({ date: z.string() }) })) });

/**
 * Reads from which inventory reports an interrupted restore has chosen: it continues with these, and not with newer ones.
 *
 * @returns their names by pair; none where {@link readCheckpoint} finds another restore, or none
 */
export function begunReports(file: string): Readonly<Record<string, string>> {
  try {
    const { subject } = z.object({ subject: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8')));
    return Object.fromEntries(REPORTS.parse(JSON.parse(subject)).pairs.map(({ pair, report: { date } }) => [pair, date]));
  } catch {
    return {};
  }
}

/**
 * Reads where a restore was interrupted.
 *
 * @throws UsageError when there is no such file, it belongs to another restore, or it does not fit
 */
export function readCheckpoint(file: string, subject: string): RestoreCheckpoint {
  const options =
    '--pair, --from-inventory, --as-of, --prefix, --to, --overwrite, --ignore-foreign-markers, --storage-class, --engine, --batch-role, --batch-bucket and --csv';
  return readCheckpointFile(file, CHECKPOINT, subject, { command: 'restore', options });
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
      'repeat its command with --resume to continue, name another file with --checkpoint, or remove that one to begin anew',
    );
  }
}
