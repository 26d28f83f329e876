import { prompt } from '../aws/prompt';
import { AbortError, UsageError } from '../errors/errors';

/** Where a command shows what it does and asks. Results go through its outcome instead. */
export interface Terminal {
  /** Writes a line for people, on standard error, so that standard output holds the result alone. */
  tell(line: string): void;
  /** Clears the screen, printed before a result that takes the place of the last one; empty in a pipe. */
  readonly clear: string;
  /** Shows where a long wait is, in one line that the next call replaces; nothing in a pipe. An empty line ends it. */
  progress(line: string): void;
  /**
   * Asks before a change.
   * @throws AbortError when the answer is no
   * @throws UsageError when there is no terminal to ask on
   * @throws UnreachableError when the person presses Ctrl-C
   */
  confirm(question: string): Promise<void>;
}

/**
 * The terminal that this process runs on.
 *
 * @param signal ends a question
 */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    tell: (line) => {
      process.stderr.write(`${line}\n`);
    },
    clear: process.stdout.isTTY ? '\u001b[H\u001b[J' : '',
    progress: (line) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r\u001b[K${line}`);
      }
    },
    confirm: async (question) => {
      if (!process.stdin.isTTY) {
        throw new UsageError(
          'NotConfirmed',
          `nothing was changed: there is no terminal to ask on: ${question.trim()}`,
          'add --yes to go ahead without the question',
        );
      }
      // Ctrl-D declines.
      const answer = await prompt(`${question} [y/N] `, signal);
      if (!/^y(es)?$/i.test(answer.trim())) {
        throw new AbortError('Declined', 'Nothing was changed.');
      }
    },
  };
}
