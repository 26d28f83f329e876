import {
  CreateJobCommand,
  type CreateJobRequest,
  DescribeJobCommand,
  type JobDescriptor,
  type JobListDescriptor,
  ListJobsCommand,
  type S3ControlClient,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { denialHint, isAccessDenied, isAwsError, isNoVerdict, noAnswer, unreachable } from '../../aws/aws-error';
import { isEmulator } from '../../aws/emulator';
import { nextToken } from '../../aws/listing/next-token';
import type { Context } from '../../cli/command';
import type { SideName } from '../../config/replication-config';
import { AppError, messageOf, UnreachableError } from '../../errors/errors';

/** The jobs of S3 Batch Operations in one account and Region. S3 keeps them for 90 days after their end. */
export class JobControl {
  private constructor(
    private readonly client: S3ControlClient,
    private readonly account: string,
    private readonly place: string,
    private readonly whereJobsAre: string,
  ) {}

  /**
   * @param region of the jobs
   * @param whereJobsAre says how a person finds the jobs that there are
   * @throws AppError on an emulator, which has no jobs
   * @throws UnreachableError when the side's credentials cannot be used
   */
  static async open(
    { clients, config }: Pick<Context, 'clients' | 'config'>,
    side: SideName,
    region: string,
    whereJobsAre: string,
  ): Promise<JobControl> {
    if (isEmulator()) {
      throw new AppError('NoJobs', 'the emulator has no S3 Batch Operations', 'run the command against AWS');
    }
    const client = await clients.s3Control(side, region);
    return new JobControl(client, config[side].account, `the ${side} account has no %s in ${region}`, whereJobsAre);
  }

  /** @throws AppError when the account has no such job */
  async describe(id: string): Promise<JobDescriptor> {
    return this.ask(`job ${id}`, async () => {
      const { Job: job } = await this.client.send(new DescribeJobCommand({ AccountId: this.account, JobId: id }));
      // Without a state, it would be waited for without end.
      if (job?.Status === undefined) {
        throw new UnreachableError('NoAnswer', `S3 did not say in which state job ${id} is`, 'repeat the command');
      }
      return { ...job, JobId: id };
    });
  }

  /** A job that was just created, which S3 may not know everywhere yet. */
  async describeNew(id: string): Promise<JobDescriptor> {
    try {
      return await this.describe(id);
    } catch (error) {
      if (error instanceof AppError && error.code === 'NoSuchJob') {
        return { JobId: id, Status: 'New' };
      }
      throw error;
    }
  }

  /** Every job of the account in the Region. */
  async *list(): AsyncGenerator<JobListDescriptor, void> {
    let token: string | undefined;
    do {
      const command = new ListJobsCommand({ AccountId: this.account, MaxResults: 1000, NextToken: token });
      const { Jobs: page = [], NextToken: next } = await this.ask('the list of jobs', () => this.client.send(command));
      yield* page;
      token = nextToken('jobs', token, next);
    } while (token !== undefined);
  }

  /**
   * Sends one request. `createOnce` creates one job, whatever becomes of the answer.
   *
   * @param unanswered what to do where there was no answer, since S3 may have created the job
   * @returns the id of the job
   */
  async create(request: CreateJobRequest, unanswered = AGAIN): Promise<string> {
    const what = 'the job could not be created';
    let id: string | undefined;
    try {
      ({ JobId: id } = await this.client.send(new CreateJobCommand(request)));
    } catch (error) {
      throw refused(what, 's3:CreateJob, s3:PutJobTagging, and iam:PassRole for its role', error, unanswered);
    }
    if (id === undefined) {
      throw new UnreachableError('NoAnswer', `${what}: the answer has no id of a job`, unanswered);
    }
    return id;
  }

  /** Lets a job begin, or ends it. One that has left the state in which that is possible stays as it is. */
  async setStatus(id: string, status: 'Ready' | 'Cancelled', reason: string): Promise<void> {
    try {
      await this.client.send(
        new UpdateJobStatusCommand({
          AccountId: this.account,
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
          this.place.replace('%s', () => what),
          `S3 forgets a job 90 days after its end; ${this.whereJobsAre} shows those that it knows`,
          { cause: error },
        );
      }
      throw unreachable(what, error);
    }
  }
}

const AGAIN = 'repeat the command: it continues with a job that was created';

/** What AWS says to a change, and which permissions the change takes; or that it says nothing. */
export function refused(what: string, permissions: string, error: unknown, unanswered = AGAIN): AppError {
  if (isAccessDenied(error)) {
    return new AppError('Refused', `${what}: ${messageOf(error)}`, denialHint(error, `it takes ${permissions}`), {
      cause: error,
    });
  }
  return isNoVerdict(error)
    ? new UnreachableError('NoAnswer', `${what}: ${noAnswer(error).reason}`, unanswered, { cause: error })
    : new AppError('Refused', `${what}: ${messageOf(error)}`, undefined, { cause: error });
}
