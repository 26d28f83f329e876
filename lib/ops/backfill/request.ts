import { createHash } from 'node:crypto';
import type { CreateJobRequest, JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { backfillNamesOf, backfillRoleOf, manifestPrefix, reportPrefix } from '../../model/backfill/names';
import { groupOfPair } from '../../model/groups';
import { pairNamesOf } from '../../model/names';
import { describeFilter } from './filter';

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
  config: ReplicationConfig,
  pair: Pair,
  filter: JobManifestGeneratorFilter,
  newest: string | undefined,
): CreateJobRequest {
  const { source } = config;
  const { reportBucket } = backfillNamesOf(groupOfPair(config, pair));
  const request = {
    AccountId: source.account,
    ConfirmationRequired: true,
    Operation: { S3ReplicateObject: {} },
    Priority: PRIORITY,
    RoleArn: backfillRoleOf(config, pair.id).arn,
    Description: shorten(`${describe(config, pair.id)}${describeFilter(filter)}`),
    Tags: [
      { Key: 's3-replication:deployment', Value: config.deployment },
      { Key: 's3-replication:pair', Value: pair.id },
    ],
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
        SourceBucket: pairNamesOf(config, pair).sourceBucket.arn,
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
export function pairOfDescription(config: ReplicationConfig, description: string | undefined): string | undefined {
  return config.pairs.find(({ id }) => description?.startsWith(describe(config, id)))?.id;
}

/** How the descriptions of a pair's jobs begin. */
function describe({ deployment }: ReplicationConfig, pairId: string): string {
  return `s3-replication ${deployment}/${pairId}: `;
}

/** Cut to what S3 takes, but not within a character. */
function shorten(text: string): string {
  return text.slice(0, DESCRIPTION_LENGTH).replace(/[\uD800-\uDBFF]$/, '');
}
