import { sdkClients } from '../../lib/aws/clients';
import { profiledSides, verifiedCredentials } from '../../lib/aws/credentials';
import { ProfileCredentials } from '../../lib/credential-plugin/plugin';
import { stackStates } from '../../lib/deploy/blocked-stacks';
import { deployedReader } from '../../lib/deploy/plan/deployed';
import { UnreachableError } from '../../lib/errors/errors';
import { PIPELINE, validConfig } from '../helpers/config';
import { assemblyStack } from '../helpers/plan';
import { rejectionOf } from '../helpers/rejection';
import { AwsHome, awsEnvironment, FakeSts, sendAllTo } from '../helpers/sts';

const [SOURCE, DESTINATION, TOOLING] = ['111111111111', '222222222222', '333333333333'];
const START_URL = 'https://example.awsapps.com/start';

const PORTAL = 'portal.sso.eu-north-1.amazonaws.com GetRoleCredentials';
const SOURCE_STS = 'sts.ap-southeast-2.amazonaws.com';
const DESTINATION_STS = 'sts.us-west-2.amazonaws.com';

/** One login for three accounts, none of which is in its Region. Every `region` is one that nothing here may ask. */
const SESSION = `
[sso-session corp]
sso_start_url = ${START_URL}
sso_region = eu-north-1
sso_registration_scopes = sso:account:access

[sso-session 'Admin in My Org']
sso_start_url = ${START_URL}
sso_region = eu-north-1
`;

const sso = (name: string, account: string, login: string) =>
  `[profile ${name}]\n${login}\nsso_account_id = ${account}\nsso_role_name = Admin\nregion = us-east-1\n`;
const role = (name: string, account: string, source: string) =>
  `[profile ${name}]\nrole_arn = arn:aws:iam::${account}:role/deployer\nsource_profile = ${source}\nregion = us-east-1\n`;

const WITH_SESSION = 'sso_session = corp';
const LEGACY = `sso_start_url = ${START_URL}\nsso_region = eu-north-1`;

const CONFIG = [
  SESSION,
  sso('prod', SOURCE, WITH_SESSION),
  sso('backup', DESTINATION, WITH_SESSION),
  sso('tooling', TOOLING, WITH_SESSION),
  sso('old-prod', SOURCE, LEGACY),
  sso('old-backup', DESTINATION, LEGACY),
  role('prod-role', SOURCE, 'tooling'),
  role('backup-role', DESTINATION, 'tooling'),
  role('old-prod-role', SOURCE, 'old-backup'),
  role('chained-role', SOURCE, 'backup-role'),
  sso('spaces', SOURCE, 'sso_session = Admin in My Org'),
  '[default]\nsso_session = crop\nsso_account_id = 111111111111\nsso_role_name = Admin',
  sso('typo', SOURCE, 'sso_session = crop'),
].join('\n');

const inherited = process.env;
const sts = new FakeSts();
let home: AwsHome;

beforeAll(() => sts.start());
afterAll(() => sts.stop());
beforeEach(() => {
  sts.asked.length = 0;
  sts.fault = undefined;
  home = new AwsHome(CONFIG);
  process.env = awsEnvironment(home.environment);
  sendAllTo(sts);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = inherited;
  home.remove();
});

const logIn = () => ['corp', START_URL].forEach((login) => home.logIn(login));

const profiles = (source: string, destination: string) =>
  validConfig({ source: { profile: source }, destination: { profile: destination } });

const SOURCE_IDENTITY = `${SOURCE_STS} GetCallerIdentity`;
const DESTINATION_IDENTITY = `${DESTINATION_STS} GetCallerIdentity`;

