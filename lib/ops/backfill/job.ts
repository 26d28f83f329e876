import type { JobDescriptor, JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import type { DeployedPair } from '../../model/deployment';
import { type BatchJob, toBatchJob } from '../batch/job';

/** A job of S3 Batch Replication. */
export interface Job extends BatchJob {
  readonly filter: JobManifestGeneratorFilter;
}

/**
 * Whether S3 found nothing to replicate: it then fails the job, and says so in words alone, without a code that is documented.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html#troubleshoot-batch-replication-errors
 */
export function foundNothing({ status, objects, problems }: Pick<Job, 'status' | 'objects' | 'problems'>): boolean {
  return status === 'Failed'
    ? problems.some(({ reason }) => /found no keys/i.test(reason))
    : objects.total === 0 && (status === 'Suspended' || status === 'Complete');
}

/** @param pair the pair whose role the job runs with */
export function toJob(pair: DeployedPair, found: JobDescriptor): Job {
  return { ...toBatchJob(pair, found), filter: found.ManifestGenerator?.S3JobManifestGenerator?.Filter ?? {} };
}
