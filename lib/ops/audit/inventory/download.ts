import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isAwsError, unreachable } from '../../../aws/aws-error';
import { interruption, stopIfInterrupted } from '../../../aws/clock';
import { writeAt } from '../../../cli/files';
import { bytes } from '../../../cli/units';
import { messageOf, UsageError } from '../../../errors/errors';
import { alteredReport, halfReport, type InventoryReport, type ReportBucket, readObject } from './reports';

/** Files that are downloaded at a time. */
const AT_ONCE = 4;

/** What DuckDB writes beside the reports at most, for each of their bytes; measured with `npm run bench:inventory`, and rounded up. */
export const SPILL = 0.5;

/** A folder for files of this process alone, which is removed with it, however it ends. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 's3-replication-inventory-'));
  private readonly atExit = () => this.remove();

  constructor() {
    process.once('exit', this.atExit);
  }

  /** Bytes that are free there. */
  get free(): number {
    const { bavail, bsize } = statfsSync(this.path);
    return bavail * bsize;
  }

  remove(): void {
    process.off('exit', this.atExit);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Disk that an audit of these reports needs. */
export function diskFor(reports: readonly InventoryReport[]): number {
  return Math.ceil(reports.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0) * (1 + SPILL));
}

/** @throws UsageError when the folder's disk has less than the reports need */
export function assertFits(folder: TemporaryFolder, reports: readonly InventoryReport[]): void {
  const needed = diskFor(reports);
  if (folder.free < needed) {
    throw new UsageError(
      'NoSpace',
      `the reports need ${bytes(needed)} of disk in ${tmpdir()}, and ${bytes(folder.free)} are free`,
      'free some, name another folder with the variable TMPDIR, or let Athena read the reports where they are: --engine athena',
    );
  }
}

/**
 * Downloads the files of a report, and verifies each while it comes.
 *
 * @param onBytes called with the number of bytes of each piece
 * @returns the paths of the files
 * @throws UnreachableError when a file is missing or is not as S3 wrote it, S3 gives no answer, or the person interrupts
 * @throws UsageError when the disk does not take it
 */
export async function downloadReport(
  from: ReportBucket,
  report: InventoryReport,
  folder: string,
  name: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<string[]> {
  const paths = report.files.map((_, index) => join(folder, `${name}-${index}.parquet`));
  const failed = new AbortController();
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < paths.length && !failed.signal.aborted; index = next++) {
      await downloadFile(from, report, index, paths[index] as string, AbortSignal.any([signal, failed.signal]), onBytes);
    }
  };
  const lanes = Array.from({ length: Math.min(AT_ONCE, paths.length) }, () =>
    lane().catch((error: unknown) => {
      if (failed.signal.aborted) {
        return;
      }
      failed.abort();
      throw error;
    }),
  );
  const [broken] = (await Promise.allSettled(lanes)).filter((end) => end.status === 'rejected');
  if (broken !== undefined) {
    throw signal.aborted ? interruption() : broken.reason;
  }
  return paths;
}

async function downloadFile(
  from: ReportBucket,
  { bucket, files }: InventoryReport,
  index: number,
  path: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<void> {
  const { key, bytes: size, md5 } = files[index] as InventoryReport['files'][number];
  const where = `s3://${bucket}/${key}`;
  let found = { bytes: 0, md5: '' };
  try {
    found = await readObject(from, bucket, key, (body) => writeFile(body, path, signal, onBytes), signal);
  } catch (error) {
    stopIfInterrupted(signal);
    throw isAwsError(error, 'NoSuchKey') ? halfReport(where, 'the file is not there') : unreachable(where, error);
  }
  if (found.bytes !== size || found.md5 !== md5) {
    throw alteredReport(
      where,
      found.bytes === size
        ? `its MD5 is ${found.md5}, and the manifest says ${md5}`
        : `it has ${found.bytes} bytes, and the manifest says ${size}`,
    );
  }
}

/** @throws UsageError when the disk does not take it */
async function writeFile(
  body: Readable,
  path: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<{ readonly bytes: number; readonly md5: string }> {
  const hash = createHash('md5');
  let written = 0;
  let file: number | undefined;
  try {
    file = openSync(path, 'w');
    for await (const chunk of body as AsyncIterable<Buffer>) {
      stopIfInterrupted(signal);
      hash.update(chunk);
      // Into the cache of the system: waiting for a thread takes longer.
      writeAt(file, chunk, written);
      written += chunk.length;
      onBytes(chunk.length);
    }
    return { bytes: written, md5: hash.digest('hex') };
  } catch (error) {
    onBytes(-written);
    const { syscall } = error as NodeJS.ErrnoException;
    throw syscall === 'write' || syscall === 'open'
      ? new UsageError(
          'NoSpace',
          `${path} could not be written: ${messageOf(error)}`,
          'free some disk, or name another folder with TMPDIR',
        )
      : error;
  } finally {
    if (file !== undefined) {
      closeSync(file);
    }
  }
}
