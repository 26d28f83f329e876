import * as fc from 'fast-check';
import { AppError } from '../../lib/errors/errors';
import { type Adoption, canonical, type Notifications, type Rule } from '../../lib/model/adoption';
import { call } from '../helpers/fake-s3/faults';
import { runs } from '../helpers/runs';
import { adoptionFor, foreignRule, OTHER_ROLE } from './adoption';
import { HandlerWorld } from './world';

const world = new HandlerWorld();
beforeAll(() => world.start());
afterAll(() => world.stop());

/** Characters that XML has to carry. */
const text = fc.string({ unit: fc.constantFrom('a', 'ü', '&', '<', '"', '/', ' b'), minLength: 1, maxLength: 4 });

const ruleOf = (index: number) =>
  fc.record({ prefix: text, status: fc.constantFrom('Enabled', 'Disabled'), time: fc.boolean(), tags: fc.boolean() }).map(
    ({ prefix, status, time, tags }): Rule =>
      foreignRule(`theirs-${index}`, {
        Priority: index + 1,
        Status: status,
        Filter: tags ? { And: { Prefix: prefix, Tags: [{ Key: 'k', Value: prefix }] } } : { Prefix: prefix },
        Destination: {
          Bucket: `arn:aws:s3:::their-${index}`,
          StorageClass: 'GLACIER',
          ...(time && { ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } }, Metrics: { Status: 'Enabled' } }),
        },
      }),
  );

const rules = (least: number) =>
  fc.integer({ min: least, max: 3 }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => ruleOf(index))));

const filter = fc.option(
  text.map((value) => ({ Key: { FilterRules: [{ Name: 'prefix', Value: value }] } })),
  { nil: undefined },
);
const topic = 'arn:aws:sns:ap-southeast-2:111111111111:theirs';
const notifications: fc.Arbitrary<Notifications> = fc
  .record({ created: fc.boolean(), removed: fc.boolean(), bus: fc.boolean(), its: filter })
  .map(({ created, removed, bus, its }) => ({
    ...(created && { TopicConfigurations: [{ Id: 'theirs', TopicArn: topic, Events: ['s3:ObjectCreated:*'], Filter: its }] }),
    ...(removed && {
      QueueConfigurations: [{ Id: 'gone', QueueArn: topic.replace('sns', 'sqs'), Events: ['s3:ObjectRemoved:*'] }],
    }),
    ...(bus && { EventBridgeConfiguration: {} }),
  }));

/** A way to join a bucket: the rules that are there, those that stay, and what the pair says. */
interface Way {
  readonly there: readonly Rule[];
  readonly stays: readonly Rule[];
  readonly sourceBucket: Record<string, unknown>;
}

const ways: fc.Arbitrary<Way> = fc.oneof(
  fc.constant({ there: [], stays: [], sourceBucket: {} }),
  rules(1).map((there) => ({ there, stays: there, sourceBucket: { roleArn: OTHER_ROLE } })),
  rules(1).map((there) => ({ there, stays: [], sourceBucket: { replaces: there.map(({ ID }) => ID) } })),
);

/** What happens to a pair, or to its bucket by somebody else's hand; `writes`: while somebody adds a rule at the nth reading. */
type Step = string | { readonly step: string; readonly writes: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.constantFrom(
      'update',
      'roll back',
      'delete',
      'create again',
      'rule removed by hand',
      'rule changed by hand',
      'events removed by hand',
    ),
    fc.record({ step: fc.constantFrom('update', 'delete', 'create again'), writes: fc.integer({ min: 1, max: 5 }) }),
  ),
  { maxLength: 5 },
);

/** Tried in every run, before those that chance makes. */
const THEIRS = [foreignRule('theirs-0', { Priority: 1 })];
const BUS = { EventBridgeConfiguration: {} } as Notifications;
const EXAMPLES: [Way, Notifications, Step[]][] = [
  [{ there: [], stays: [], sourceBucket: {} }, BUS, ['update', 'roll back', 'delete']],
  [{ there: [], stays: [], sourceBucket: {} }, BUS, [{ step: 'update', writes: 3 }, 'delete']],
  [
    { there: THEIRS, stays: THEIRS, sourceBucket: { roleArn: OTHER_ROLE } },
    BUS,
    ['rule removed by hand', 'create again', { step: 'delete', writes: 3 }],
  ],
  [{ there: THEIRS, stays: [], sourceBucket: { replaces: ['theirs-0'] } }, BUS, ['events removed by hand', 'update', 'delete']],
];

const isOurs = ({ ID: id }: Rule, { rule }: Adoption) => id === rule.ID;

/** The documents without what is ours in them. */
async function ofOthers(adoption: Adoption): Promise<string> {
  const replication = await world.documents.replication.read();
  const { QueueConfigurations: queues = [], ...others } = await world.documents.notifications.read();
  return canonical([
    (replication?.Rules ?? []).filter((rule) => !isOurs(rule, adoption)),
    { ...others, QueueConfigurations: queues.filter(({ QueueArn: arn }) => arn !== adoption.notification.QueueArn) },
  ]);
}

const lateRule = (number: number) => ({
  ID: `late-${number}`,
  Priority: 100 + number,
  Filter: { Prefix: '' },
  Status: 'Enabled',
  Destination: { Bucket: `arn:aws:s3:::late-${number}` },
});