describe('the portal is asked in its own Region, and STS in that of the account, with', () => {
  beforeEach(logIn);

  test.each([
    ['profiles of a session', 'prod', 'backup', [PORTAL, DESTINATION_IDENTITY, PORTAL, SOURCE_IDENTITY]],
    ['profiles without a session', 'old-prod', 'old-backup', [PORTAL, DESTINATION_IDENTITY, PORTAL, SOURCE_IDENTITY]],
    [
      'roles',
      'prod-role',
      'backup-role',
      [PORTAL, `${DESTINATION_STS} AssumeRole`, DESTINATION_IDENTITY, PORTAL, `${SOURCE_STS} AssumeRole`, SOURCE_IDENTITY],
    ],
    [
      'a role from a profile without a session',
      'old-prod-role',
      'old-backup',
      [PORTAL, DESTINATION_IDENTITY, PORTAL, `${SOURCE_STS} AssumeRole`, SOURCE_IDENTITY],
    ],
    [
      'a role from a role',
      'chained-role',
      'backup',
      [PORTAL, DESTINATION_IDENTITY, PORTAL, `${SOURCE_STS} AssumeRole`, `${SOURCE_STS} AssumeRole`, SOURCE_IDENTITY],
    ],
  ])('%s', async (_, source, destination, asked) => {
    await verifiedCredentials(profiledSides(profiles(source, destination)));

    expect(sts.asked).toEqual(asked);
  });
});

test('a portal that never answers is given up', async () => {
  logIn();
  sts.fault = 'hang';
  const timeouts = { connect: 2000, firstByte: 50, idle: 50 };
  const asked = verifiedCredentials(profiledSides(profiles('prod', 'backup')), { timeouts });

  await expect(asked).rejects.toMatchObject({ code: 'NoCredentials', message: expect.stringContaining('requestTimeout') });
  expect(new Set(sts.asked)).toEqual(new Set([PORTAL]));
});

describe('the portal is asked in its own Region by', () => {
  beforeEach(logIn);

  test('the environment of either side, which names a profile', async () => {
    process.env['AWS_PROFILE'] = 'prod';
    await verifiedCredentials([{ ...validConfig().source, side: 'source' }]);
    process.env['AWS_PROFILE'] = 'backup-role';
    await verifiedCredentials([{ ...validConfig().destination, side: 'destination' }]);

    expect(sts.asked).toEqual([PORTAL, SOURCE_IDENTITY, PORTAL, `${DESTINATION_STS} AssumeRole`, DESTINATION_IDENTITY]);
  });

  test('the operator commands, for every account', async () => {
    const pipeline = { ...PIPELINE, profile: 'tooling' };
    const clients = sdkClients(validConfig({ source: { profile: 'prod' }, destination: { profile: 'backup' }, pipeline }));
    await clients.ssm('source');
    await clients.ssm('destination');
    await clients.ssm('pipeline');

    const identities = [SOURCE_IDENTITY, DESTINATION_IDENTITY, 'sts.eu-west-1.amazonaws.com GetCallerIdentity'];
    expect(sts.asked).toEqual(identities.flatMap((identity) => [PORTAL, identity]));
  });

  test('the verification roles, which the environment assumes', async () => {
    process.env['AWS_PROFILE'] = 'tooling';
    const clients = sdkClients(validConfig({ pipeline: PIPELINE }), { verificationRoles: true });
    await clients.ssm('source');
    await clients.ssm('destination');

    expect(sts.asked).toEqual([
      PORTAL,
      `${SOURCE_STS} AssumeRole`,
      SOURCE_IDENTITY,
      PORTAL,
      `${DESTINATION_STS} AssumeRole`,
      DESTINATION_IDENTITY,
    ]);
  });

  test('the plug-in of the CDK CLI', async () => {
    const plugin = new ProfileCredentials(() => profiles('prod', 'backup-role'));
    const provider = await plugin.getProvider(SOURCE);

    await expect(provider()).resolves.toMatchObject({ accessKeyId: SOURCE });
    expect(sts.asked).toEqual([PORTAL, `${DESTINATION_STS} AssumeRole`, DESTINATION_IDENTITY, PORTAL, SOURCE_IDENTITY]);
  });

  test('the plan, whose stacks are in Regions of their own', async () => {
    const { read } = deployedReader(profiles('prod', 'backup'), { lookupRoles: false });
    await expect(read(assemblyStack('source', {}))).rejects.toThrow('the fake STS has no DescribeStacks');
    await expect(read(assemblyStack('source', {}, { region: 'us-west-2' }))).rejects.toThrow('DescribeStacks');

    expect(sts.asked).toEqual([
      PORTAL,
      SOURCE_IDENTITY,
      'cloudformation.ap-southeast-2.amazonaws.com DescribeStacks',
      'cloudformation.us-west-2.amazonaws.com DescribeStacks',
    ]);
  });

  test('the plan with lookup roles, which a profile assumes', async () => {
    const lookupRole = `arn:aws:iam::${DESTINATION}:role/lookup`;
    const { read } = deployedReader(validConfig(), { lookupRoles: true, profile: 'tooling' });
    await expect(read(assemblyStack('destination', {}, { lookupRole }))).rejects.toThrow('DescribeStacks');

    expect(sts.asked).toEqual([PORTAL, `${DESTINATION_STS} AssumeRole`, 'cloudformation.us-west-2.amazonaws.com DescribeStacks']);
  });

  test('the deployment that looks for blocked stacks', async () => {
    await stackStates(profiles('prod', 'backup'), new Map(), [assemblyStack('destination', {}), assemblyStack('source', {})]);

    expect(sts.asked.filter((request) => !request.startsWith('cloudformation.'))).toEqual([
      PORTAL,
      DESTINATION_IDENTITY,
      PORTAL,
      SOURCE_IDENTITY,
    ]);
  });

  test('accounts of China, whose STS is in their partition', async () => {
    const side = { account: SOURCE, region: 'cn-north-1', side: 'source' as const };
    await verifiedCredentials([{ ...side, profile: 'prod-role' }]);

    const host = 'sts.cn-north-1.amazonaws.com.cn';
    expect(sts.asked).toEqual([PORTAL, `${host} AssumeRole`, `${host} GetCallerIdentity`]);
  });
});

