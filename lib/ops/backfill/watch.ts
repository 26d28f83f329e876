import type { Context } from '../../cli/command';
import { type AppError, messageOf, UnreachableError } from '../../errors/errors';
import { hasEnded, type Job } from './job';
import type { Jobs } from './jobs';
import { progressLine } from './progress';

/**
 * AWS asks not to look at a job more often.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-batch-operations.html
 */
const EVERY = 30_000;

/** Questions in a row that may stay without an answer: a job runs for hours, and networks do not. */
const PATIENCE = 5;

/**
 * Looks at jobs until none of them moves on.
 *
 * @param moves whether to wait for a job in this state
 * @returns the jobs as they are then, in their order
 * @throws UnreachableError when the person interrupts, or S3 gives no answer for some time; the jobs go on all the same
 */
export async function watch(
  { clock, terminal }: Context,
  jobs: Jobs,
  watched: readonly Job[],
  moves: (job: Job) => boolean,
): Promise<readonly Job[]> {
  let now = watched;
  let failures = 0;
  try {
    while (now.some(moves)) {
      terminal.progress(progressLine(now));
      await clock.sleep(EVERY);
      try {
        now = await Promise.all(now.map(async (job) => (moves(job) ? jobs.describe(job.id) : job)));
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures >= PATIENCE || !(error instanceof UnreachableError)) {
          throw error;
        }
        terminal.progress('');
        terminal.tell(`trying again: ${messageOf(error)}`);
      }
    }
  } catch (error) {
    const open = now.filter((job) => !hasEnded(job));
    throw error instanceof UnreachableError ? new UnreachableError(error.code, error.message, hintFor(error, open)) : error;
  }
  terminal.progress('');
  return now;
}

/** The hint of an error that ends the watching and not the jobs. */
export function hintFor(error: AppError, jobs: readonly Job[]): string {
  return [...(error.hint === undefined ? [] : [error.hint]), ...jobs.map(howToGoOn)].join('\n');
}

/** How to come back to a job. */
export function howToGoOn({ id, pair, status }: Job): string {
  const now = status === 'Suspended' ? 'waits for a confirmation' : `is ${status}, and goes on in AWS`;
  return `job ${id} of pair ${pair.id} ${now}: npm run ops -- backfill watch ${id}`;
}