/** Somebody else adds a rule to whatever is there, while the handler works. */
function addLate(number: number): void {
  const bucket = world.fake.bucket('acme-invoices');
  const { ID: id, Priority: priority, Destination: destination } = lateRule(number);
  const end = '</ReplicationConfiguration>';
  const before = bucket.replication || `<ReplicationConfiguration><Role>${OTHER_ROLE}</Role>${end}`;
  bucket.replication = before.replace(
    end,
    `<Rule><ID>${id}</ID><Priority>${priority}</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Destination><Bucket>${destination.Bucket}</Bucket></Destination></Rule>${end}`,
  );
}

/** Takes our rule, or our events, out or changes it, as somebody does in the console. */
async function byHand(step: string, adoption: Adoption): Promise<void> {
  const { replication, notifications: events } = world.documents;
  const current = await replication.read();
  const mine = current?.Rules?.find((rule) => isOurs(rule, adoption));
  if (step === 'events removed by hand') {
    const { QueueConfigurations: queues = [], ...others } = await events.read();
    await events.write({
      ...others,
      QueueConfigurations: queues.filter(({ QueueArn: arn }) => arn !== adoption.notification.QueueArn),
    });
  } else if (mine !== undefined) {
    const rest = (current?.Rules ?? []).filter((rule) => rule !== mine);
    const changed = step === 'rule changed by hand' ? [...rest, { ...mine, Status: 'Disabled' }] : rest;
    await replication.write(changed.length === 0 ? undefined : { ...current, Rules: changed });
  }
}

/** What CloudFormation asks for. */
function requestOf(step: string, pair: Adoption, changed: Adoption): Parameters<HandlerWorld['run']> {
  switch (step) {
    case 'update':
      return ['Update', changed, pair];
    case 'roll back':
      return ['Update', pair, changed];
    case 'delete':
      return ['Delete', pair];
    default:
      return ['Create', pair];
  }
}

test('whatever happens to a pair, what others have in the bucket stays as it is', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(ways, notifications, steps, async ({ there, stays, sourceBucket }, events, all) => {
      const pair = adoptionFor(sourceBucket);
      const changed = adoptionFor(sourceBucket, {}, { storageClass: 'GLACIER_IR', timeControl: true });
      await world.bucket(there.length === 0 ? undefined : { Role: OTHER_ROLE, Rules: there }, events);
      await world.run('Create', pair);
      const theirRules: Rule[] = [...stays];
      expect(await ofOthers(pair)).toBe(canonical([theirRules, events]));

      for (const [number, each] of all.entries()) {
        const { step, writes = 0 } = typeof each === 'string' ? { step: each } : each;
        if (step.endsWith('by hand')) {
          await byHand(step, pair);
          continue;
        }
        let isLate = false;
        if (writes > 0) {
          world.fake.fault(
            call(writes, 'GetBucketReplication'),
            () => {
              isLate = true;
              addLate(number);
            },
            1,
          );
        }
        const [request, next, previous] = requestOf(step, pair, changed);
        const outcome = await world.run(request, next, previous).then(
          () => 'done' as const,
          (error: unknown) => (error instanceof AppError ? ('refused' as const) : Promise.reject(error)),
        );
        world.fake.heal();
        theirRules.push(...(isLate ? [lateRule(number)] : []));
        seen.add(`${step}${isLate ? ', while somebody writes' : ''}: ${outcome}`);

        expect(await ofOthers(pair)).toBe(canonical([theirRules, events]));
        const mine = (await world.rules()).filter((rule) => isOurs(rule, pair)).map((rule) => ({ ...rule, Priority: 0 }));
        const wanted = request === 'Delete' ? [] : [{ ...next.rule, Priority: 0 }];
        expect(mine).toEqual({ done: wanted, refused: mine }[outcome]);
      }
    }),
    { numRuns: EXAMPLES.length + runs(12), examples: EXAMPLES },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'update: done',
      'roll back: done',
      'delete: done',
      'update, while somebody writes: done',
      'delete, while somebody writes: done',
      'delete: refused',
    ]),
  );
});

test('a second deployment gets nothing of a bucket whose failure events the first one has, and takes nothing away', async () => {
  await world.bucket();
  const [first, second] = [adoptionFor(), adoptionFor({ roleArn: adoptionFor().roleArn }, { deployment: 'archive' })];
  await world.run('Create', first);
  world.fake.requests.length = 0;

  await expect(world.run('Create', second)).rejects.toThrow(
    /sends s3:Replication:.* to arn:aws:sqs:.*backups-replication-failures/,
  );
  await world.run('Delete', second);
  expect(world.writes).toEqual([]);
});

test('a pair of another id takes the place of the old one, whose deletion leaves it alone', async () => {
  await world.bucket();
  const renamed = (sourceBucket = {}) => adoptionFor(sourceBucket, {}, { id: 'bills' });
  await world.run('Create', adoptionFor());

  await expect(world.run('Create', renamed())).rejects.toThrow(/its rules are: backups-invoices/);
  await world.run('Create', renamed({ replaces: ['backups-invoices'] }));
  await world.run('Delete', adoptionFor());
  expect(await world.rules()).toEqual([renamed().rule]);
  expect((await world.documents.notifications.read()).QueueConfigurations).toEqual([renamed().notification]);
});

test('an update puts our rule back that somebody removed, though the rules that it replaced are long gone', async () => {
  await world.bucket({ Role: OTHER_ROLE, Rules: [foreignRule('old')] });
  const [pair, changed] = [
    adoptionFor({ replaces: ['old'] }),
    adoptionFor({ replaces: ['old'] }, {}, { storageClass: 'STANDARD' }),
  ];
  await world.run('Create', pair);
  await world.documents.replication.write(undefined);

  await world.run('Update', changed, pair);
  expect(await world.rules()).toEqual([changed.rule]);
});
