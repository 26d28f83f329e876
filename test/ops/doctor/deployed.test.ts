import type { Template } from '../../../lib/model/template';
import { diagnose } from '../../../lib/ops/doctor/diagnose';
import { repairsOf } from '../../../lib/ops/doctor/doctor';
import { LOCKDOWN, validConfig } from '../../helpers/config';
import { testContext } from '../../helpers/ops';
import { awsError, diagnoseBroken, failures, healthyWorld, resourcesIn, serve, unanswered, type World } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

/** What doctor finds with one configuration where another one was deployed, and nothing was changed by hand since. */
async function deployedFrom(
  before: Record<string, unknown>,
  now: Record<string, unknown>,
  change: (world: World) => void = () => undefined,
) {
  const { context } = testContext(now);
  const deployed = validConfig(before);
  const world: World = { ...healthyWorld(deployed), deployedFrom: deployed };
  // Nobody deploys a lockdown before there is somebody to take it off.
  Object.assign(world.roles, { BreakGlass: healthyWorld(validConfig(LOCKDOWN)).roles['BreakGlass'] });
  change(world);
  const { restore } = serve(context.config, () => world);
  try {
    return await diagnose(context);
  } finally {
    restore();
  }
}

const pair = (keys: Record<string, unknown>) => ({ pairs: [{ id: 'documents', ...keys }] });

const LOCK = { objectLock: { mode: 'GOVERNANCE', days: 30 } };

/** Every kind of property, with what the check of the configuration says of it. */
const CHANGES: readonly (readonly [what: string, before: object, now: object, said: RegExp])[] = [
  ['storage class', pair({ storageClass: 'STANDARD' }), {}, /replication rules of bucket backups-documents-111/],
  ['filter', pair({ filter: { prefix: 'a/' } }), {}, /replication rules .*lifecycle rules|lifecycle rules .*replication rules/],
  ['delete markers', pair({ replicateDeleteMarkers: true }), {}, /replication rules/],
  ['time control', {}, pair({ timeControl: true }), /events of bucket backups-documents-111.*replication rules/],
  ['bucket keys', pair({ bucketKeys: false }), {}, /default encryption of bucket .*default encryption of bucket/],
  ['lifecycle', pair({ lifecycle: { abortMultipartDays: 3 } }), {}, /lifecycle rules of bucket .*lifecycle rules of bucket/],
  [
    'Object Lock',
    pair(LOCK),
    pair({ objectLock: { mode: 'GOVERNANCE', days: 40 } }),
    /Object Lock of bucket backups-documents-222/,
  ],
  ['rotation', { keyRotationDays: 90 }, {}, /rotation of key alias\/backups-destination; rotation of key alias\/backups-source/],
  ['no lockdown yet', {}, LOCKDOWN, /policy of key alias\/backups-destination; .*policy of bucket backups-documents-222/],
  ['lockdown that is deployed', LOCKDOWN, {}, /policy of bucket backups-documents-222/],
  [
    'threshold',
    { monitoring: { latencyMinutes: 30 } },
    {},
    /alarms of pair documents in topic backups-destination-notifications/,
  ],
  [
    'address',
    { monitoring: { email: 'old@example.com' } },
    { monitoring: { email: 'new@example.com' } },
    /subscriptions of topic/,
  ],
  ['interval', { heartbeat: { minutes: 30 } }, {}, /schedule backups-documents/],
  ['pair to come', {}, { pairs: [{ id: 'documents' }, { id: 'photos' }] }, /backups-photos-111\S+ is not deployed yet/],
  [
    'pair that left',
    { pairs: [{ id: 'documents' }, { id: 'photos' }] },
    {},
    /bucket backups-photos-111\S+ is deployed, and not in/,
  ],
];

test.each(CHANGES)(
  'a deployment from another configuration is told once to deploy, and nothing else: %s',
  async (_, before, now, said) => {
    const results = await deployedFrom(before as Record<string, unknown>, now as Record<string, unknown>);
    const failed = failures(results);
    expect(Object.keys(failed)).toEqual(['configuration']);
    expect(unanswered(results)).toEqual([]);
    expect(failed['configuration']?.found).toMatch(said);
    expect(repairsOf(results)).toMatchObject([{ commands: ['npx --no -- s3-replication deploy'] }]);
  },
);

test('a replica key that is owned elsewhere counts from the deployment on that writes it into the rule', async () => {
  const keyArn = 'arn:aws:kms:us-west-2:222222222222:key/0a1b2c3d-0000-4000-8000-000000000000';
  const now = { destination: { keyArn } };
  const results = await deployedFrom({}, now, (world) => {
    const { destination: owned } = healthyWorld(validConfig(now)).keys;
    world.ownersKeys[keyArn] = { ...(owned as NonNullable<typeof owned>), arn: keyArn };
  });
  const failed = failures(results);
  expect(Object.keys(failed)).toEqual(['configuration']);
  expect(unanswered(results)).toEqual([]);
  expect(failed['configuration']?.found).toMatch(/replication rules of bucket backups-documents-111/);
});

