import { crc32 } from 'node:zlib';
import type { Headers } from './thin/connection';

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
export function keptHeaders(read: Headers): Headers {
  const kept = Object.entries(read).filter(([name]) => CONTENT.includes(name) || name.startsWith('x-amz-meta-'));
  return Object.fromEntries(kept.flatMap(([name, value]) => (name === 'content-encoding' ? encoding(value) : [[name, value]])));
}

/** `aws-chunked` was about one upload; repeated, it would make S3 look for chunks. */
function encoding(value: string): [string, string][] {
  const codings = value.split(',').map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== 'aws-chunked');
  return kept.length === 0 ? [] : [['content-encoding', kept.length === codings.length ? value : kept.join(',')]];
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

export function crc32Of(body: Buffer): Checksum {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return { algorithm: 'CRC32', value: value.toString('base64') };
}
