import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cli/process/run';
import { AppError } from '../errors/errors';
import { findPython } from './python';

/** Pinned and hashed: pip installs exactly this or nothing. */
const REQUIREMENTS = join(__dirname, 'requirements.txt');

/**
 * Makes the virtual environment of the emulator, once for each version of its requirements.
 *
 * @param folder where environments are kept
 * @returns the environment's Python
 * @throws AppError when Python is missing or the installation fails
 */
export async function emulatorPython(folder: string, log: string, signal?: AbortSignal): Promise<string> {
  const version = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12);
  const home = join(folder, `venv-${version}`);
  const python = join(home, 'bin', 'python');
  if (existsSync(python)) {
    return python;
  }
  // Made beside and renamed when it is whole: an interrupted run leaves nothing half done, and two at once do not meet.
  const draft = `${home}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    await run(findPython(), ['-m', 'venv', draft], { log, signal });
    await run(
      join(draft, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', REQUIREMENTS],
      { log, signal },
    );
    if (!existsSync(home)) {
      renameSync(draft, home);
    }
  } catch (error) {
    if (existsSync(python)) {
      return python; // another run was first
    }
    throw error instanceof AppError && error.code === 'CommandFailed'
      ? new AppError('NoEmulator', `the emulator could not be installed: ${error.message}`, error.hint, { cause: error })
      : error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return python;
}
