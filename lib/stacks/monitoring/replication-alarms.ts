import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { alarmsIn } from '../../model/alarms';
import type { Deployment } from '../../model/deployment';
import type { AlarmPlace } from '../../model/names';

export interface ReplicationAlarmsProps {
  readonly config: Deployment;
  readonly place: AlarmPlace;
}

const MISSING_DATA = {
  notBreaching: TreatMissingData.NOT_BREACHING,
  ignore: TreatMissingData.IGNORE,
  breaching: TreatMissingData.BREACHING,
};

const COMPARISON = {
  GreaterThanOrEqualToThreshold: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  LessThanThreshold: ComparisonOperator.LESS_THAN_THRESHOLD,
};

/**
 * The alarms of every pair in one place. They notify nobody by themselves: the composite alarm of the place does, once, however many
 * go off.
 */
export class ReplicationAlarms extends Construct {
  constructor(scope: Construct, id: string, { config, place }: ReplicationAlarmsProps) {
    super(scope, id);
    for (const pair of config.pairs) {
      const ofPair = new Construct(this, pair.id);
      for (const alarm of alarmsIn(config, place, [pair])) {
        new Alarm(ofPair, alarm.kind, {
          alarmName: alarm.name,
          alarmDescription: alarm.description,
          metric: new Metric({
            namespace: alarm.namespace,
            metricName: alarm.metric,
            dimensionsMap: alarm.dimensions,
            statistic: alarm.statistic,
            period: Duration.seconds(alarm.period),
          }),
          threshold: alarm.threshold,
          comparisonOperator: COMPARISON[alarm.comparison],
          evaluationPeriods: alarm.periods,
          treatMissingData: MISSING_DATA[alarm.missingData],
        });
      }
    }
  }
}
