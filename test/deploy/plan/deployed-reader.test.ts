import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { deployedReader, type ReaderOptions } from '../../../lib/deploy/plan/deployed';
import { UnreachableError } from '../../../lib/errors/errors';
import { validConfig } from '../../helpers/config';
import { assemblyStack } from '../../helpers/plan';
import { AwsHome, FakeSts, staticProfile } from '../../helpers/sts';

const SOURCE = '111111111111';
const DESTINATION = '222222222222';
const LOOKUP_ROLE = `arn:\${AWS::Partition}:iam::${DESTINATION}:role/cdk-hnb659fds-lookup-role-${DESTINATION}-us-west-2`;
const stack = assemblyStack('destination', {}, { lookupRole: LOOKUP_ROLE });

const sourceStack = assemblyStack(
  'source',
  {},
  { lookupRole: `arn:aws:iam::${SOURCE}:role/cdk-hnb659fds-lookup-role-${SOURCE}-ap-southeast-2` },
);

const cloudFormation = mockClient(CloudFormationClient);
const sts = new FakeSts();
const home = new AwsHome(staticProfile('backup', DESTINATION) + staticProfile('prod', SOURCE));
const inherited = process.env;

beforeAll(async () => {
  await sts.start();
});

beforeEach(() => {
  sts.requests.length = 0;
  cloudFormation.reset();
  cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id backups-destination does not exist'));
  const own = Object.fromEntries(Object.entries(inherited).filter(([name]) => !name.startsWith('AWS_')));
  process.env = { ...own, ...home.environment, AWS_ENDPOINT_URL: sts.endpoint };
});

afterAll(async () => {
  process.env = inherited;
  home.remove();
  await sts.stop();
});

function ambientIs(account: string): void {
  process.env['AWS_ACCESS_KEY_ID'] = account;
  process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
}

/** Reads the destination's stack, and says whose credentials asked CloudFormation for it. */
async function askedBy(options: Partial<ReaderOptions> = {}, keys: Record<string, unknown> = {}): Promise<string> {
  const { read } = deployedReader(validConfig(keys), { lookupRoles: false, ...options });
  expect(await read(stack)).toMatchObject({ state: 'new' });
  const [client] = cloudFormation.commandCalls(DescribeStacksCommand).map(({ thisValue }) => thisValue as CloudFormationClient);
  return (await client?.config.credentials())?.accessKeyId ?? 'nobody';
}

const rolesAssumed = () => sts.requests.filter(({ action }) => action === 'AssumeRole').map(({ accessKeyId }) => accessKeyId);

test("the account's configured profile reads a stack", async () => {
  ambientIs(SOURCE);

  expect(await askedBy({}, { destination: { profile: 'backup' } })).toBe(DESTINATION);
  expect(rolesAssumed()).toEqual([]);
});

test('without one, credentials of the environment that belong to the account do', async () => {
  ambientIs(DESTINATION);

  expect(await askedBy()).toBe(DESTINATION);
  expect(rolesAssumed()).toEqual([]);
});

test('credentials of another account assume the lookup role of the bootstrap', async () => {
  ambientIs(SOURCE);

  expect(await askedBy()).toBe(DESTINATION);
  expect(rolesAssumed()).toEqual([SOURCE]);
});

test('lookup roles are assumed whatever profile is configured, when that is asked for', async () => {
  ambientIs('333333333333');

  expect(await askedBy({ lookupRoles: true }, { destination: { profile: 'backup' } })).toBe(DESTINATION);
  expect(rolesAssumed()).toEqual(['333333333333']);
});

test('a profile stands for the credentials of the environment', async () => {
  ambientIs('333333333333');

  expect(await askedBy({ profile: 'prod' })).toBe(DESTINATION);
  expect(rolesAssumed()).toEqual([SOURCE]);
});

test('a profile of another account reads nothing', async () => {
  await expect(askedBy({}, { destination: { profile: 'prod' } })).rejects.toMatchObject({ code: 'WrongAccount' });
});

test('without credentials nothing is read', async () => {
  await expect(askedBy()).rejects.toThrow(UnreachableError);
});

