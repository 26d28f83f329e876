import { templates } from '../../helpers/app';
import { many } from './composites';
import { optionsOf, type Widget, widgetsOf } from './widgets';

test('shows four numbers for all pairs together and four charts with a line for each pair, every metric of its own region', () => {
  const widgets = widgetsOf(many(3));
  const totals = widgets.filter(({ properties }) => properties.view === 'singleValue');
  const charts = widgets.filter(
    ({ properties }) => properties.view === 'timeSeries' && !JSON.stringify(properties.metrics).includes('AWS/Scheduler'),
  );
  const place = ({ properties: { title, metrics = [] } }: Widget) => [
    title,
    metrics.map((metric) => metric[1]).find((name) => typeof name === 'string'),
    [...new Set(metrics.map((metric) => optionsOf(metric).region).filter((region) => region !== undefined))],
  ];

  expect(totals.map(place)).toEqual([
    ['Lag, the longest (seconds)', 'ReplicationLatency', ['us-west-2']],
    ['Failed, all pairs (operations)', 'OperationsFailedReplication', ['ap-southeast-2']],
    ['Pending, all pairs (operations)', 'OperationsPendingReplication', ['us-west-2']],
    ['Bytes pending, all pairs (bytes)', 'BytesPendingReplication', ['us-west-2']],
  ]);
  expect(
    totals.flatMap(({ properties: { metrics = [] } }) => metrics.flatMap((metric) => optionsOf(metric).expression ?? [])),
  ).toEqual(['MAX(METRICS())', 'SUM(METRICS())', 'SUM(METRICS())', 'SUM(METRICS())']);
  expect(charts.map(({ properties: { metrics = [] } }) => metrics.map((metric) => optionsOf(metric).label))).toEqual(
    Array.from({ length: 4 }, () => ['p0', 'p1', 'p2']),
  );
});

test('shows what the scheduler wrote, and the backup account has a dashboard of what arrived', () => {
  const scheduler = widgetsOf({}).filter(({ properties }) => JSON.stringify(properties.metrics ?? []).includes('AWS/Scheduler'));
  expect(scheduler.map(({ properties: { metrics = [] } }) => metrics.map((metric) => metric.slice(0, 4)))).toEqual([
    [
      ['AWS/Scheduler', 'InvocationAttemptCount', 'ScheduleGroup', 'backups-heartbeats'],
      ['AWS/Scheduler', 'TargetErrorCount', 'ScheduleGroup', 'backups-heartbeats'],
    ],
  ]);

  const [backup] = Object.values(templates(many(2)).backupHealth?.findResources('AWS::CloudWatch::Dashboard') ?? {});
  const { widgets } = JSON.parse(backup?.['Properties'].DashboardBody as string) as { widgets: Widget[] };
  expect(widgets.flatMap(({ properties }) => properties.alarms ?? [])).toEqual([
    'arn:aws:cloudwatch:us-west-2:222222222222:alarm:backups-p0-heartbeat',
    'arn:aws:cloudwatch:us-west-2:222222222222:alarm:backups-p1-heartbeat',
  ]);
  expect(widgets.flatMap(({ properties }) => properties.metrics ?? []).map((metric) => optionsOf(metric).label)).toEqual([
    'p0',
    'p1',
  ]);
});

test('is left out when the configuration says so', () => {
  const { source, backupHealth } = templates({ monitoring: { dashboard: false } });
  source.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
  backupHealth?.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});
