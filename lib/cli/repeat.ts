import { AppError, describeError, UnreachableError } from '../errors/errors';
import { type Context, Outcome } from './command';
import { plural } from './units';

const MINUTE = 60_000;

/**
 * Repeats a round every so many minutes and prints each, until the person interrupts; then the last complete one counts. A later
 * round that gets no answer is told, and the next one tries again.
 *
 * @param verdict the last round in a few words
 * @throws UnreachableError when the first round gets no answer, or the person interrupts it
 */
export async function repeat<Data extends object>(
  round: () => Promise<Outcome<Data>>,
  minutes: number,
  { clock, terminal, report }: Pick<Context, 'clock' | 'terminal' | 'report'>,
  verdict: (last: Outcome<Data>) => string,
): Promise<Outcome> {
  let rounds = 0;
  let last: Awaited<ReturnType<typeof round>> | undefined;
  try {
    for (;;) {
      const start = clock.now();
      try {
        last = await round();
        rounds += 1;
        report({ data: last.data, text: `${start.toISOString()}\n${last.text}\n` });
      } catch (error) {
        if (last === undefined || !(error instanceof UnreachableError) || isInterruption(error)) {
          throw error;
        }
        terminal.tell(`${start.toISOString()}\n${describeError(error)}`);
      }
      await clock.sleep(Math.max(start.getTime() + minutes * MINUTE - clock.now().getTime(), 0));
    }
  } catch (error) {
    if (last === undefined || !isInterruption(error)) {
      throw error;
    }
    terminal.progress('');
    return new Outcome(
      last.status,
      { ...last.data, rounds },
      `interrupted after ${plural(rounds, 'round')}; the last one counts: ${verdict(last)}`,
    );
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof AppError && error.code === 'Interrupted';
}
