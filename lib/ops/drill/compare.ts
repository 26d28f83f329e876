import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { AppError, messageOf } from '../../errors/errors';
import type { Item } from '../copy/model';
import { type ComparedBy, sameChecksum, sha256Of } from './compare/content';
import { head, tagsOf, type Where } from './compare/heads';
import type { DrillPlace, Subject } from './job';

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
  readonly subject: Subject;
  readonly scratch: DrillPlace;
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
    return { same: null, with: null, by: null, why: `could not be compared: ${messageOf(error)}` };
  }
}

async function look(item: Item, originals: Originals): Promise<Comparison> {
  const restored: Where = { place: originals.scratch, key: item.key };
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
  readonly where: Where;
  readonly headers: HeadObjectCommandOutput;
}

/** The version of the source bucket, or the replica where that is gone. */
async function originalOf(
  { key, versionId, size }: Item,
  { subject: { source, replica }, sameIds }: Originals,
): Promise<Original | undefined> {
  const candidates: (Omit<Original, 'headers'> & { readonly exact: boolean })[] = [
    { kind: 'source', where: { place: source, key, ...(sameIds && { versionId }) }, exact: sameIds },
    { kind: 'replica', where: { place: replica, key, versionId }, exact: true },
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
