import { AppError, describeError } from '../errors/errors';
import { exitCodeOf, toData } from './exit-codes';
import type { Terminal } from './terminal';

/** What a command of this folder takes from its process besides what it works with. */
export interface Entry {
  readonly argv: readonly string[];
  /** Standard output. */
  readonly print: (text: string) => void;
  readonly terminal: Pick<Terminal, 'tell'>;
}

/** Runs a command, says what stopped it, and answers its exit code. Never throws. */
export async function runEntry({ argv, print, terminal }: Entry, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isForPeople = error instanceof AppError && !argv.includes('--debug');
    terminal.tell(isForPeople ? describeError(error) : ((error as Error).stack ?? String(error)));
    if (argv.includes('--json')) {
      print(JSON.stringify({ error: toData(error) }, null, 2));
    }
    return exitCodeOf(error);
  }
}
