import { createHash } from 'node:crypto';
import { z } from 'zod';
import { quoted } from '../errors/visible';

/*
 * The manifest of an inventory report: it names the files of the report, and S3 writes it last.
 */

/** The folder of a report: when S3 began to look at the bucket. */
export const REPORT_FOLDER = /^(\d{4}-\d{2}-\d{2}T\d{2})-(\d{2})Z$/;

const MANIFEST = z.object({
  sourceBucket: z.string(),
  creationTimestamp: z.string().regex(/^\d{10,16}$/),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string().min(1), size: z.int().min(0), MD5checksum: z.string().regex(/^[\da-fA-F]{32}$/) })),
});

/** What a manifest says, as far as it is looked at. */
export type Manifest = z.output<typeof MANIFEST>;

/**
 * Reads a manifest, and compares it with its checksum.
 *
 * @returns what is wrong with it, in words, where it is not as S3 wrote it
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html#storage-inventory-location-manifest
 */
export function readManifest(text: string, checksum: string): Manifest | string {
  const md5 = createHash('md5').update(text).digest('hex');
  const expected = checksum.trim();
  if (md5 !== expected.toLowerCase()) {
    return `its MD5 is ${md5}, and manifest.checksum says ${quoted(expected.slice(0, 40))}`;
  }
  const read = MANIFEST.safeParse(asJson(text));
  return read.success ? read.data : `it is not a manifest of S3 Inventory: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`;
}

/** Returns the columns that the files of a report lack. */
export function missingColumns({ fileSchema }: Pick<Manifest, 'fileSchema'>, columns: readonly string[]): string[] {
  return columns.filter((column) => !new RegExp(`\\b${column}\\b`).test(fileSchema));
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
