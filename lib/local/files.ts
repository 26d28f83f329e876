import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { messageOf, UsageError } from '../errors';

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
  if (!statSync(path).isDirectory()) {
    return [{ path, key: basename(path) }];
  }
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => isFile(entry))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: file, key: `${basename(path)}/${relative(path, file).split(sep).join('/')}` };
    })
    .toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

/** A file, or a link to one; a link to a folder is not followed, since it may lead back. */
function isFile(entry: Dirent): boolean {
  return entry.isFile() || (entry.isSymbolicLink() && statSync(join(entry.parentPath, entry.name)).isFile());
}
