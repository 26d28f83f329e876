import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { faultInWords, isAccessDenied } from '../../../aws/aws-error';
import { bytes } from '../../../cli/units';
import { AppError, UnreachableError } from '../../../errors/errors';
import { refused } from '../../batch/control';
import { type Amount, addTo, type Item, noAmount } from '../../copy/model';

const RESUME = 'repeat the command with --resume';

/** Bytes up to which a list is sent from memory, so that the SDK can send it again: some three million objects. */
const IN_MEMORY = 256 * 1024 * 1024;

/** Lines that are written together. */
const BUFFERED = 1000;

/**
 * The largest object of one PutObject: a list of some fifty million objects.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
const MOST_BYTES = 5_000_000_000;

/**
 * The list of versions that a job copies, as CSV on the local disk: bucket, key, version id, encoded as in a URL.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-create-job.html#create-manifest-file
 */
export class Manifest {
  readonly listed: Amount = noAmount();
  private readonly folder = mkdtempSync(join(tmpdir(), 's3-replication-manifest-'));
  private readonly file = join(this.folder, 'manifest.csv');
  private readonly descriptor = openSync(this.file, 'w', 0o600);
  private readonly hash = createHash('sha256');
  private lines: string[] = [];

  constructor(private readonly bucket: string) {}

  add({ key, versionId, size }: Item): void {
    addTo(this.listed, size);
    // AWS's examples have the slashes of keys as they are.
    this.lines.push(`${this.bucket},${encodeURIComponent(key).replaceAll('%2F', '/')},${versionId}\n`);
    if (this.lines.length >= BUFFERED) {
      this.flush();
    }
  }

  /**
   * Uploads the list under SSE-S3: S3 Batch Operations does not read a list of one's own that is under KMS.
   *
   * @returns its ETag, which a job names
   * @throws AppError when it is too large for one job, or cannot be written
   */
  async upload(s3: S3Client, bucket: string, key: string, owner: string): Promise<string> {
    this.flush();
    const { size } = statSync(this.file);
    if (size > MOST_BYTES) {
      throw new AppError(
        'ManifestTooLarge',
        `the list of objects has ${bytes(size)}, and S3 takes ${bytes(MOST_BYTES)} in one request; nothing was changed`,
        'restore several prefixes, one after the other, with --prefix',
      );
    }
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: size <= IN_MEMORY ? readFileSync(this.file) : createReadStream(this.file),
      ChecksumSHA256: this.hash.copy().digest('base64'),
      ContentLength: size,
      ContentType: 'text/csv',
      ServerSideEncryption: 'AES256',
      ExpectedBucketOwner: owner,
      IfNoneMatch: '*',
    });
    const what = `s3://${bucket}/${key} could not be written`;
    try {
      const { ETag: etag } = await s3.send(command);
      if (etag !== undefined) {
        return etag;
      }
    } catch (error) {
      throw isAccessDenied(error)
        ? refused(what, `s3:PutObject on ${bucket}`, error)
        : new UnreachableError('NoAnswer', `${what}: ${faultInWords(error)}`, RESUME, { cause: error });
    }
    throw new UnreachableError('NoETag', `${what}: the answer names no ETag, which a job needs`, RESUME);
  }

  /** Removes the file. */
  remove(): void {
    closeSync(this.descriptor);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private flush(): void {
    const text = this.lines.join('');
    this.hash.update(text);
    writeSync(this.descriptor, text);
    this.lines = [];
  }
}
