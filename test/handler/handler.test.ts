import { outcomeOf } from '../../lib/handler/index';
import { call } from '../helpers/fake-s3/faults';
import { adoptionFor, foreignRule, OTHER_ROLE } from './adoption';
import { eventOf, HandlerWorld, propertiesOf } from './world';

const world = new HandlerWorld();
const OURS = adoptionFor();
const QUEUE = OURS.notification.QueueArn;
const THEIR_TOPIC = { Id: 'theirs', TopicArn: 'arn:aws:sns:ap-southeast-2:111111111111:theirs', Events: ['s3:ObjectCreated:*'] };
const UNDER_THEIR_ROLE = adoptionFor({ roleArn: OTHER_ROLE });

beforeAll(() => world.start());
afterAll(() => world.stop());

describe('a bucket without replication', () => {
  beforeEach(() => world.bucket());

  test('gets our rule under our role, and our events before it', async () => {
    await world.run('Create', OURS);

    expect(await world.documents.replication.read()).toEqual({ Role: OURS.roleArn, Rules: [OURS.rule] });
    expect(await world.documents.notifications.read()).toEqual({ QueueConfigurations: [OURS.notification] });
    expect(world.writes).toEqual(['PUT notification', 'PUT replication']);
  });

  test('is left as it is by the same request once more', async () => {
    await world.run('Create', OURS);
    world.fake.requests.length = 0;
    await world.run('Create', OURS);
    await world.run('Update', OURS, OURS);

    expect(world.writes).toEqual([]);
  });

  test('has neither document afterwards', async () => {
    await world.run('Create', OURS);
    await world.run('Delete', OURS);

    expect(await world.documents.replication.read()).toBeUndefined();
    expect(await world.documents.notifications.read()).toEqual({});
    expect(world.writes).toContain('DELETE replication');
  });

  test('follows a change of the pair, and its rollback', async () => {
    const changed = adoptionFor({}, {}, { storageClass: 'GLACIER_IR', timeControl: true });
    await world.run('Create', OURS);
    await world.run('Update', changed, OURS);

    expect(await world.rules()).toEqual([changed.rule]);
    expect((await world.documents.notifications.read()).QueueConfigurations?.[0]?.Events).toHaveLength(4);

    await world.run('Update', OURS, changed);
    expect(await world.rules()).toEqual([OURS.rule]);
  });

  test('follows another backup account, which has another replica bucket', async () => {
    const moved = adoptionFor({}, { destination: { account: '333333333333' } });
    await world.run('Create', OURS);
    await world.run('Update', moved, OURS);

    expect(await world.rules()).toEqual([moved.rule]);
  });

  test('is repaired by an update after somebody removed the rule', async () => {
    await world.run('Create', OURS);
    await world.documents.replication.write(undefined);
    await world.run('Update', adoptionFor({}, {}, { storageClass: 'STANDARD' }), OURS);

    expect(await world.rules()).toHaveLength(1);
  });
});

