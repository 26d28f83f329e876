import { type Dimension, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import type { Pair, SideName } from '../../config/model';
import { pairNamesOf } from '../../names';
import type { Context } from '../command';
import type { Answers } from './answers';

/** An account and region in which CloudWatch may hold a metric. */
export interface MetricPlace {
  readonly side: SideName;
  readonly region: string;
}

const NAMESPACE = 'AWS/S3';
const DAY = 24 * 60 * 60;

/**
 * What CloudWatch says about the replication of a pair.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export class MetricFacts {
  constructor(
    private readonly context: Context,
    private readonly answers: Answers,
  ) {}

  /** The names of the replication metrics of a pair that have had data in the last two weeks, in one place. */
  async seen({ side, region }: MetricPlace, pair: Pair): Promise<readonly string[]> {
    const { ruleId } = pairNamesOf(this.context.config, pair);
    const question = `metrics of rule ${ruleId} in the ${side} account, ${region}`;
    const names = await this.answers.of(question, async () => {
      const client = await this.context.clients.cloudWatch(side, region);
      const { Metrics: metrics = [] } = await client.send(
        new ListMetricsCommand({ Namespace: NAMESPACE, Dimensions: this.dimensions(pair) }),
      );
      return [...new Set(metrics.map(({ MetricName: name = '' }) => name))].toSorted();
    });
    return names ?? [];
  }

  /** How many operations failed to replicate in the last day. S3 counts them in the source region. */
  async failedOperations(pair: Pair): Promise<number> {
    const { ruleId } = pairNamesOf(this.context.config, pair);
    const failed = await this.answers.of(`failed operations of rule ${ruleId}`, async () => {
      const client = await this.context.clients.cloudWatch('source');
      const end = this.context.clock.now();
      const { Datapoints: points = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: NAMESPACE,
          MetricName: 'OperationsFailedReplication',
          Dimensions: this.dimensions(pair),
          StartTime: new Date(end.getTime() - DAY * 1000),
          EndTime: end,
          Period: DAY,
          Statistics: ['Sum'],
        }),
      );
      return points.reduce((sum, { Sum: count = 0 }) => sum + count, 0);
    });
    return failed ?? 0;
  }

  private dimensions(pair: Pair): (Dimension & { Name: string; Value: string })[] {
    const { sourceBucket, replicaBucket, ruleId } = pairNamesOf(this.context.config, pair);
    return [
      { Name: 'SourceBucket', Value: sourceBucket.name },
      { Name: 'DestinationBucket', Value: replicaBucket.name },
      { Name: 'RuleId', Value: ruleId },
    ];
  }
}
