import type { JobStatus } from '@aws-sdk/client-s3-control';
import type { Context } from '../../cli/command';
import { MARK } from '../../cli/layout';
import { plural, whole } from '../../cli/units';
import { AppError } from '../../errors/errors';
import { quoted, visibleIn } from '../../errors/visible';
import { type Status, type StatusWord, statusOf } from '../../model/status';
import { hasEnded, type JobObjects, type JobProblem } from '../batch/job';
import { failedTasks } from '../batch/report';
import { type FailureGroup, groupTasks } from './failures';
import { foundNothing, type Job } from './job';

/** How one job ended. */
interface JobResult {
  /** Id of the job. */
  readonly job: string;
  /** Id of the pair. */
  readonly pair: string;
  /** `ok`: everything that S3 found is replicated, or S3 looked and found nothing to replicate. */
  readonly status: StatusWord;
  readonly jobStatus: JobStatus;
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

/** The result of `s3-replication backfill`, `s3-replication backfill watch` and `s3-replication retry`. */
export interface BackfillData {
  readonly deployment: string;
  readonly jobs: readonly JobResult[];
}

/** Reads how a job ended, with its report where an object failed. */
export async function resultOf({ config, clients }: Context, job: Job): Promise<JobResult> {
  const { sourceBucket, replicaBucket } = job.pair.names;
  const nothingToDo = foundNothing(job);
  const result = {
    job: job.id,
    pair: job.pair.id,
    status: statusOfJob(job).status,
    jobStatus: job.status,
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

/** Returns the status of a job, by what S3 counted in it. */
export function statusOfJob(job: Job): Status {
  const { id, status, objects } = job;
  if (foundNothing(job)) {
    return { status: 'ok', seen: [`job ${id}: S3 looked, and found no object to replicate`] };
  }
  return statusOf({
    failed: status === 'Complete' && objects.failed === 0 ? [] : [`job ${id}: ${status}, ${whole(objects.failed)} failed`],
    seen: objects.succeeded > 0 ? [`job ${id}: ${plural(objects.succeeded, 'object')} replicated`] : [],
    nothing: `job ${id}: S3 counts no object`,
  });
}

/** Objects of a group that a person is shown. */
const SHOWN = 10;

const HALF = '  A job fails by itself when more than half of the objects do that were tried. S3 did not try the others.';

const TROUBLESHOOTING = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html';

/** How jobs ended, for a person. */
export function formatBackfill({ jobs }: BackfillData): string {
  return visibleIn(jobs).map(formatJob).join('\n\n');
}

function formatJob(result: JobResult): string {
  const { pair, job, jobStatus, nothingToDo, objects, problems, failures, reportProblem } = result;
  if (nothingToDo) {
    return [
      `${MARK.ok} pair ${pair}, job ${job}: nothing to do`,
      '  S3 found no object that the options choose and the replication rule matches. Objects in S3 Glacier Flexible Retrieval and S3 Glacier Deep Archive do not count: restore them and copy them to another storage class first.',
    ].join('\n');
  }
  const total = objects.total === null ? '' : ` of ${whole(objects.total)}`;
  return [
    [
      `${MARK[result.status]} pair ${pair}, job ${job}: ${jobStatus}`,
      `  ${whole(objects.succeeded)}${total} objects replicated, ${whole(objects.failed)} failed`,
      ...problems.map(({ code, reason }) => `  ${code}: ${reason}`),
      ...(jobStatus === 'Failed' ? [objects.failed > objects.succeeded ? HALF : `  Why jobs fail: ${TROUBLESHOOTING}`] : []),
      ...(reportProblem === null ? [] : [`  Which objects failed could not be read: ${reportProblem}`]),
    ].join('\n'),
    ...(failures ?? []).map(formatGroup),
  ].join('\n\n');
}

function formatGroup({ reason, count, explanation, objects }: FailureGroup): string {
  const { cause, fix, commands, afterwards, page } = explanation;
  return [
    `${reason}: ${plural(count, 'object version')}`,
    `  Cause: ${cause}`,
    `  Fix: ${fix}`,
    ...commands.map(({ account, command }) => `    ${command}   # account ${account}`),
    ...(afterwards === null ? [] : [`  Afterwards: ${afterwards}`]),
    `  AWS: ${page}`,
    '  Objects:',
    ...objects
      .slice(0, SHOWN)
      .map(({ key, versionId }) => `    ${quoted(key)}${versionId === null ? '' : `, version ${versionId}`}`),
    ...(count > SHOWN
      ? [`    and ${whole(count - SHOWN)} more: --json has the first, and the report in the bucket has all`]
      : []),
  ].join('\n');
}
