import { SIDES } from '../../lib/config/replication-config';
import { templates } from '../helpers/app';
import { DELIVERY, PIPELINE, validConfig } from '../helpers/config';
import { recordedKey, resourceCounts } from '../helpers/templates';
import { policyFor } from '../ops/bootstrap/least-privilege/simulate';
import { alarmNames, childrenOf, composites, many } from '../stacks/monitoring/composites';
import { widgetsOf } from '../stacks/monitoring/widgets';

test.each([33, 34, 45])('with %i pairs no composite has more children or a longer rule than CloudWatch takes', (count) => {
  const { monitoring, destinationHealth } = templates(many(count));
  const all = composites(destinationHealth);
  for (const composite of all) {
    expect(childrenOf(composite).length).toBeLessThanOrEqual(100);
    expect(composite.AlarmRule.length).toBeLessThanOrEqual(10_240);
  }
  const nested = all.map(({ AlarmName: name }) => name);
  const children = all.flatMap(childrenOf).filter((name) => !nested.includes(name));
  expect(children).toHaveLength(3 * count);
  expect(new Set(children)).toEqual(new Set(alarmNames(monitoring)));
  // Only the one on top tells.
  expect(all.filter(({ AlarmActions: actions }) => actions !== undefined).map(({ AlarmName: name }) => name)).toEqual([
    'backups-destination-health',
  ]);
  expect(all).toHaveLength(count > 33 ? 3 : 1);
});

test.each([1, 45])('with %i pairs is one page: nothing overlaps, and no widget holds more than CloudWatch takes', (count) => {
  const widgets = widgetsOf(many(count));
  expect(widgets.length).toBeLessThanOrEqual(12);
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  for (const { properties } of widgets) {
    expect(properties.metrics?.length ?? 0).toBeLessThanOrEqual(500);
    expect(properties.alarms?.length ?? 0).toBeLessThanOrEqual(100);
  }
  expect(widgets.flatMap(({ properties }) => properties.alarms ?? [])).toHaveLength(4 * count);
});

test.each(SIDES)('the verification role of the %s has as many policies as many pairs need', (side) => {
  const pairs = Array.from({ length: 45 }, (_, index) => ({ id: `a-pair-of-buckets-${index}` }));

  expect(resourceCounts(templates({ pipeline: PIPELINE, pairs })[side])['AWS::IAM::ManagedPolicy']).toBeGreaterThan(1);
});

test('backfill of as many pairs as any deployment holds fits into the 500 resources of a stack', () => {
  // The replica key's policy has room for 66 pairs with the shortest of names, and for fewer with any others.
  const shortest = { deployment: 'd', bucketNamespace: 'global', source: { region: 'us-east-1' } };
  const pairs = Array.from({ length: 66 }, (_, index) => ({ id: index.toString(36) }));
  const keys = { ...shortest, backfill: true };
  const ssm = { keyExchange: 'ssm', ...keys, pairs };

  const counts = Object.values(resourceCounts(templates(ssm, recordedKey(ssm).context).source));

  expect(() => validConfig({ ...keys, pairs: [...pairs, { id: 'zz' }] })).toThrow('has room for the first 66 of these pairs');
  expect(counts.reduce((sum, count) => sum + count)).toBeLessThan(500);
});

test.each([
  ['a pipeline', { pipeline: PIPELINE }],
  ['GitHub Actions', DELIVERY],
])(
  'the execution policy fits into one managed policy with everything configured, %s, the longest name and as many pairs as fit',
  (_how, delivery) => {
    const longest = { deployment: 'long-deployment-name', destination: { region: 'ap-southeast-1' } };
    const [policy, ...more] = policyFor({
      ...longest,
      ...many(40),
      tags: { team: 'storage' },
      ...delivery,
      monitoring: { email: 'storage@example.com' },
    }).policies;
    expect(more).toEqual([]);
    expect(policy?.text.length).toBeLessThanOrEqual(6144);
  },
);
