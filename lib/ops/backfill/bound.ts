import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import { readDailyMetrics } from '../../aws/metrics';
import type { Context } from '../../cli/command';
import { pairNamesOf } from '../../model/names';
import type { Job } from './job';

/** The most that a job can replicate, and how that is known. */
export interface Bound {
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
  const known = stored.filter((bytes) => bytes !== undefined);
  return known.length === 0
    ? undefined
    : {
        bytes: known.reduce((sum, bytes) => sum + bytes, 0),
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
