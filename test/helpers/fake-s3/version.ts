import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type Headers = Record<string, string>;

/** A version or delete marker as a test describes it. */
export interface Stored {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker?: boolean;
  /** @default OLD */
  readonly lastModified?: string;
  /** @default "STANDARD" */
  readonly storageClass?: string;
  /** @default - some bytes */
  readonly body?: Buffer;
  /** Size that S3 says, for an object too large to be in memory. @default - the one of the body */
  readonly size?: number;
  /** @default - one that says nothing of the content, as under a KMS key */
  readonly etag?: string;
  /** Headers that HEAD and GET answer with, of checksums and of the key among them. */
  readonly headers?: Headers;
  readonly tags?: Readonly<Record<string, string>>;
  /** Bodies of its parts, where its checksum is composite. */
  readonly parts?: readonly Buffer[];
  /** Its content cannot be read. */
  readonly archived?: boolean;
}

/** The same, as a bucket has it. */
export type Version = Stored &
  Required<Pick<Stored, 'isDeleteMarker' | 'lastModified' | 'storageClass' | 'body' | 'etag' | 'headers'>>;

/** A month before the clock of the tests. */
export const OLD = '2026-10-01T12:00:00.000Z';

export function sizeOf({ size, body }: Version): number {
  return size ?? body.length;
}

export function crc32Of(body: Buffer): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(body));
  return value.toString('base64');
}

export function md5Of(body: Buffer | string): string {
  return createHash('md5').update(body).digest('hex');
}

const SUMS: Readonly<Record<string, (body: Buffer) => string>> = {
  crc32: crc32Of,
  sha256: (body) => createHash('sha256').update(body).digest('base64'),
};

/** The checksum of an algorithm of S3; undefined for one that is not known here. */
export function checksumOf(algorithm: string, body: Buffer): string | undefined {
  return SUMS[algorithm]?.(body);
}

/** The checksum of checksums that S3 keeps for an object uploaded in parts. */
export function composite(parts: readonly Buffer[], algorithm = 'crc32'): string {
  const sum = SUMS[algorithm] ?? crc32Of;
  return `${sum(Buffer.concat(parts.map((part) => Buffer.from(sum(part), 'base64'))))}-${parts.length}`;
}

/** The headers of a checksum: of an object as a whole, or of its parts. */
export function checksumHeaders(algorithm: string, body: Buffer, parts?: readonly Buffer[]): Headers {
  return {
    [`x-amz-checksum-${algorithm}`]: parts === undefined ? (checksumOf(algorithm, body) ?? '') : composite(parts, algorithm),
    'x-amz-checksum-type': parts === undefined ? 'FULL_OBJECT' : 'COMPOSITE',
  };
}
