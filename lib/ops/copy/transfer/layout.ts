import type { Item } from '../model';
import type { ObjectRequest } from './connection';
import type { Checksum } from './headers';

/** Most parts of an upload. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MOST_PARTS = 10_000;

const KIB = 1024;
const MIB = 1024 ** 2;

/** Sizes in bytes by which it is chosen how an object is copied. */
export interface Sizes {
  /** Largest object that gets one of many small buffers, which are used again: what objects leave behind makes V8 collect garbage. */
  readonly small: number;
  /** Largest object that gets memory of its own. Larger ones use a buffer, and those that fit in none are sent on as they arrive. */
  readonly inMemory: number;
  /** Largest object that is copied in one PUT. */
  readonly whole: number;
  /** A part, as long as that many parts are enough, and a buffer. Of the largest objects that S3 has, parts are as large as S3 takes them. */
  readonly part: number;
}

export const SIZES: Sizes = { small: 128 * KIB, inMemory: 4 * MIB, whole: 64 * MIB, part: 12 * MIB };

/** One part: how to read it. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly read: Pick<ObjectRequest, 'query' | 'headers'>;
  /** Bytes. @default - as many as the same part of the replica has */
  readonly size?: number;
}

/** How a version is divided: as it was where its checksum is one of its parts, so that it comes out the same. */
export function partsOf({ size, versionId }: Item, checksum: Checksum | undefined, { part } = SIZES): Part[] {
  if (checksum?.parts !== undefined) {
    return numbers(checksum.parts).map((number) => ({
      number,
      read: { query: { versionId, partNumber: String(number) }, headers: { 'x-amz-checksum-mode': 'ENABLED' } },
    }));
  }
  const length = size <= MOST_PARTS * part ? part : Math.ceil(size / MOST_PARTS / MIB) * MIB;
  return numbers(Math.ceil(size / length)).map((number) => {
    const start = (number - 1) * length;
    const end = Math.min(start + length, size);
    return { number, read: { query: { versionId }, headers: { range: `bytes=${start}-${end - 1}` } }, size: end - start };
  });
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
