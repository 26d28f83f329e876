import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { quantitiesOf } from '../../../lib/ops/cost/quantities/quantities';
import type { Workload } from '../../../lib/ops/cost/workload';
import { addPipeline } from '../../../lib/stacks/pipeline/pipeline-stack';
import { addReplicationStacks } from '../../../lib/stacks/replication';
import { testApp } from '../../helpers/app';
import { PIPELINE, validConfig } from '../../helpers/config';
import { OWNED_KEY } from '../../proof/variants';

const WORKLOAD: Workload = { objects: 1000, averageSize: 2 ** 20, storedBytes: 0, storedObjects: 0, overwrites: 0, deletes: 0 };

/** Quantities by id, of all regions together. */
function quantities(keys: Record<string, unknown>, workload: Partial<Workload> = {}): Record<string, number> {
  const config = validConfig(keys);
  const pairs = new Map(config.pairs.map(({ id }) => [id, { ...WORKLOAD, ...workload }]));
  const groups = quantitiesOf(config, config.pairs, { origin: { kind: 'options', text: '' }, pairs }, false);
  const sums: Record<string, number> = {};
  for (const { id, amount } of groups.flatMap((group) => group.quantities)) {
    sums[id] = (sums[id] ?? 0) + (amount?.least ?? 0);
  }
  return sums;
}

const sumOf = (found: Record<string, number>, pattern: RegExp) =>
  Object.entries(found).reduce((sum, [id, amount]) => (pattern.test(id) ? sum + amount : sum), 0);

const many = (count: number) => ({ pairs: Array.from({ length: count }, (_, index) => ({ id: `p${index}` })) });

const grouped = { pairs: [{ id: 'documents' }, { id: 'images', group: 'archive' }] };

/** The first group has nothing that is watched in the backup account. */
const owned = {
  destination: { keyArn: OWNED_KEY },
  pairs: [
    { id: 'documents', replicaBucket: { name: 'acme-backup' } },
    { id: 'images', group: 'archive' },
  ],
};

test.each([many(2), many(34), grouped, owned, { monitoring: { dashboard: false } }])(
  'keys, alarms and dashboards are as many as the templates of %j have',
  (keys) => {
    const found = quantities(keys);
    const app = testApp();
    addReplicationStacks(app, validConfig(keys));
    const synthesized = app.node.children.filter((child) => Stack.isStack(child)).map((stack) => Template.fromStack(stack));
    const count = (type: string) =>
      synthesized.reduce((sum, template) => sum + Object.keys(template.findResources(type)).length, 0);

    expect(sumOf(found, /-key$/)).toBe(count('AWS::KMS::Key'));
    expect(sumOf(found, /^alarms-/)).toBe(count('AWS::CloudWatch::Alarm'));
    expect(sumOf(found, /^composite-/)).toBe(count('AWS::CloudWatch::CompositeAlarm'));
    expect(sumOf(found, /^dashboard/)).toBe(count('AWS::CloudWatch::Dashboard'));
  },
);

test.each(['eu-west-1', 'us-west-2'])('keys of a pipeline in %s are as many as its stacks have', (region) => {
  const keys = { pipeline: { ...PIPELINE, region, connectionArn: PIPELINE.connectionArn.replace('eu-west-1', region) } };
  const app = testApp();
  addPipeline(app, validConfig(keys));
  const stacks = app.node.children.filter((child) => Stack.isStack(child));
  const synthesized = stacks.reduce(
    (sum, stack) => sum + Object.keys(Template.fromStack(stack).findResources('AWS::KMS::Key')).length,
    0,
  );

  expect(sumOf(quantities(keys), /^pipeline.*-key$/)).toBe(synthesized);
});

test('heartbeats are counted with what Object Lock keeps of them and what the class bills at least', () => {
  const objectLock = { mode: 'GOVERNANCE', days: 60 };
  // 720 a month; STANDARD_IA bills 128 KiB and 30 days, here 60 are kept: 1,440 × 128 KiB = 180 MiB.
  expect(quantities({ pairs: [{ id: 'documents', objectLock }] })).toMatchObject({
    'heartbeat-invocations': 0.00072,
    'heartbeat-puts': 0.72,
    'heartbeat-replication-puts': 0.72,
    'heartbeat-kms-source': 0.144,
    'heartbeat-kms-destination': 0.072,
    'heartbeat-messages': 0.00072,
    'heartbeat-storage': 180 / 1024,
  });
  // 30 days of 720: 90 MiB.
  expect(quantities({})['heartbeat-storage']).toBe(90 / 1024);
  expect(quantities({ heartbeat: { minutes: 15 } })['heartbeat-puts']).toBe(2.88);
  expect(sumOf(quantities({ heartbeat: false }), /heartbeat|backup/)).toBe(0);
});

test('metrics of a pair are the four of its rule', () => {
  expect(sumOf(quantities(many(2)), /^metrics-/)).toBe(8);
});

test('Bucket Keys leave a hundredth of the KMS requests at best', () => {
  const [withKeys, without] = [true, false].map((bucketKeys) => quantities({ pairs: [{ id: 'documents', bucketKeys }] }));

  expect(without).toMatchObject({ 'kms-decrypt': 0.1, 'kms-encrypt': 0.1 });
  expect(withKeys).toMatchObject({ 'kms-decrypt': 0.001, 'kms-encrypt': 0.001 });
});

test.each([
  // 1,000 versions of 64 KiB are 0.06103515625 GiB.
  ['STANDARD', { 'replica-storage': 0.06103515625 }],
  ['STANDARD_IA', { 'replica-storage': 0.1220703125 }],
  ['ONEZONE_IA', { 'replica-storage': 0.1220703125 }],
  ['GLACIER_IR', { 'replica-storage': 0.1220703125 }],
  ['GLACIER', { 'replica-storage': 0.091552734375, 'replica-storage-metadata': 0.00762939453125 }],
  ['DEEP_ARCHIVE', { 'replica-storage': 0.091552734375, 'replica-storage-metadata': 0.00762939453125 }],
  // Small objects are not monitored.
  ['INTELLIGENT_TIERING', { 'replica-storage': 0.06103515625 }],
])('small objects in %s are billed by the rules of the class', (storageClass, expected) => {
  const found = quantities({ pairs: [{ id: 'documents', storageClass }] }, { averageSize: 64 * 1024 });

  expect(Object.fromEntries(Object.entries(found).filter(([id]) => id.startsWith('replica-storage')))).toEqual(expected);
});

test('S3 Intelligent-Tiering monitors objects of 128 KiB or more', () => {
  const found = quantities({ pairs: [{ id: 'documents', storageClass: 'INTELLIGENT_TIERING' }] }, { averageSize: 128 * 1024 });

  expect(found['replica-storage-monitoring']).toBe(1);
});

test.each([
  [true, 0.05],
  [false, undefined],
])('delete markers take requests when they are replicated: %s', (replicateDeleteMarkers, expected) => {
  const found = quantities({ pairs: [{ id: 'documents', replicateDeleteMarkers }] }, { deletes: 5 });

  expect(found['delete-marker-replication']).toBe(expected);
});

test('overwrites and deletions free nothing: their versions are stored, apart from the current ones', () => {
  const found = quantities({}, { overwrites: 20, deletes: 10 });

  expect((found['source-storage'] ?? 0) * 1024).toBeCloseTo(700, 8);
  expect((found['source-storage-noncurrent'] ?? 0) * 1024).toBeCloseTo(300, 8);
});
