import type { CommandArguments, Context } from '../../cli/command';
import { whole } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import { type BatchJob, isOpen, type JobObjects } from './job';

/** What became of a job that was to be cancelled, as data and for a person. */
interface Cancelled {
  readonly data: {
    readonly job: string;
    readonly pair: string;
    readonly jobStatus: BatchJob['status'];
    readonly objects: JobObjects;
  };
  readonly text: string;
}

/** What ends jobs, and says what they are then. */
interface Cancelling<Job extends BatchJob> {
  describe(id: string): Promise<Job>;
  setStatus(id: string, status: 'Cancelled', reason: string): Promise<void>;
}

/**
 * Ends a job, after asking; one that has ended, or is about to, stays as it is.
 *
 * @param about what the job is about, for a person
 * @param done what it has done to objects, such as `replicated`
 * @throws AbortError when the person declines
 */
export async function cancelJob<Job extends BatchJob>(
  { terminal, yes }: Pick<Context, 'terminal' | 'yes'>,
  jobs: Cancelling<Job>,
  job: Job,
  { about, done }: { readonly about: string; readonly done: string },
): Promise<Cancelled> {
  if (!isOpen(job)) {
    return cancelled(job, `job ${job.id} is ${job.status} already`);
  }
  terminal.tell(
    `job ${job.id} of pair ${job.pair.id} (${job.status}): ${about}; ${whole(job.objects.succeeded)} objects ${done}, which stay`,
  );
  if (!yes) {
    await terminal.confirm('Cancel it for good?');
  }
  await jobs.setStatus(job.id, 'Cancelled', 'cancelled by the operator');
  const now = await jobs.describe(job.id);
  return cancelled(now, `job ${job.id} is ${now.status}`);
}

function cancelled({ id, pair, status, objects }: BatchJob, text: string): Cancelled {
  return { data: { job: id, pair: pair.id, jobStatus: status, objects }, text };
}

/**
 * @param hint where a person finds ids
 * @throws UsageError for what cannot be the id of a job
 */
export function jobIdOf(text: NonNullable<CommandArguments['argument']>, hint: string): string {
  if (!/^[\w-]{5,36}$/.test(text)) {
    throw new UsageError('BadJob', `${quoted(text)} is no id of a job`, hint);
  }
  return text;
}
