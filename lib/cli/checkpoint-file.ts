import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, UsageError } from '../errors/errors';

/** What every file of an interrupted command says about itself. */
export interface CheckpointBase {
  /** What the command worked on and how, as text: another command line cannot go on with it. */
  readonly subject: string;
}

/** What an error says about a command that can be gone on with. */
export interface CheckpointWords {
  /** Such as `audit`. */
  readonly command: string;
  /** The options that a command line has to repeat, such as `--pair and --csv`. */
  readonly options: string;
}

/**
 * Reads where a command was interrupted.
 *
 * @throws UsageError when there is no such file, or another command line wrote it
 */
export function readCheckpointFile(file: string, subject: string, { command, options }: CheckpointWords): CheckpointBase {
  let checkpoint: CheckpointBase;
  try {
    checkpoint = JSON.parse(readFileSync(file, 'utf8')) as CheckpointBase;
  } catch (error) {
    throw new UsageError(
      'NothingToResume',
      `there is no interrupted ${command} to go on with: ${messageOf(error)}`,
      'leave --resume out, or name its file with --checkpoint',
    );
  }
  if (checkpoint.subject !== subject) {
    throw new UsageError(
      `Other${command.charAt(0).toUpperCase()}${command.slice(1)}`,
      `${file} is of another ${command}, of other pairs or with other options`,
      `repeat its configuration, ${options}, or leave --resume out to begin anew\n  then: ${checkpoint.subject}\n  now:  ${subject}`,
    );
  }
  return checkpoint;
}

/**
 * Replaces the file in one step, so that an interruption, of the process or of the machine, leaves the old one or the new one.
 *
 * @throws UsageError when it cannot be written; the old one is there then
 */
export function writeCheckpointFile(file: string, checkpoint: CheckpointBase): void {
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, JSON.stringify(checkpoint), { flush: true });
    renameSync(draft, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(draft, { force: true });
    throw new UsageError('NoCheckpoint', `${file} cannot be written: ${messageOf(error)}`, 'name another file with --checkpoint');
  }
}

export function removeCheckpointFile(file: string): void {
  rmSync(file, { force: true });
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
