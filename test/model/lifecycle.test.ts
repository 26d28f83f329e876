import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { SIDES } from '../../lib/config/replication-config';
import { type LifecycleRule, lifecycleRulesOf } from '../../lib/model/lifecycle';
import { finishedStacks } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { runs } from '../helpers/runs';
import { VARIANTS } from '../proof/variants';
import { validConfigs } from '../properties/arbitraries';

/** One of these has to be in every rule of a template. */
const ACTIONS = [
  'AbortIncompleteMultipartUpload',
  'ExpirationDate',
  'ExpirationInDays',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransitions',
  'Transitions',
];

const LIFECYCLES: readonly object[] = [
  { noncurrentDays: 30 },
  { replicaExpireDays: 300 },
  { noncurrentDays: 30, noncurrentVersions: 3, replicaExpireDays: 300, sourceNoncurrentDays: 7, sourceNoncurrentVersions: 2 },
  { transitions: [{ storageClass: 'GLACIER_IR', days: 40 }] },
  { transitions: [{ storageClass: 'GLACIER_IR', days: 40 }], noncurrentDays: 30 },
];

const WITH_LIFECYCLE = LIFECYCLES.map((lifecycle) => ({
  name: JSON.stringify(lifecycle),
  config: { backfill: true, pairs: [{ id: 'documents', lifecycle }] },
}));

/** Every lifecycle rule of every bucket in every stack of a configuration. */
function rulesIn(keys: Record<string, unknown>): Record<string, unknown>[] {
  return finishedStacks(validConfig({ ...keys, keyExchange: 'stack-output' }))
    .groups.flatMap(({ source, destination, monitoring, health }) => [
      source,
      destination,
      monitoring,
      health.source,
      health.destination,
    ])
    .flatMap((stack) => Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket')))
    .flatMap(({ Properties }) => Properties.LifecycleConfiguration?.Rules ?? []);
}

// The CDK prints what the lifecycle of a pair is warned of.
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

test.each([...VARIANTS, ...WITH_LIFECYCLE])(
  'CloudFormation accepts every lifecycle rule: it has an action besides the removal of expired delete markers ($name)',
  ({ config }) => {
    const rules = rulesIn(config);

    expect(rules.length).toBeGreaterThanOrEqual(6);
    expect(rules.filter((rule) => !ACTIONS.some((action) => action in rule))).toEqual([]);
  },
);

test('S3 accepts every rule: none removes expired delete markers and expires objects', () => {
  const isRefused = ({ expireAfter, removeExpiredDeleteMarkers: markers }: LifecycleRule) =>
    markers === true && expireAfter !== undefined;
  fc.assert(
    fc.property(validConfigs, (written) => {
      const rules = validConfig(written).pairs.flatMap((pair) => SIDES.flatMap((side) => lifecycleRulesOf(pair, side)));

      expect(rules.filter(isRefused)).toEqual([]);
    }),
    { numRuns: runs(300) },
  );
});
