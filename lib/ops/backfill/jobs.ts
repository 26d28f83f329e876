import { createHash } from 'node:crypto';
import {
  CreateJobCommand,
  type CreateJobRequest,
  DescribeJobCommand,
  type JobListDescriptor,
  type JobManifestGeneratorFilter,
  ListJobsCommand,
  type S3ControlClient,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import {
  denialHint,
  faultInWords,
  httpStatusOf,
  isAccessDenied,
  isAwsError,
  isBadCredentials,
  isThrottled,
  unreachable,
} from '../../aws/aws-error';
import { isEmulator } from '../../aws/emulator';
import { nextToken } from '../../aws/listing/next-token';
import type { Context } from '../../cli/command';
import { AppError, messageOf, UnreachableError } from '../../errors/errors';
import { type DeployedPair, type Deployment, groupOfPair } from '../../model/deployment';
import { manifestPrefix, reportPrefix } from '../../model/names';
import { opsCommand } from '../../model/shell-commands';
import { tagsOfMade } from '../../model/tags';
import { describeFilter } from './filter';
import { type Job, toJob } from './job';

/** A job in the list of the account, and the pair that it belongs to. */
interface ListedJob {
  readonly pair: DeployedPair;
  readonly found: JobListDescriptor;
}

/** The Batch Replication jobs of a deployment. S3 keeps them for 90 days after their end. */
export class Jobs {
  private constructor(
    private readonly client: S3ControlClient,
    private readonly config: Deployment,
  ) {}

  /**
   * @throws AppError on an emulator, which has no jobs
   * @throws UnreachableError when the source's credentials cannot be used
   */
  static async open({ clients, config }: Context): Promise<Jobs> {
    if (isEmulator()) {
      throw new AppError('NoJobs', 'the emulator has no S3 Batch Operations', 'run the command against AWS');
    }
    return new Jobs(await clients.s3Control('source'), config);
  }

  /** @throws AppError when the deployment has no such job */
  async describe(id: string): Promise<Job> {
    const found = await this.ask(`job ${id}`, async () => {
      const command = new DescribeJobCommand({ AccountId: this.config.source.account, JobId: id });
      return (await this.client.send(command)).Job ?? {};
    });
    const pair = this.config.pairs.find((one) => one.names.backfillRole.arn === found.RoleArn);
    if (pair === undefined) {
      throw new AppError(
        'ForeignJob',
        `job ${id} runs with role ${found.RoleArn}, which belongs to no pair of deployment ${this.config.deployment}`,
        `${opsCommand(this.config, 'backfill', 'list')} shows the jobs of the deployment`,
      );
    }
    return toJob(pair, { ...found, JobId: id });
  }

  /** A job that was just created, which S3 may not know everywhere yet. */
  async describeNew(id: string, pair: DeployedPair): Promise<Job> {
    try {
      return await this.describe(id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NoSuchJob') {
        return toJob(pair, { JobId: id, Status: 'New' });
      }
      throw error;
    }
  }

  /** Every job of some pairs, the newest first. They are known by their description, since the list does not have their role. */
  async list(pairs: readonly DeployedPair[]): Promise<ListedJob[]> {
    const jobs: ListedJob[] = [];
    let token: string | undefined;
    do {
      const command = new ListJobsCommand({ AccountId: this.config.source.account, MaxResults: 1000, NextToken: token });
      const { Jobs: page = [], NextToken: next } = await this.ask('the list of jobs', () => this.client.send(command));
      for (const found of page) {
        const pair = pairs.find((one) => one.id === pairOfDescription(this.config, found.Description));
        if (pair !== undefined && found.Operation === 'S3ReplicateObject') {
          jobs.push({ pair, found });
        }
      }
      token = nextToken('jobs', token, next);
    } while (token !== undefined);
    return jobs.toSorted((a, b) => createdAt(b) - createdAt(a));
  }

  /** @returns the id of the job */
  async create(request: CreateJobRequest): Promise<string> {
    try {
      return (await this.client.send(new CreateJobCommand(request))).JobId ?? '';
    } catch (error) {
      throw refused('the job could not be created', 's3:CreateJob, s3:PutJobTagging, and iam:PassRole for its role', error);
    }
  }

  /** Lets a job begin, or ends it. One that has left the state in which that is possible stays as it is. */
  async setStatus(id: string, status: 'Ready' | 'Cancelled', reason: string): Promise<void> {
    try {
      await this.client.send(
        new UpdateJobStatusCommand({
          AccountId: this.config.source.account,
          JobId: id,
          RequestedJobStatus: status,
          StatusUpdateReason: reason,
        }),
      );
    } catch (error) {
      if (!isAwsError(error, 'JobStatusException')) {
        throw refused(`job ${id} could not be made ${status}`, 's3:UpdateJobStatus', error);
      }
    }
  }

  private async ask<Answer>(what: string, question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      if (isAwsError(error, 'NotFoundException', 'NoSuchJobException', 'NoSuchJob')) {
        throw new AppError(
          'NoSuchJob',
          `the source account has no ${what} in ${this.config.source.region}`,
          `S3 forgets a job 90 days after its end; ${opsCommand(this.config, 'backfill', 'list')} shows those that it knows`,
          { cause: error },
        );
      }
      throw unreachable(what, error);
    }
  }
}

