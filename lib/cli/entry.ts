import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, describeError } from '../errors/errors';
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
    const isForPeople = error instanceof AppError && !argv.includes('--debug');
    terminal.tell(isForPeople ? describeError(error) : ((error as Error).stack ?? String(error)));
    if (argv.includes('--json')) {
      documents.print(errorToJson(error));
    }
    return exitCodeOf(error);
  }
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
