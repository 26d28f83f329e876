import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { KeyRange } from '../aws/listing/cursor';
import { messageOf, UsageError } from '../errors/errors';
import { checkJson, type FileWords, lockFile, replaceFile, unwritable } from './files';

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

/** How often something was counted. */
export const count = z.int().min(0);

/** Bytes: of many objects together more than a number holds exactly. */
export const size = z.number().min(0);

/** A part of the key space. JSON has no word for a range without an end. */
export const keyRange = z
  .strictObject({ from: z.string(), to: z.string().optional() })
  .transform(({ from, to }): KeyRange => ({ from, to }));

/** Code of the error of a checkpoint that cannot be written. */
export const NO_CHECKPOINT = 'NoCheckpoint';

const WORDS: FileWords = { code: NO_CHECKPOINT, hint: 'name another file with --checkpoint' };

/**
 * Reads where a command was interrupted.
 *
 * @param schema the whole content: what does not fit is not gone on with
 * @throws UsageError when there is no such file, another command line wrote it, or it does not fit
 */
export function readCheckpointFile<Checkpoint extends CheckpointBase>(
  file: string,
  schema: z.ZodType<Checkpoint>,
  subject: string,
  { command, options }: CheckpointWords,
): Checkpoint {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      'NothingToResume',
      `no interrupted ${command} to continue: ${messageOf(error)}`,
      'leave --resume out, or name its file with --checkpoint',
    );
  }
  const words = {
    what: `checkpoint of the ${command}`,
    hint: 'leave --resume out to begin anew, or name another file with --checkpoint',
  };
  const found = checkJson(text, file, z.looseObject({ subject: z.string() }), words);
  if (found.subject !== subject) {
    throw new UsageError(
      `Other${command.charAt(0).toUpperCase()}${command.slice(1)}`,
      `${file} is of another ${command}, of other pairs or with other options`,
      `repeat its configuration, ${options}, or leave --resume out to begin anew\n  then: ${found.subject}\n  now:  ${subject}`,
    );
  }
  return checkJson(text, file, schema, words);
}

/**
 * Replaces the file in one step, so that an interruption, of the process or of the machine, leaves the old one or the new one.
 *
 * @throws UsageError when it cannot be written; the old one is there then
 */
export function writeCheckpointFile(file: string, checkpoint: CheckpointBase): void {
  replaceFile(file, JSON.stringify(checkpoint), WORDS);
}

/** @throws UsageError when it is there and cannot be removed */
export function removeCheckpointFile(file: string): void {
  try {
    if (existsSync(file)) {
      rmSync(file);
    }
  } catch (error) {
    throw unwritable(file, error, WORDS);
  }
}

/**
 * Keeps a second run from a checkpoint for as long as this one uses it.
 *
 * @returns releases it
 * @throws UsageError when another run uses it, or no file can be written there
 */
export function lockCheckpoint(file: string): () => void {
  return lockFile(file, WORDS);
}
