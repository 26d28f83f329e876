import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { unanswered } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { Pair } from '../../config/replication-config';
import { AppError } from '../../errors/errors';
import { pairNamesOf } from '../../model/names';
import type { Workload, Workloads } from './workload';

const DAY = 86_400_000;

/** How far back the growth is measured. */
const DAYS = 30;

/**
 * What the daily storage metrics of each source bucket say: what is there, and by how much it grew in 30 days. They count every
 * version, delete marker and part of an incomplete upload, of the whole bucket whatever the pair's filter, and know nothing of
 * overwrites and deletions, which add versions too while nothing expires them.
 *
 * @throws AppError when a bucket has too few values
 * @throws UnreachableError when CloudWatch does not answer
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export async function measureWorkloads(context: Context): Promise<Workloads> {
  const { clients, pairs } = context;
  const cloudWatch = await clients.cloudWatch('source');
  const measured: (readonly [string, Workload])[] = [];
  for (const pair of pairs) {
    measured.push([pair.id, await measure(context, cloudWatch, pair)]);
  }
  return {
    origin: {
      kind: 'measured',
      text:
        `daily storage metrics of the source buckets, growth of the last ${DAYS} days. They count the whole bucket whatever the ` +
        "pair's filter, and cannot tell overwrites and deletions from new objects: an overwritten version counts as one more",
    },
    pairs: new Map(measured),
  };
}

async function measure({ config, clock }: Context, client: CloudWatchClient, pair: Pair): Promise<Workload> {
  const { name } = pairNamesOf(config, pair).sourceBucket;
  const end = clock.now();
  const sumOf = (metric: string) =>
    `SUM(SEARCH('{AWS/S3,BucketName,StorageType} MetricName="${metric}" BucketName="${name}"', 'Average', ${DAY / 1000}))`;
  try {
    const { MetricDataResults: results = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(end.getTime() - (DAYS + 1) * DAY),
        EndTime: end,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          { Id: 'bytes', Expression: sumOf('BucketSizeBytes') },
          { Id: 'objects', Expression: sumOf('NumberOfObjects') },
        ],
      }),
    );
    const valuesOf = (id: string) => results.find((result) => result.Id === id)?.Values ?? [];
    const times = results.find((result) => result.Id === 'bytes')?.Timestamps ?? [];
    return workloadOf(name, valuesOf('bytes'), valuesOf('objects'), times);
  } catch (error) {
    throw unanswered(`metrics of bucket ${name}`, error);
  }
}

function workloadOf(bucket: string, sizes: readonly number[], counts: readonly number[], times: readonly Date[]): Workload {
  const [firstSize, lastSize, firstCount, lastCount] = [sizes[0], sizes.at(-1), counts[0], counts.at(-1)];
  const days = ((times.at(-1)?.getTime() ?? 0) - (times[0]?.getTime() ?? 0)) / DAY;
  const none = firstSize === undefined || lastSize === undefined || firstCount === undefined || lastCount === undefined;
  if (none || days < 1 || lastCount === 0) {
    throw new AppError(
      'NoMetrics',
      `CloudWatch has no two days of storage metrics of bucket ${bucket}`,
      'S3 writes them once a day; until then give the workload: --objects 200000 --average-size 5MiB',
    );
  }
  const grown = Math.max(lastCount - firstCount, 0);
  const grownBytes = Math.max(lastSize - firstSize, 0);
  return {
    objects: Math.round((grown / days) * DAYS),
    averageSize: grown > 0 && grownBytes > 0 ? grownBytes / grown : lastSize / lastCount,
    storedBytes: lastSize,
    storedObjects: lastCount,
    overwrites: 0,
    deletes: 0,
  };
}
