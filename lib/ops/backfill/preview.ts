import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import { readDailyMetrics } from '../../aws/metrics';
import type { Context } from '../../cli/command';
import { bytes, whole } from '../../cli/units';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import { pairNamesOf } from '../../model/names';
import { describeFilter } from './filter';
import type { Job } from './job';

/**
 * What a replica costs at least, by its storage class.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
 */
const MINIMUMS: Readonly<Record<Pair['storageClass'], string>> = {
  STANDARD: 'no minimum',
  STANDARD_IA: 'at least 30 days, and 128 KB for each object',
  ONEZONE_IA: 'at least 30 days, and 128 KB for each object',
  INTELLIGENT_TIERING: 'no minimum; monitoring of each object of 128 KB or more',
  GLACIER_IR: 'at least 90 days, and 128 KB for each object',
  GLACIER: 'at least 90 days, and 40 KB more for each object',
  DEEP_ARCHIVE: 'at least 180 days, and 40 KB more for each object',
};

/** What holds for every job. */
const LIMITS = [
  'Limits: 20 billion objects in a job, 6 active Batch Replication jobs in an account; S3 pauses those with less priority.',
  '  A job fails by itself when, after 1,000 objects, more than half have failed. KMS requests count towards the request quotas',
  '  of both regions: https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html',
  '  Pause lifecycle rules of both buckets that expire objects or delete markers until the jobs have ended.',
];

/** What is about to be created, and that it costs something even when it goes no further. */
export function describeCreation(
  config: ReplicationConfig,
  pairs: readonly Pair[],
  filter: Job['filter'],
  rules: ReadonlyMap<string, readonly string[]>,
): string {
  return [
    'Create a job of S3 Batch Replication for each pair. S3 first lists what it would replicate, and replicates nothing yet:',
    ...pairs.map((pair) => {
      const { sourceBucket, replicaBucket } = pairNamesOf(config, pair);
      return `  ${pair.id}: s3://${sourceBucket.name} to s3://${replicaBucket.name}, by rule ${rules.get(pair.id)?.join(', ')}`;
    }),
    `  objects: ${describeFilter(filter)}`,
    'AWS bills each job, also one that is cancelled before it begins, and the manifest: https://aws.amazon.com/s3/pricing/',
  ].join('\n');
}

/** What jobs that wait for a confirmation will do, with S3's own count. */
export function describeRun(
  config: ReplicationConfig,
  jobs: readonly Job[],
  bounds: ReadonlyMap<string, Bound | undefined>,
): string {
  return [
    ...jobs.map((job) => describeJob(config, job, bounds.get(job.id))),
    [
      'Prices, by region: https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/kms/pricing/; a trail of CloudTrail that',
      '  records data events takes them for every object too.',
    ].join('\n'),
    LIMITS.join('\n'),
  ].join('\n\n');
}

function describeJob(config: ReplicationConfig, { id, pair, filter, objects }: Job, bound: Bound | undefined): string {
  const { source, destination } = config;
  const { sourceBucket, replicaBucket, ruleId } = pairNamesOf(config, pair);
  const count = whole(objects.total ?? 0);
  const size = bound === undefined ? 'an unknown number of bytes' : `at most ${bytes(bound.bytes)}`;
  return [
    `pair ${pair.id}, job ${id}: S3 counts ${count} object versions`,
    `  from       s3://${sourceBucket.name} (account ${source.account}, ${source.region})`,
    `  to         s3://${replicaBucket.name} (account ${destination.account}, ${destination.region}), ${pair.storageClass}`,
    `  rule       ${ruleId}`,
    `  objects    ${describeFilter(filter)}`,
    `  bytes      ${size}${bound === undefined ? ': CloudWatch does not say what the bucket holds' : `: ${bound.why}`}`,
    `  cost       S3 Batch Operations: 1 job, ${count} objects, and a manifest made from the whole source bucket`,
    `             ${count} PUT requests into ${pair.storageClass}, in ${destination.region}`,
    `             transfer of ${size} from ${source.region} to ${destination.region}`,
    `             storage of ${size} in ${pair.storageClass}: ${MINIMUMS[pair.storageClass]}`,
    `             ${describeKms(pair, objects.total ?? 0)}`,
    '             retrieval of what the source bucket keeps in an infrequent access class or S3 Glacier Instant Retrieval',
  ].join('\n');
}

/** AWS says to reckon with two requests for each replica without S3 Bucket Keys. */
function describeKms({ bucketKeys }: Pair, count: number): string {
  return bucketKeys
    ? 'KMS requests: few, thanks to S3 Bucket Keys, except for objects that were written without one'
    : `KMS requests: about ${whole(2 * count)}, two for each object without S3 Bucket Keys`;
}

/** The most that a job can replicate, and how that is known. */
interface Bound {
  readonly bytes: number;
  readonly why: string;
}

/**
 * How CloudWatch calls what is stored in the storage classes that S3 replicates, without what S3 adds to it for the bill.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
const STORAGE_TYPES: Readonly<Record<string, readonly string[]>> = {
  STANDARD: ['StandardStorage', 'ReducedRedundancyStorage'],
  STANDARD_IA: ['StandardIAStorage'],
  ONEZONE_IA: ['OneZoneIAStorage'],
  INTELLIGENT_TIERING: ['IntelligentTieringFAStorage', 'IntelligentTieringIAStorage', 'IntelligentTieringAIAStorage'],
  GLACIER_IR: ['GlacierInstantRetrievalStorage'],
};

/** Reads the upper bound of what a job replicates; undefined when nobody knows one. S3 itself counts objects alone. */
export async function boundOf(context: Context, { pair, filter, objects }: Job): Promise<Bound | undefined> {
  const classes: readonly string[] = filter.MatchAnyStorageClass ?? Object.keys(STORAGE_TYPES);
  const questions = classes.flatMap((name) =>
    (STORAGE_TYPES[name] ?? []).map((storageType) => ({ metric: 'BucketSizeBytes', storageType }) as const),
  );
  const stored = await readDailyMetrics(context, pairNamesOf(context.config, pair).sourceBucket.name, questions);
  return smaller(storedBound(stored), filterBound(filter, objects.total));
}

function storedBound(stored: readonly (number | undefined)[]): Bound | undefined {
  const known = stored.filter((size) => size !== undefined);
  return known.length === 0
    ? undefined
    : {
        bytes: known.reduce((sum, size) => sum + size, 0),
        why: 'what the whole source bucket held when CloudWatch last measured it, which it does once a day',
      };
}

function filterBound({ ObjectSizeLessThanBytes: limit }: JobManifestGeneratorFilter, count: number | null): Bound | undefined {
  return limit === undefined || count === null
    ? undefined
    : { bytes: count * Math.max(limit - 1, 0), why: 'that many objects of the largest size that --smaller-than lets through' };
}

function smaller(one: Bound | undefined, other: Bound | undefined): Bound | undefined {
  return one === undefined || (other !== undefined && other.bytes < one.bytes) ? other : one;
}
