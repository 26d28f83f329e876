import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesOf } from '../../../lib/model/names';
import { CHECKS } from '../../../lib/ops/doctor/checks';
import { repairLine } from '../../../lib/ops/doctor/repair';
import { PIPELINE, validConfig } from '../../helpers/config';
import { BREAKS, DENY, key, replica, required, source } from './breaks';
import { awsError, diagnoseBroken, failures, reportObjects, subscriptionOf, unanswered, type World } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** Tested elsewhere. */
const WITHOUT_BREAK = ['credentials-source', 'credentials-destination', 'bootstrap-trust', 'configuration'];

/** Equal to a text, or matching a pattern. */
function like(wanted: string | RegExp): unknown {
  const exactly = (text: string) => new RegExp(`^${text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')}$`);
  return expect.stringMatching(typeof wanted === 'string' ? exactly(wanted) : wanted);
}

test('every check has something that breaks it', () => {
  const broken = new Set([...BREAKS.map(({ check }) => check), ...WITHOUT_BREAK]);
  expect(CHECKS.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
});

test.each(BREAKS.map((row) => [row.check, row.what, row] as const))(
  '%s fails, and nothing else does: %s',
  async (check, _, { breakIt, found, expected, fix, keys }) => {
    const results = await diagnoseBroken(breakIt, keys);
    const failed = failures(results);
    expect(Object.keys(failed)).toEqual([check]);
    expect(unanswered(results)).toEqual([]);
    expect(failed[check]).toMatchObject({ found: like(found), expected: like(expected) });
    expect(repairLine(required(failed[check]).fix)).toEqual(like(fix));
  },
);

async function finding(id: string, breakIt: (world: World) => void, keys: Record<string, unknown> = {}, directory = '/nowhere') {
  return (await diagnoseBroken(breakIt, keys, { directory })).find((result) => result.id === id)?.finding;
}

test('bootstrap-trust matters before a destination without a profile is deployed', async () => {
  const trusting = (accounts: string[]) => (world: World) => {
    delete world.stacks.destination;
    world.roles['cdk-hnb659fds-deploy-role-222222222222-us-west-2'] = {
      trust: [
        {
          Effect: 'Allow',
          Principal: { AWS: accounts.map((account) => `arn:aws:iam::${account}:root`) },
          Action: 'sts:AssumeRole',
        },
      ],
      inline: {},
      attached: [],
      boundary: undefined,
    };
  };
  expect(await finding('bootstrap-trust', trusting(['222222222222', '333333333333']))).toEqual({
    status: 'failed',
    found: 'cdk-hnb659fds-deploy-role-222222222222-us-west-2 trusts 222222222222, 333333333333',
    expected: 'it trusts account 111111111111, or destination.profile names credentials of account 222222222222',
    fix: expect.objectContaining({
      commands: [],
      notes: expect.arrayContaining([
        expect.stringMatching(/makes its administrators .*: npx --no -- s3-replication bootstrap --apply --trust-source$/),
      ]),
    }),
  });
  expect(await finding('bootstrap-trust', trusting(['222222222222', '111111111111']))).toMatchObject({ status: 'ok' });
  const nothing = (world: World) => {
    delete world.stacks.destination;
  };
  expect(await finding('bootstrap-trust', nothing)).toMatchObject({
    status: 'skipped',
    why: expect.stringContaining('there is no role cdk-hnb659fds-deploy-role-222222222222-us-west-2'),
  });
  expect(await finding('bootstrap-trust', nothing, { pipeline: PIPELINE })).toMatchObject({ status: 'skipped' });
  expect(await finding('bootstrap-trust', trusting([]), { keyExchange: 'ssm' })).toMatchObject({ status: 'skipped' });
});

test('the checks of the bootstrap look for the qualifier of the app', async () => {
  const results = await diagnoseBroken(() => {}, { pipeline: PIPELINE }, { qualifier: 'backups' });
  const found = (id: string) => results.find((result) => result.id === id)?.finding;

  expect(found('bootstrap-source')).toMatchObject({
    found:
      'ap-southeast-2: no SSM parameter /cdk-bootstrap/backups/version, us-west-2: no SSM parameter /cdk-bootstrap/backups/version',
  });
  expect(found('bootstrap-pipeline-trust-source')).toMatchObject({
    why: 'there is no role cdk-backups-deploy-role-111111111111-ap-southeast-2, cdk-backups-deploy-role-111111111111-us-west-2: see bootstrap-source',
  });
  // Deployed with the other bootstrap, the role is as it was deployed.
  expect(found('exchange-role')).toMatchObject({ status: 'ok' });
  expect(found('configuration')).toMatchObject({ found: expect.stringContaining('role backups-exchange-us-west-2') });
});

describe('a policy that refuses to say whether a Region is enabled', () => {
  const refused = (operation: string) =>
    operation === 'GetRegionOptStatus'
      ? awsError('AccessDenied', 'with an explicit deny in a service control policy')
      : undefined;

  test('leaves that to CloudFormation there, which answers only where it is', async () => {
    const results = await diagnoseBroken((world) => {
      world.fault = refused;
    });
    expect(unanswered(results)).toEqual([]);
    expect(results.find(({ id }) => id === 'region-monitoring')?.finding).toEqual({ status: 'ok', found: 'us-west-2 answers' });
  });

  test('leaves it open where CloudFormation does not answer either', async () => {
    const results = await diagnoseBroken((world) => {
      world.fault = (operation, side, region) =>
        refused(operation) ?? (side === 'source' && region === 'us-west-2' ? awsError('UnrecognizedClientException') : undefined);
    });
    expect(unanswered(results)).toEqual(expect.arrayContaining(['region-monitoring', 'stack-monitoring']));
    expect(unanswered(results)).not.toContain('region-source');
  });
});

test('the checks of the pipeline do not apply without one', async () => {
  for (const id of ['bootstrap-pipeline', 'bootstrap-pipeline-trust-source', 'bootstrap-pipeline-trust-destination']) {
    expect(await finding(id, () => {})).toEqual({
      status: 'skipped',
      why: 'no pipeline is configured',
    });
  }
});

test('metrics-data says where the data is, and that none is no fault', async () => {
  expect(await finding('metrics-data', () => {})).toEqual({
    status: 'ok',
    found:
      'OperationsFailedReplication in the source account, ap-southeast-2; BytesPendingReplication, ReplicationLatency in the source account, us-west-2',
  });
  expect(
    await finding('metrics-data', (world) => {
      world.metrics = { 'destination us-west-2': ['ReplicationLatency'] };
      world.alarms['destination us-west-2'] = world.alarms['source us-west-2'] ?? [];
    }),
  ).toEqual({
    status: 'ok',
    found: 'ReplicationLatency in the destination account, us-west-2, which has alarms of its own',
  });
  expect(
    await finding('metrics-data', (world) => {
      world.metrics = { 'destination us-west-2': ['ReplicationLatency'] };
      world.fault = (operation, side) =>
        operation === 'ListMetrics' && side === 'source' ? awsError('AccessDenied') : undefined;
    }),
  ).toMatchObject({ status: 'ok', found: expect.stringContaining('could not be read') });
  expect(
    await finding('metrics-data', (world) => {
      world.metrics = {};
    }),
  ).toMatchObject({ status: 'skipped', why: expect.stringContaining('no data yet') });
});

test('exchange-record compares cdk.context.json with the key', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'doctor-'));
  const recorded = (content: string) => {
    writeFileSync(join(directory, 'cdk.context.json'), content);
    return finding('exchange-record', () => {}, { keyExchange: 'ssm' }, directory);
  };
  const name = namesOf(validConfig()).exchange.contextKey;
  const arn = 'arn:aws:kms:us-west-2:222222222222:key/2222bbbb-12ab-34cd-56ef-1234567890ab';
  expect(await recorded(JSON.stringify({ [name]: arn }))).toEqual({ status: 'ok', found: arn });
  expect(await recorded(JSON.stringify({ [name]: 7 }))).toMatchObject({ status: 'failed', found: '7' });
  expect(await recorded('{')).toMatchObject({
    status: 'failed',
    fix: { notes: [expect.stringContaining('git checkout -- cdk.context.json')] },
  });
  rmSync(directory, { recursive: true });
});

