import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Annotations as CdkAnnotations } from 'aws-cdk-lib/core';
import { lifecycleWarnings } from '../../lib/model/lifecycle-warnings';
import { replicationStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';

const pairs = (lifecycle: object, keys: object = {}) => ({ pairs: [{ id: 'documents', lifecycle, ...keys }] });
const warningsOf = (lifecycle: object, keys: object = {}) => validConfig(pairs(lifecycle, keys)).pairs.flatMap(lifecycleWarnings);
const move = (storageClass: string, days: number) => ({ storageClass, days });

const MINIMUM = 's3-replication:minimum-storage-duration';
const KEPT = 's3-replication:expired-replicas-stay';

test.each<[string, object, object]>([
  ['the default', {}, {}],
  ['noncurrent versions kept for as long as their class bills', { noncurrentDays: 30 }, {}],
  ['a class that bills no days', { noncurrentDays: 1 }, { storageClass: 'STANDARD' }],
  ['transitions that come late enough', { transitions: [move('GLACIER_IR', 30), move('DEEP_ARCHIVE', 120)] }, {}],
  ['a deletion after the days of the last class', { transitions: [move('GLACIER', 30)], noncurrentDays: 120 }, {}],
  ['an expiry whose versions are deleted late enough', { noncurrentDays: 30, replicaExpireDays: 1 }, {}],
  ['noncurrent versions of the source, which is in STANDARD', { sourceNoncurrentDays: 1 }, {}],
])('%s warns of nothing', (_what, lifecycle, keys) => {
  expect(warningsOf(lifecycle, keys)).toEqual([]);
});

test.each<[string, object, object, string]>([
  [
    'a deletion before the days of the replica class',
    { noncurrentDays: 29 },
    {},
    '29 days in STANDARD_IA, which bills 30: 30 - 29 = 1 days',
  ],
  [
    'a deletion of what was written into an archive',
    { noncurrentDays: 60 },
    { storageClass: 'DEEP_ARCHIVE' },
    '60 days in DEEP_ARCHIVE, which bills 180: 180 - 60 = 120 days',
  ],
  [
    'a transition before the days of the replica class',
    { transitions: [move('GLACIER', 10)] },
    {},
    'a replica may move to GLACIER after 10 days in STANDARD_IA, which bills 30: 30 - 10 = 20 days',
  ],
  [
    'a deletion soon after the last transition',
    { transitions: [move('GLACIER', 30)], noncurrentDays: 60 },
    {},
    '30 days in GLACIER, which bills 90: 90 - 30 = 60 days',
  ],
  [
    'a deletion of what had moved before it was overwritten',
    { transitions: [move('DEEP_ARCHIVE', 90)], noncurrentDays: 60 },
    {},
    '60 days in DEEP_ARCHIVE, which bills 180: 180 - 60 = 120 days',
  ],
  [
    'an end soon after the last transition',
    { transitions: [move('GLACIER', 40)], replicaExpireDays: 41, noncurrentDays: 35 },
    {},
    'a version that was overwritten may be deleted after 35 days in GLACIER',
  ],
])('%s is billed for days after it: the arithmetic is there', (_what, lifecycle, keys, text) => {
  expect(warningsOf(lifecycle, keys)).toEqual([{ id: MINIMUM, text: expect.stringContaining(text) }]);
});

test.each<[string, object, string]>([
  [
    'without an end of noncurrent versions',
    { replicaExpireDays: 90 },
    'all versions of it stay and are paid for ever; write lifecycle.noncurrentDays too',
  ],
  [
    'with versions that are kept all the same',
    { replicaExpireDays: 90, noncurrentDays: 90, noncurrentVersions: 4 },
    'the newest 4 versions of it stay and are paid for ever; remove lifecycle.noncurrentVersions',
  ],
])('replicas that expire %s are kept for ever', (_what, lifecycle, text) => {
  expect(warningsOf(lifecycle)).toEqual([{ id: KEPT, text: expect.stringContaining(text) }]);
});

// The CDK prints warnings as well.
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

describe('in the source stack', () => {
  const lifecycle = { noncurrentDays: 7 };

  test('the warning is at the pair; the destination, which may have to be deployed without it, has none', () => {
    const { destination, source } = replicationStacks(pairs(lifecycle));
    const text = Match.stringLikeRegexp(`^pair documents: .* 30 - 7 = 23 .*${MINIMUM}`);

    expect(Annotations.fromStack(source).findWarning('/Source/Pairs/documents', text)).toHaveLength(1);
    expect(Annotations.fromStack(destination).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('it can be acknowledged as the CDK has it', () => {
    const { source } = replicationStacks(pairs(lifecycle));
    CdkAnnotations.of(source).acknowledgeWarning(MINIMUM);

    expect(Annotations.fromStack(source).findWarning('*', Match.anyValue())).toEqual([]);
  });
});
