import {
  CreateJobCommand,
  type CreateJobRequest,
  DescribeJobCommand,
  type JobListDescriptor,
  ListJobsCommand,
  type S3ControlClient,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { isAwsError, unanswered } from '../../aws/aws-error';
import { isEmulator } from '../../aws/emulator';
import type { Context } from '../../cli/command';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { AppError } from '../../errors/errors';
import { backfillRoleOf } from '../../model/backfill/names';
import { type Job, toJob } from './job';
import { pairOfDescription } from './request';

/** A job in the list of the account, and the pair that it belongs to. */
export interface ListedJob {
  readonly pair: Pair;
  readonly found: JobListDescriptor;
}

/** The Batch Replication jobs of a deployment. S3 keeps them for 90 days after their end. */
export class Jobs {
  private constructor(
    private readonly client: S3ControlClient,
    private readonly config: ReplicationConfig,
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
    const pair = this.config.pairs.find((one) => backfillRoleOf(this.config, one.id).arn === found.RoleArn);
    if (pair === undefined) {
      throw new AppError(
        'ForeignJob',
        `job ${id} runs with role ${found.RoleArn}, which belongs to no pair of deployment ${this.config.deployment}`,
        'npm run ops -- backfill list shows the jobs of the deployment',
      );
    }
    return toJob(pair, { ...found, JobId: id });
  }

  /** A job that was just created, which S3 may not know everywhere yet. */
  async describeNew(id: string, pair: Pair): Promise<Job> {
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
  async list(pairs: readonly Pair[]): Promise<ListedJob[]> {
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
      token = next;
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
          'S3 forgets a job 90 days after its end; npm run ops -- backfill list shows those that it knows',
          { cause: error },
        );
      }
      throw unanswered(what, error);
    }
  }
}

/** What AWS says to a change, and which permissions the change takes. */
function refused(what: string, permissions: string, error: unknown): AppError {
  const { message } = error as Error;
  return new AppError('Refused', `${what}: ${message}`, `it takes ${permissions}`, { cause: error });
}

function createdAt({ found }: ListedJob): number {
  return found.CreationTime?.getTime() ?? 0;
}
