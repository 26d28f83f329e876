import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { readMetrics } from '../../aws/monitoring/metric-data';
import type { Context } from '../../cli/command';
import type { Pair, SideName } from '../../config/replication-config';
import { METRIC_NAMESPACE, metricDimensions } from '../../model/monitoring/metrics';
import { pairNamesOf } from '../../model/names';
import type { Answers } from './answers';

/** An account and region in which CloudWatch may hold a metric. */
export interface MetricPlace {
  readonly side: SideName;
  readonly region: string;
}

const DAY = 24 * 60 * 60 * 1000;

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
    const { config, clients } = this.context;
    const question = `metrics of rule ${pairNamesOf(config, pair).ruleId} in the ${side} account, ${region}`;
    const dimensions = Object.entries(metricDimensions(config, pair)).map(([Name, Value]) => ({ Name, Value }));
    const names = await this.answers.of(question, async () => {
      const client = await clients.cloudWatch(side, region);
      const { Metrics: metrics = [] } = await client.send(
        new ListMetricsCommand({ Namespace: METRIC_NAMESPACE, Dimensions: dimensions }),
      );
      return [...new Set(metrics.map(({ MetricName: name = '' }) => name))].toSorted();
    });
    return names ?? [];
  }

  /** How many operations failed to replicate in the last day. S3 counts them in the source region. */
  async failedOperations(pair: Pair): Promise<number> {
    const { config, clients, clock } = this.context;
    const failed = await this.answers.of(`failed operations of rule ${pairNamesOf(config, pair).ruleId}`, async () => {
      const end = clock.now();
      const [counts = []] = await readMetrics(
        await clients.cloudWatch('source'),
        config,
        [{ pair, metric: 'OperationsFailedReplication', statistic: 'Sum' }],
        { start: new Date(end.getTime() - DAY), end },
      );
      return counts.reduce((sum, count) => sum + count, 0);
    });
    return failed ?? 0;
  }
}
