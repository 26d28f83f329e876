import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../cli/process/run';
import { COMMAND } from '../config/program';
import { AppError, UnreachableError } from '../errors/errors';

/** Pinned and hashed: pip installs exactly this or nothing. */
const REQUIREMENTS = join(__dirname, 'requirements.txt');

/**
 * Makes the virtual environment of the emulator, once for each version of its requirements.
 *
 * @param folder where environments are kept
 * @returns the environment's Python
 * @throws UnreachableError when PyPI cannot be reached; AppError when Python is missing or the installation fails
 */
export async function emulatorPython(folder: string, log: string, signal?: AbortSignal): Promise<string> {
  try {
    return await virtualEnv(REQUIREMENTS, folder, log, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CommandFailed') {
      throw error;
    }
    throw OFFLINE.test(error.message)
      ? new UnreachableError('NoEmulator', 'the emulator is not installed yet, and PyPI could not be reached', OFFLINE_HINT, {
          cause: error,
        })
      : new AppError('NoEmulator', `the emulator could not be installed: ${error.message}`, error.hint, { cause: error });
  }
}

/** What pip says where it reaches no index: at last that the index has no such package. */
const OFFLINE = /\(from versions: none\)|NewConnectionError|ConnectTimeout|ProxyError|name resolution|unreachable/i;

const OFFLINE_HINT = `Run this once where PyPI, or the mirror of it that PIP_INDEX_URL names, can be reached: the demo then needs no network.
${COMMAND} demo --prefetch`;

/**
 * Makes a virtual environment, once for each version of its requirements.
 *
 * @param requirements file of pinned and hashed packages
 * @returns the environment's Python
 * @throws AppError when Python is missing or the installation fails
 */
export async function virtualEnv(requirements: string, folder: string, log: string, signal?: AbortSignal): Promise<string> {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
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
    // Python compiles what it imports, which is a small part.
    const options = ['--quiet', '--disable-pip-version-check', '--no-compile', '--require-hashes'];
    await run(join(draft, 'bin', 'python'), ['-m', 'pip', 'install', ...options, '-r', requirements], { log, signal });
    if (!existsSync(home)) {
      renameSync(draft, home);
    }
  } catch (error) {
    if (existsSync(python)) {
      return python; // another run was first
    }
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return python;
}

const CANDIDATES = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/** Exits with 0 on a Python that is new enough and can make virtual environments. */
const PROBE = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 1)';

const HINT = `Install it, then run the demo again:
  Debian, Ubuntu: sudo apt-get install python3 python3-venv
  Fedora:         sudo dnf install python3
  macOS:          brew install python`;

/**
 * The command of a Python that can run the emulator.
 *
 * @param works whether a command is such a Python
 * @throws AppError that says what to install
 */
export function findPython(works: (command: string) => boolean = probe): string {
  const found = CANDIDATES.find(works);
  if (found === undefined) {
    throw new AppError('NoPython', 'the demo needs Python 3.10 or newer with its venv module, and none was found', HINT);
  }
  return found;
}

function probe(command: string): boolean {
  try {
    execFileSync(command, ['-c', PROBE], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