describe('a bucket that replicates already', () => {
  const theirs = { Role: OTHER_ROLE, Rules: [foreignRule('logs'), foreignRule('old', { Priority: 1 })] };
  const notifications = { TopicConfigurations: [THEIR_TOPIC], EventBridgeConfiguration: {} };
  beforeEach(() => world.bucket(theirs, notifications));

  test('keeps its role and rules when ours joins them, and has them alone afterwards', async () => {
    await world.run('Create', UNDER_THEIR_ROLE);

    const { Role: role, Rules: rules } = (await world.documents.replication.read()) ?? {};
    expect(role).toBe(OTHER_ROLE);
    expect(rules).toEqual([...theirs.Rules, { ...UNDER_THEIR_ROLE.rule, Priority: 2 }]);
    expect(await world.documents.notifications.read()).toEqual({ ...notifications, QueueConfigurations: [OURS.notification] });

    await world.run('Delete', UNDER_THEIR_ROLE);
    expect(await world.documents.replication.read()).toEqual(theirs);
    expect(await world.documents.notifications.read()).toEqual(notifications);
  });

  test('loses exactly the rules that ours replaces', async () => {
    await world.run('Create', adoptionFor({ replaces: ['logs', 'old'] }));

    expect(await world.documents.replication.read()).toEqual({ Role: OURS.roleArn, Rules: [OURS.rule] });
    expect(world.writes.filter((line) => line.includes('replication'))).toEqual(['PUT replication']);
    // Nothing else brings them back.
    expect(world.logged.at(-1)).toEqual({ bucket: 'acme-invoices', replaced: ['logs', 'old'], before: theirs });
  });

  test.each<[string, ReturnType<typeof adoptionFor>, RegExp]>([
    ['another role', OURS, /replicates with role arn:aws:iam::111111111111:role\/theirs, and its rules are: logs, old/],
    ['a rule that would be left under our role', adoptionFor({ replaces: ['logs'] }), /its rules are: old/],
    [
      'a rule to replace that is not there',
      adoptionFor({ replaces: ['logs', 'older'] }),
      /no rule older to replace; its rules are: logs, old/,
    ],
  ])('is refused for %s, before anything changes', async (_, adoption, message) => {
    await expect(world.run('Create', adoption)).rejects.toThrow(message);

    expect(world.writes).toEqual([]);
  });

  test('is refused where a rule writes into the replica bucket already', async () => {
    await world.bucket({ Role: OTHER_ROLE, Rules: [foreignRule('copy', { Destination: OURS.rule.Destination })] });

    await expect(world.run('Create', UNDER_THEIR_ROLE)).rejects.toThrow(
      /rule copy of bucket acme-invoices replicates into .*already/,
    );
    expect(world.writes).toEqual([]);
  });

  test('is refused where somebody else has a rule of our id', async () => {
    await world.bucket({ Role: OTHER_ROLE, Rules: [foreignRule('backups-invoices')] });

    await expect(world.run('Create', UNDER_THEIR_ROLE)).rejects.toThrow(/not a replica bucket of this pair/);
    await world.run('Delete', UNDER_THEIR_ROLE);
    expect(await world.rules()).toHaveLength(1);
    expect(world.writes).toEqual([]);
  });

  test('is refused where failure events go elsewhere', async () => {
    await world.bucket(theirs, { TopicConfigurations: [{ ...THEIR_TOPIC, Events: ['s3:Replication:*'] }] });

    await expect(world.run('Create', UNDER_THEIR_ROLE)).rejects.toThrow(
      /notification theirs of bucket acme-invoices sends s3:Replication:\* to/,
    );
    expect(world.writes).toEqual([]);
  });

  test('is refused to a second group, which does not take our rule away when it is rolled back', async () => {
    const second = { ...UNDER_THEIR_ROLE, notification: { ...OURS.notification, QueueArn: `${QUEUE}-archive` } };
    await world.run('Create', UNDER_THEIR_ROLE);
    world.fake.requests.length = 0;

    await expect(world.run('Create', second)).rejects.toThrow(/goes to arn:aws:sqs/);
    await world.run('Delete', second);
    expect(world.writes).toEqual([]);
  });
});

test('a deletion is refused where rules of others use the role that goes with the stack', async () => {
  await world.bucket();
  await world.run('Create', OURS);
  await world.documents.replication.write({ Role: OURS.roleArn, Rules: [...(await world.rules()), foreignRule('late')] });
  world.fake.requests.length = 0;

  await expect(world.run('Delete', OURS)).rejects.toThrow(
    /rules late of bucket acme-invoices use role .*, which this stack deletes/,
  );
  expect(world.writes).toEqual([]);
});

test('a destination of its owner that is gone is in the way of nothing, and no destination gets a test message', async () => {
  await world.bucket(undefined, { TopicConfigurations: [THEIR_TOPIC] });
  world.fake.fault(
    ({ operation, headers }) => operation === 'PutBucketNotification' && headers['x-amz-skip-destination-validation'] !== 'true',
    { status: 400, code: 'InvalidArgument', message: 'Unable to validate the following destination configurations' },
    Number.POSITIVE_INFINITY,
  );

  await world.run('Create', OURS);
  await world.run('Delete', OURS);
  expect(await world.documents.notifications.read()).toEqual({ TopicConfigurations: [THEIR_TOPIC] });
});

test('a bucket that is gone needs no deletion', async () => {
  world.fake.buckets.delete('acme-invoices');

  await expect(world.run('Delete', OURS)).resolves.toBeUndefined();
});

test.each([
  ['Suspended', 'ap-southeast-2', /versioning of bucket acme-invoices is Suspended/],
  ['never', 'ap-southeast-2', /versioning of bucket acme-invoices is not enabled/],
  ['Enabled', 'eu-west-1', /bucket acme-invoices is in eu-west-1, and the source is ap-southeast-2/],
] as const)('a bucket with versioning %s in %s is refused', async (versioning, region, message) => {
  await world.bucket();
  Object.assign(world.fake.bucket('acme-invoices'), { versioning, region });

  await expect(world.run('Create', OURS)).rejects.toThrow(message);
  expect(world.writes).toEqual([]);
});

