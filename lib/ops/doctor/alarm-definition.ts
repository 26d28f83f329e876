import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Pair, ReplicationConfig } from '../../config/replication-config';
import type { PairAlarm } from '../../model/monitoring/alarms';
import { METRIC_NAMESPACE, METRIC_PERIOD, metricDimensions } from '../../model/monitoring/metrics';

/** An alarm as the stacks write it, in the spelling of CloudWatch. */
export function expectedAlarm(config: ReplicationConfig, pair: Pair, alarm: PairAlarm) {
  return {
    AlarmName: alarm.name,
    Namespace: METRIC_NAMESPACE,
    MetricName: alarm.metric,
    Dimensions: Object.entries(metricDimensions(config, pair)).map(([Name, Value]) => ({ Name, Value })),
    Statistic: alarm.statistic,
    Period: METRIC_PERIOD,
    EvaluationPeriods: alarm.periods,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: alarm.missingData,
  } satisfies MetricAlarm;
}

/** What an alarm watches and when it goes off, in the one text that all equal alarms share. */
export function alarmText(alarm: MetricAlarm): string {
  const dimensions = alarm.Dimensions?.map(({ Name: name, Value: value }) => `${name}=${value}`).toSorted() ?? [];
  return [
    `${alarm.AlarmName}: ${alarm.Statistic} of ${alarm.Namespace} ${alarm.MetricName} (${dimensions.join(', ')})`,
    `${alarm.ComparisonOperator} ${alarm.Threshold} in ${alarm.EvaluationPeriods} periods of ${alarm.Period} s`,
    `missing data ${alarm.TreatMissingData ?? 'missing'}`,
  ].join(', ');
}