describe('a Deny', () => {
  const deny = (change: object) =>
    finding('replica-deny', (world) => {
      replica(world).policy.push({ ...DENY, ...change });
    });

  test.each([
    ['of other actions', { Action: ['s3:PutObject', 's3:DeleteBucket'] }],
    ['that leaves out what the role does', { Action: undefined, NotAction: 's3:*' }],
    ['for another account', { Principal: { AWS: '333333333333' } }],
    ['that excepts the role', { Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/backups-*' } } }],
    ['that excepts the account', { Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::111111111111:root' } }],
    ['of old TLS', { Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } } }],
    ['of a network that S3 is not in', { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
    ['on other objects', { Resource: 'arn:aws:s3:::elsewhere/*' }],
    ['that needs a key to be there', { Condition: { Null: { 'aws:SourceVpce': 'false' } } }],
    [
      'where the account is another',
      { Condition: { StringEquals: { 'aws:PrincipalAccount': '333333333333' }, Null: { 'aws:PrincipalOrgID': 'true' } } },
    ],
  ])('%s does not stop the role', async (_, change) => {
    expect(await deny(change)).toEqual({ status: 'ok', found: 'none' });
  });

  test.each([
    [
      'of some objects',
      { Action: 's3:ReplicateObject', Resource: 'arn:aws:s3:::backups-documents-222222222222-us-west-2-an/private/*' },
    ],
    ['of all but reading', { Action: undefined, NotAction: 's3:Get*' }],
    ['outside a network', { Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
    ['without a network endpoint', { Condition: { Null: { 'aws:SourceVpce': 'true' } } }],
    ['of all roles but one', { Condition: { StringNotLikeIfExists: { 'aws:PrincipalArn': '*:role/admin' } } }],
    ['of all but another principal', { Principal: undefined, NotPrincipal: { AWS: '333333333333' } }],
    ['on all but another bucket', { Resource: undefined, NotResource: 'arn:aws:s3:::elsewhere/*' }],
  ])('%s stops the role', async (_, change) => {
    expect(await deny(change)).toMatchObject({ status: 'failed' });
  });

  test.each([
    ['of other organizations', { Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, 'aws:PrincipalOrgID'],
    ['over sets of values', { Condition: { 'ForAnyValue:StringEquals': { 'aws:PrincipalArn': '*' } } }, 'aws:PrincipalArn'],
    ['at some times', { Condition: { DateLessThan: { 'aws:PrincipalArn': '2020-01-01' } } }, 'aws:PrincipalArn'],
  ])('%s is left open, with what it depends on', async (_, change, on) => {
    expect(await deny(change)).toMatchObject({ status: 'unknown', why: expect.stringContaining(`depends on ${on}`) });
  });

  test('beside which nothing else belongs into the policy is repaired by deleting the policy', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
    try {
      const found = await finding('source-deny', (world) => {
        source(world).policy = [DENY];
      });
      expect(found).toMatchObject({ fix: { commands: [expect.stringMatching(/^aws s3api delete-bucket-policy --bucket/)] } });
    } finally {
      delete process.env['AWS_ENDPOINT_URL'];
    }
  });
});

test('a rule with a key of another account is wrong even when the destination does not answer', async () => {
  const found = await finding('rule-replica-key', (world) => {
    world.fault = (_, side) => (side === 'destination' ? new Error('no') : undefined);
    required(source(world).replication?.Rules?.[0]?.Destination).EncryptionConfiguration = { ReplicaKmsKeyID: 'alias/mine' };
  });
  expect(found).toMatchObject({ status: 'failed', found: 'alias/mine', expected: 'a key of account 222222222222 in us-west-2' });
});

test('rotation of a key that is pending deletion is left to the check of the key', async () => {
  const found = await finding('source-key-rotation', (world) => {
    key(world, 'source').state = 'PendingDeletion';
  });
  expect(found).toMatchObject({ status: 'skipped', why: expect.stringContaining('see source-key') });
});

describe('what watches', () => {
  const endpoint = process.env['AWS_ENDPOINT_URL'];
  afterEach(() => {
    if (endpoint === undefined) {
      delete process.env['AWS_ENDPOINT_URL'];
    }
  });

  test('composite alarms and their stacks do not apply on an emulator, which counts no failures and sends no mail either', async () => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
    const results = await diagnoseBroken((world) => {
      delete world.stacks['source-health'];
      delete world.stacks['destination-health'];
      delete world.stacks['backup-health'];
      world.composites = {};
      world.alarms['destination us-west-2'] = [];
      Object.values(world.topics).forEach((subscriptions) => subscriptions.splice(0));
    });
    expect(failures(results)).toEqual({});
    expect(results.filter(({ finding: { status } }) => status === 'skipped').map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'stack-source-health',
        'destination-health-alarm',
        'source-health-alarm',
        'failed-operations',
        'notifications-source',
        'notifications-destination',
      ]),
    );
  });

  test('a deployment from before the monitoring is told to deploy, and nothing else', async () => {
    const results = await diagnoseBroken((world) => {
      delete world.stacks.monitoring;
      delete world.stacks['source-health'];
      delete world.stacks['destination-health'];
      delete world.stacks['backup-health'];
      delete world.stacks.heartbeat;
      Object.assign(world, { queue: undefined, schedules: {}, alarms: {}, composites: {}, topics: {} });
      source(world).notifications = {};
    });
    const failed = failures(results);
    expect(Object.keys(failed)).toEqual([
      'stack-monitoring',
      'stack-heartbeat',
      'stack-source-health',
      'stack-destination-health',
      'stack-backup-health',
      'failure-queue',
      'failure-events',
      'source-alarms',
      'notifications-source',
    ]);
    expect(failed['failure-events']?.fix).toEqual(failed['failure-queue']?.fix);
    expect(Object.values(failed).filter(({ fix }) => !repairLine(fix).includes('npx cdk deploy'))).toEqual([]);
    expect(unanswered(results)).toEqual([]);
  });

  test('a health alarm over others of its kind watches what they watch', async () => {
    const split = (world: World) => {
      const [health] = world.composites['source us-west-2'] ?? [];
      world.composites['source us-west-2']?.push({ AlarmName: 'backups-destination-health-1', AlarmRule: health?.AlarmRule });
      required(health).AlarmRule = 'ALARM("backups-destination-health-1")';
    };
    expect(await finding('destination-health-alarm', split)).toMatchObject({ status: 'ok' });
    expect(
      await finding('destination-health-alarm', (world) => {
        world.composites['source us-west-2']?.[0]?.AlarmActions?.push('arn:aws:sns:us-west-2:111111111111:pager');
      }),
    ).toMatchObject({ status: 'ok' });
    expect(
      await finding('destination-health-alarm', (world) => {
        split(world);
        world.composites['source us-west-2']?.pop();
      }),
    ).toMatchObject({ status: 'failed', found: expect.stringContaining('does not watch backups-documents-latency') });
  });

  test('a configured address is found among many, by its mail alone', async () => {
    const address = 'ops@example.com';
    const topic = 'arn:aws:sns:ap-southeast-2:111111111111:backups-source-notifications';
    const subscribed = (...subscriptions: World['topics'][string]) =>
      finding(
        'notifications-source',
        (world) => {
          world.topics[topic] = subscriptions;
        },
        { monitoring: { email: address } },
      );
    const other = subscriptionOf('somebody@example.com', `${topic}:1`);

    expect(
      await subscribed(other, subscriptionOf(address, 'PendingConfirmation'), subscriptionOf(address, `${topic}:2`)),
    ).toEqual({
      status: 'ok',
      found: 'email somebody@example.com, email ops@example.com',
    });
    expect(await subscribed(other)).toMatchObject({ status: 'failed', found: 'email somebody@example.com' });
    expect(await subscribed({ ...subscriptionOf(address, `${topic}:2`), Protocol: 'sms' })).toMatchObject({ status: 'failed' });
  });

  test('a queue that does not answer leaves the events of the bucket alone', async () => {
    const results = await diagnoseBroken((world) => {
      world.fault = (operation) => (operation === 'GetQueueUrl' ? awsError('AccessDenied') : undefined);
    });
    expect(failures(results)).toEqual({});
    expect(unanswered(results)).toEqual(['failure-queue', 'failure-queue-policy', 'heartbeat-queue']);
  });
});

describe('the last inventory report', () => {
  const INVENTORY = { inventory: {} };
  const BUCKET = 'backups-inventory-222222222222-us-west-2-an';
  const REPLICA = 'backups-documents-222222222222-us-west-2-an';
  const prefix = `replicas/${REPLICA}/backups-documents/`;
  const none = (world: World) => {
    world.reports = {};
  };

  test('is waited for until 48 hours after the stack was deployed, and missed then', async () => {
    const deployed = (LastUpdatedTime: Date) => (world: World) => {
      none(world);
      required(world.stacks.destination).LastUpdatedTime = LastUpdatedTime;
    };

    expect(await finding('replica-report', deployed(new Date('2026-10-30T13:00:00Z')), INVENTORY)).toEqual({
      status: 'unknown',
      why: 'no report has arrived, and the first can take 48 hours after a deployment',
    });
    expect(await finding('replica-report', deployed(new Date('2026-10-30T11:00:00Z')), INVENTORY)).toMatchObject({
      status: 'failed',
      found: 'no report.',
    });
  });

  test('may still be on its way where the one before is whole', async () => {
    const partly = (world: World) => {
      const next = reportObjects({ prefix }, REPLICA, '2026-11-01T10-00Z');
      Object.assign(required(world.reports[BUCKET]), { [`${prefix}2026-11-01T10-00Z/manifest.json`]: Object.values(next)[2] });
    };

    expect(await finding('replica-report', partly, INVENTORY)).toEqual({
      status: 'ok',
      found: 'report of 2026-10-31T16-00Z; the report of 2026-11-01T10-00Z is not whole: it has no manifest',
    });
  });

  test('is found without the source account, and read in the backup account alone', async () => {
    const silent = (world: World) => {
      world.fault = (operation, side) =>
        side === 'source' && ['ListObjectsV2', 'GetObject'].includes(operation) ? awsError('AccessDenied') : undefined;
    };

    expect(await finding('source-report', silent, INVENTORY)).toEqual({ status: 'ok', found: 'report of 2026-10-31T16-00Z' });
  });

  test.each([
    ['GetBucketInventoryConfiguration', ['source-inventory', 'replica-inventory']],
    ['ListObjectsV2', ['source-report', 'replica-report']],
    ['GetObject', ['source-report', 'replica-report']],
  ])('is unknown where %s has no answer', async (refused, ids) => {
    const results = await diagnoseBroken((world) => {
      world.fault = (operation) => (operation === refused ? awsError('AccessDenied') : undefined);
    }, INVENTORY);

    expect(unanswered(results)).toEqual(ids);
    expect(failures(results)).toEqual({});
  });

  test('is of no pair without an inventory, and of none on an emulator', async () => {
    expect(await finding('source-report', none)).toEqual({ status: 'skipped', why: 'no inventory is configured' });
    expect(await finding('source-report', none, { inventory: {}, pairs: [{ id: 'a', inventory: false }, { id: 'b' }] })).toEqual({
      status: 'skipped',
      why: 'the pair has no inventory',
    });
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
    try {
      expect(await finding('replica-report', none, INVENTORY)).toMatchObject({ status: 'skipped' });
    } finally {
      delete process.env['AWS_ENDPOINT_URL'];
    }
  });

  test('and the inventory wait for the deployment of a configuration that asks for them', async () => {
    const before = (world: World) => {
      world.deployedFrom = validConfig();
      none(world);
    };

    for (const id of ['source-inventory', 'source-report']) {
      expect(await finding(id, before, INVENTORY)).toEqual({
        status: 'skipped',
        why: 'the deployed stack has no inventory of the bucket yet: see configuration',
      });
    }
    expect(await finding('configuration', before, INVENTORY)).toMatchObject({
      found: expect.stringContaining(`inventory of bucket ${REPLICA}`),
    });
  });
});

test('the inventory of a bucket that is owned elsewhere is compared with what the function wrote, and on the other side with the configuration', async () => {
  const keys = {
    inventory: {},
    pairs: [
      { id: 'documents', inventory: true, sourceBucket: { name: 'acme-documents' }, replicaBucket: { name: 'acme-backup' } },
    ],
  };
  const without = (name: string) => (world: World) => {
    required(world.buckets[name]).inventory = undefined;
  };

  expect(await finding('source-inventory', () => {}, keys)).toMatchObject({ status: 'ok' });
  expect(await finding('source-inventory', without('acme-documents'), keys)).toMatchObject({
    status: 'failed',
    found: 'no inventory',
  });
  expect(await finding('replica-inventory', without('acme-backup'), keys)).toMatchObject({
    status: 'failed',
    fix: {
      commands: [
        expect.stringMatching(/^aws s3api put-bucket-inventory-configuration --bucket acme-backup --id backups-documents /),
      ],
      notes: ['The owner of the bucket runs it: it adds one inventory, and changes no other.'],
    },
  });
});
