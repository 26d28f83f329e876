import { replicationStacks, templates } from '../../helpers/app';
import { alarmNames, childrenOf, composites, many } from './composites';

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

test('a nested one is there before the one that names it', () => {
  const { destinationHealth } = templates(many(34));
  const resources = destinationHealth.findResources('AWS::CloudWatch::CompositeAlarm');
  const [top] = Object.values(resources).filter(({ Properties }) => Properties.AlarmName === 'backups-destination-health');
  expect(top?.['DependsOn']).toEqual(Object.keys(resources).filter((id) => resources[id] !== top));
});
