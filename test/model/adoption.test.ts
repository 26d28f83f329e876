import * as fc from 'fast-check';
import { AppError } from '../../lib/errors/errors';
import {
  type Adoption,
  canonical,
  isSame,
  type Notifications,
  type Replication,
  type Rule,
  withEvents,
  withoutEvents,
  withoutRule,
  withRule,
} from '../../lib/model/adoption';
import { adoptionFor, foreignRule, OTHER_ROLE } from '../handler/adoption';

const OURS = adoptionFor();
const UNDER_THEIRS = adoptionFor({ roleArn: OTHER_ROLE });

/** Anything that S3 might hold in a rule, known to this project or not. */
const anything = fc.object({
  key: fc.constantFrom('Prefix', 'Status', 'Tag', 'Future'),
  maxDepth: 2,
  values: [fc.string(), fc.integer(), fc.boolean()],
});

const rule = (index: number) =>
  fc.record({
    ID: fc.constant(`theirs-${index}`),
    Priority: fc.option(fc.constant(index + 1), { nil: undefined }),
    Destination: fc.record({ Bucket: fc.constantFrom('arn:aws:s3:::a', 'arn:aws:s3:::b'), More: anything }),
    Filter: anything,
  });

const replication: fc.Arbitrary<Replication> = fc.nat({ max: 5 }).chain((count) =>
  fc.record({
    Role: fc.constant(OTHER_ROLE),
    Rules: fc.tuple(...Array.from({ length: count + 1 }, (_, index) => rule(index))),
  }),
);

const events = fc.uniqueArray(
  fc.constantFrom('s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:Replication:OperationMissedThreshold'),
  { minLength: 1 },
);
const notifications: fc.Arbitrary<Notifications> = fc.record(
  {
    QueueConfigurations: fc.array(fc.record({ Id: fc.string(), QueueArn: fc.string(), Events: events, Filter: anything })),
    TopicConfigurations: fc.array(fc.record({ Id: fc.string(), TopicArn: fc.string(), Events: events })),
    LambdaFunctionConfigurations: fc.array(fc.record({ Id: fc.string(), LambdaFunctionArn: fc.string(), Events: events })),
    EventBridgeConfiguration: fc.constant({}),
  },
  { requiredKeys: [] },
);

function othersIn(config: Replication | undefined, { rule: { ID } }: Adoption): readonly Rule[] {
  return (config?.Rules ?? []).filter((each) => each.ID !== ID);
}

test('rules of others are canonically the same before, with and after ours', () => {
  fc.assert(
    fc.property(replication, (theirs) => {
      const merged = withRule(theirs, UNDER_THEIRS);

      expect(merged.Role).toBe(OTHER_ROLE);
      expect(canonical(othersIn(merged, UNDER_THEIRS))).toBe(canonical(theirs.Rules));
      expect(isSame(withRule(merged, UNDER_THEIRS), merged)).toBe(true);
      const priorities = (merged.Rules ?? []).flatMap(({ Priority: priority }) => priority ?? []);
      expect(new Set(priorities).size).toBe(priorities.length);
      expect(isSame(withoutRule(merged, UNDER_THEIRS), theirs)).toBe(true);
    }),
  );
});

function mergedOrRefused(theirs: Replication, adoption: Adoption): Replication | 'refused' {
  try {
    return withRule(theirs, adoption);
  } catch (error) {
    if (error instanceof AppError) {
      return 'refused';
    }
    throw error;
  }
}

test('without their role, either every rule of others is named or nothing is merged', () => {
  fc.assert(
    fc.property(replication, fc.infiniteStream(fc.boolean()), (theirs, picks) => {
      const all = (theirs.Rules ?? []).map(({ ID: id = '' }) => id);
      const replaces = all.filter(() => picks.next().value);
      const merged = mergedOrRefused(theirs, { ...OURS, replaces });

      expect(merged).toEqual(replaces.length === all.length ? { Role: OURS.roleArn, Rules: [OURS.rule] } : 'refused');
    }),
  );
});

test('notifications of others are canonically the same before, with and after ours', () => {
  fc.assert(
    fc.property(notifications, (theirs) => {
      const merged = withEvents(theirs, OURS);

      expect(isSame(withEvents(merged, OURS), merged)).toBe(true);
      expect(merged.QueueConfigurations).toContainEqual(OURS.notification);
      expect(isSame(withoutEvents(merged, OURS), theirs)).toBe(true);
    }),
  );
});

test.each<[string, Replication | undefined, Replication | undefined]>([
  ['none is there', undefined, undefined],
  ['ours was removed', { Role: OTHER_ROLE, Rules: [foreignRule('a')] }, { Role: OTHER_ROLE, Rules: [foreignRule('a')] }],
  [
    'a rule of our id writes elsewhere',
    { Role: OTHER_ROLE, Rules: [foreignRule('backups-invoices')] },
    { Role: OTHER_ROLE, Rules: [foreignRule('backups-invoices')] },
  ],
])('removal leaves the configuration alone where %s', (_, current, expected) => {
  expect(withoutRule(current, OURS)).toEqual(expected);
});

test('our rule keeps its place and its priority when it changes', () => {
  const changed = adoptionFor({ roleArn: OTHER_ROLE }, {}, { storageClass: 'STANDARD' });
  const before = withRule({ Role: OTHER_ROLE, Rules: [foreignRule('a', { Priority: 1 })] }, UNDER_THEIRS);
  const others = [...(before.Rules ?? []), foreignRule('b')];

  expect(withRule({ ...before, Rules: others }, changed, UNDER_THEIRS).Rules).toEqual([
    others[0],
    { ...changed.rule, Priority: 2 },
    others[2],
  ]);
});

test('a configuration that is full is refused', () => {
  const rules = Array.from({ length: 1000 }, (_, index) => foreignRule(`r${index}`, { Priority: index + 1 }));

  expect(() => withRule({ Role: OTHER_ROLE, Rules: rules }, UNDER_THEIRS)).toThrow('has 1000 other rules');
});

test('order and absent parts do not make documents different', () => {
  expect(isSame({ a: [1, { b: undefined, c: 2 }], d: [] }, { a: [{ c: 2 }, 1] })).toBe(true);
  expect(isSame({ Filter: {} }, {})).toBe(false);
});