describe('without a login, the command that logs in is named', () => {
  const failure = (profile: string) =>
    rejectionOf(verifiedCredentials(profiledSides(profiles(profile, 'keys')).slice(1)), UnreachableError);

  test.each([
    ['prod', 'corp', 'prod'],
    ['old-prod', START_URL, 'old-prod'],
    ['prod-role', 'corp', 'tooling'],
    ['chained-role', 'corp', 'tooling'],
  ])('for profile %s', async (profile, login, named) => {
    const missing = await failure(profile);
    home.logIn(login, { expiresAt: '2020-01-01T00:00:00Z' });
    const expired = await failure(profile);
    home.logIn(login, { accessToken: 'revoked' });
    const revoked = await failure(profile);

    for (const error of [missing, expired, revoked]) {
      expect(error.message).toBe(
        `the credentials of profile "${profile}" could not be used: the login of profile "${named}" to IAM Identity Center is missing or has expired`,
      );
      expect(error.cause).toBeInstanceOf(Error);
      expect(error.hint).toBe(`log in again: aws sso login --profile ${named}`);
    }
    expect(sts.asked).toEqual([PORTAL]);
  });

  test('for the profile that the environment names', async () => {
    process.env['AWS_PROFILE'] = 'prod';

    const error = await rejectionOf(verifiedCredentials([{ ...validConfig().source, side: 'source' }]), UnreachableError);

    expect(error.message).toContain('the credentials of the environment could not be used');
    expect(error.hint).toBe('log in again: aws sso login --profile prod');
  });

  test('but not where the login is good and the role is refused', async () => {
    logIn();
    sts.fault = 'expired';

    const error = await failure('prod-role');

    expect(error.hint).not.toContain('aws sso login');
  });

  test('but not where keys of the environment are refused, which no profile gave', async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: SOURCE, AWS_SECRET_ACCESS_KEY: 'secret' });
    sts.fault = 'expired';

    const error = await rejectionOf(verifiedCredentials([{ ...validConfig().source, side: 'source' }]), UnreachableError);

    expect(error.message).toContain('The security token included in the request is expired');
    expect(error.hint).toContain(`log in to account ${SOURCE}`);
  });

  test.each([
    ['spaces', 'Admin in My Org', 'rename the session'],
    ['typo', 'crop', 'correct sso_session'],
  ])('but a session that the SDK does not find is a fault of its own: %s', async (profile, session, remedy) => {
    home.logIn(session);

    const error = await failure(profile);

    expect(error.message).toContain(`profile "${profile}"`);
    expect(error.message).toContain(`sso-session "${session}"`);
    expect(error.hint).toContain(remedy);
    expect(error.message).not.toContain('undefined');
    expect(sts.asked).toEqual([]);
  });
});
