import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { Sha1, Sha256 } from '@aws-sdk/checksums/sha';
import { faultInWords, isAccessDenied } from '../../../aws/aws-error';
import type { Item } from '../model';
import type { Bucket } from './bucket';
import { type Headers, xmlText } from './connection';
import { isCode } from './failure';

/** What is written besides what was read. */
export interface WriteOptions {
  readonly storageClass: string;
  readonly withoutTags: boolean;
}

/** Headers to write with a copy of what was read: metadata, content headers, tags, storage class. */
export async function headersToWrite(
  { from, storageClass, withoutTags }: WriteOptions & { readonly from: Bucket },
  item: Item,
  read: Headers,
): Promise<Headers> {
  const tags = withoutTags ? '' : await tagsOf(from, item, read);
  return {
    ...keptHeaders(read),
    ...(tags === '' ? {} : { 'x-amz-tagging': tags }),
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
  };
}

/** Content headers that S3 keeps with an object. */
const CONTENT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
];

/**
 * What is written with a copy: content headers and user metadata as they came, none of the encryption, for which the target's
 * default is there.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
function keptHeaders(read: Headers): Headers {
  const kept = Object.entries(read).filter(([name]) => CONTENT.includes(name) || name.startsWith('x-amz-meta-'));
  return Object.fromEntries(kept.flatMap(([name, value]) => (name === 'content-encoding' ? encoding(value) : [[name, value]])));
}

/** `aws-chunked` was about one upload; repeated, it would make S3 look for chunks. */
function encoding(value: string): [string, string][] {
  const codings = value.split(',').map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== 'aws-chunked');
  return kept.length === 0 ? [] : [['content-encoding', kept.length === codings.length ? value : kept.join(',')]];
}

/**
 * Reads the tags of a version. S3 says their number only to a caller who may read them, so that without that header there may be some.
 *
 * @param read headers of the version
 * @returns as `x-amz-tagging` has them; empty for none
 * @throws Error that says what to do, where S3 refuses
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html
 */
async function tagsOf(from: Bucket, { key, versionId }: Item, read: Headers): Promise<string> {
  if (read['x-amz-tagging-count'] === '0') {
    return '';
  }
  try {
    return tagsIn(await from.text('other', { method: 'GET', key, query: { tagging: '', versionId } }));
  } catch (error) {
    // The answer of some servers for no tags, where S3 sends an empty list.
    if (isCode(error, 'NoSuchTagSet')) {
      return '';
    }
    if (isAccessDenied(error)) {
      const repair = `allow s3:GetObjectVersionTagging on ${from.name}, or restore without tags: --without-tags`;
      throw new Error(`its tags could not be read: ${faultInWords(error)}; ${repair}`, { cause: error });
    }
    throw error;
  }
}

function tagsIn(xml: string): string {
  const tags = [...xml.matchAll(/<Tag>(.*?)<\/Tag>/gs)].map(([, tag = '']) => [xmlText(tag, 'Key'), xmlText(tag, 'Value') ?? '']);
  // Anything else would lose tags without a word, the first half of a list too.
  if (!/<\/Tagging>\s*$/.test(xml) || tags.length !== xml.split('<Key>').length - 1) {
    throw new TypeError('S3 answered with no list of tags');
  }
  return tags.map((words) => words.map((word) => encodeURIComponent(word ?? '')).join('=')).join('&');
}

/** A checksum that S3 keeps with an object. */
export interface Checksum {
  /** As `x-amz-checksum-algorithm` has it. */
  readonly algorithm: string;
  /** Base64; of a composite one with `-` and the number of parts. */
  readonly value: string;
  /** Of the whole object, or of the checksums of this many parts. */
  readonly parts?: number;
}

const CHECKSUM = /^x-amz-checksum-(?!type$|mode$|algorithm$)([a-z0-9]+)$/;

/** undefined where S3 keeps none, or does not say it. */
export function checksumOf(read: Headers): Checksum | undefined {
  for (const [name, value] of Object.entries(read)) {
    const algorithm = CHECKSUM.exec(name)?.[1]?.toUpperCase();
    if (algorithm !== undefined) {
      const parts = /-(\d+)$/.exec(value)?.[1];
      return { algorithm, value, ...(parts === undefined ? {} : { parts: Number(parts) }) };
    }
  }
  return undefined;
}

/** The header that has S3 compare the checksum with what it received. */
export function checksumHeader({ algorithm, value }: Checksum): Headers {
  return { [`x-amz-checksum-${algorithm.toLowerCase()}`]: value };
}

/** What S3 takes checksums of parts by. */
const SUMS = { CRC32: Crc32, CRC32C: Crc32c, CRC64NVME: Crc64Nvme, SHA1: Sha1, SHA256: Sha256 } as const;

export type Algorithm = keyof typeof SUMS;

/** Computes a checksum of what comes in pieces. */
export function computing(algorithm: Algorithm): { update(piece: Buffer): void; value(): Promise<string> } {
  const sum = new SUMS[algorithm]();
  return {
    update: (piece) => sum.update(piece),
    value: async () => Buffer.from(await sum.digest()).toString('base64'),
  };
}

export async function computed(algorithm: Algorithm, body: Buffer): Promise<Checksum> {
  const sum = computing(algorithm);
  sum.update(body);
  return { algorithm, value: await sum.value() };
}
