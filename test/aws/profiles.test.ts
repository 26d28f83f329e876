import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { sdkClients } from '../../lib/aws/clients';
import { accountOf, credentialsOf } from '../../lib/aws/credentials';
import { handOver } from '../../lib/aws/handed-sessions';
import { ProfileCredentials } from '../../lib/credential-plugin/plugin';
import { stackStates } from '../../lib/deploy/blocked-stacks';
import { deployedReader } from '../../lib/deploy/plan/deployed';
import { UnreachableError } from '../../lib/errors/errors';
import type { Deployment } from '../../lib/model/deployment';
import { validConfig } from '../helpers/config';
import { assemblyStack } from '../helpers/plan';
import { rejectionOf } from '../helpers/rejection';
import { AwsHome, awsEnvironment, FakeSts, sendAllTo, staticProfile } from '../helpers/sts';

/*
 * Ways in which people have credentials: for each, which portal and which STS the operator commands, the deployment and the plug-in of the CDK
 * CLI ask. Every `region` of a profile is one that nothing here may ask. More of IAM Identity Center is in sso.test.ts.
 */

const SOURCE = '111111111111';
const DESTINATION = '222222222222';
const OTHER = '333333333333';
const ENVIRONMENT = { AWS_ACCESS_KEY_ID: OTHER, AWS_SECRET_ACCESS_KEY: 'secret' };

const inherited = process.env;
const sts = new FakeSts();
let home: AwsHome;

beforeAll(() => sts.start());
afterAll(() => sts.stop());
beforeEach(() => {
  sts.asked.length = 0;
  sts.sessions.length = 0;
  sts.requests.length = 0;
  sts.disabledRegions = [];
  sts.fault = undefined;
  sendAllTo(sts);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = inherited;
  home.remove();
});

function useAws(profile: string, variables: Record<string, string> = {}): void {
  home = new AwsHome(profile);
  process.env = awsEnvironment({ ...home.environment, ...variables });
}

/** Who asks for the credentials of the source account. */
const ASKERS: readonly [string, (config: Deployment) => Promise<unknown>][] = [
  ['ops', (config) => sdkClients(config).ssm('source')],
  [
    'deploy',
    async (config) => {
      const read = deployedReader(config, { lookupRoles: false }).read(assemblyStack('source', {}, config.source));
      // The fake knows no stacks: with an answer of its, STS has been asked all there is.
      const error = await rejectionOf(read, Error);
      if (!error.message.includes('the fake STS has no DescribeStacks')) {
        throw error;
      }
    },
  ],
  ['the plug-in of the CDK CLI', async (config) => (await new ProfileCredentials(() => config).getProvider(SOURCE))()],
];

const ROLE = `[profile it]\nrole_arn = arn:aws:iam::${SOURCE}:role/deployer\nregion = us-east-1\n`;

const START_URL = 'https://example.awsapps.com/start';
const PORTAL = 'portal.sso.eu-north-1.amazonaws.com GetRoleCredentials';
const LOGIN = `sso_start_url = ${START_URL}\nsso_region = eu-north-1\n`;
const ADMIN = `sso_account_id = ${SOURCE}\nsso_role_name = Admin\nregion = us-east-1\n`;
const CONSOLE = `arn:aws:iam::${SOURCE}:user/somebody`;
const SESSION = `[sso-session corp]\n${LOGIN}[profile it]\nsso_session = corp\n${ADMIN}`;

const DEVICE = `arn:aws:iam::${OTHER}:mfa/somebody`;

const stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
afterEach(() => {
  Object.defineProperty(process, 'stdin', { ...stdin });
});

/** A terminal on which a person types; answers what was shown on it. */
function useTerminal(typed: string): () => string {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  Object.defineProperty(process, 'stdin', { value: terminal, configurable: true });
  const shown = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  terminal.write(typed);
  return () => shown.mock.calls.join('');
}

