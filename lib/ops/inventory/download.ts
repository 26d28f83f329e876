import { closeSync, mkdtempSync, openSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isAwsError, unreachable } from '../../aws/aws-error';
import { interruption, stopIfInterrupted } from '../../aws/clock';
import { writeAt } from '../../cli/files';
import { bytes } from '../../cli/units';
import { messageOf, UsageError } from '../../errors/errors';
import { Md5Threads } from './md5';
import { alteredReport, halfReport, type InventoryReport, type ReportBucket, readObject } from './reports';
import type { Table } from './sql';

/** Files that are downloaded at a time. */
const AT_ONCE = 4;

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

/**
 * @param needed bytes
 * @param otherwise what to do instead of freeing some disk, behind a comma; empty for nothing
 * @throws UsageError when the folder's disk has less than the reports need
 */
export function assertFits(folder: TemporaryFolder, needed: number, otherwise: string): void {
  if (folder.free < needed) {
    throw new UsageError(
      'NoSpace',
      `the reports need ${bytes(needed)} of disk in ${tmpdir()}, and ${bytes(folder.free)} are free`,
      `free some${otherwise === '' ? ', or' : ','} name another folder with the variable TMPDIR${otherwise}`,
    );
  }
}

/** Reports by the name of their table. */
export type Reports = Partial<Readonly<Record<Table, InventoryReport>>>;

/** Paths of the files of reports, by the name of their table. */
export type ReportPaths = Partial<Readonly<Record<Table, readonly string[]>>>;

/**
 * Downloads the files of reports, and verifies each.
 *
 * @param onBytes called with the number of bytes of each piece
 * @throws UnreachableError when a file is missing or is not as S3 wrote it, S3 gives no answer, or the person interrupts
 * @throws UsageError when the disk does not take it
 */
export async function downloadReports(
  from: ReportBucket,
  reports: Reports,
  folder: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<ReportPaths> {
  const ofEach = Object.entries(reports).map(
    ([name, { bucket, files }]) =>
      [name, files.map((file, index): Download => ({ bucket, file, path: join(folder, `${name}-${index}.parquet`) }))] as const,
  );
  const downloads = ofEach.flatMap(([, each]) => each);
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const threads = new Md5Threads(AT_ONCE);
  either.addEventListener('abort', () => void threads.close(), { once: true });
  // Only the first error counts: others follow from it.
  const untilOneFails = (work: Promise<void>) => work.catch((error: unknown) => failed.abort(error));
  const verifications: Promise<void>[] = [];
  let next = 0;
  const lane = async () => {
    for (let download = downloads[next++]; download !== undefined && !failed.signal.aborted; download = downloads[next++]) {
      await downloadFile(from, download, either, onBytes);
      // The next file comes meanwhile.
      verifications.push(untilOneFails(verify(download, threads)));
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, () => untilOneFails(lane())));
    await Promise.all(verifications);
  } finally {
    await threads.close();
  }
  if (failed.signal.aborted) {
    throw signal.aborted ? interruption() : failed.signal.reason;
  }
  return Object.fromEntries(ofEach.map(([name, each]) => [name, each.map(({ path }) => path)]));
}

interface Download {
  readonly bucket: string;
  readonly file: InventoryReport['files'][number];
  readonly path: string;
}

/** @throws UnreachableError when the file is missing or has another size, S3 gives no answer, or the signal is aborted */
async function downloadFile(
  from: ReportBucket,
  { bucket, file: { key, bytes: size }, path }: Download,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<void> {
  const where = `s3://${bucket}/${key}`;
  let found = 0;
  try {
    found = await readObject(from, bucket, key, (body) => writeFile(body, path, signal, onBytes), signal);
  } catch (error) {
    stopIfInterrupted(signal);
    throw isAwsError(error, 'NoSuchKey') ? halfReport(where, 'the file is not there') : unreachable(where, error);
  }
  if (found !== size) {
    throw alteredReport(where, `it has ${found} bytes, and the manifest says ${size}`);
  }
}

/** @throws UnreachableError when the file has another MD5 */
async function verify({ bucket, file: { key, bytes: size, md5 }, path }: Download, threads: Md5Threads): Promise<void> {
  const found = await threads.md5Of(path, size);
  if (found !== md5) {
    throw alteredReport(`s3://${bucket}/${key}`, `its MD5 is ${found}, and the manifest says ${md5}`);
  }
}

/** @returns bytes @throws UsageError when the disk does not take it */
async function writeFile(body: Readable, path: string, signal: AbortSignal, onBytes: (count: number) => void): Promise<number> {
  let written = 0;
  let file: number | undefined;
  try {
    file = openSync(path, 'w');
    for await (const chunk of body as AsyncIterable<Buffer>) {
      stopIfInterrupted(signal);
      // Into the cache of the system: waiting for a thread takes longer.
      writeAt(file, chunk, written);
      written += chunk.length;
      onBytes(chunk.length);
    }
    return written;
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
