import { alarmsIn, alarmsOf } from '../../../lib/model/alarms';
import { templates } from '../../helpers/app';
import { validConfig } from '../../helpers/config';

const DIMENSIONS = [
  { Name: 'DestinationBucket', Value: 'backups-documents-222222222222-us-west-2-an' },
  { Name: 'RuleId', Value: 'backups-documents' },
  { Name: 'SourceBucket', Value: 'backups-documents-111111111111-ap-southeast-2-an' },
];

const many = (count: number) => ({ pairs: Array.from({ length: count }, (_, index) => ({ id: `p${index}` })) });

/** The alarms of a template by name, as far as they say when they go off. */
function alarmsBy(template: ReturnType<typeof templates>['source']) {
  return Object.fromEntries(
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties: properties }) => [
      properties.AlarmName as string,
      [
        properties.MetricName,
        properties.Statistic,
        properties.ComparisonOperator,
        properties.Threshold,
        `${properties.EvaluationPeriods} x ${properties.Period} s`,
        properties.TreatMissingData,
      ] as unknown[],
    ]),
  );
}

test('what failed is watched in the source region, and no data means that nothing failed', () => {
  expect(alarmsBy(templates().source)).toEqual({
    'backups-documents-operations-failed': [
      'OperationsFailedReplication',
      'Sum',
      'GreaterThanOrEqualToThreshold',
      1,
      '1 x 300 s',
      'notBreaching',
    ],
  });
});

test('lag and backlog are watched in the destination region, and no data changes nothing', () => {
  const at = 'GreaterThanOrEqualToThreshold';
  expect(alarmsBy(templates().monitoring)).toEqual({
    'backups-documents-latency': ['ReplicationLatency', 'Maximum', at, 3600, '3 x 300 s', 'ignore'],
    'backups-documents-operations-pending': ['OperationsPendingReplication', 'Maximum', at, 10_000, '6 x 300 s', 'ignore'],
    'backups-documents-bytes-pending': ['BytesPendingReplication', 'Maximum', at, 107_374_182_400, '6 x 300 s', 'ignore'],
  });
});

test('the thresholds are those of the configuration', () => {
  const monitoring = { failedOperations: 7, latencyMinutes: 15, pendingOperations: 8, pendingBytes: 9 };
  const { source, monitoring: destination } = templates({ monitoring });
  const thresholds = Object.values({ ...alarmsBy(source), ...alarmsBy(destination) }).map((alarm) => alarm[3]);
  expect(new Set(thresholds)).toEqual(new Set([7, 900, 8, 9]));
});

test('every alarm watches the metric of one rule, as S3 names it', () => {
  const { source, monitoring } = templates();
  const alarms = [source, monitoring].flatMap((template) => Object.values(template.findResources('AWS::CloudWatch::Alarm')));
  expect(alarms).toHaveLength(4);
  for (const { Properties: properties } of alarms) {
    expect(properties).toMatchObject({
      Namespace: 'AWS/S3',
      Dimensions: DIMENSIONS,
      AlarmDescription: expect.stringMatching(
        / First: npx --no -- s3-replication \w+ --pair documents\. Then: docs\/runbook\.md$/,
      ),
    });
    // The composite alarm of the region tells.
    expect(properties).not.toHaveProperty('AlarmActions');
  }
});

test('the metrics stand in the rule, or there would be nothing to watch', () => {
  templates().source.hasResourceProperties('AWS::S3::Bucket', {
    ReplicationConfiguration: { Rules: [{ Destination: { Metrics: { Status: 'Enabled' } } }] },
  });
});

test('the plain data names every alarm of the templates, by the ARN that it gets', () => {
  const config = validConfig(many(3));
  const { source, monitoring } = templates(many(3));
  expect(alarmsIn(config, 'source').map(({ name }) => name)).toEqual(Object.keys(alarmsBy(source)));
  expect(new Set(alarmsIn(config, 'destination').map(({ name }) => name))).toEqual(new Set(Object.keys(alarmsBy(monitoring))));
  const [pair] = config.pairs;
  expect(pair && alarmsOf(config, pair).map(({ arn }) => arn)).toEqual([
    'arn:aws:cloudwatch:ap-southeast-2:111111111111:alarm:backups-p0-operations-failed',
    'arn:aws:cloudwatch:us-west-2:111111111111:alarm:backups-p0-latency',
    'arn:aws:cloudwatch:us-west-2:111111111111:alarm:backups-p0-operations-pending',
    'arn:aws:cloudwatch:us-west-2:111111111111:alarm:backups-p0-bytes-pending',
    'arn:aws:cloudwatch:us-west-2:222222222222:alarm:backups-p0-heartbeat',
  ]);
});
