import { Template } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { SIDES } from '../../lib/config/replication-config';
import { alarmsIn } from '../../lib/model/alarms';
import { type Deployment, groupsOf } from '../../lib/model/deployment';
import { ALARM_PLACES, replicaKeyArn } from '../../lib/model/names';
import { addReplicationStacks, type GroupStacks, inAccountOf } from '../../lib/stacks/replication';
import { testApp } from '../helpers/app';
import { validConfig } from '../helpers/config';
import { runs } from '../helpers/runs';
import { stringsIn } from '../helpers/templates';
import { validConfigsInGroups, type WrittenConfig, writtenPairs } from './arbitraries';

/** Time for a property whose every run synthesizes the stacks of several groups. */
const SECONDS_60 = 60_000;

type TemplateJson = Readonly<Record<string, unknown>> & { readonly Resources: Readonly<Record<string, unknown>> };

interface SynthesizedGroup {
  readonly config: Deployment;
  readonly stacks: ReturnType<typeof stacksIn>;
  /** By id of the stack. */
  readonly templates: Readonly<Record<string, TemplateJson>>;
}

const stacksIn = (group: GroupStacks) => SIDES.flatMap((side) => inAccountOf(group, side));

function synthesize(keys: WrittenConfig): SynthesizedGroup[] {
  const config = validConfig(keys);
  const recorded = groupsOf(config).map((group) => [group.names.exchange.contextKey, replicaKeyArn(group, `key-${group.group}`)]);
  return addReplicationStacks(testApp(Object.fromEntries(recorded)), config).map((group) => {
    const stacks = stacksIn(group);
    const templates = stacks.map((stack) => [stack.node.id, Template.fromStack(stack).toJSON()] as const);
    return { config: group.config, stacks, templates: Object.fromEntries(templates) as SynthesizedGroup['templates'] };
  });
}

/** What only one group may name, by how a template writes it. */
function ownNames(config: Deployment): string[] {
  const { source, destination, exchange, heartbeat } = config.names;
  const { stackName, failureQueue, regions } = config.names.monitoring;
  return [
    ...[source, destination].flatMap(({ keyAlias, keyParameter, stackName: name }) => [keyAlias, keyParameter, name]),
    replicaKeyArn(config, `key-${config.group}`),
    exchange.readerRole.name,
    stackName,
    failureQueue.name,
    ...Object.values(regions).flatMap(({ topic, composite }) => [topic.name, composite.name]),
    heartbeat.scheduleGroup.name,
    ...config.pairs
      .flatMap(({ names }) => [
        names.sourceBucket,
        names.replicaBucket,
        names.replicationRole,
        names.heartbeatQueue,
        names.heartbeatRole,
      ])
      .map(({ name }) => name),
  ];
}

