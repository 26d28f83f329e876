import type { JobDescriptor, JobProgressSummary, JobStatus } from '@aws-sdk/client-s3-control';
import type { DeployedPair, Deployment } from '../../model/deployment';

/** How many objects a job is about, and how far it is. */
export interface JobObjects {
  /** Null while S3 still counts. */
  readonly total: number | null;
  readonly succeeded: number;
  readonly failed: number;
}

/** Why a job as a whole failed. */
export interface JobProblem {
  readonly code: string;
  readonly reason: string;
}

/** A job of S3 Batch Operations for a pair, as S3 describes it. */
export interface BatchJob {
  readonly id: string;
  readonly pair: DeployedPair;
  readonly status: JobStatus;
  /** ISO 8601; null when S3 does not say. */
  readonly createdAt: string | null;
  readonly endedAt: string | null;
  readonly objects: JobObjects;
  /** How long S3 has been working on objects, without the time that the job waited. */
  readonly activeSeconds: number;
  readonly problems: readonly JobProblem[];
  /** Where its report is. */
  readonly report: { readonly bucket: string; readonly prefix: string };
}

/**
 * The states that a job does not leave any more.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html
 */
const ENDS: readonly JobStatus[] = ['Complete', 'Cancelled', 'Failed'];

/** The states in which S3 still makes the manifest. */
const PREPARING: readonly JobStatus[] = ['New', 'Preparing'];

export function hasEnded({ status }: Pick<BatchJob, 'status'>): boolean {
  return ENDS.includes(status);
}

export function isPreparing({ status }: Pick<BatchJob, 'status'>): boolean {
  return PREPARING.includes(status);
}

/** Whether a job can still work on something: it has not ended, and nobody ends it. */
export function isOpen(job: Pick<BatchJob, 'status'>): boolean {
  return !hasEnded(job) && job.status !== 'Cancelling' && job.status !== 'Failing';
}

/** @param pair the pair that the job is for */
export function toBatchJob(pair: DeployedPair, found: JobDescriptor): BatchJob {
  const { Report: report, ProgressSummary: summary } = found;
  return {
    id: found.JobId ?? '',
    pair,
    status: found.Status ?? 'New',
    createdAt: found.CreationTime?.toISOString() ?? null,
    endedAt: found.TerminationDate?.toISOString() ?? null,
    objects: toObjects(found.Status ?? 'New', summary),
    activeSeconds: summary?.Timers?.ElapsedTimeInActiveSeconds ?? 0,
    problems: (found.FailureReasons ?? []).map(({ FailureCode: code = '', FailureReason: reason = '' }) => ({ code, reason })),
    report: { bucket: report?.Bucket?.split(':').at(-1) ?? '', prefix: report?.Prefix ?? '' },
  };
}

/** The count is complete only when the manifest is. */
export function toObjects(status: JobStatus, summary: JobProgressSummary | undefined): JobObjects {
  return {
    total: isPreparing({ status }) ? null : (summary?.TotalNumberOfTasks ?? null),
    succeeded: summary?.NumberOfTasksSucceeded ?? 0,
    failed: summary?.NumberOfTasksFailed ?? 0,
  };
}

/** How the descriptions of a pair's jobs begin: lists of jobs have nothing else that tells them apart. */
export function describePair({ deployment }: Pick<Deployment, 'deployment'>, pairId: string): string {
  return `s3-replication ${deployment}/${pairId}: `;
}

/** The pair that a job of a deployment is for; undefined for a job that is none of the deployment's. */
export function pairOfDescription(config: Deployment, description: string | undefined): DeployedPair | undefined {
  return config.pairs.find(({ id }) => description?.startsWith(describePair(config, id)));
}
