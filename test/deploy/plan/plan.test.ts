import type { ResourceChange, StackPlan } from '../../../lib/deploy/plan/model';
import { movedStops } from '../../../lib/deploy/plan/plan';

const change = (kind: ResourceChange['change'], name: string, type = 'AWS::S3::Bucket'): ResourceChange => ({
  logicalId: 'PairsphotosBucket1A2B3C4D',
  type,
  path: 'Source/Pairs/photos/Bucket/Resource',
  name,
  change: kind,
  properties: [],
  keepsOld: false,
});

const plan = (stackName: string, resources: readonly ResourceChange[], account = '111111111111'): StackPlan => ({
  id: stackName,
  stackName,
  account,
  region: 'ap-southeast-2',
  state: 'new',
  resources,
  permissions: [],
  other: [],
  stops: [],
  refusals: [],
  warnings: [],
});

const created = plan('backups-source-media', [change('created', 'photos')]);

test.each(['left-behind', 'deleted'] as const)('stops at a bucket that another stack has until it is %s', (kind) => {
  expect(movedStops(created, [plan('backups-source', [change(kind, 'photos')]), created])).toEqual([
    {
      name: 'backups-source-media/PairsphotosBucket1A2B3C4D',
      kind: 'resource',
      reason: expect.stringMatching(/^bucket photos cannot be created: stack backups-source has it\. A pair stays in its group/),
    },
  ]);
});

test.each([
  ['a bucket of another name', plan('backups-source', [change('left-behind', 'films')])],
  ['a bucket that is only changed', plan('backups-source', [change('changed', 'photos')])],
  ['a bucket of another account', plan('backups-source', [change('left-behind', 'photos')], '222222222222')],
])('does not stop for %s', (_, other) => {
  expect(movedStops(created, [other, created])).toEqual([]);
});

test('does not stop for what is no bucket', () => {
  const parameter = (kind: ResourceChange['change']) => change(kind, '/backups/photos', 'AWS::SSM::Parameter');
  const moved = plan('backups-source-media', [parameter('created')]);

  expect(movedStops(moved, [plan('backups-source', [parameter('deleted')]), moved])).toEqual([]);
});
