import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  LegendPosition,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { SideName } from '../../config/replication-config';
import {
  alarmsIn,
  alarmsOf,
  METRIC_NAMESPACE,
  METRIC_PERIOD,
  metricDimensions,
  type PairAlarm,
  type ReplicationMetric,
} from '../../model/alarms';
import { type DeployedPair, type Deployment, titleOf } from '../../model/deployment';
import { heartbeatMinutes, heartbeatPairs, SCHEDULER_NAMESPACE } from '../../model/heartbeat';
import { chunks } from '../stack';

/** Columns of a dashboard. */
const WIDTH = 24;

/** ARNs in one widget of alarm states, at most. */
const MOST_ALARMS = 100;

/** A chart of one metric: a line per pair, and all of them together. */
interface Chart {
  readonly title: string;
  readonly metric: ReplicationMetric;
  readonly region: SideName;
  readonly statistic: string;
  /** What all pairs together mean: the worst of them, or the sum. */
  readonly total: { readonly label: string; readonly expression: 'MAX' | 'SUM' };
  readonly unit: string;
}

const CHARTS: readonly Chart[] = [
  {
    title: 'Lag',
    metric: 'ReplicationLatency',
    region: 'destination',
    statistic: Stats.MAXIMUM,
    total: { label: 'the longest', expression: 'MAX' },
    unit: 'seconds',
  },
  {
    title: 'Failed',
    metric: 'OperationsFailedReplication',
    region: 'source',
    statistic: Stats.SUM,
    total: { label: 'all pairs', expression: 'SUM' },
    unit: 'operations',
  },
  {
    title: 'Pending',
    metric: 'OperationsPendingReplication',
    region: 'destination',
    statistic: Stats.MAXIMUM,
    total: { label: 'all pairs', expression: 'SUM' },
    unit: 'operations',
  },
  {
    title: 'Bytes pending',
    metric: 'BytesPendingReplication',
    region: 'destination',
    statistic: Stats.MAXIMUM,
    total: { label: 'all pairs', expression: 'SUM' },
    unit: 'bytes',
  },
];

/**
 * One dashboard in the source region with the metrics and alarms of both regions: all pairs together first, then a line per
 * pair in the same four charts, so that it stays one page with fifty pairs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cross_region_dashboard.html
 */
export class ReplicationDashboard extends Construct {
  constructor(scope: Construct, id: string, config: Deployment) {
    super(scope, id);
    const { source, destination } = config;
    new Dashboard(this, 'Dashboard', {
      dashboardName: config.names.monitoring.dashboard,
      defaultInterval: Duration.days(1),
      widgets: [
        [
          new TextWidget({
            markdown: `# ${titleOf(config)}: ${source.region} to ${destination.region} (account ${destination.account})\nWhat each alarm means and what to do: docs/runbook.md`,
            width: WIDTH,
            height: 2,
          }),
        ],
        alarmStates(
          this,
          config.pairs.flatMap((pair) => alarmsOf(config, pair)).filter(({ place }) => place !== 'backup'),
        ),
        CHARTS.map((chart) => totals(config, chart)),
        ...chunks(CHARTS, 2).map((row) => row.map((chart) => lines(config, chart))),
        ...(heartbeatMinutes(config) === undefined ? [] : [[heartbeatsWritten(config)]]),
      ],
    });
  }
}

