import { randomBytes } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { parseJson } from '../config/json';
import { shapeProblems } from '../config/shape-problems';
import { ConfigError, messageOf, problemList, UsageError } from '../errors/errors';

/** How the error of a file that cannot be written is worded. */
export interface FileWords {
  /** Code of the error, such as `NoCsv`. */
  readonly code: string;
  /** What to do instead, such as `name another file with --csv`. */
  readonly hint: string;
}

/** Returns the error of a file that cannot be written. One that says so already stays as it is. */
export function unwritable(file: string, error: unknown, { code, hint }: FileWords): UsageError {
  return error instanceof UsageError ? error : new UsageError(code, `${file} cannot be written: ${messageOf(error)}`, hint);
}

/**
 * Checks whether a file can be replaced. Changes nothing, so that a command can ask before hours of work.
 *
 * @throws UsageError when its folder refuses new files, or a link, a folder, a device or a read-only file has its name
 */
export function assertReplaceable(file: string, words: FileWords): void {
  try {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isSymbolicLink()) {
      throw new Error('it is a link, and links are not followed; name the file itself');
    }
    if (found !== undefined && !found.isFile()) {
      throw new Error('it is not a regular file');
    }
    if (found !== undefined) {
      accessSync(file, constants.W_OK);
    }
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error, words);
  }
}

/**
 * Replaces a file in one step: a reader, and an interruption of the process or of the machine, finds the old content or the new content.
 *
 * @throws UsageError when it cannot be written; the old file is unchanged then
 */
export function replaceFile(file: string, content: string, words: FileWords): void {
  assertReplaceable(file, words);
  // Beside the file: a rename does not cross file systems. Nobody can guess the name, so that nobody can put a link there.
  const draft = join(dirname(file), `.s3-replication-${randomBytes(8).toString('hex')}.tmp`);
  try {
    createFile(draft, content);
    renameSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(file, error, words);
  }
}

/** Windows has no such flag. */
const NO_LINKS = constants.O_NOFOLLOW ?? 0;

/** Writes a file that does not exist, to the disk itself. Removes it again when that fails. */
function createFile(file: string, content: string): void {
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_LINKS, 0o666);
  try {
    writeAt(descriptor, Buffer.from(content), 0);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Opens a file that exists, to read it and to change it. Throws for a link, and whatever is not a regular file. */
export function openRegularFile(file: string): number {
  const descriptor = openSync(file, constants.O_RDWR | NO_LINKS);
  if (!fstatSync(descriptor).isFile()) {
    closeSync(descriptor);
    throw new Error('it is not a regular file');
  }
  return descriptor;
}

/** Writes all bytes at a position: the file system may take fewer at a time. */
export function writeAt(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
}

/** The new name lasts only when its folder does. Not every system lets a folder be opened, such as Windows. */
function syncFolder(folder: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Lock files of this process. */
const held = new Set<string>();

/** Attempts to take a lock, while others release theirs. */
const LOCK_ATTEMPTS = 10;

/**
 * Keeps a second run from the same file, by a file beside it that ends in `.lock`. A lock whose process of this machine has ended is
 * replaced.
 *
 * @param file which the run reads and writes
 * @param hint how a second run names another file
 * @returns releases the lock
 * @throws UsageError when another run holds the lock, or its file cannot be written
 */
export function lockFile(file: string, words: FileWords): () => void {
  const lock = `${file}.lock`;
  const content = `${process.pid} ${hostname()} ${randomBytes(8).toString('hex')}\n`;
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt += 1) {
    try {
      createFile(lock, content);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw unwritable(lock, error, words);
      }
      const holder = readLock(lock);
      if (holder !== undefined && !hasEnded(holder, lock)) {
        throw inUse(file, lock, holder, words);
      }
      if (holder !== undefined) {
        removeLock(lock, holder);
      }
      continue;
    }
    held.add(lock);
    return () => {
      held.delete(lock);
      removeLock(lock, content);
    };
  }
  throw inUse(file, lock, readLock(lock) ?? '', words);
}

/** The content of a lock; undefined when it is gone. Empty for something that is not a lock, which nobody but a person may remove. */
function readLock(lock: string): string | undefined {
  const found = lstatSync(lock, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) {
    return found === undefined ? undefined : '';
  }
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return '';
  }
}

/** Removes a lock if it still has this content: meanwhile somebody else may have taken it. */
function removeLock(lock: string, content: string): void {
  const aside = `${lock}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(lock, aside);
    if (readLock(aside) === content) {
      rmSync(aside);
    } else {
      renameSync(aside, lock);
    }
  } catch {
    // Somebody else removed it first, or the disk is read-only by now: the next run finds that its process has ended.
  }
}

/** Whether the process of a lock has ended. Nothing is known of another machine. */
function hasEnded(holder: string, lock: string): boolean {
  const [, pid = '', host] = /^(\d+) (\S+) /.exec(holder) ?? [];
  if (host !== hostname()) {
    return false;
  }
  // A container numbers its processes from 1: an earlier run may have had the number of this one.
  return Number(pid) === process.pid ? !held.has(lock) : !isAlive(Number(pid));
}

/** Whether a process of this machine is running. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isOnlyListed(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether Linux only lists a process until somebody asks how it ended: in a container that may be nobody. */
function isOnlyListed(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function inUse(file: string, lock: string, holder: string, { hint }: FileWords): UsageError {
  const [, pid, host] = /^(\d+) (\S+) /.exec(holder) ?? [];
  const who = pid === undefined ? 'another run' : `another run, process ${pid} on ${host}`;
  return new UsageError(
    'InUse',
    `${file} is in use by ${who}`,
    `wait until that run ends, or ${hint}; if it does not run any more, remove ${lock}`,
  );
}

/** What a file is, in the words of an error. */
export interface CheckedFile {
  /** Such as `price file`. */
  readonly what: string;
  /** What to do instead, such as `name another one with --prices`. */
  readonly hint: string;
}

/**
 * Reads a JSON file and checks it as a whole.
 *
 * @throws UsageError when it cannot be read, and with every problem when it is not JSON or does not fit the schema
 */
export function readChecked<Schema extends z.ZodType>(path: string, schema: Schema, words: CheckedFile): z.output<Schema> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError('NoFile', `the ${words.what} ${path} cannot be read: ${messageOf(error)}`, words.hint);
  }
  return checkJson(text, path, schema, words);
}

/** Problems that one error lists: a large file may have one in every line. */
const MOST_PROBLEMS = 20;

/**
 * Checks the text of a JSON file as a whole.
 *
 * @throws UsageError with every problem when it is not JSON or does not fit the schema
 */
export function checkJson<Schema extends z.ZodType>(
  text: string,
  path: string,
  schema: Schema,
  { what, hint }: CheckedFile,
): z.output<Schema> {
  const { value, problems } = jsonOf(text, path);
  const checked = schema.safeParse(value);
  if (problems.length === 0 && checked.success) {
    return checked.data;
  }
  const all = problems.length > 0 ? problems : (checked.error?.issues ?? []).flatMap((issue) => shapeProblems(issue, value));
  const more = all.length > MOST_PROBLEMS ? `\n  - and ${all.length - MOST_PROBLEMS} more` : '';
  throw new UsageError(
    'BadFile',
    `the ${what} ${path} is wrong:\n${problemList(all.slice(0, MOST_PROBLEMS), 'the whole file')}${more}`,
    hint,
  );
}

function jsonOf(text: string, path: string): { readonly value?: unknown; readonly problems: ConfigError['problems'] } {
  try {
    return { value: parseJson(text, path), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw error;
    }
    return { problems: error.problems };
  }
}
