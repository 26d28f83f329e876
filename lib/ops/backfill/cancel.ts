import { type Context, EXIT, type Outcome } from '../../cli/command';
import { whole } from '../../cli/units';
import { describeFilter } from './filter';
import { isOpen, type Job } from './job';
import type { Jobs } from './jobs';

/**
 * Ends a job, after asking; one that has ended, or is about to, stays as it is.
 *
 * @throws AbortError when the person declines
 */
export async function cancelJob({ terminal, yes }: Context, jobs: Jobs, job: Job): Promise<Outcome> {
  if (!isOpen(job)) {
    return outcome(job, `job ${job.id} is ${job.status} already`);
  }
  terminal.tell(
    `job ${job.id} of pair ${job.pair.id} (${job.status}): ${describeFilter(job.filter)}; ${whole(job.objects.succeeded)} objects replicated, which stay`,
  );
  if (!yes) {
    await terminal.confirm('Cancel it for good?');
  }
  await jobs.setStatus(job.id, 'Cancelled', 'cancelled by the operator');
  const now = await jobs.describe(job.id);
  return outcome(now, `job ${job.id} is ${now.status}`);
}

function outcome({ id, pair, status, objects }: Job, text: string): Outcome {
  return { exitCode: EXIT.ok, data: { job: id, pair: pair.id, status, objects }, text };
}