/** The dashboard of the backup account: the states of its alarms, and a line for each pair with the heartbeats that arrived. */
export class BackupDashboard extends Construct {
  constructor(scope: Construct, id: string, config: Deployment) {
    super(scope, id);
    const { source, destination } = config;
    const alarms = alarmsIn(config, 'backup');
    const heartbeats = alarms.filter(({ kind }) => kind === 'heartbeat');
    const beating = heartbeatPairs(config.heartbeat, config.pairs);
    new Dashboard(this, 'Dashboard', {
      dashboardName: config.names.monitoring.backupDashboard,
      defaultInterval: Duration.days(1),
      widgets: [
        [
          new TextWidget({
            markdown: `# ${titleOf(config)}: the backup of account ${source.account} (${source.region})\nWhat each alarm means and what to do: docs/runbook.md`,
            width: WIDTH,
            height: 2,
          }),
        ],
        alarmStates(this, alarms),
        ...(heartbeats.length === 0
          ? []
          : [
              [
                new GraphWidget({
                  title: 'Heartbeats that arrived',
                  left: heartbeats.map(
                    ({ namespace, metric: metricName, dimensions: dimensionsMap, statistic, period }, index) =>
                      new Metric({
                        namespace,
                        metricName,
                        dimensionsMap,
                        statistic,
                        period: Duration.seconds(period),
                        region: destination.region,
                        label: beating[index]?.id,
                      }),
                  ),
                  leftYAxis: { min: 0, showUnits: false },
                  legendPosition: LegendPosition.RIGHT,
                  region: destination.region,
                  width: WIDTH,
                  height: 8,
                }),
              ],
            ]),
      ],
    });
  }
}

function alarmStates(scope: Construct, alarms: readonly PairAlarm[]): AlarmStatusWidget[] {
  const shownAlarms = alarms.map((alarm): IAlarm => Alarm.fromAlarmArn(scope, alarm.name, alarm.arn));
  return chunks(shownAlarms, MOST_ALARMS).map((shown, index, { length: parts }) => {
    const title = parts === 1 ? 'Alarms' : `Alarms, part ${index + 1} of ${parts}`;
    return new AlarmStatusWidget({ title, alarms: shown, width: WIDTH, height: 2 + Math.ceil(shown.length / 4) });
  });
}

/**
 * What EventBridge Scheduler did, of all schedules together: it has no metrics of one schedule.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
 */
function heartbeatsWritten(config: Deployment): GraphWidget {
  const { region } = config.source;
  return new GraphWidget({
    title:
      'Heartbeats that the scheduler wrote, and errors of S3 (whether they arrive, the dashboard of the backup account shows)',
    left: ['InvocationAttemptCount', 'TargetErrorCount'].map(
      (metricName) =>
        new Metric({
          namespace: SCHEDULER_NAMESPACE,
          metricName,
          dimensionsMap: { ScheduleGroup: config.names.heartbeat.scheduleGroup.name },
          statistic: Stats.SUM,
          period: Duration.seconds(METRIC_PERIOD),
          region,
        }),
    ),
    leftYAxis: { min: 0, showUnits: false },
    legendPosition: LegendPosition.RIGHT,
    region,
    width: WIDTH,
    height: 6,
  });
}

function totals(config: Deployment, chart: Chart): SingleValueWidget {
  return new SingleValueWidget({
    title: `${chart.title}, ${chart.total.label} (${chart.unit})`,
    metrics: [total(config, chart)],
    region: config[chart.region].region,
    width: WIDTH / CHARTS.length,
    height: 3,
  });
}

function lines(config: Deployment, chart: Chart): GraphWidget {
  return new GraphWidget({
    title: `${chart.title} (${chart.unit})`,
    left: config.pairs.map((pair) => metric(config, chart, pair)),
    leftYAxis: { min: 0, label: chart.unit, showUnits: false },
    legendPosition: LegendPosition.RIGHT,
    region: config[chart.region].region,
    width: WIDTH / 2,
    height: 8,
  });
}

function total(config: Deployment, chart: Chart): IMetric {
  const metrics = config.pairs.map((pair, index) => [`m${index}`, metric(config, chart, pair)] as const);
  return new MathExpression({
    expression: `${chart.total.expression}(METRICS())`,
    usingMetrics: Object.fromEntries(metrics),
    label: chart.total.label,
    period: Duration.seconds(METRIC_PERIOD),
  });
}

function metric(config: Deployment, { metric: metricName, statistic, region }: Chart, pair: DeployedPair): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: metricDimensions(pair),
    statistic,
    period: Duration.seconds(METRIC_PERIOD),
    region: config[region].region,
    label: pair.id,
  });
}
