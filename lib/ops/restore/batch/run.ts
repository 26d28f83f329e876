import { createHash, randomUUID } from 'node:crypto';
import type { CreateJobRequest } from '@aws-sdk/client-s3-control';
import type { Context } from '../../../cli/command';
import { AppError } from '../../../errors/errors';
import { partitionOf } from '../../../model/names';
import { batchManifestPrefix, batchReportPrefix } from '../../../model/recovery';
import { tagsOfMade } from '../../../model/tags';
import { JobControl } from '../../batch/control';
import { type BatchJob, describePair, hasEnded, type JobObjects, type JobProblem, toBatchJob } from '../../batch/job';
import { type FailedTasks, failedTasks, groupByReason } from '../../batch/report';
import { type WatchedCommand, watch } from '../../batch/watch';
import type { Amount } from '../../copy/model';
import type { RestoreJob } from '../job';
import type { BatchOptions, RestoreOptions } from '../options';
import type { Manifest } from './manifest';

/** What S3 Batch Operations copies of one pair. */
export interface BatchPart {
  /** Id of the job. */
  readonly job: string;
  /** Of the job, which is that of the target. */
  readonly region: string;
  /** What the job was told to copy. */
  readonly listed: Amount;
}

/** How a job ended. */
export interface JobEnd extends Omit<BatchPart, 'listed'> {
  readonly jobStatus: BatchJob['status'];
  readonly objects: JobObjects;
  /** Why the job as a whole failed. */
  readonly problems: readonly JobProblem[];
  /** Failed objects by reason; null when no report could be read. */
  readonly failures: readonly FailedTasks[] | null;
  /** Why no report could be read; null when one was, or none is needed. */
  readonly reportProblem: string | null;
}

/** What became of what a job was told to copy. */
export type BatchResult = BatchPart & JobEnd;

/** How a person comes back to a job that goes on. */
const RESTORE: WatchedCommand = {
  command: 'restore',
  preparing: 'S3 reads the list of objects',
  watchJob: (id) => `repeat the command with --resume, or npx --no -- s3-replication restore --watch ${id}`,
};

const UNANSWERED =
  'S3 may have created the job: aws s3control list-jobs shows it, and restore --watch JOB watches it. Where it was not created, --resume creates one';

/** Among jobs that run at the same time: above the 10 of a backfill, since somebody waits for a restore. */
const PRIORITY = 20;

/**
 * Uploads the list of a pair and has S3 copy what is on it. The person has agreed to the plan, so that the job waits for nobody.
 *
 * @throws AppError when the list cannot be uploaded, or S3 refuses the job
 */
export async function startBatch(
  context: Context,
  job: RestoreJob,
  manifest: Manifest,
  batch: BatchOptions,
  options: Pick<RestoreOptions, 'storageClass'>,
): Promise<BatchPart> {
  const { config, clients } = context;
  const { pair, target } = job;
  const key = `${batchManifestPrefix(pair.id)}${randomUUID()}.csv`;
  const s3 = await clients.s3('source', target.region);
  const etag = await manifest.upload(s3, batch.bucket, key, config.source.account);
  const control = await openJobs(context, target.region);
  const id = await control.create(
    createRequest(context, job, { batch, key, etag, storageClass: options.storageClass }),
    UNANSWERED,
  );
  return { job: id, region: target.region, listed: manifest.listed };
}

function createRequest(
  { config }: Pick<Context, 'config'>,
  { pair, target }: RestoreJob,
  of: { readonly batch: BatchOptions; readonly key: string; readonly etag: string; readonly storageClass: string },
): CreateJobRequest {
  const { source, deployment } = config;
  const s3 = `arn:${partitionOf(source)}:s3:::`;
  const request = {
    AccountId: source.account,
    ConfirmationRequired: false,
    // Without an encryption of its own, a copy gets that of the target.
    Operation: {
      S3PutObjectCopy: {
        TargetResource: `${s3}${target.name}`,
        StorageClass: of.storageClass as NonNullable<
          NonNullable<CreateJobRequest['Operation']>['S3PutObjectCopy']
        >['StorageClass'],
      },
    },
    Priority: PRIORITY,
    RoleArn: of.batch.role,
    Description: `${describePair(config, pair.id)}restore into ${target.name}`,
    Tags: tagsOfMade(config, [
      { Key: 's3-replication:deployment', Value: deployment },
      { Key: 's3-replication:pair', Value: pair.id },
    ]),
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
      Location: { ObjectArn: `${s3}${of.batch.bucket}/${of.key}`, ETag: of.etag },
    },
    Report: {
      Enabled: true,
      Bucket: `${s3}${of.batch.bucket}`,
      ExpectedBucketOwner: source.account,
      Prefix: batchReportPrefix(pair.id),
      Format: 'Report_CSV_20180820',
      ReportScope: 'FailedTasksOnly',
    },
  } as const satisfies CreateJobRequest;
  return { ...request, ClientRequestToken: createHash('sha256').update(JSON.stringify(request)).digest('hex') };
}

/** Watches the job of a pair to its end. */
export async function finishBatch(context: Context, { pair }: RestoreJob, part: BatchPart): Promise<BatchResult> {
  const control = await openJobs(context, part.region);
  const begun = toBatchJob(pair, await control.describeNew(part.job));
  return { ...part, ...(await watchToEnd(context, control, begun, part.region)) };
}

/**
 * Watches a job to its end, and reads its report where an object failed.
 *
 * @throws UnreachableError when the person interrupts, or S3 gives no answer for some time; the job goes on all the same
 */
export async function watchToEnd(context: Context, control: JobControl, begun: BatchJob, region: string): Promise<JobEnd> {
  const jobs = { describe: async (id: string) => toBatchJob(begun.pair, await control.describe(id)) };
  const [ended = begun] = await watch(context, RESTORE, jobs, [begun], (job) => !hasEnded(job));
  const { id: job, status: jobStatus, objects, problems } = ended;
  const result = { job, region, jobStatus, objects, problems };
  if (objects.failed === 0) {
    return { ...result, failures: [], reportProblem: null };
  }
  try {
    const s3 = await context.clients.s3('source', region);
    const failures = await groupByReason(failedTasks(s3, ended, context.config.source.account));
    return { ...result, failures, reportProblem: null };
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    return { ...result, failures: null, reportProblem: error.message };
  }
}

/** What talks to S3 about the jobs in the Region of a target. */
export async function openJobs(context: Context, region: string): Promise<JobControl> {
  return JobControl.open(context, 'source', region, `aws s3control list-jobs --account-id ${context.config.source.account}`);
}
