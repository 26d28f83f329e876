import { createHash } from 'node:crypto';
import { GetObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { address, type Where } from './heads';

/** How the contents of two objects were compared. */
export type ComparedBy =
  /** By checksums that S3 keeps with both. */
  | 'checksum'
  /** By reading both: S3 keeps no checksum of one, or checksums of different kinds. */
  | 'content';

const CHECKSUMS = ['ChecksumCRC64NVME', 'ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumSHA1', 'ChecksumSHA256'] as const;

/**
 * What the checksums say that S3 keeps: the same, different, or undefined for nothing. Composite checksums depend on how an object
 * was divided into parts, so that different ones say nothing. ETags are no checksums of what is encrypted under KMS keys.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function sameChecksum(a: HeadObjectCommandOutput, b: HeadObjectCommandOutput): boolean | undefined {
  const name = CHECKSUMS.find((each) => a[each] !== undefined && b[each] !== undefined);
  if (name === undefined) {
    return undefined;
  }
  const composite = [a, b].some((each) => each.ChecksumType === 'COMPOSITE' || /-\d+$/.test(each[name] ?? ''));
  return a[name] === b[name] ? true : composite ? undefined : false;
}

/** Reads an object to its end, and keeps nothing of it. */
export async function sha256Of(where: Where): Promise<string> {
  const { s3, requests } = where.place;
  const { Body: body } = await requests.send('get', () => s3.send(new GetObjectCommand(address(where))));
  const hash = createHash('sha256');
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}
