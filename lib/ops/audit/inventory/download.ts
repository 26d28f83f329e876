import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { isMissingObject, isNoNetwork, unreachable } from '../../../aws/aws-error';
import { interruption, stopIfInterrupted } from '../../../aws/clock';
import { bytes } from '../../../cli/units';
import { AppError, messageOf, UsageError } from '../../../errors/errors';
import { alteredReport, halfReport, type InventoryReport, type ReportBucket } from './reports';

/** Files that are downloaded at a time. */
const AT_ONCE = 4;

/** Attempts to read one file: a connection may end before the file does. */
const ATTEMPTS = 3;

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
  { s3, requests, owner }: ReportBucket,
  { bucket, files }: InventoryReport,
  index: number,
  path: string,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<void> {
  const { key, bytes: size, md5 } = files[index] as InventoryReport['files'][number];
  const where = `s3://${bucket}/${key}`;
  for (let attempt = 1; ; attempt += 1) {
    stopIfInterrupted(signal);
    const hash = createHash('md5');
    let read = 0;
    const hashing = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        read += chunk.length;
        onBytes(chunk.length);
        done(null, chunk);
      },
    });
    try {
      const { Body } = await requests.send('get', () =>
        s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner }), { abortSignal: signal }),
      );
      await pipeline(Body as Readable, hashing, createWriteStream(path), { signal });
    } catch (error) {
      onBytes(-read);
      if (isMissingObject(error)) {
        throw halfReport(where, 'the file is not there');
      }
      if (isDiskFault(error)) {
        throw new UsageError('NoSpace', `${path} could not be written: ${messageOf(error)}`, 'free some disk, or set TMPDIR');
      }
      if (attempt < ATTEMPTS && !signal.aborted && !isAnswer(error) && !isNoNetwork(error)) {
        continue;
      }
      throw unreachable(where, error);
    }
    const found = hash.digest('hex');
    if (read !== size || found !== md5) {
      throw alteredReport(
        where,
        read === size
          ? `its MD5 is ${found}, and the manifest says ${md5}`
          : `it has ${read} bytes, and the manifest says ${size}`,
      );
    }
    return;
  }
}

function isDiskFault(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === 'write' || syscall === 'open' || code === 'ENOSPC';
}

/** Whether S3 answered, so that asking again does not help. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof AppError || (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode !== undefined
  );
}
