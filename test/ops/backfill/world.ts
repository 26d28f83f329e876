import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetBucketReplicationCommand, GetObjectCommand, HeadBucketCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  type CreateJobRequest,
  DescribeJobCommand,
  type JobDescriptor,
  type JobStatus,
  JobStatusException,
  ListJobsCommand,
  NotFoundException,
  S3ControlClient,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context } from '../../../lib/cli/command';
import { backfill, retry } from '../../../lib/ops/backfill/backfill';
import type { BackfillData } from '../../../lib/ops/backfill/result';
import { testContext } from '../../helpers/ops';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

export const SOURCE = 'backups-documents-111111111111-ap-southeast-2-an';
export const REPORTS = 'backups-backfill-111111111111-ap-southeast-2-an';
export const TWO_PAIRS = { backfill: true, pairs: [{ id: 'documents' }, { id: 'photos' }] };

export const s3Control = mockClient(S3ControlClient);
export const s3 = mockClient(S3Client);
export const iam = mockClient(IAMClient);
export const cloudWatch = mockClient(CloudWatchClient);

/** What S3 finds in every bucket, and how many of it fail. */
export interface Bucket {
  readonly objects: number;
  readonly failing: number;
}

/** A job as S3 keeps it. */
interface Kept {
  readonly id: string;
  readonly request: CreateJobRequest;
  readonly created: number;
  status: JobStatus;
  succeeded: number;
  failed: number;
  problem?: { readonly FailureCode: string; readonly FailureReason: string };
}

const ENDS: readonly JobStatus[] = ['Complete', 'Cancelled', 'Failed'];

let kept: Kept[] = [];
let bucket: Bucket;

/** The state of every job, the oldest first. */
export const states = (): JobStatus[] => kept.map(({ status }) => status);

/** What the jobs were created from, the oldest first. */
export const requests = (): CreateJobRequest[] => kept.map(({ request }) => request);

/** The id of the newest job. */
export const newestId = (): string => kept.at(-1)?.id ?? '';

/** Moves every job on, as if nobody looked at it for so many steps. */
export function pass(steps: number): void {
  Array.from({ length: steps }).forEach(() => kept.forEach(advance));
}

/**
 * An account whose jobs go through the states that AWS documents, one step at each look: there is no emulator of them.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-status.html
 */
export function accountWith(holds: Bucket): void {
  kept = [];
  bucket = holds;
  [s3Control, s3, iam, cloudWatch].forEach((mock) => mock.reset());
  s3Control.on(CreateJobCommand).callsFake((request: CreateJobRequest) => ({ JobId: create(request).id }));
  s3Control.on(DescribeJobCommand).callsFake(({ JobId }: { JobId: string }) => {
    const job = find(JobId);
    advance(job);
    return { Job: describe(job) };
  });
  s3Control.on(ListJobsCommand).callsFake(listJobs);
  s3Control.on(UpdateJobStatusCommand).callsFake(update);
  s3.on(HeadBucketCommand).resolves({});
  s3.on(GetBucketReplicationCommand).resolves({
    ReplicationConfiguration: {
      Role: 'role',
      Rules: [{ ID: 'documents', Status: 'Enabled', Destination: { Bucket: 'arn:aws:s3:::replica' } }],
    },
  });
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'no such key', $metadata: { httpStatusCode: 404 } }));
  iam.on(GetRoleCommand).resolves({});
  cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'm0', Values: [5 * 2 ** 30, 1] }] });
}

/** Has S3 create jobs whose answers nobody gets. */
export function loseAnswers(count: number): void {
  let left = count;
  s3Control.on(CreateJobCommand).callsFake((request: CreateJobRequest) => {
    const { id } = create(request);
    left -= 1;
    if (left >= 0) {
      throw new Error('socket hang up');
    }
    return { JobId: id };
  });
}

/** The list of jobs, one on each page. */
export function listJobs({ NextToken }: { NextToken?: string }) {
  const page = kept.slice(Number(NextToken ?? 0), Number(NextToken ?? 0) + 1);
  const next = Number(NextToken ?? 0) + 1;
  return { Jobs: page.map(toListed), ...(next < kept.length && { NextToken: String(next) }) };
}

/** Puts the report of a job into the bucket. Every file has its own lines of CSV. */
export function reportOf(jobId: string, files: readonly string[], checksum = md5): void {
  const folder = `reports/documents/job-${jobId}`;
  const Results = files.map((content, index) => ({
    TaskExecutionStatus: 'failed',
    Bucket: REPORTS,
    MD5Checksum: checksum(content),
    Key: `${folder}/results/${index}.csv`,
  }));
  object(`${folder}/manifest.json`, JSON.stringify({ Format: 'Report_CSV_20180820', Results }));
  files.forEach((content, index) => object(`${folder}/results/${index}.csv`, content));
}

