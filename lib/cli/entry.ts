import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, describeError, UsageError } from '../errors/errors';
import type { Documents } from './documents';
import { type ExitCode, errorToJson, exitCodeOf } from './exit-codes';
import type { Terminal } from './terminal';

/** What a command of this folder takes from its process besides what it works with. */
export interface Entry {
  readonly argv: readonly string[];
  /** Standard output of `--json`. */
  readonly documents: Pick<Documents, 'print'>;
  readonly terminal: Pick<Terminal, 'tell' | 'progress'>;
}

/** Runs a command, says what stopped it, and answers its exit code. Never throws. */
export async function runEntry<Code extends number>(
  { argv, documents, terminal }: Entry,
  work: () => Promise<Code>,
): Promise<Code | ExitCode> {
  try {
    return await work();
  } catch (error) {
    terminal.progress('');
    const ended = forPeople(error);
    const isForPeople = ended instanceof AppError && !argv.includes('--debug');
    terminal.tell(isForPeople ? describeError(ended) : ((error as Error).stack ?? String(error)));
    if (argv.includes('--json')) {
      documents.print(errorToJson(ended));
    }
    return exitCodeOf(ended);
  }
}

/** What a command loads late, npm may not have installed. */
function forPeople(error: unknown): unknown {
  const { notInstalled, NOT_INSTALLED, INSTALL } = require('../errors/not-installed.js') as NotInstalled;
  const why = error instanceof AppError ? undefined : notInstalled(error);
  return why === undefined ? error : new UsageError('NotInstalled', `${NOT_INSTALLED}: ${why}`, INSTALL, { cause: error });
}

interface NotInstalled {
  readonly notInstalled: (error: unknown) => string | undefined;
  readonly NOT_INSTALLED: string;
  readonly INSTALL: string;
}

/** The nearest folder at or above this one that holds a cdk.json; this one where none does. */
export function projectFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) {
      return folder;
    }
    if (folder === dirname(folder)) {
      return start;
    }
  }
}
