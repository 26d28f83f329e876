import type { JobStatus } from '@aws-sdk/client-s3-control';
import { type Context, EXIT, type ExitCode } from '../../cli/command';
import { AppError } from '../../errors/errors';
import { pairNamesOf } from '../../model/names';
import { foundNothing, hasEnded, type Job, type JobObjects, type JobProblem } from './job';
import { type FailureGroup, groupTasks } from './report/group';
import { failedTasks } from './report/read-report';

/** How one job ended. */
export interface JobResult {
  /** Id of the job. */
  readonly job: string;
  /** Id of the pair. */
  readonly pair: string;
  readonly status: JobStatus;
  /** Everything that S3 found is replicated, or it found nothing. */
  readonly ok: boolean;
  /** S3 found no object that the filter chooses and the rule takes. */
  readonly nothingToDo: boolean;
  readonly sourceBucket: string;
  readonly replicaBucket: string;
  /** ISO 8601. */
  readonly createdAt: string | null;
  readonly endedAt: string | null;
  readonly objects: JobObjects;
  /** Why the job as a whole failed. */
  readonly problems: readonly JobProblem[];
  /** Failed objects by reason; null when no report could be read. */
  readonly failures: readonly FailureGroup[] | null;
  /** Why no report could be read; null when one was, or none is needed. */
  readonly reportProblem: string | null;
}

/** The result of `ops backfill`, `ops backfill watch` and `ops retry`. */
export interface BackfillData {
  readonly ok: boolean;
  readonly deployment: string;
  readonly jobs: readonly JobResult[];
}

/** Reads how a job ended, with its report where an object failed. */
export async function resultOf({ config, clients }: Context, job: Job): Promise<JobResult> {
  const { sourceBucket, replicaBucket } = pairNamesOf(config, job.pair);
  const nothingToDo = foundNothing(job);
  const result = {
    job: job.id,
    pair: job.pair.id,
    status: job.status,
    ok: nothingToDo || (job.status === 'Complete' && job.objects.failed === 0),
    nothingToDo,
    sourceBucket: sourceBucket.name,
    replicaBucket: replicaBucket.name,
    createdAt: job.createdAt,
    endedAt: job.endedAt,
    objects: job.objects,
    problems: job.problems,
  };
  if (job.objects.failed === 0 || !hasEnded(job)) {
    return { ...result, failures: [], reportProblem: null };
  }
  try {
    const tasks = failedTasks(await clients.s3('source'), job, config.source.account);
    return { ...result, failures: await groupTasks(config, job.pair.id, tasks), reportProblem: null };
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    return { ...result, failures: null, reportProblem: error.message };
  }
}

export function exitCodeOf({ ok }: BackfillData): ExitCode {
  return ok ? EXIT.ok : EXIT.wrong;
}
