import { createHash } from 'node:crypto';
import type { CreateJobRequest, JobListDescriptor, JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import type { Context } from '../../cli/command';
import { AppError } from '../../errors/errors';
import { type DeployedPair, type Deployment, groupOfPair } from '../../model/deployment';
import { manifestPrefix, reportPrefix } from '../../model/names';
import { opsCommand } from '../../model/shell-commands';
import { tagsOfMade } from '../../model/tags';
import { JobControl } from '../batch/control';
import { type Created, createOnce } from '../batch/create';
import { describePair, pairOfDescription } from '../batch/job';
import type { WatchedCommand } from '../batch/watch';
import { describeFilter } from './filter';
import { type Job, toJob } from './job';

/** How a person comes back to a job that goes on. */
export function watchedBackfill(config: Pick<Deployment, 'commandOptions'>): WatchedCommand {
  return {
    command: 'backfill',
    preparing: 'S3 lists what it would replicate',
    watchJob: (id) => opsCommand(config, 'backfill', 'watch', id),
  };
}

/** A job in the list of the account, and the pair that it belongs to. */
interface ListedJob {
  readonly pair: DeployedPair;
  readonly found: JobListDescriptor;
}

/** The Batch Replication jobs of a deployment. S3 keeps them for 90 days after their end. */
export class Jobs {
  private constructor(
    private readonly control: JobControl,
    private readonly config: Deployment,
  ) {}

  /**
   * @throws AppError on an emulator, which has no jobs
   * @throws UnreachableError when the source's credentials cannot be used
   */
  static async open(context: Context): Promise<Jobs> {
    const { config } = context;
    const control = await JobControl.open(context, 'source', config.source.region, opsCommand(config, 'backfill', 'list'));
    return new Jobs(control, config);
  }

  /** @throws AppError when the deployment has no such job */
  async describe(id: string): Promise<Job> {
    const found = await this.control.describe(id);
    const pair = this.config.pairs.find((one) => one.names.backfillRole.arn === found.RoleArn);
    if (pair === undefined) {
      throw new AppError(
        'ForeignJob',
        `job ${id} runs with role ${found.RoleArn}, which belongs to no pair of deployment ${this.config.deployment}`,
        `${opsCommand(this.config, 'backfill', 'list')} shows the jobs of the deployment`,
      );
    }
    return toJob(pair, found);
  }

  /** A job that was just created, which S3 may not know everywhere yet. */
  async describeNew(id: string, pair: DeployedPair): Promise<Job> {
    return toJob(pair, await this.control.describeNew(id));
  }

  /** Every job of some pairs, the newest first. They are known by their description, since the list does not have their role. */
  async list(pairs: readonly DeployedPair[]): Promise<ListedJob[]> {
    const jobs: ListedJob[] = [];
    for await (const found of this.control.list()) {
      const pair = pairs.find((one) => one.id === pairOfDescription(this.config, found.Description)?.id);
      if (pair !== undefined && found.Operation === 'S3ReplicateObject') {
        jobs.push({ pair, found });
      }
    }
    return jobs.toSorted((a, b) => createdAt(b) - createdAt(a));
  }

  /**
   * Creates a job for the same objects as often as the newest one of the pair is another. The same command after a stop, or from two
   * terminals, has the same token while the list of jobs does not show the first one's job yet, and S3 makes one job. As soon as that job is in
   * the list it is found there. Once it has ended, another job for the same objects has another token.
   *
   * @param newest id of the newest job of the pair; undefined when there is none
   */
  async create(request: CreateJobRequest, newest: string | undefined): Promise<Created> {
    const token = createHash('sha256').update(JSON.stringify([request, newest ?? null]));
    return createOnce(this.control, request, { token: token.digest('hex') });
  }

  /** Lets a job begin, or ends it. One that has left the state in which that is possible stays as it is. */
  async setStatus(id: string, status: 'Ready' | 'Cancelled', reason: string): Promise<void> {
    await this.control.setStatus(id, status, reason);
  }
}

function createdAt({ found }: ListedJob): number {
  return found.CreationTime?.getTime() ?? 0;
}

/**
 * Above the 1 of AWS's examples, with room on both sides for other jobs of the account.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-job-priority.html
 */
const PRIORITY = 10;

/** The job that sends what a filter chooses to the replica bucket of a pair. It waits for a confirmation, with S3's count. */
export function createJobRequest(config: Deployment, pair: DeployedPair, filter: JobManifestGeneratorFilter): CreateJobRequest {
  const { source } = config;
  const { reportBucket } = groupOfPair(config, pair).names;
  return {
    AccountId: source.account,
    ConfirmationRequired: true,
    Operation: { S3ReplicateObject: {} },
    Priority: PRIORITY,
    RoleArn: pair.names.backfillRole.arn,
    Description: `${describePair(config, pair.id)}${describeFilter(filter)}`,
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
  };
}
