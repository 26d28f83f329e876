import { execFileSync } from 'node:child_process';
import { AppError } from '../errors/errors';

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
