import { randomBytes } from 'node:crypto';
import type { CreateJobRequest } from '@aws-sdk/client-s3-control';
import type { Context } from '../../../cli/command';
import { AppError } from '../../../errors/errors';
import type { Deployment } from '../../../model/deployment';
import { partitionOf } from '../../../model/names';
import { batchManifestPrefix, batchReportPrefix } from '../../../model/recovery';
import { awsCommand, opsCommand } from '../../../model/shell-commands';
import { tagsOfMade } from '../../../model/tags';
import { JobControl } from '../../batch/control';
import { createOnce } from '../../batch/create';
import { type BatchJob, describePair, hasEnded, type JobObjects, type JobProblem, toBatchJob } from '../../batch/job';
import { type FailedTasks, failedTasks, groupByReason } from '../../batch/report';
import { type WatchedCommand, watch } from '../../batch/watch';
import type { Amount } from '../../copy/model';
import type { RestoreJob } from '../job';
import type { BatchOptions, RestoreOptions } from '../options';
import type { Manifest } from './manifest';
import { batchRole } from './role';

/** The job that S3 is asked for, written down before the question: another attempt finds the job, whatever became of the answer. */
export interface AskedJob {
  /** Of every attempt to create the job. */
  readonly token: string;
  /** The list of objects, in the bucket of the options. */
  readonly manifest: { readonly key: string; readonly etag: string };
  readonly region: string;
  readonly listed: Amount;
}

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
function watchedRestore(config: Pick<Deployment, 'commandOptions'>): WatchedCommand {
  return {
    command: 'restore',
    preparing: 'S3 reads the list of objects',
    watchJob: (id) => `repeat the command with --resume, or ${opsCommand(config, 'restore', '--watch', id)}`,
  };
}

const UNANSWERED = 'S3 may have created the job. The command with --resume continues with it, and creates no second one';

/** Among jobs that run at the same time: above the 10 of a backfill, since somebody waits for a restore. */
const PRIORITY = 20;

/**
 * Uploads the list of a pair.
 *
 * @returns the job to ask S3 for
 * @throws AppError when the list cannot be uploaded
 */
export async function uploadList(
  { config, clients }: Pick<Context, 'config' | 'clients'>,
  { pair, target: { region } }: RestoreJob,
  manifest: Manifest,
  batch: BatchOptions,
): Promise<AskedJob> {
  const { bucket } = batchRole(config, pair, batch);
  const token = randomBytes(16).toString('hex');
  const key = `${batchManifestPrefix(pair.id)}${token}.csv`;
  const etag = await manifest.upload(await clients.s3('source', region), bucket, key, config.source.account);
  return { token, manifest: { key, etag }, region, listed: manifest.listed };
}

/**
 * Has S3 copy what is on the list of a pair. The person has agreed to the plan, so that the job waits for nobody.
 *
 * @param isRepeated an earlier attempt may have created the job
 * @throws UnreachableError when nobody knows whether there is a job: another attempt finds it, or creates it
 * @throws AppError when S3 refuses the job
 */
export async function startBatch(
  context: Context,
  job: RestoreJob,
  asked: AskedJob,
  options: { readonly batch: BatchOptions } & Pick<RestoreOptions, 'storageClass'>,
  isRepeated: boolean,
): Promise<BatchPart & { readonly wasFound: boolean }> {
  const { token, region, listed } = asked;
  const control = await openJobs(context, region);
  const request = createRequest(context, job, asked, options);
  const { id, wasFound } = await createOnce(control, request, { token, isRepeated, unanswered: UNANSWERED });
  return { job: id, region, listed, wasFound };
}

function createRequest(
  { config }: Pick<Context, 'config'>,
  { pair, target }: RestoreJob,
  { manifest }: AskedJob,
  of: { readonly batch: BatchOptions; readonly storageClass: string },
): CreateJobRequest {
  const { source, deployment } = config;
  const { role, bucket } = batchRole(config, pair, of.batch);
  const s3 = `arn:${partitionOf(source)}:s3:::`;
  return {
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
    RoleArn: role,
    Description: `${describePair(config, pair.id)}restore into ${target.name}`,
    Tags: tagsOfMade(config, [
      { Key: 's3-replication:deployment', Value: deployment },
      { Key: 's3-replication:pair', Value: pair.id },
    ]),
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
      Location: { ObjectArn: `${s3}${bucket}/${manifest.key}`, ETag: manifest.etag },
    },
    Report: {
      Enabled: true,
      Bucket: `${s3}${bucket}`,
      ExpectedBucketOwner: source.account,
      Prefix: batchReportPrefix(pair.id),
      Format: 'Report_CSV_20180820',
      ReportScope: 'FailedTasksOnly',
    },
  };
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
  const [ended = begun] = await watch(context, watchedRestore(context.config), jobs, [begun], (job) => !hasEnded(job));
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
  const { config } = context;
  const list = awsCommand(config, 'source', 's3control list-jobs', { 'account-id': config.source.account, region });
  return JobControl.open(context, 'source', region, list);
}
