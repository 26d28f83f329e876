import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { SideName } from '../../config/replication-config';
import { alarmsOf, METRIC_NAMESPACE, METRIC_PERIOD, metricDimensions } from '../../model/alarms';
import type { Deployment } from '../../model/deployment';

export interface ReplicationAlarmsProps {
  readonly config: Deployment;
  /** The side whose region's metrics are watched. */
  readonly region: SideName;
}

const MISSING_DATA = { notBreaching: TreatMissingData.NOT_BREACHING, ignore: TreatMissingData.IGNORE };

/**
 * The alarms of every pair on the metrics of one region. They notify nobody by themselves: the region's composite alarm does,
 * once, however many go off.
 */
export class ReplicationAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, region }: ReplicationAlarmsProps) {
    super(scope, id);
    for (const pair of config.pairs) {
      const ofPair = new Construct(this, pair.id);
      for (const alarm of alarmsOf(config, pair).filter((each) => each.region === region)) {
        new Alarm(ofPair, alarm.kind, {
          alarmName: alarm.name,
          alarmDescription: alarm.description,
          metric: new Metric({
            namespace: METRIC_NAMESPACE,
            metricName: alarm.metric,
            dimensionsMap: metricDimensions(pair),
            statistic: alarm.statistic,
            period: Duration.seconds(METRIC_PERIOD),
          }),
          threshold: alarm.threshold,
          comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          evaluationPeriods: alarm.periods,
          treatMissingData: MISSING_DATA[alarm.missingData],
        });
      }
    }
  }
}