test('the same credentials read the source buckets of others that the stack names, and nothing else of S3', async () => {
  ambientIs(DESTINATION);
  const s3 = mockClient(S3Client);
  s3.on(GetBucketLocationCommand).resolves({ LocationConstraint: 'us-west-2' });
  s3.on(GetBucketVersioningCommand).resolves({ Status: 'Enabled' });
  s3.on(GetBucketReplicationCommand).rejects(Object.assign(new Error(), { name: 'ReplicationConfigurationNotFoundError' }));
  s3.on(GetBucketNotificationConfigurationCommand).rejects(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));
  s3.on(GetBucketNotificationConfigurationCommand, { Bucket: 'acme-scans' }).resolves({});
  const rule = (bucket: string) => ({
    Type: 'Custom::S3ReplicationRule',
    Properties: { Adoption: JSON.stringify({ bucket, account: DESTINATION }) },
  });
  const template = { Resources: { A: rule('acme-invoices'), B: rule('acme-scans') } };
  const { read } = deployedReader(validConfig(), { lookupRoles: false });

  expect(await read(assemblyStack('destination', template))).toMatchObject({
    ownedBuckets: {
      'acme-invoices': 'Access Denied',
      'acme-scans': { region: 'us-west-2', versioning: 'Enabled', replication: undefined, notifications: {} },
    },
  });
  const [call] = s3.calls();
  const client = call?.thisValue as S3Client;
  expect((await client.config.credentials()).accessKeyId).toBe(DESTINATION);
  expect(
    s3.calls().every(({ args }) => (args[0].input as { ExpectedBucketOwner: string }).ExpectedBucketOwner === DESTINATION),
  ).toBe(true);
  const controller = new AbortController();
  controller.abort();
  const { read: interrupted } = deployedReader(validConfig(), { lookupRoles: false, signal: controller.signal });
  await expect(interrupted(assemblyStack('destination', template))).rejects.toMatchObject({ code: 'Interrupted' });
  s3.restore();
  expect(await read(stack)).not.toHaveProperty('ownedBuckets');
});

test('with lookup roles, that of another account is assumed where the assembly has a stack of it', async () => {
  ambientIs('333333333333');
  const config = validConfig();
  const { read, clients } = deployedReader(config, { lookupRoles: true });
  await read(stack);
  const { config: settings } = await clients(config, [sourceStack]).s3('source');
  expect(rolesAssumed()).toEqual([]);

  expect(await settings.credentials()).toHaveProperty('accessKeyId');
  expect(rolesAssumed()).toEqual(['333333333333']);
});

test('clients have the credentials that have read a stack of the account, and there are none for another account', async () => {
  ambientIs(DESTINATION);
  const config = validConfig();
  const { read, clients } = deployedReader(config, { lookupRoles: false });
  await read(stack);
  const { s3 } = clients(config, [sourceStack]);

  expect((await (await s3('destination')).config.credentials()).accessKeyId).toBe(DESTINATION);
  await expect(s3('source')).rejects.toMatchObject({ code: 'AccountNotAsked' });
});

describe('of an account with stacks in two regions', () => {
  const inRegion = (region: string) =>
    assemblyStack(
      'source',
      {},
      { region, lookupRole: `arn:aws:iam::${SOURCE}:role/cdk-hnb659fds-lookup-role-${SOURCE}-${region}` },
    );
  /** Reads both, and says where and as whom CloudFormation was asked. */
  const readBoth = async (keys: Record<string, unknown> = {}) => {
    const { read } = deployedReader(validConfig(keys), { lookupRoles: false });
    await read(inRegion('ap-southeast-2'));
    await read(inRegion('us-west-2'));
    const clients = cloudFormation.commandCalls(DescribeStacksCommand).map(({ thisValue }) => thisValue as CloudFormationClient);
    return Promise.all(clients.map(async ({ config }) => [await config.region(), (await config.credentials()).accessKeyId]));
  };
  const BOTH = [
    ['ap-southeast-2', SOURCE],
    ['us-west-2', SOURCE],
  ];

  test('each stack is read in its region, with a profile that is asked for once', async () => {
    ambientIs('333333333333');

    expect(await readBoth({ source: { profile: 'prod' } })).toEqual(BOTH);
    expect(sts.identityRequests).toEqual([SOURCE]);
  });

  test('each stack is read with the lookup role of its region, where none of the credentials belongs to the account', async () => {
    ambientIs(DESTINATION);
    sts.sessions.length = 0;

    expect(await readBoth()).toEqual(BOTH);
    expect(sts.identityRequests).toEqual([DESTINATION]);
    expect(sts.sessions.map(({ roleArn }) => roleArn.split('-role-')[1])).toEqual([
      `${SOURCE}-ap-southeast-2`,
      `${SOURCE}-us-west-2`,
    ]);
  });
});

test('a stack that names no lookup role cannot be read with one', async () => {
  ambientIs(SOURCE);
  const { read } = deployedReader(validConfig(), { lookupRoles: true });

  await expect(read(assemblyStack('destination', {}))).rejects.toMatchObject({ code: 'NoLookupRole' });
});
