import { type CloudWatchClient, GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { SideName } from '../config/replication-config';
import { UnreachableError } from '../errors/errors';
import { METRIC_NAMESPACE, METRIC_PERIOD, metricDimensions, type ReplicationMetric } from '../model/alarms';
import type { DeployedPair } from '../model/deployment';
import { SCHEDULER_NAMESPACE } from '../model/heartbeat';
import type { Clients } from './clients';
import type { Clock } from './clock';
import { nextToken } from './listing/next-token';

/** A metric of a pair's rule, and what of each period counts. */
export interface MetricQuestion {
  readonly pair: DeployedPair;
  readonly metric: ReplicationMetric;
  readonly statistic: 'Sum' | 'Maximum';
}

/** Metrics that CloudWatch takes in one request. */
const BATCH = 500;

/**
 * The values of metrics since a moment, of every five minutes that have one, the newest first.
 *
 * @returns in the order of the questions
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export async function readMetrics(
  client: CloudWatchClient,
  questions: readonly MetricQuestion[],
  { start, end }: { readonly start: Date; readonly end: Date },
): Promise<readonly (readonly number[])[]> {
  const values: number[][] = questions.map(() => []);
  for (let first = 0; first < questions.length; first += BATCH) {
    const queries = questions.slice(first, first + BATCH).map((question, index) => query(question, first + index));
    const answered: MetricDataResult[] = [];
    let token: string | undefined;
    do {
      const { MetricDataResults: results = [], NextToken: next } = await client.send(
        new GetMetricDataCommand({
          MetricDataQueries: queries,
          StartTime: start,
          EndTime: end,
          ScanBy: 'TimestampDescending',
          NextToken: token,
        }),
      );
      results.forEach((result) => values[indexOf(result)]?.push(...complete(result)));
      answered.push(...results);
      token = nextToken('metrics', token, next);
    } while (token !== undefined);
    assertAnswered(queries, answered);
  }
  return values;
}

function query({ pair, metric, statistic }: MetricQuestion, index: number) {
  const dimensions = Object.entries(metricDimensions(pair)).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: { Namespace: METRIC_NAMESPACE, MetricName: metric, Dimensions: dimensions },
      Period: METRIC_PERIOD,
      Stat: statistic,
    },
  };
}

function indexOf({ Id: id = '' }: MetricDataResult): number {
  return Number(id.slice(1));
}

/** @throws Error when CloudWatch has no answer for one metric, which it does not answer with an error of its own */
function complete({ Values: values = [], StatusCode: status, Messages: messages = [] }: MetricDataResult): readonly number[] {
  if (status === 'InternalError' || status === 'Forbidden') {
    throw new Error([status, ...messages.map(({ Value: text }) => text)].join(': '));
  }
  return values;
}

/** @throws UnreachableError when a metric has no result: CloudWatch answers each, those without values too */
function assertAnswered(queries: readonly { readonly Id: string }[], results: readonly MetricDataResult[]): void {
  const answered = new Set(results.map(({ Id }) => Id));
  const without = queries.filter(({ Id }) => !answered.has(Id)).length;
  if (without > 0) {
    throw new UnreachableError(
      'NoValue',
      `CloudWatch answered without a result for ${without} of ${queries.length} metrics`,
      'repeat the command',
    );
  }
}

const DAY = 86_400;

/** A metric of a bucket that S3 writes once a day, without charge. */
export interface DailyQuestion {
  readonly metric: 'BucketSizeBytes' | 'NumberOfObjects';
  /** `AllStorageTypes` for the number of objects; the size is by storage type alone. */
  readonly storageType: string;
}

/**
 * How much a bucket holds, by its latest daily metrics. A guess that is worth no failure: a question without an answer has
 * undefined, for whatever reason.
 *
 * @param side whose bucket it is; the source where nothing is said
 * @returns in the order of the questions
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export async function readDailyMetrics(
  { clients, clock, side = 'source' }: { readonly clients: Clients; readonly clock: Clock; readonly side?: SideName },
  bucket: string,
  questions: readonly DailyQuestion[],
): Promise<readonly (number | undefined)[]> {
  try {
    const cloudWatch = await clients.cloudWatch(side);
    const now = clock.now();
    const { MetricDataResults: results = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: new Date(now.getTime() - 3 * DAY * 1000),
        EndTime: now,
        ScanBy: 'TimestampDescending',
        MetricDataQueries: questions.map((question, index) => dailyQuery(bucket, question, index)),
      }),
    );
    return questions.map((_, index) => results.find(({ Id }) => Id === `m${index}`)?.Values?.[0]);
  } catch {
    return questions.map(() => undefined);
  }
}

function dailyQuery(bucket: string, { metric, storageType }: DailyQuestion, index: number) {
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

/** What became of calls that schedules were to make. */
export interface ScheduleErrors {
  readonly attempted: number;
  /** Calls that the target refused, or to which it did not answer. */
  readonly failed: number;
  /** Calls that the scheduler gave up. */
  readonly dropped: number;
}

/**
 * What went wrong with the schedules of a group.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
export async function readScheduleErrors(
  client: CloudWatchClient,
  scheduleGroup: string,
  { start, end }: { readonly start: Date; readonly end: Date },
): Promise<ScheduleErrors> {
  const sum = (Id: string, MetricName: string) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: SCHEDULER_NAMESPACE,
        MetricName,
        Dimensions: [{ Name: 'ScheduleGroup', Value: scheduleGroup }],
      },
      Period: METRIC_PERIOD,
      Stat: 'Sum',
    },
  });
  const queries = [
    sum('attempted', 'InvocationAttemptCount'),
    sum('failed', 'TargetErrorCount'),
    sum('dropped', 'InvocationDroppedCount'),
  ];
  const { MetricDataResults: results = [] } = await client.send(
    new GetMetricDataCommand({ MetricDataQueries: queries, StartTime: start, EndTime: end }),
  );
  assertAnswered(queries, results);
  const total = (id: string) =>
    results
      .filter(({ Id }) => Id === id)
      .flatMap((result) => complete(result))
      .reduce((one, other) => one + other, 0);
  return { attempted: total('attempted'), failed: total('failed'), dropped: total('dropped') };
}
