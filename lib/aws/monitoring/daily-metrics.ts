import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Clients } from '../clients';
import type { Clock } from '../clock';

const DAY = 86_400;

/** A metric of a bucket that S3 writes once a day, without charge. */
export interface DailyQuestion {
  readonly metric: 'BucketSizeBytes' | 'NumberOfObjects';
  /** `AllStorageTypes` for the number of objects; the size is by storage type alone. */
  readonly storageType: string;
}

/**
 * How much a source bucket holds, by its latest daily metrics. A guess that is worth no failure: a question without an answer has
 * undefined, for whatever reason.
 *
 * @returns in the order of the questions
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export async function readDailyMetrics(
  { clients, clock }: { readonly clients: Clients; readonly clock: Clock },
  bucket: string,
  questions: readonly DailyQuestion[],
): Promise<readonly (number | undefined)[]> {
  try {
    const cloudWatch = await clients.cloudWatch('source');
    const now = clock.now();
    const { MetricDataResults: results = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now.getTime() - 3 * DAY * 1000),
        EndTime: now,
        ScanBy: 'TimestampDescending',
        MetricDataQueries: questions.map((question, index) => query(bucket, question, index)),
      }),
    );
    return questions.map((_, index) => results.find(({ Id }) => Id === `m${index}`)?.Values?.[0]);
  } catch {
    return questions.map(() => undefined);
  }
}

function query(bucket: string, { metric, storageType }: DailyQuestion, index: number) {
  const dimensions = { BucketName: bucket, StorageType: storageType };
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/S3',
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: DAY,
      Stat: 'Average',
    },
  };
}