export function object(Key: string, content: string): void {
  const input = { Bucket: REPORTS, Key, ExpectedBucketOwner: '111111111111' };
  // In pieces that end in the middle of lines and characters.
  const bytes = Buffer.from(content);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) => bytes.subarray(7 * index, 7 * index + 7));
  s3.on(GetObjectCommand, input).callsFake(() => ({ Body: Readable.from(pieces) }));
}

export function md5(content: string): string {
  return createHash('md5').update(content).digest('hex');
}

/** Runs the command. */
export async function run(
  values: Record<string, string | boolean> = {},
  { action, job, command = backfill, keys = { backfill: true }, more = {} }: Partial<Run> = {},
) {
  const { context, recorded } = testContext(keys, more);
  const { exitCode, text, data } = await command(context, { action, argument: job, values });
  return { exitCode, text, data: data as BackfillData, recorded };
}

interface Run {
  readonly action: string;
  readonly job: string;
  readonly command: typeof backfill | typeof retry;
  readonly keys: Record<string, unknown>;
  readonly more: Partial<Context>;
}

function create(request: CreateJobRequest): Kept {
  const same = kept.find((job) => job.request.ClientRequestToken === request.ClientRequestToken);
  const id = `00e123a4-c0d8-41f4-a0eb-b46f9ba5b0${String(kept.length).padStart(2, '0')}`;
  const job: Kept = same ?? { id, request, created: kept.length, status: 'New', succeeded: 0, failed: 0 };
  if (same === undefined) {
    kept.push(job);
  }
  return job;
}

function advance(job: Kept): void {
  const { objects, failing } = bucket;
  if (job.status === 'New') {
    job.status = 'Preparing';
  } else if (job.status === 'Preparing') {
    job.status = objects === 0 ? 'Failed' : 'Suspended';
    if (objects === 0) {
      job.problem = {
        FailureCode: 'NoKeys',
        FailureReason: 'Manifest generation found no keys matching the filter criteria.',
      };
    }
  } else if (job.status === 'Ready') {
    job.status = 'Active';
  } else if (job.status === 'Active' && job.succeeded + job.failed === 0) {
    job.succeeded = Math.floor((objects - failing) / 2);
    job.failed = Math.floor(failing / 2);
  } else if (job.status === 'Active') {
    const half = objects >= 1000 && failing > objects / 2;
    job.status = half ? 'Failing' : 'Complete';
    job.succeeded = objects - failing;
    job.failed = failing;
  } else if (job.status === 'Failing') {
    job.status = 'Failed';
    job.problem = { FailureCode: 'FailureThreshold', FailureReason: 'Job failure rate exceeded 50 percent.' };
  } else if (job.status === 'Cancelling') {
    job.status = 'Cancelled';
  }
}

function update({ JobId, RequestedJobStatus }: { JobId: string; RequestedJobStatus: string }): object {
  const job = find(JobId);
  if (RequestedJobStatus === 'Ready' ? job.status !== 'Suspended' : ENDS.includes(job.status)) {
    throw new JobStatusException({ message: `the job is ${job.status}`, $metadata: {} });
  }
  job.status = RequestedJobStatus === 'Ready' ? 'Ready' : 'Cancelling';
  return {};
}

function find(id: string): Kept {
  const job = kept.find((one) => one.id === id);
  if (job === undefined) {
    throw new NotFoundException({ message: 'no such job', $metadata: { httpStatusCode: 404 } });
  }
  return job;
}

function describe(job: Kept): JobDescriptor {
  const { RoleArn, Report, ManifestGenerator } = job.request;
  return {
    ...toListed(job),
    RoleArn,
    Report,
    ManifestGenerator,
    Operation: job.request.Operation,
    ...(job.problem && { FailureReasons: [job.problem] }),
  };
}

function toListed({ id, request, created, status, succeeded, failed }: Kept) {
  const day = 86_400_000;
  return {
    JobId: id,
    Description: request.Description,
    Operation: 'S3ReplicateObject' as const,
    Status: status,
    CreationTime: new Date(Date.parse('2026-11-01T00:00:00Z') + created * day),
    ...(ENDS.includes(status) && { TerminationDate: new Date(Date.parse('2026-11-01T12:00:00Z') + created * day) }),
    ProgressSummary: {
      TotalNumberOfTasks: status === 'New' || status === 'Preparing' ? 0 : bucket.objects,
      NumberOfTasksSucceeded: succeeded,
      NumberOfTasksFailed: failed,
      Timers: { ElapsedTimeInActiveSeconds: succeeded + failed === 0 ? 0 : 10 },
    },
  };
}
