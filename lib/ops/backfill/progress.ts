import { duration, whole } from '../../cli/units';
import { hasEnded, isPreparing, type Job } from './job';

const BAR = 20;

/** How far jobs are, in one line: a bar, done, failed, rate and time left. */
export function progressLine(jobs: readonly Job[]): string {
  const ended = jobs.filter(hasEnded).length;
  const several = jobs.length === 1 ? '' : `${ended} of ${jobs.length} jobs ended; `;
  const states = [...new Set(jobs.filter((job) => !hasEnded(job) && job.status !== 'Active').map(({ status }) => status))];
  const state = states.length === 0 ? '' : `${states.join(', ')}; `;
  return `backfill: ${several}${state}${jobs.some(isPreparing) ? 'S3 lists what it would replicate' : describeObjects(jobs)}`;
}

function describeObjects(jobs: readonly Job[]): string {
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
function rateOf({ objects, activeSeconds }: Job): number {
  return activeSeconds === 0 ? 0 : (objects.succeeded + objects.failed) / activeSeconds;
}

function sum(jobs: readonly Job[], of: (job: Job) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}
