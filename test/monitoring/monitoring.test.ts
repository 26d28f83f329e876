import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decide, type Request } from '../proof/decide';
import { type World, worldOf } from '../proof/world';
import { noticed } from './evaluate';
import { monitoringPage } from './page';
import { WAYS, type Way } from './ways';

const PAGE = resolve(__dirname, '../../docs/monitoring.md');

beforeAll(() => {
  if (process.env['UPDATE_DOCS'] === 'true') {
    writeFileSync(PAGE, monitoringPage());
  }
});

test('docs/monitoring.md is what the alarms of the templates do', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(monitoringPage());
});

const alarmsAfter = (way: Way, keys: Record<string, unknown> = {}) => noticed(way.seen, keys).map(({ alarm }) => alarm);

test.each(WAYS.filter(({ seen }) => seen.heartbeat === 'stops').map((way) => [way.what, way] as const))(
  'the backup account notices that %s, without the source account',
  (_, way) => {
    expect(noticed({ ...way.seen, sourceAlarms: 'gone' })).toEqual([
      { alarm: 'backups-documents-heartbeat', account: 'backup account', minutes: 180 },
    ]);
  },
);

test.each(WAYS.filter(({ seen }) => seen.heartbeat === 'arrives').map((way) => [way.what, way] as const))(
  'no heartbeat is missed where %s',
  (_, way) => {
    expect(alarmsAfter(way)).not.toContain('backups-documents-heartbeat');
  },
);

test('without heartbeat nobody notices a rule that is deleted', () => {
  const [deleted] = WAYS;
  expect(deleted && alarmsAfter(deleted, { heartbeat: false })).toEqual([]);
});

test.each([
  [{ heartbeat: { minutes: 15 } }, 90],
  [{ heartbeat: { minutes: 1440 } }, 4320],
  [{ monitoring: { latencyMinutes: 15 } }, 180],
  [{ heartbeat: { minutes: 15 }, monitoring: { latencyMinutes: 15 } }, 45],
])('with %j it takes %i minutes at the most', (keys, minutes) => {
  expect(noticed({ heartbeat: 'stops', failed: 'none', lag: 'none', sourceAlarms: 'gone' }, keys)).toMatchObject([{ minutes }]);
});

/** What replication, or the schedule, asks for, by what allows it. */
function asked(world: World, without: NonNullable<Way['without']>): { readonly request: Request; readonly left: World } {
  const [pair] = world.config.pairs;
  if (pair === undefined) {
    throw new Error('there is no pair');
  }
  const { replicationRole, replicaBucket, heartbeatRole, sourceBucket } = pair.names;
  const { source, destination } = world.config;
  const withoutPolicy = (holder: string, half: 'identity' | 'resource'): World => ({
    ...world,
    policies: world.policies.map((policy) =>
      policy.holder === holder && policy.half === half ? { ...policy, document: { ...policy.document, Statement: [] } } : policy,
    ),
  });
  const replicate: Request = {
    name: 'S3 writes a replica',
    principal: { kind: 'role', arn: replicationRole.arn },
    action: 's3:ReplicateObject',
    resource: `${replicaBucket.arn}/a.jpg`,
    owner: destination.account,
  };
  const cases = {
    'role policy': { request: replicate, left: withoutPolicy(replicationRole.arn, 'identity') },
    'bucket policy': { request: replicate, left: withoutPolicy(replicaBucket.arn, 'resource') },
    'role trust': {
      request: {
        name: 'S3 assumes the replication role',
        principal: { kind: 'service', name: 's3.amazonaws.com' },
        action: 'sts:AssumeRole',
        resource: replicationRole.arn,
        owner: source.account,
      },
      left: withoutPolicy(replicationRole.arn, 'resource'),
    },
    'heartbeat role': {
      request: {
        name: 'the schedule writes the heartbeat',
        principal: { kind: 'role', arn: heartbeatRole.arn },
        action: 's3:PutObject',
        resource: `${sourceBucket.arn}/.s3-replication-canary/heartbeat`,
        owner: source.account,
      },
      left: withoutPolicy(heartbeatRole.arn, 'identity'),
    },
  } as const satisfies Record<NonNullable<Way['without']>, { request: Request; left: World }>;
  return cases[without];
}

test.each(WAYS.flatMap(({ what, without }) => (without === undefined ? [] : [[what, without] as const])))(
  '%s: the %s is what allows it',
  async (_, without) => {
    const world = worldOf({});
    const { request, left } = asked(world, without);
    expect((await decide(world, request)).allowed).toBe(true);
    expect((await decide(left, request)).allowed).toBe(false);
  },
);