/** The names, ARNs and patterns in a template, as words. */
function wordsIn(template: TemplateJson): Set<string> {
  const texts = stringsIn(template);
  return new Set(texts.flatMap((text) => [text, ...text.split(/[:/*"() ]+/), ...text.split(/[*"() ]+/)]));
}

// The CDK prints what the lifecycle of a pair is warned of.
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

test(
  'a group refers to nothing of another one, waits for none, and names nothing of it',
  () => {
    fc.assert(
      fc.property(validConfigsInGroups, (keys) => {
        const groups = synthesize(keys);
        for (const { config, stacks, templates } of groups) {
          const waitsFor = stacks.flatMap((stack) => stack.dependencies).filter((stack) => !stacks.some((own) => own === stack));
          expect(waitsFor.map(({ node }) => node.path)).toEqual([]);

          const words = new Set(Object.values(templates).flatMap((template) => [...wordsIn(template)]));
          const others = groups.filter((other) => other.config !== config).flatMap((other) => ownNames(other.config));
          expect(others.filter((name) => words.has(name))).toEqual([]);
          // The check sees names: those of the group itself are there.
          expect(ownNames(config).filter((name) => words.has(name)).length).toBeGreaterThan(8);
        }
      }),
      { numRuns: runs(8) },
    );
  },
  SECONDS_60,
);

/** What all pairs of a group share, and so changes with them. */
const SHARED = /^(ReplicaKey|FailureQueuePolicy|Dashboard|Health)/;

/** What names the buckets of all pairs that S3 lists. */
const OF_REPORTS = /^(SourceKey|Pairsinventory\w*BucketPolicy)/;

test(
  'adding, removing and reordering pairs changes no resource of any other pair, and nothing at all of a group that keeps its pairs',
  () => {
    const twoConfigs = validConfigsInGroups.chain((config) =>
      fc.record({
        config: fc.constant(config),
        other: fc
          .shuffledSubarray([...writtenPairs(config)], { minLength: 1 })
          .map((pairs): WrittenConfig => ({ ...config, pairs })),
      }),
    );
    fc.assert(
      fc.property(twoConfigs, ({ config, other }) => {
        const after = new Map(synthesize(other).map((group) => [group.config.group, group]));
        for (const before of synthesize(config)) {
          const now = after.get(before.config.group);
          const ids = [before, now].map((group) => group?.config.pairs.map(({ id }) => id).join());
          const changed = Object.entries(before.templates).flatMap(([id, { Resources }]) =>
            Object.entries(now?.templates[id]?.Resources ?? {})
              .filter(([name, resource]) => name in Resources && JSON.stringify(Resources[name]) !== JSON.stringify(resource))
              .map(([name]) => name),
          );

          const isShared = (name: string) => SHARED.test(name) || (config.inventory !== undefined && OF_REPORTS.test(name));
          expect(changed.filter((name) => !isShared(name))).toEqual([]);
          const isSame = JSON.stringify(now?.templates) === JSON.stringify(before.templates);
          expect(isSame).toBe(ids[0] === ids[1]);
        }
      }),
      { numRuns: runs(8) },
    );
  },
  SECONDS_60,
);

test('no two groups have a name of a kind in common, and none is too long', () => {
  fc.assert(
    fc.property(validConfigsInGroups, (keys) => {
      const groups = groupsOf(validConfig(keys));
      const names = groups.map((config) => {
        const { source, destination, exchange, heartbeat } = config.names;
        const { failureQueue, dashboard, backupDashboard, regions, stackName } = config.names.monitoring;
        return {
          roles: [source, destination].map((side) => side.verificationRole.name).concat(exchange.readerRole.name),
          stacks: [
            source.stackName,
            destination.stackName,
            stackName,
            ...Object.values(regions).map((one) => one.healthStackName),
            heartbeat.stackName,
          ],
          alarms: ALARM_PLACES.flatMap((side) => [regions[side].composite.arn, ...alarmsIn(config, side).map(({ arn }) => arn)]),
          others: [source.keyAlias, destination.keyAlias, source.keyParameter, destination.keyParameter, exchange.contextKey]
            .concat([failureQueue.name, `dashboard ${dashboard}`, `dashboard ${backupDashboard}`, heartbeat.scheduleGroup.arn])
            .concat(config.pairs.flatMap((pair) => [pair.names.heartbeatQueue.arn, pair.names.heartbeatRole.arn]))
            .concat(Object.values(regions).flatMap(({ topic, topicKeyAlias }) => [topic.arn, topicKeyAlias])),
        };
      });

      expect(names.flatMap(({ roles }) => roles).filter((name) => name.length > 64)).toEqual([]);
      for (const kind of ['roles', 'alarms', 'others'] as const) {
        const all = names.flatMap((of) => of[kind]);
        expect(new Set(all).size).toBe(all.length);
      }
      // The two health stacks have one name in two regions, and no other stack has it.
      const stacks = names.flatMap((of) => of.stacks);
      expect(new Set(stacks).size).toBe(stacks.length);
    }),
    { numRuns: runs(200) },
  );
});