describe.each(ASKERS)('%s: STS of the Region of the account is asked, and no other one, for', (_who, ask) => {
  const asked = async (keys: Record<string, unknown> = {}) => {
    const config = validConfig({ ...keys, source: { profile: 'it', ...(keys['source'] as object | undefined) } });
    await ask(config);
    return sts.asked.filter((request) => !request.startsWith('cloudformation.'));
  };
  const sydney = (...actions: readonly string[]) => actions.map((action) => `sts.ap-southeast-2.amazonaws.com ${action}`);

  test('keys', async () => {
    useAws(`${staticProfile('it', SOURCE)}region = us-east-1\n`);

    expect(await asked()).toEqual(sydney('GetCallerIdentity'));
  });

  test('what a process prints', async () => {
    const print = `console.log(JSON.stringify({Version:1,AccessKeyId:'${SOURCE}',SecretAccessKey:'secret'}))`;
    useAws(`[profile it]\ncredential_process = "${process.execPath}" -e "${print}"\nregion = us-east-1\n`);

    expect(await asked()).toEqual(sydney('GetCallerIdentity'));
  });

  test('a role that the environment assumes, for as long as its profile says', async () => {
    useAws(`${ROLE}credential_source = Environment\nduration_seconds = 900\n`, ENVIRONMENT);

    expect(await asked()).toEqual(sydney('AssumeRole', 'GetCallerIdentity'));
    expect(sts.sessions).toMatchObject([{ seconds: '900' }]);
  });

  test('a role that takes a code of an MFA device, which is asked for once, for as long as its profile says', async () => {
    useAws(`${staticProfile('base', OTHER)}${ROLE}source_profile = base\nmfa_serial = ${DEVICE}\nduration_seconds = 7200\n`);
    const shown = useTerminal('123456\n');

    expect(await asked()).toEqual(sydney('AssumeRole', 'GetCallerIdentity'));
    expect(sts.sessions).toMatchObject([{ seconds: '7200' }]);
    expect(sts.requests[0]).toMatchObject({ mfaCode: '123456' });
    expect(shown().split('MFA code of').length - 1).toBe(1);
  });

  test('nothing, where a code of an MFA device is needed and there is no terminal', async () => {
    useAws(`${staticProfile('base', OTHER)}${ROLE}source_profile = base\nmfa_serial = ${DEVICE}\n`);
    Object.defineProperty(process, 'stdin', { value: new PassThrough(), configurable: true });
    const error = await rejectionOf(asked(), Error);

    expect(error.message).toContain(`a code of MFA device ${DEVICE} is needed, and there is no terminal to ask on`);
    expect(sts.asked).toEqual([]);
  });

  test('a role that a web identity assumes', async () => {
    // The token is not looked at: any file is one.
    useAws(`${ROLE}web_identity_token_file = ${__filename}\n`);

    expect(await asked()).toEqual(sydney('AssumeRoleWithWebIdentity', 'GetCallerIdentity'));
  });

  test('a profile, while the environment has keys of another account', async () => {
    useAws(`${staticProfile('it', SOURCE)}region = us-east-1\n`, ENVIRONMENT);

    expect(await asked()).toEqual(sydney('GetCallerIdentity'));
    expect(sts.requests.at(-1)?.accessKeyId).toBe(SOURCE);
  });

  test.each([
    ['a session', SESSION, 'corp', []],
    ['keys of its own', `[profile it]\n${LOGIN}${ADMIN}`, START_URL, []],
    [
      'a session that the role comes from',
      `${SESSION.replace('it]', 'base]')}${ROLE}source_profile = base\n`,
      'corp',
      ['AssumeRole'],
    ],
  ])('IAM Identity Center in a third Region, of %s', async (_, profile, login, assumed) => {
    useAws(profile);
    home.logIn(login);

    expect(await asked()).toEqual([PORTAL, ...sydney(...assumed, 'GetCallerIdentity')]);
  });

  test('a login to IAM Identity Center that has expired, and is renewed in the Region of the portal', async () => {
    // The SDK tries to renew a session once in half a minute.
    const session = randomUUID();
    useAws(SESSION.replaceAll('corp', session));
    const renewal = { clientId: 'id', clientSecret: 'secret', refreshToken: 'refresh' };
    home.logIn(session, { accessToken: 'old', expiresAt: '2020-01-01T00:00:00Z', ...renewal });

    expect(await asked()).toEqual(['oidc.eu-north-1.amazonaws.com POST /token', PORTAL, ...sydney('GetCallerIdentity')]);
  });

  test('a login to the console', async () => {
    useAws(`[profile it]\nlogin_session = ${CONSOLE}\nregion = us-east-1\n`);
    home.logInToConsole(CONSOLE, SOURCE);

    expect(await asked()).toEqual(sydney('GetCallerIdentity'));
  });

  test('a login to the console that has expired, and is renewed in the Region of the profile', async () => {
    useAws(`[profile it]\nlogin_session = ${CONSOLE}\nregion = us-east-1\n`);
    home.logInToConsole(CONSOLE, SOURCE, '2020-01-01T00:00:00Z');

    expect(await asked()).toEqual(['us-east-1.signin.aws.amazon.com POST /v1/token', ...sydney('GetCallerIdentity')]);
  });

  test.each([
    [
      'there is no login to the console',
      `[profile it]\nlogin_session = ${CONSOLE}\n`,
      undefined,
      'log in again: aws login --profile it',
    ],
    ['there is no login', SESSION, undefined, 'log in again: aws sso login --profile it'],
    ['the login has expired', SESSION, { expiresAt: '2020-01-01T00:00:00Z' }, 'log in again: aws sso login --profile it'],
    ['the portal knows the login no longer', SESSION, { accessToken: 'revoked' }, 'log in again: aws sso login --profile it'],
    [
      'the name of the session has spaces',
      SESSION.replaceAll('corp', "'My Org'").replace("= 'My Org'", '= My Org'),
      {},
      'rename the session without spaces',
    ],
  ])('nothing, where %s', async (_, profile, login, remedy) => {
    useAws(profile);
    if (login !== undefined) {
      home.logIn(/sso_session = (.+)/.exec(profile)?.[1] ?? '', login);
    }
    const error = await rejectionOf(asked(), Error);

    expect([error.message, (error as { hint?: string }).hint].join('\n')).toContain(remedy);
    expect(sts.asked.filter((request) => request !== PORTAL)).toEqual([]);
  });

  test('a role that a service control policy lets nobody assume, once', async () => {
    useAws(`${staticProfile('base', OTHER)}${ROLE}source_profile = base\n`);
    sts.fault = 'scp';
    const error = await rejectionOf(asked(), Error);

    expect([error.message, (error as { hint?: string }).hint].join('\n')).toContain('ask who administers the organization');
    expect(sts.asked).toEqual(sydney('AssumeRole'));
  });

  test.each([
    ['China', 'cn-north-1', 'cn-northwest-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['GovCloud', 'us-gov-east-1', 'us-gov-west-1', 'sts.us-gov-east-1.amazonaws.com'],
  ])('a role of %s', async (_, source, destination, host) => {
    useAws(`${staticProfile('base', OTHER)}${ROLE}source_profile = base\n`);

    expect(await asked({ source: { region: source }, destination: { region: destination } })).toEqual([
      `${host} AssumeRole`,
      `${host} GetCallerIdentity`,
    ]);
  });

  test.each([
    ['China', 'cn-north-1', 'cn-northwest-1', 'amazonaws.com.cn'],
    ['GovCloud', 'us-gov-east-1', 'us-gov-west-1', 'amazonaws.com'],
  ])('IAM Identity Center of %s, in its other Region', async (_, source, destination, domain) => {
    useAws(SESSION.replaceAll('eu-north-1', destination));
    home.logIn('corp');

    expect(await asked({ source: { region: source }, destination: { region: destination } })).toEqual([
      `portal.sso.${destination}.${domain} GetRoleCredentials`,
      `sts.${source}.${domain} GetCallerIdentity`,
    ]);
  });

  test('keys in a Region that is not enabled, and then STS of one that always is', async () => {
    useAws(staticProfile('it', SOURCE));
    sts.disabledRegions = ['ap-southeast-2'];
    const error = await rejectionOf(asked(), Error);

    expect(String(error)).toContain(
      `Region ap-southeast-2 is not enabled in account ${SOURCE}, of profile "it": its STS does not know credentials that STS of us-east-1 knows`,
    );
    expect(sts.asked.filter((request) => request.startsWith('sts.'))).toEqual([
      ...sydney('GetCallerIdentity'),
      'sts.us-east-1.amazonaws.com GetCallerIdentity',
    ]);
  });
});

describe.each(ASKERS.slice(0, 2))('%s: without a profile, STS of the Region of the account is asked for', (_who, ask) => {
  test.each([
    [
      'a web identity of the environment, as clusters give it',
      { AWS_ROLE_ARN: `arn:aws:iam::${SOURCE}:role/deployer`, AWS_WEB_IDENTITY_TOKEN_FILE: __filename, AWS_REGION: 'us-east-1' },
      ['sts.ap-southeast-2.amazonaws.com AssumeRoleWithWebIdentity'],
    ],
    ['a container, as builds run in', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'container' }, ['CONTAINER GET /container']],
    ['session keys of the environment', { AWS_ACCESS_KEY_ID: SOURCE, AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }, []],
  ])('%s', async (_, variables, first) => {
    const { host } = new URL(sts.endpoint);
    useAws(
      '',
      Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [name, value === 'container' ? `${sts.endpoint}/container` : value]),
      ),
    );
    await ask(validConfig());

    expect(sts.asked.filter((request) => !request.startsWith('cloudformation.'))).toEqual([
      ...first.map((request) => request.replace('CONTAINER', host)),
      'sts.ap-southeast-2.amazonaws.com GetCallerIdentity',
    ]);
  });
});

