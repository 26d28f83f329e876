import type { Template } from 'aws-cdk-lib/assertions';
import { replicationStacks, templates } from '../../helpers/app';

const many = (count: number) => ({ pairs: Array.from({ length: count }, (_, index) => ({ id: `p${index}` })) });

interface Composite {
  readonly AlarmName: string;
  readonly AlarmRule: string;
  readonly AlarmActions?: unknown[];
  readonly OKActions?: unknown[];
}

function composites(template: Template): Composite[] {
  return Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm')).map(
    ({ Properties }) => Properties as Composite,
  );
}

const childrenOf = ({ AlarmRule: rule }: Composite) => [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name ?? '');

const alarmNames = (template: Template) =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties.AlarmName as string);

test('each region has one composite alarm over all its alarms, which notifies the topic of that region', () => {
  const { source, monitoring, sourceHealth, destinationHealth } = templates(many(2));
  const [ofSource] = composites(sourceHealth);
  const [ofDestination] = composites(destinationHealth);
  expect(ofSource).toMatchObject({
    AlarmName: 'backups-source-health',
    AlarmActions: ['arn:aws:sns:ap-southeast-2:111111111111:backups-source-notifications'],
    OKActions: ['arn:aws:sns:ap-southeast-2:111111111111:backups-source-notifications'],
  });
  expect(ofDestination).toMatchObject({
    AlarmName: 'backups-destination-health',
    AlarmActions: ['arn:aws:sns:us-west-2:111111111111:backups-destination-notifications'],
    OKActions: ['arn:aws:sns:us-west-2:111111111111:backups-destination-notifications'],
  });
  expect(new Set(ofSource && childrenOf(ofSource))).toEqual(new Set(alarmNames(source)));
  expect(new Set(ofDestination && childrenOf(ofDestination))).toEqual(new Set(alarmNames(monitoring)));
});

test('is deployed after its children and their topic', () => {
  const { health, source, monitoring } = replicationStacks();
  expect(health.source.dependencies).toContain(source);
  expect(health.destination.dependencies).toContain(monitoring);
});

test('is in the account of the source, in the region of its alarms', () => {
  const { health, monitoring } = replicationStacks();
  expect([health.source, health.destination, monitoring].map(({ account, region }) => `${account} ${region}`)).toEqual([
    '111111111111 ap-southeast-2',
    '111111111111 us-west-2',
    '111111111111 us-west-2',
  ]);
});

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

test('a nested one is there before the one that names it', () => {
  const { destinationHealth } = templates(many(40));
  const resources = destinationHealth.findResources('AWS::CloudWatch::CompositeAlarm');
  const [top] = Object.values(resources).filter(({ Properties }) => Properties.AlarmName === 'backups-destination-health');
  expect(top?.['DependsOn']).toEqual(Object.keys(resources).filter((id) => resources[id] !== top));
});
