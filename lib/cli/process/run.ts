import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { finished } from 'node:stream/promises';
import { stripVTControlCharacters } from 'node:util';
import { stopIfInterrupted } from '../../aws/clock';
import { AppError } from '../../errors/errors';
import { endWith } from './end-with';

export interface RunOptions {
  /** File that the output is appended to. @default - only a failure shows output */
  readonly log?: string;
  /** @default - the folder of this process */
  readonly cwd?: string;
  /** @default - the environment of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command, and every process that it started. */
  readonly signal?: AbortSignal;
}

/** Lines of output that a failure shows. */
const TAIL_LINES = 25;

/**
 * Runs a command to its end.
 *
 * @throws AppError with the last lines of its output when it fails or cannot be started
 * @throws UnreachableError when the signal ended it
 */
export async function run(command: string, args: readonly string[], { log, cwd, env, signal }: RunOptions = {}): Promise<void> {
  const line = [basename(command), ...args].join(' ');
  const file = log === undefined ? undefined : createWriteStream(log, { flags: 'a' });
  let logFault: Error | undefined;
  // The command runs without its log too.
  file?.on('error', (error) => {
    logFault = error;
  });
  file?.write(`\n$ ${line}\n`);
  const tail: string[] = [];
  // A group of its own, so that what it started ends with it: the CDK CLI runs the app in a shell.
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const release = endWith(child, signal, (name) => {
    if (child.pid !== undefined) {
      process.kill(-child.pid, name);
    }
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => {
      file?.write(data);
      tail.push(...stripVTControlCharacters(data.toString()).split('\n'));
      tail.splice(0, tail.length - TAIL_LINES);
    });
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, killer) => resolve(code === 0 ? undefined : `it ended with ${killer ?? `code ${code}`}`));
  });
  release();
  if (file !== undefined) {
    file.end();
    await finished(file).catch(() => undefined);
  }
  if (signal !== undefined) {
    stopIfInterrupted(signal);
  }
  if (failure !== undefined) {
    const hint =
      log === undefined ? undefined : logFault === undefined ? `all output: ${log}` : `${log} lacks output: ${logFault.message}`;
    throw new AppError('CommandFailed', `"${line}" failed: ${failure}\n${tail.join('\n').trim()}`, hint);
  }
}