describe('a Region that is not enabled', () => {
  const side = { account: SOURCE, region: 'ap-southeast-2', profile: 'it' };
  const refused = () => rejectionOf(accountOf(side, credentialsOf(side)), UnreachableError);

  test('is enabled with a command, of the account itself', async () => {
    useAws(staticProfile('it', SOURCE));
    sts.disabledRegions = ['ap-southeast-2'];

    await expect(refused()).resolves.toMatchObject({
      code: 'RegionNotEnabled',
      hint: expect.stringContaining('aws account enable-region --region-name ap-southeast-2 --profile it;'),
    });
  });

  test('is known where a role cannot be assumed in it', async () => {
    useAws(`${staticProfile('base', OTHER)}${ROLE}source_profile = base\n`);
    sts.disabledRegions = ['ap-southeast-2'];

    await expect(refused()).resolves.toMatchObject({ code: 'RegionNotEnabled' });
    expect(sts.asked).toEqual([
      'sts.ap-southeast-2.amazonaws.com AssumeRole',
      'sts.us-east-1.amazonaws.com AssumeRole',
      'sts.us-east-1.amazonaws.com GetCallerIdentity',
    ]);
  });

  test('is not blamed for keys that no Region knows', async () => {
    useAws(staticProfile('it', SOURCE));
    sts.disabledRegions = ['ap-southeast-2', 'us-east-1'];

    await expect(refused()).resolves.toMatchObject({
      code: 'NoCredentials',
      message: expect.stringContaining('The security token included in the request is invalid'),
    });
  });
});

