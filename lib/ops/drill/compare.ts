import { createHash } from 'node:crypto';
import { GetObjectCommand, GetObjectTaggingCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { faultInWords, isMissingObject } from '../../aws/aws-error';
import { readFirstByte, withReason } from '../../aws/refusal';
import { AppError } from '../../errors/errors';
import type { Item, OwnedBucket } from '../copy/model';
import type { DrillJob } from './job';

/** How the contents of two objects were compared. */
export type ComparedBy =
  /** By checksums that S3 keeps with both. */
  | 'checksum'
  /** By reading both: S3 keeps no checksum of one, or checksums of different kinds. */
  | 'content';

/** What a restored object turned out to be. */
export interface Comparison {
  /** Null where it could not be found out. */
  readonly same: boolean | null;
  /** `replica` where the source bucket has the version no longer. */
  readonly with: 'source' | 'replica' | null;
  readonly by: ComparedBy | null;
  /** What is different, or why it could not be found out; null for nothing. */
  readonly why: string | null;
}

/** What restored objects are compared with. */
export interface Originals {
  readonly job: DrillJob;
  readonly scratch: OwnedBucket;
  /** ARN of the key that restored objects have to be encrypted under; undefined where that is not looked at. */
  readonly keyArn: string | undefined;
  /** An emulator gives replicas ids of their own: the source's current version is compared instead, where it has the same size. */
  readonly sameIds: boolean;
}

const HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentLanguage',
  'ContentType',
  'ExpiresString',
  'WebsiteRedirectLocation',
] as const satisfies readonly (keyof HeadObjectCommandOutput)[];

/**
 * Compares a restored object with its source, by itself: nothing that the restore said about it counts.
 *
 * @throws AppError when the person interrupts
 */
export async function compare(item: Item, originals: Originals): Promise<Comparison> {
  try {
    return await look(item, originals);
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    return { same: null, with: null, by: null, why: `could not be compared: ${faultInWords(error)}` };
  }
}

async function look(item: Item, originals: Originals): Promise<Comparison> {
  const restored: ObjectAddress = { bucket: originals.scratch, key: item.key };
  const found = await head(restored);
  const original = await originalOf(item, originals);
  const none = { with: original?.kind ?? null, by: null };
  if (found === undefined) {
    return { ...none, same: false, why: 'it is not there after its restore' };
  }
  if (original === undefined) {
    return { ...none, same: null, why: 'deleted in both buckets since it was listed' };
  }
  const { where, headers } = original;
  if (found.ContentLength !== headers.ContentLength) {
    return { ...none, same: false, why: `${found.ContentLength} bytes in place of ${headers.ContentLength}` };
  }
  const checksum = sameChecksum(found, headers);
  const sameContent = checksum ?? (await sha256Of(restored)) === (await sha256Of(where));
  const differences = [
    ...(sameContent ? [] : ['content']),
    ...differentHeaders(found, headers),
    ...((await tagsOf(restored)).join('&') === (await tagsOf(where)).join('&') ? [] : ['tags']),
    ...(originals.keyArn === undefined || found.SSEKMSKeyId === originals.keyArn
      ? []
      : [`encryption, under ${found.SSEKMSKeyId ?? found.ServerSideEncryption ?? 'no key'}`]),
  ];
  return {
    same: differences.length === 0,
    with: original.kind,
    by: checksum === undefined ? 'content' : 'checksum',
    why: differences.length === 0 ? null : `different: ${differences.join(', ')}`,
  };
}

interface Original {
  readonly kind: 'source' | 'replica';
  readonly where: ObjectAddress;
  readonly headers: HeadObjectCommandOutput;
}

/** The version of the source bucket, or the replica where that is gone. */
async function originalOf(
  { key, versionId, size }: Item,
  { job: { source, replica }, sameIds }: Originals,
): Promise<Original | undefined> {
  const candidates: (Omit<Original, 'headers'> & { readonly exact: boolean })[] = [
    { kind: 'source', where: { bucket: source, key, ...(sameIds && { versionId }) }, exact: sameIds },
    { kind: 'replica', where: { bucket: replica, key, versionId }, exact: true },
  ];
  for (const { kind, where, exact } of candidates) {
    const headers = await head(where);
    if (headers !== undefined && (exact || headers.ContentLength === size)) {
      return { kind, where, headers };
    }
  }
  return undefined;
}

function differentHeaders(a: HeadObjectCommandOutput, b: HeadObjectCommandOutput): string[] {
  const metadata = (output: HeadObjectCommandOutput) =>
    JSON.stringify(Object.entries(output.Metadata ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return [
    ...HEADERS.filter((name) => a[name] !== b[name]),
    ...(encoding(a) === encoding(b) ? [] : ['ContentEncoding']),
    ...(metadata(a) === metadata(b) ? [] : ['metadata']),
  ];
}

/** `aws-chunked` is about one upload. */
function encoding({ ContentEncoding: value = '' }: HeadObjectCommandOutput): string {
  return value
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
}

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
async function sha256Of(where: ObjectAddress): Promise<string> {
  const { s3, requests } = where.bucket;
  const { Body: body } = await requests.send('get', () => s3.send(new GetObjectCommand(request(where))));
  const hash = createHash('sha256');
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
  }
  return hash.digest('hex');
}

/** One object of a bucket: a version, or whatever is current. */
interface ObjectAddress {
  readonly bucket: OwnedBucket;
  readonly key: string;
  /** @default - the current version */
  readonly versionId?: string;
}

/** Names an object as requests do. */
function request({ bucket, key, versionId }: ObjectAddress) {
  return { Bucket: bucket.name, Key: key, VersionId: versionId, ExpectedBucketOwner: bucket.owner };
}

/** @returns undefined where there is none, or a delete marker, or no such bucket */
async function head(where: ObjectAddress): Promise<HeadObjectCommandOutput | undefined> {
  const { s3, requests } = where.bucket;
  try {
    return await withReason(
      () => requests.send('head', () => s3.send(new HeadObjectCommand({ ...request(where), ChecksumMode: 'ENABLED' }))),
      () => requests.send('get', () => readFirstByte(s3, request(where))),
    );
  } catch (error) {
    if (isMissingObject(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Tags of an object, sorted by their keys. */
async function tagsOf(where: ObjectAddress): Promise<readonly string[]> {
  const { s3, requests } = where.bucket;
  const { TagSet: tags = [] } = await requests.send('get', () => s3.send(new GetObjectTaggingCommand(request(where))));
  return tags.map(({ Key, Value }) => `${Key}=${Value}`).toSorted();
}