/** What AWS says to a change, and which permissions the change takes; or that it says nothing. */
function refused(what: string, permissions: string, error: unknown): AppError {
  if (isAccessDenied(error)) {
    return new AppError('Refused', `${what}: ${messageOf(error)}`, denialHint(error, `it takes ${permissions}`), {
      cause: error,
    });
  }
  return (httpStatusOf(error) ?? 500) >= 500 || isThrottled(error) || isBadCredentials(error)
    ? new UnreachableError(
        'NoAnswer',
        `${what}: ${faultInWords(error)}`,
        'repeat the command: it continues with a job that was created',
        {
          cause: error,
        },
      )
    : new AppError('Refused', `${what}: ${messageOf(error)}`, undefined, { cause: error });
}

function createdAt({ found }: ListedJob): number {
  return found.CreationTime?.getTime() ?? 0;
}

/** Most characters that S3 takes for a description. */
const DESCRIPTION_LENGTH = 256;

/**
 * Above the 1 of AWS's examples, with room on both sides for other jobs of the account.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-priority.html
 */
const PRIORITY = 10;

/**
 * The job that sends what a filter chooses to the replica bucket of a pair. It waits for a confirmation, with S3's count.
 *
 * Its idempotency token is made of the request and of the pair's newest job so far. The same command after a stop, or from two
 * terminals, has the same token while the list of jobs does not show the first one's job yet, and S3 makes one job. As soon as
 * that job is in the list it is found there, and once it has ended, another job for the same filter has another token. A token made
 * of the request alone would stand in the way of that one, and a random one would know nothing of an earlier attempt.
 *
 * @param newest id of the newest job of the pair; undefined when there is none
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateJob.html
 */
export function createJobRequest(
  config: Deployment,
  pair: DeployedPair,
  filter: JobManifestGeneratorFilter,
  newest: string | undefined,
): CreateJobRequest {
  const { source } = config;
  const { reportBucket } = groupOfPair(config, pair).names;
  const request = {
    AccountId: source.account,
    ConfirmationRequired: true,
    Operation: { S3ReplicateObject: {} },
    Priority: PRIORITY,
    RoleArn: pair.names.backfillRole.arn,
    Description: shorten(`${describe(config, pair.id)}${describeFilter(filter)}`),
    Tags: tagsOfMade(config, [
      { Key: 's3-replication:deployment', Value: config.deployment },
      { Key: 's3-replication:pair', Value: pair.id },
    ]),
    Report: {
      Enabled: true,
      Bucket: reportBucket.arn,
      ExpectedBucketOwner: source.account,
      Prefix: reportPrefix(pair.id),
      Format: 'Report_CSV_20180820',
      // Those that succeeded are COMPLETED at the source, and may be billions.
      ReportScope: 'FailedTasksOnly',
    },
    ManifestGenerator: {
      S3JobManifestGenerator: {
        SourceBucket: pair.names.sourceBucket.arn,
        ExpectedBucketOwner: source.account,
        EnableManifestOutput: true,
        ManifestOutputLocation: {
          Bucket: reportBucket.arn,
          ExpectedManifestBucketOwner: source.account,
          ManifestPrefix: manifestPrefix(pair.id),
          ManifestFormat: 'S3InventoryReport_CSV_20211130',
          ManifestEncryption: { SSES3: {} },
        },
        Filter: filter,
      },
    },
  } as const satisfies CreateJobRequest;
  // 64 characters, as many as a token may have.
  const token = createHash('sha256').update(JSON.stringify([request, newest ?? null]));
  return { ...request, ClientRequestToken: token.digest('hex') };
}

/** The id of the pair that a job of a deployment is for; undefined for a job that is none of the deployment's. */
function pairOfDescription(config: Deployment, description: string | undefined): string | undefined {
  return config.pairs.find(({ id }) => description?.startsWith(describe(config, id)))?.id;
}

/** How the descriptions of a pair's jobs begin. */
function describe({ deployment }: Deployment, pairId: string): string {
  return `s3-replication ${deployment}/${pairId}: `;
}

/** Cut to what S3 takes, but not within a character. */
function shorten(text: string): string {
  return text.slice(0, DESCRIPTION_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}