describe('a code of an MFA device', () => {
  const config = () => validConfig({ source: { profile: 'it' } });
  const role = () => `${staticProfile('base', OTHER)}${ROLE}source_profile = base\nmfa_serial = ${DEVICE}\n`;
  const stack = () => assemblyStack('source', {}, config().source);

  test('is asked for once by a deployment: the CDK CLI, and the look for blocked stacks, get the session', async () => {
    useAws(role());
    useTerminal('123456\n');
    const reader = deployedReader(config(), { lookupRoles: false });
    await rejectionOf(reader.read(stack()), Error);
    const variables = await handOver(reader.sessions);
    await stackStates(config(), reader.sessions, [stack()]);
    // The process that the variables are given to.
    process.env = { ...process.env, ...variables };
    const plugin = await (await new ProfileCredentials(config).getProvider(SOURCE))();

    expect(plugin).toMatchObject({ accessKeyId: SOURCE, sessionToken: expect.any(String), expiration: expect.any(Date) });
    expect(sts.sessions).toHaveLength(1);
  });

  test('is asked for again where the session that was handed over ends', async () => {
    useAws(role());
    const expiration = new Date(Date.now() + 60_000);
    const ending = async () => ({ accessKeyId: OTHER, secretAccessKey: 'secret', sessionToken: 'token', expiration });
    process.env = { ...process.env, ...(await handOver(new Map([[SOURCE, ending]]))) };
    useTerminal('123456\n');
    const plugin = await (await new ProfileCredentials(config).getProvider(SOURCE))();

    expect(plugin).toMatchObject({ accessKeyId: SOURCE });
    expect(sts.requests[0]).toMatchObject({ mfaCode: '123456' });
  });

  test('is all that a session is handed over for: static keys stay in their profile', async () => {
    useAws('');
    const keys = async () => ({ accessKeyId: SOURCE, secretAccessKey: 'secret' });
    expect(await handOver(new Map([[SOURCE, keys]]))).toEqual({});
  });
});

