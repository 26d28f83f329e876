import type { Terminal } from '../../cli/terminal';
import { describeError, UsageError } from '../../errors/errors';

/** Asks for lines on a terminal. */
export type AskLine = NonNullable<Terminal['ask']>;

/**
 * Asks until the answer is valid.
 *
 * @param suggestion what an empty answer means; without one, an answer is required
 * @param read throws UsageError for an answer that is not valid
 */
export async function askFor<T>(
  { ask, tell }: { readonly ask: AskLine; readonly tell: Terminal['tell'] },
  question: string,
  suggestion: string | undefined,
  read: (answer: string) => T,
): Promise<T> {
  for (;;) {
    const answer = (await ask(`${question}${suggestion === undefined ? '' : ` [${suggestion}]`}: `)).trim();
    try {
      return read(answer === '' && suggestion !== undefined ? suggestion : answer);
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      tell(describeError(error));
    }
  }
}