describe('somebody else who writes at the same time', () => {
  const add = (id: string, priority: number) => () => {
    const bucket = world.fake.bucket('acme-invoices');
    bucket.replication = bucket.replication.replace(
      '</ReplicationConfiguration>',
      `<Rule><ID>${id}</ID><Priority>${priority}</Priority><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::${id}</Bucket></Destination></Rule></ReplicationConfiguration>`,
    );
  };
  beforeEach(() => world.bucket({ Role: OTHER_ROLE, Rules: [foreignRule('logs')] }));

  test('loses nothing when they write between our read and our write', async () => {
    // The checks read first.
    world.fake.fault(call(3, 'GetBucketReplication'), add('quick', 1));
    await world.run('Create', UNDER_THEIR_ROLE);

    expect((await world.rules()).map(({ ID: id, Priority: priority }) => [id, priority])).toEqual([
      ['logs', 7],
      ['quick', 1],
      ['backups-invoices', 2],
    ]);
  });

  test('is written around when they wrote over ours from what they had read before', async () => {
    const { replication } = world.fake.bucket('acme-invoices');
    world.fake.fault(call(4, 'GetBucketReplication'), () => {
      world.fake.bucket('acme-invoices').replication = replication;
      add('quick', 3)();
    });
    await world.run('Create', UNDER_THEIR_ROLE);

    expect((await world.rules()).map(({ ID: id }) => id)).toEqual(['logs', 'quick', 'backups-invoices']);
  });

  test('who does so all the time is told of, and our events are taken back', async () => {
    let count = 0;
    world.fake.fault(
      ({ operation }) => operation === 'GetBucketReplication',
      () => {
        count += 1;
        add(`quick-${count}`, 100 + count)();
      },
      Number.POSITIVE_INFINITY,
    );
    await expect(world.run('Create', UNDER_THEIR_ROLE)).rejects.toThrow(/somebody else writes the replication configuration/);

    world.fake.heal();
    expect((await world.rules()).map(({ ID: id }) => id)).not.toContain('backups-invoices');
    expect(await world.documents.notifications.read()).toEqual({});
  });
});

test('a document with more in it than the SDK understands is not written back', async () => {
  await world.bucket({ Role: OTHER_ROLE, Rules: [foreignRule('logs')] });
  const bucket = world.fake.bucket('acme-invoices');
  bucket.replication = bucket.replication.replace('</Rule>', '<Tomorrow><Setting>a</Setting></Tomorrow></Rule>');

  await expect(world.run('Create', UNDER_THEIR_ROLE)).rejects.toThrow(/would lose the others/);
  expect(world.writes).toEqual([]);
});

test('a policy that does not count yet is waited for', async () => {
  await world.bucket();
  world.fake.fault(({ operation }) => operation === 'GetBucketLocation', { status: 403, code: 'AccessDenied' }, 3);
  await world.run('Create', OURS);

  expect(await world.rules()).toEqual([OURS.rule]);
});

test('what S3 refuses leaves nothing of ours', async () => {
  await world.bucket();
  world.fake.fault(({ operation }) => operation === 'PutBucketReplication', { status: 400, code: 'InvalidRequest' }, 1);

  await expect(world.run('Create', OURS)).rejects.toThrow('InvalidRequest');
  expect(await world.documents.notifications.read()).toEqual({});
});

describe('the answer', () => {
  test('has one physical id for the life of a rule', () => {
    const created = outcomeOf(eventOf('Create', propertiesOf(OURS)), 'acme-invoices/backups-invoices', undefined);
    const known = { PhysicalResourceId: created.physicalId };

    expect(created).toEqual({ status: 'SUCCESS', physicalId: 'acme-invoices/backups-invoices' });
    expect(outcomeOf({ ...eventOf('Update', propertiesOf(OURS)), ...known }, 'other', undefined).physicalId).toBe(
      created.physicalId,
    );
    expect(outcomeOf({ ...eventOf('Update', propertiesOf(OURS)), ...known }, 'other', 'no').status).toBe('FAILED');
  });

  test('lets CloudFormation roll back a creation that failed, whatever is still wrong', () => {
    const { status, physicalId } = outcomeOf(eventOf('Create', propertiesOf(OURS)), 'x', 'no');
    const deletion = { ...eventOf('Delete', propertiesOf(OURS)), PhysicalResourceId: physicalId };

    expect(status).toBe('FAILED');
    expect(outcomeOf(deletion, 'x', 'no').status).toBe('SUCCESS');
    expect(outcomeOf({ ...deletion, PhysicalResourceId: 'x' }, 'x', 'no').status).toBe('FAILED');
  });
});