describe('the environment is for one account and a profile for the other', () => {
  const config = validConfig({ destination: { profile: 'backup' } });
  const variables = { AWS_ACCESS_KEY_ID: SOURCE, AWS_SECRET_ACCESS_KEY: 'secret' };
  const [own, other] = ['sts.ap-southeast-2.amazonaws.com', 'sts.us-west-2.amazonaws.com'];

  beforeEach(() => useAws(staticProfile('backup', DESTINATION), variables));

  test('for the operator commands', async () => {
    const clients = sdkClients(config);
    await clients.ssm('source');
    await clients.ssm('destination');

    expect(sts.asked).toEqual([`${own} GetCallerIdentity`, `${other} GetCallerIdentity`]);
    expect(sts.identityRequests).toEqual([SOURCE, DESTINATION]);
  });

  test('for the deployment', async () => {
    const { read } = deployedReader(config, { lookupRoles: false });
    await rejectionOf(read(assemblyStack('source', {}, config.source)), Error);
    await rejectionOf(read(assemblyStack('destination', {}, config.destination)), Error);

    expect(sts.requests.filter(({ action }) => action === 'DescribeStacks').map(({ accessKeyId }) => accessKeyId)).toEqual([
      SOURCE,
      DESTINATION,
    ]);
  });

  test('for the plug-in, which leaves the environment to the CDK CLI', async () => {
    const plugin = new ProfileCredentials(() => config);

    expect(await Promise.all([SOURCE, DESTINATION].map((account) => plugin.canProvideCredentials(account)))).toEqual([
      false,
      true,
    ]);
    expect(await (await plugin.getProvider(DESTINATION))()).toMatchObject({ accessKeyId: DESTINATION });
    expect(sts.asked).toEqual([`${other} GetCallerIdentity`]);
  });
});

test('AWS_PROFILE alone is the source account for the operator commands and the deployment', async () => {
  useAws(SESSION, { AWS_PROFILE: 'it' });
  home.logIn('corp');
  const config = validConfig();
  await sdkClients(config).ssm('source');
  await rejectionOf(deployedReader(config, { lookupRoles: false }).read(assemblyStack('source', {}, config.source)), Error);

  expect(sts.asked.filter((request) => !request.startsWith('cloudformation.'))).toEqual([
    PORTAL,
    'sts.ap-southeast-2.amazonaws.com GetCallerIdentity',
    PORTAL,
    'sts.ap-southeast-2.amazonaws.com GetCallerIdentity',
  ]);
});
