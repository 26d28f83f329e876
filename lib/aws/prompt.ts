import { createInterface } from 'node:readline/promises';
import { visibleLines } from '../errors/visible';
import { interruption } from './clock';

/**
 * Asks a question on the terminal of this process, which has to be there. Ctrl-D answers nothing.
 *
 * @throws UnreachableError when the person presses Ctrl-C, or the signal is aborted
 */
export async function prompt(question: string, signal?: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  let interrupted = false;
  const closed = new AbortController();
  terminal.on('close', () => closed.abort());
  // A terminal in which a line is edited makes no signal of Ctrl-C.
  terminal.on('SIGINT', () => {
    interrupted = true;
    terminal.close();
  });
  const end = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
  try {
    const answer = await terminal.question(visibleLines(question), { signal: end }).catch(() => '');
    if (interrupted && !process.emit('SIGINT')) {
      process.kill(process.pid, 'SIGINT');
    }
    if (interrupted || signal?.aborted === true) {
      process.stderr.write('\n');
      throw interruption();
    }
    return answer;
  } finally {
    terminal.close();
  }
}
