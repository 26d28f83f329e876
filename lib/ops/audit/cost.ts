import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Context } from '../command';
import type { Subject } from './subject';

const PAGE = 1000;
const DAY = 86_400;

/** How many requests an audit will send, as far as that is known. */
export interface Cost {
  readonly versions: number;
  readonly list: number;
  readonly head: number;
}

/**
 * How many versions a bucket has, by the metric that S3 writes once a day; undefined when nobody says.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
async function versionsOf({ source, now }: Subject, { clients }: Context): Promise<number | undefined> {
  const dimensions = { BucketName: source.name, StorageType: 'AllStorageTypes' };
  try {
    const cloudWatch = await clients.cloudWatch('source');
    const { MetricDataResults: results = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now().getTime() - 3 * DAY * 1000),
        EndTime: now(),
        ScanBy: 'TimestampDescending',
        MetricDataQueries: [
          {
            Id: 'objects',
            MetricStat: {
              Metric: {
                Namespace: 'AWS/S3',
                MetricName: 'NumberOfObjects',
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
              },
              Period: DAY,
              Stat: 'Average',
            },
          },
        ],
      }),
    );
    return results[0]?.Values?.[0];
  } catch {
    // A guess at the cost is worth no failure.
    return undefined;
  }
}

/** An upper bound: the filter's prefix may leave most of a bucket out. Undefined when a bucket's size is not known. */
export async function estimate(context: Context, subjects: readonly Subject[], percent: number): Promise<Cost | undefined> {
  const counts = await Promise.all(subjects.map((subject) => versionsOf(subject, context)));
  let versions = 0;
  for (const count of counts) {
    if (count === undefined) {
      return undefined;
    }
    versions += count;
  }
  return { versions, list: 2 * Math.ceil(versions / PAGE), head: 2 * Math.ceil((versions * percent) / 100) };
}

/** What `--deep` will send, for a person. */
export function describeCost(cost: Cost | undefined, percent: number): string {
  const each = `--deep ${percent} sends two HEAD requests for ${percent} % of the versions, one to each side`;
  const whole = (value: number) => value.toLocaleString('en-US');
  return cost === undefined
    ? `${each}: ${whole(20 * percent)} for each 1,000 versions, on top of 2 list requests. CloudWatch does not say how many versions there are`
    : `${each}: about ${whole(cost.head)} for the ${whole(cost.versions)} versions that CloudWatch counts, on top of ${whole(cost.list)} list requests`;
}