test('what was changed by hand since gets back what is deployed, not what the configuration says now', async () => {
  const results = await deployedFrom(pair({ storageClass: 'STANDARD', bucketKeys: false }), {}, (world) => {
    for (const bucket of Object.values(world.buckets)) {
      Object.assign(bucket.encryption ?? {}, { BucketKeyEnabled: true });
      Object.assign(bucket.replication?.Rules?.[0]?.Destination ?? {}, { StorageClass: 'ONEZONE_IA' });
    }
  });
  expect(failures(results)).toMatchObject({
    'rule-storage-class': { expected: 'STANDARD', fix: { commands: [expect.stringContaining('"StorageClass":"STANDARD"')] } },
    'source-bucket-keys': {
      found: 'on',
      expected: 'off',
      fix: { commands: [expect.stringContaining('"BucketKeyEnabled":false')] },
    },
    configuration: {},
  });
});

/** What the code of a user's own app may do to a template, and what is then there. */
const ASPECTS: readonly (readonly [what: string, template: (template: Template) => void, live: (world: World) => void])[] = [
  [
    'a lifecycle rule of its own',
    (template) =>
      each(template, 'AWS::S3::Bucket', ({ LifecycleConfiguration: lifecycle }) =>
        (lifecycle as { Rules: object[] }).Rules.push({ Id: 'Old', Status: 'Enabled', ExpirationInDays: 900 }),
      ),
    (world) =>
      eachBucket(world, ({ lifecycle }) =>
        lifecycle?.push({ ID: 'Old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 900 } }),
      ),
  ],
  [
    'a statement that admits an account',
    (template) => each(template, 'AWS::S3::BucketPolicy', ({ PolicyDocument: policy }) => statements(policy).push(ADMITTED)),
    (world) => eachBucket(world, (bucket) => bucket.policy.push(ADMITTED)),
  ],
  [
    'a permissions boundary, and a policy that is attached',
    (template) =>
      each(template, 'AWS::IAM::Role', (role) =>
        Object.assign(role, {
          PermissionsBoundary: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/limits' },
          ManagedPolicyArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/Audit']] }],
        }),
      ),
    (world) => {
      for (const [name, role] of Object.entries(world.roles).filter(([key]) => key.startsWith('backups-'))) {
        const account = name.includes('exchange') ? '222222222222' : '111111111111';
        role.boundary = `arn:aws:iam::${account}:policy/limits`;
        role.attached.push('arn:aws:iam::aws:policy/Audit');
      }
    },
  ],
  [
    'another retention of the failure queue',
    (template) => each(template, 'AWS::SQS::Queue', (queue) => Object.assign(queue, { MessageRetentionPeriod: 3600 })),
    (world) =>
      [world.queue, ...Object.values(world.heartbeatQueues)].forEach((queue) =>
        Object.assign(queue?.attributes ?? {}, { MessageRetentionPeriod: '3600' }),
      ),
  ],
];

const ADMITTED = {
  Sid: 'Auditors',
  Effect: 'Allow',
  Principal: { AWS: '333333333333' },
  Action: 's3:DeleteObject',
  Resource: 'arn:aws:s3:::*',
};

function each(template: Template, type: string, change: (properties: Record<string, unknown>) => unknown): void {
  Object.values(resourcesIn(template))
    .filter(
      ({ Type, Properties: { VersioningConfiguration: versioned } }) =>
        Type === type && (type !== 'AWS::S3::Bucket' || versioned),
    )
    .forEach(({ Properties: properties }) => change(properties));
}

function statements(policy: unknown): object[] {
  return (policy as { Statement: object[] }).Statement;
}

function eachBucket(world: World, change: (bucket: World['buckets'][string]) => unknown): void {
  Object.values(world.buckets).forEach(change);
}

describe.each(ASPECTS)('code of the app that makes %s', (_, templateChange, live) => {
  test('is no fault of what is deployed, and no repair undoes it', async () => {
    const results = await diagnoseBroken((world) => {
      Object.assign(world, { templateChange });
      live(world);
    });
    expect(Object.keys(failures(results))).toEqual(['configuration']);
    expect(failures(results)['configuration']?.fix.notes.join(' ')).toContain('--accept configuration');
  });

  test('is missed when somebody took it away by hand', async () => {
    const results = await diagnoseBroken((world) => {
      Object.assign(world, { templateChange });
    });
    expect(Object.keys(failures(results)).length).toBeGreaterThan(1);
  });
});

test('letters that CloudFormation does not give back are no difference', async () => {
  const keys = pair({ filter: { prefix: 'menü/日/', tags: { größe: 'weiß' } } });
  expect(failures(await diagnoseBroken(() => undefined, keys))).toEqual({});
});

test('a function of CloudFormation that is not understood leaves what it says open, and nothing else', async () => {
  const results = await diagnoseBroken((world) => {
    world.templateChange = (template) =>
      each(template, 'AWS::S3::Bucket', (bucket) => Object.assign(bucket, { OwnershipControls: { 'Fn::ImportValue': 'x' } }));
  });
  expect(failures(results)).toEqual({});
  expect(unanswered(results)).toEqual(['configuration', 'source-ownership', 'replica-ownership']);
  expect(results.find(({ id }) => id === 'source-ownership')?.finding).toMatchObject({
    why: expect.stringContaining('has {"Fn::ImportValue":"x"} in Pairsdocuments'),
  });
});

test('without the right to read templates nothing is called wrong', async () => {
  const results = await diagnoseBroken((world) => {
    world.fault = (operation) => (operation === 'GetTemplate' ? awsError('AccessDenied', 'no') : undefined);
    eachBucket(world, (bucket) => Object.assign(bucket, { versioning: 'Suspended' }));
  });
  expect(failures(results)).toEqual({});
  expect(unanswered(results)).toEqual(expect.arrayContaining(['configuration', 'source-versioning', 'rule', 'role-boundary']));
});
