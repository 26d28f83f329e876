import { prompt } from '../aws/prompt';
import { AbortError, messageOf, UsageError } from '../errors/errors';
import { visible, visibleLines } from '../errors/visible';
import { EXIT } from './exit-codes';
import { screenOf, shown } from './layout';

/** Where a command shows what it does and asks. Results go through its outcome instead. */
export interface Terminal {
  /** Writes a line for people, on standard error, so that standard output holds the result alone. */
  tell(line: string): void;
  /** Characters in a line of the result; infinite in a pipe. */
  readonly columns: number;
  /** Clears the screen, printed before a result that takes the place of the last one; empty in a pipe. */
  readonly clear: string;
  /**
   * Shows where a long wait is: on a terminal in one line that the next call replaces, in a pipe in a new line every ten seconds. An empty
   * line ends it.
   */
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
  const progress = new Progress(process.stderr);
  return {
    tell: (line) => {
      progress.pause();
      process.stderr.write(`${shown(visibleLines(line), screenOf(process.stderr))}\n`);
    },
    columns: screenOf(process.stdout).columns,
    clear: process.stdout.isTTY ? CLEAR : '',
    progress: (line) => progress.show(line),
    confirm: async (question) => {
      if (!process.stdin.isTTY) {
        throw new UsageError(
          'NotConfirmed',
          `nothing was changed: there is no terminal to ask on: ${question.trim()}`,
          'add --yes to go ahead without the question',
        );
      }
      progress.pause();
      // Ctrl-D declines.
      const answer = await prompt(`${shown(visibleLines(question), screenOf(process.stderr))} [y/N] `, signal);
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

/** Goes to the beginning of the line, and clears it. */
const ERASE = '\r\u001b[K';

/** Milliseconds after which a pipe gets another line of progress. */
const EVERY = 10_000;

/** Milliseconds after which a terminal shows the seconds anew. */
const TICK = 1000;

/** The last line of a stream while a command waits, and for how long it has waited. */
class Progress {
  private line = '';
  private since = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>) {}

  show(line: string): void {
    if (line === '') {
      this.pause();
      clearInterval(this.timer);
      this.timer = undefined;
      this.line = '';
      return;
    }
    this.line = line;
    if (this.timer === undefined) {
      this.since = performance.now();
      this.timer = setInterval(() => this.tick(), this.stream.isTTY ? TICK : EVERY).unref();
    }
    if (this.stream.isTTY) {
      this.tick();
    }
  }

  /** Makes room for another line. The next one of progress is below it. */
  pause(): void {
    if (this.stream.isTTY && this.line !== '') {
      this.put('', '');
    }
  }

  private tick(): void {
    const seconds = Math.floor((performance.now() - this.since) / 1000);
    const line = seconds < 1 ? this.line : `${this.line}  ${seconds} s`;
    if (this.stream.isTTY) {
      this.put(cut(visible(line), screenOf(this.stream).columns - 1), '');
    } else {
      this.put(line, '\n');
    }
  }

  private put(line: string, end: string): void {
    this.stream.write(`${this.stream.isTTY ? ERASE : ''}${visible(line)}${end}`);
  }
}

/** Two lines of a terminal cannot be replaced by one. */
function cut(line: string, most: number): string {
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
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
  process.stdout.write(`${clear}${shown(visibleLines(text.slice(clear.length)), screenOf(process.stdout))}\n`);
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
