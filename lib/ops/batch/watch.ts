import { faultInWords } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import { duration, whole } from '../../cli/units';
import { type AppError, UnreachableError } from '../../errors/errors';
import { type BatchJob, hasEnded, isPreparing } from './job';

/**
 * AWS asks not to look at a job more often.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-batch-operations.html
 */
const EVERY = 30_000;

/** Questions in a row that may stay without an answer: a job runs for hours, and networks do not. */
const PATIENCE = 5;

/** The command whose jobs are watched. */
export interface WatchedCommand {
  readonly command: string;
  /** Says what S3 does before it works on objects. */
  readonly preparing: string;
  /** The command line, or what else a person does, to come back to a job. */
  readonly watchJob: (id: string) => string;
}

/**
 * Looks at jobs until none of them moves on.
 *
 * @param moves whether to wait for a job in this state
 * @returns the jobs as they are then, in their order
 * @throws UnreachableError when the person interrupts, or S3 gives no answer for some time; the jobs go on all the same
 */
export async function watch<Job extends BatchJob>(
  { clock, terminal }: Pick<Context, 'clock' | 'terminal'>,
  command: WatchedCommand,
  jobs: { describe(id: string): Promise<Job> },
  watched: readonly Job[],
  moves: (job: Job) => boolean,
): Promise<readonly Job[]> {
  let now = watched;
  let failures = 0;
  try {
    while (now.some(moves)) {
      terminal.progress(progressLine(command, now));
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
        terminal.tell(`trying again: ${faultInWords(error)}`);
      }
    }
  } catch (error) {
    const open = now.filter((job) => !hasEnded(job));
    throw error instanceof UnreachableError
      ? new UnreachableError(error.code, error.message, hintFor(error, open, command))
      : error;
  }
  terminal.progress('');
  return now;
}

/** The hint of an error that ends the watching and not the jobs. */
export function hintFor(error: AppError, jobs: readonly BatchJob[], command: WatchedCommand): string {
  return [...(error.hint === undefined ? [] : [error.hint]), ...jobs.map((job) => howToGoOn(job, command))].join('\n');
}

/** How to come back to a job. */
export function howToGoOn({ id, pair, status }: BatchJob, { watchJob }: Pick<WatchedCommand, 'watchJob'>): string {
  const now = status === 'Suspended' ? 'waits for a confirmation' : `is ${status}, and continues in AWS`;
  return `job ${id} of pair ${pair.id} ${now}: ${watchJob(id)}`;
}

const BAR = 20;

/** How far jobs are, in one line: a bar, done, failed, rate and time left. */
export function progressLine(
  { command, preparing }: Pick<WatchedCommand, 'command' | 'preparing'>,
  jobs: readonly BatchJob[],
): string {
  const ended = jobs.filter(hasEnded).length;
  const several = jobs.length === 1 ? '' : `${ended} of ${jobs.length} jobs ended; `;
  const states = [...new Set(jobs.filter((job) => !hasEnded(job) && job.status !== 'Active').map(({ status }) => status))];
  const state = states.length === 0 ? '' : `${states.join(', ')}; `;
  return `${command}: ${several}${state}${jobs.some(isPreparing) ? preparing : describeObjects(jobs)}`;
}

function describeObjects(jobs: readonly BatchJob[]): string {
  const total = sum(jobs, ({ objects }) => objects.total ?? 0);
  const failed = sum(jobs, ({ objects }) => objects.failed);
  const done = sum(jobs, ({ objects }) => objects.succeeded) + failed;
  const share = total === 0 ? 0 : Math.min(done / total, 1);
  const filled = Math.floor(share * BAR);
  const rate = sum(jobs, (job) => (hasEnded(job) ? 0 : rateOf(job)));
  return [
    `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] ${Math.floor(share * 100)} %`,
    `${whole(done)} of ${whole(total)} done`,
    `${whole(failed)} failed`,
    ...(rate === 0 ? [] : [`${rate < 1 ? rate.toFixed(2) : whole(Math.round(rate))} a second`]),
    ...(rate === 0 || done >= total ? [] : [`about ${duration((total - done) / rate)} left`]),
  ].join(', ');
}

/** Objects a second, by the time that S3 itself has worked on the job: right for a watch that begins late, too. */
function rateOf({ objects, activeSeconds }: BatchJob): number {
  return activeSeconds === 0 ? 0 : (objects.succeeded + objects.failed) / activeSeconds;
}

function sum(jobs: readonly BatchJob[], of: (job: BatchJob) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}
