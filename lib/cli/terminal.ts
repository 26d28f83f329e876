import { prompt } from '../aws/prompt';
import { AbortError, messageOf, UsageError } from '../errors/errors';
import { visible, visibleLines } from '../errors/visible';
import { EXIT } from './exit-codes';

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
  /**
   * Asks for a line of text. Ctrl-D answers an empty one.
   *
   * @throws UnreachableError when the person presses Ctrl-C
   * @default - there is no terminal to ask on
   */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** Puts the cursor into the upper left corner, and clears what is below. */
const CLEAR = '\u001b[H\u001b[J';

/**
 * The terminal that this process runs on. What is not seen does not reach it, whoever wrote it: besides line feeds, only the sequences of
 * this file.
 *
 * @param signal ends a question
 */
export function processTerminal(signal: AbortSignal): Terminal {
  return {
    tell: (line) => {
      process.stderr.write(`${visibleLines(line)}\n`);
    },
    clear: process.stdout.isTTY ? CLEAR : '',
    progress: (line) => {
      if (process.stderr.isTTY) {
        process.stderr.write(`\r\u001b[K${visible(line)}`);
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
    // Only when it is wanted: standard input takes its time to open.
    get ask() {
      return process.stdin.isTTY ? (question: string) => prompt(question, signal) : undefined;
    },
  };
}

let isGuarded = false;

/**
 * Prints a result on standard output, where it is guarded like the terminal. A disk that is full is told, and the process does not end with
 * 0; a reader that has enough, such as `head`, is no fault.
 */
export function printResult(text: string): void {
  if (!isGuarded) {
    isGuarded = true;
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        process.stderr.write(`the result could not be printed: ${messageOf(error)}\n`);
        process.on('exit', () => {
          process.exitCode ||= EXIT.unknown;
        });
      }
    });
  }
  const clear = text.startsWith(CLEAR) ? CLEAR : '';
  process.stdout.write(`${clear}${visibleLines(text.slice(clear.length))}\n`);
}

/** A terminal that shows what a command tells only when it asks about it. */
export function quietTerminal(terminal: Terminal): Terminal {
  let held: string[] = [];
  const show = () => {
    held.forEach((line) => terminal.tell(line));
    held = [];
  };
  const { ask } = terminal;
  return {
    ...terminal,
    tell: (line) => {
      held.push(line);
    },
    progress: () => undefined,
    confirm: async (question) => {
      show();
      await terminal.confirm(question);
    },
    ...(ask && {
      ask: (question: string) => {
        show();
        return ask(question);
      },
    }),
  };
}
