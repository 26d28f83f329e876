import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf, UsageError } from '../errors/errors';

/** A file to replicate. */
export interface LocalFile {
  readonly path: string;
  /** Its object key, before a pair's prefix. */
  readonly key: string;
}

/**
 * The files under the given paths. A folder is taken with everything in it, under its own name.
 *
 * @param directory what relative paths are relative to
 * @throws UsageError that names every path which is not there, holds no file, or would take another's key
 */
export function localFiles(paths: readonly string[], directory: string): LocalFile[] {
  const problems: string[] = [];
  const files = paths.flatMap((path) => {
    try {
      const found = filesUnder(resolve(directory, path));
      if (found.length === 0) {
        problems.push(`${path}: there is no file in it`);
      }
      return found;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      problems.push(`${path}: ${missing ? 'there is no such file or folder' : messageOf(error)}`);
      return [];
    }
  });
  const byKey = new Map<string, string>();
  for (const { key, path } of files) {
    const other = byKey.get(key);
    if (other !== undefined) {
      problems.push(`${path}: it would get the same key as ${other}: ${key}`);
    }
    byKey.set(key, path);
  }
  if (problems.length > 0) {
    throw new UsageError('BadFiles', `these files cannot be replicated:\n${problems.map((text) => `  - ${text}`).join('\n')}`);
  }
  return files;
}

/** The SHA-256 of a stream, in hexadecimal. */
export async function sha256(content: NodeJS.ReadableStream): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(content, hash);
  return hash.digest('hex');
}

/** The SHA-256 of a file, in hexadecimal. */
export function sha256OfFile(path: string): Promise<string> {
  return sha256(createReadStream(path));
}

function filesUnder(path: string): LocalFile[] {
  return statSync(path).isDirectory() ? filesIn(path, basename(path)) : [{ path, key: basename(path) }];
}

/** A link to a file is taken; one to a folder is not followed, since it may lead back. */
function filesIn(folder: string, prefix: string): LocalFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const key = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) {
        return filesIn(path, key);
      }
      return entry.isFile() || (entry.isSymbolicLink() && statSync(path).isFile()) ? [{ path, key }] : [];
    });
}
