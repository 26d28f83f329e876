import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { accountOf, credentialsOf, profiledSides, verifiedCredentials } from '../../lib/aws/credentials';
import type { Timeouts } from '../../lib/aws/request-handler';
import { UnreachableError } from '../../lib/errors/errors';
import { validConfig } from '../helpers/config';
import { rejectionOf } from '../helpers/rejection';
import { AwsHome, awsEnvironment, errorXml, FakeSts, staticProfile } from '../helpers/sts';

const SOURCE = '111111111111';
const DESTINATION = '222222222222';
const OTHER = '333333333333';

/** Milliseconds. */
const SHORT: Timeouts = { connect: 2000, firstByte: 50, idle: 50 };

const originalEnvironment = process.env;
const sts = new FakeSts();
const homes: AwsHome[] = [];

/** Gives this process AWS configuration files, other variables, and the fake STS. */
function useAws(config: string, extra: { credentials?: string; variables?: Record<string, string> } = {}): void {
  const home = new AwsHome(config, extra.credentials);
  homes.push(home);
  process.env = awsEnvironment({ ...home.environment, AWS_ENDPOINT_URL: sts.endpoint, ...extra.variables });
}

function side(account: string, profile?: string) {
  const config = validConfig({ source: { account, profile } });
  return { ...config.source, side: 'source' as const };
}

/** Both sides, with these profiles. */
function sides(sourceProfile: string, destinationProfile: string) {
  return profiledSides(validConfig({ source: { profile: sourceProfile }, destination: { profile: destinationProfile } }));
}

beforeAll(() => sts.start());
afterAll(() => sts.stop());
beforeEach(() => {
  sts.requests.length = 0;
  sts.sessions.length = 0;
  sts.fault = undefined;
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = originalEnvironment;
  homes.splice(0).forEach((home) => home.remove());
});

describe('sides with a profile', () => {
  test('are those whose configuration names one', () => {
    const config = validConfig({ destination: { profile: 'backup' } });

    expect(profiledSides(config)).toEqual([
      { side: 'destination', account: DESTINATION, region: 'us-west-2', profile: 'backup' },
    ]);
  });

  test('are none by default', () => {
    expect(profiledSides(validConfig())).toEqual([]);
  });
});

describe('the account of a profile', () => {
  test('with keys in the config file', async () => {
    useAws(staticProfile('keys', OTHER));

    await expect(accountOf(side(OTHER, 'keys'), credentialsOf(side(OTHER, 'keys')))).resolves.toBe(OTHER);
  });

  test('with keys in the credentials file', async () => {
    useAws('', { credentials: `[keys]\naws_access_key_id = ${SOURCE}\naws_secret_access_key = secret\n` });

    await expect(verifiedCredentials([side(SOURCE, 'keys')])).resolves.toBeInstanceOf(Map);
    expect(sts.identityRequests).toEqual([SOURCE]);
  });

  test('whose credentials a process prints', async () => {
    const print = `console.log(JSON.stringify({Version:1,AccessKeyId:'${SOURCE}',SecretAccessKey:'secret'}))`;
    useAws(`[profile process]\ncredential_process = "${process.execPath}" -e "${print}"\n`);

    await expect(verifiedCredentials([side(SOURCE, 'process')])).resolves.toBeInstanceOf(Map);
    expect(sts.identityRequests).toEqual([SOURCE]);
  });

  test('that assumes a role with another profile is the account of the role', async () => {
    const role = `[profile role]\nrole_arn = arn:aws:iam::${SOURCE}:role/deployer\nsource_profile = base\n`;
    useAws(`${staticProfile('base', OTHER)}${role}`);

    await expect(verifiedCredentials([side(SOURCE, 'role')])).resolves.toBeInstanceOf(Map);
    expect(sts.requests).toEqual([
      { action: 'AssumeRole', accessKeyId: OTHER },
      { action: 'GetCallerIdentity', accessKeyId: SOURCE },
    ]);
  });

  test('is the right one although the environment holds other credentials', async () => {
    useAws(staticProfile('keys', SOURCE), {
      variables: { AWS_ACCESS_KEY_ID: OTHER, AWS_SECRET_ACCESS_KEY: 'secret', AWS_PROFILE: 'absent' },
    });

    await expect(verifiedCredentials([side(SOURCE, 'keys')])).resolves.toBeInstanceOf(Map);
    expect(sts.identityRequests).toEqual([SOURCE]);
  });

  test('is asked for once for each side', async () => {
    useAws(`${staticProfile('mine', SOURCE)}${staticProfile('backup', DESTINATION)}`);

    await expect(verifiedCredentials(sides('mine', 'backup'))).resolves.toBeInstanceOf(Map);
    expect(sts.identityRequests).toHaveLength(2);
    expect(new Set(sts.identityRequests)).toEqual(new Set([SOURCE, DESTINATION]));
  });

  test('is not asked for when no side has a profile', async () => {
    useAws('');

    await expect(verifiedCredentials([])).resolves.toBeInstanceOf(Map);
    expect(sts.requests).toEqual([]);
  });
});

describe('credentials', () => {
  /** A profile whose process counts how often it ran; its credentials last so many minutes. */
  function countingProfile(minutes: number): () => number {
    const home = new AwsHome('');
    homes.push(home);
    const runs = join(home.directory, 'runs');
    const script = join(home.directory, 'credentials.cjs');
    writeFileSync(
      script,
      `require('node:fs').appendFileSync(${JSON.stringify(runs)}, 'x');
       const Expiration = new Date(Date.now() + ${minutes} * 60000).toISOString();
       console.log(JSON.stringify({ Version: 1, AccessKeyId: '${SOURCE}', SecretAccessKey: 'secret', SessionToken: 'token', Expiration }));`,
    );
    useAws(`[profile process]\ncredential_process = "${process.execPath}" "${script}"\n`);
    return () => readFileSync(runs, 'utf8').length;
  }

  test('are asked for once for the check and every use after it', async () => {
    const runs = countingProfile(60);
    const verified = await verifiedCredentials([side(SOURCE, 'process')]);
    await verified.get('source')?.();
    await verified.get('source')?.();

    expect(runs()).toBe(1);
  });

  test('are asked for again shortly before they expire', async () => {
    const runs = countingProfile(4);
    const credentials = credentialsOf(side(SOURCE, 'process'));
    await credentials();
    await credentials();

    expect(runs()).toBe(2);
  });

  test('that could not be had are asked for again', async () => {
    useAws('');
    const credentials = credentialsOf(side(SOURCE, 'keys'));

    await expect(credentials()).rejects.toThrow('keys');
    await expect(credentials()).rejects.toThrow('keys');
  });
});

describe('a side without a profile', () => {
  test('uses the credentials of the environment', async () => {
    useAws('', { variables: { AWS_ACCESS_KEY_ID: SOURCE, AWS_SECRET_ACCESS_KEY: 'secret' } });

    await expect(verifiedCredentials([side(SOURCE)])).resolves.toBeInstanceOf(Map);
    expect(sts.identityRequests).toEqual([SOURCE]);
  });

  test('fails when the environment holds credentials of another account', async () => {
    useAws('', { variables: { AWS_ACCESS_KEY_ID: OTHER, AWS_SECRET_ACCESS_KEY: 'secret' } });

    const error = await rejectionOf(verifiedCredentials([side(SOURCE)]), UnreachableError);

    expect(error.code).toBe('WrongAccount');
    expect(error.message).toBe(`the environment is for account ${OTHER}, and source.account is ${SOURCE}`);
  });

  test('fails with the account to log in to when the environment holds none', async () => {
    useAws('');

    const error = await rejectionOf(verifiedCredentials([side(SOURCE)]), UnreachableError);

    expect(error.code).toBe('NoCredentials');
    expect(error.message).toContain('the credentials of the environment could not be used');
    expect(error.hint).toContain(SOURCE);
    expect(sts.requests).toEqual([]);
  });
});

describe('a side with a role', () => {
  const roleArn = `arn:aws:iam::${SOURCE}:role/verification`;
  const ambient = { variables: { AWS_ACCESS_KEY_ID: OTHER, AWS_SECRET_ACCESS_KEY: 'secret' } };

  test.each([
    ['the environment', undefined, OTHER],
    ['its profile', 'mine', DESTINATION],
  ])('assumes it with the credentials of %s', async (_, profile, accessKeyId) => {
    useAws(staticProfile('mine', DESTINATION), ambient);

    await expect(verifiedCredentials([{ ...side(SOURCE, profile), roleArn }])).resolves.toBeInstanceOf(Map);
    expect(sts.requests).toEqual([
      { action: 'AssumeRole', accessKeyId },
      { action: 'GetCallerIdentity', accessKeyId: SOURCE },
    ]);
    expect(sts.sessions).toEqual([{ roleArn, name: 's3-replication-verification' }]);
  });

  test('assumes it once for the check and every use after it', async () => {
    useAws('', ambient);
    const verified = await verifiedCredentials([{ ...side(SOURCE), roleArn }]);
    await verified.get('source')?.();

    expect(sts.sessions).toHaveLength(1);
  });

  test('fails when the role is of another account', async () => {
    useAws('', ambient);
    const other = `arn:aws:iam::${OTHER}:role/verification`;

    const error = await rejectionOf(verifiedCredentials([{ ...side(SOURCE), roleArn: other }]), UnreachableError);

    expect(error.code).toBe('WrongAccount');
    expect(error.message).toBe(`role ${other} is for account ${OTHER}, and source.account is ${SOURCE}`);
  });

  test('fails with who may assume it when it is refused', async () => {
    useAws('', ambient);
    sts.fault = 'expired';

    const error = await rejectionOf(verifiedCredentials([{ ...side(SOURCE), roleArn }]), UnreachableError);

    expect(error.code).toBe('NoCredentials');
    expect(error.message).toContain(`the credentials of role ${roleArn} could not be used`);
    expect(error.hint).toContain('only what verifies for');
  });
});

describe('a wrong profile', () => {
  test('fails with its name, both accounts and the key to correct', async () => {
    useAws(staticProfile('mine', OTHER));

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'mine')]), UnreachableError);

    expect(error.code).toBe('WrongAccount');
    expect(error.message).toBe(`profile "mine" is for account ${OTHER}, and source.account is ${SOURCE}`);
    expect(error.hint).toContain('nothing was deployed');
  });

  test('is named together with every other wrong one', async () => {
    useAws(`${staticProfile('mine', DESTINATION)}${staticProfile('backup', SOURCE)}`);

    const error = await rejectionOf(verifiedCredentials(sides('mine', 'backup')), UnreachableError);

    expect(error.message.split('\n')).toEqual([
      `profile "backup" is for account ${SOURCE}, and destination.account is ${DESTINATION}`,
      `profile "mine" is for account ${DESTINATION}, and source.account is ${SOURCE}`,
    ]);
  });

  test('is named alone when the other one is right', async () => {
    useAws(`${staticProfile('mine', SOURCE)}${staticProfile('backup', OTHER)}`);

    const error = await rejectionOf(verifiedCredentials(sides('mine', 'backup')), UnreachableError);

    expect(error.message).toBe(`profile "backup" is for account ${OTHER}, and destination.account is ${DESTINATION}`);
  });
});

describe('an unusable profile', () => {
  test('fails with its name and what to add when there is no such profile', async () => {
    useAws(staticProfile('mine', SOURCE));

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'absent')]), UnreachableError);

    expect(error.code).toBe('NoCredentials');
    expect(error.message).toContain('the credentials of profile "absent" could not be used');
    expect(error.hint).toContain('add a section [profile absent] to ');
    expect(sts.requests).toEqual([]);
  });

  test('fails when its process does, with what that wrote in one line', async () => {
    const script = "console.error(['not logged in', '  run it again', ''].join(String.fromCharCode(10))); process.exit(1)";
    useAws(`[profile process]\ncredential_process = "${process.execPath}" -e "${script}"\n`);

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'process')]), UnreachableError);

    expect(error.code).toBe('NoCredentials');
    expect(error.message).toContain('profile "process"');
    expect(error.message).toMatch(/; not logged in; run it again$/);
  });

  test.each([
    ['the session expired', 'expired', 'The security token included in the request is expired'],
    ['the key is not known', { status: 403, body: errorXml('InvalidAccessKeyId', 'no such key') }, 'no such key'],
  ] as const)('fails with the reason when %s', async (_, fault, reason) => {
    useAws(staticProfile('mine', SOURCE));
    sts.fault = fault;

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'mine')]), UnreachableError);

    expect(error.code).toBe('NoCredentials');
    expect(error.message).toContain('the credentials of profile "mine" could not be used');
    expect(error.message).toContain(reason);
    expect(error.cause).toBeInstanceOf(Error);
    expect(sts.identityRequests).toEqual([SOURCE]);
  });

  const page = { type: 'text/html', body: '<!DOCTYPE html><html><body>Please sign in</body></html>' };
  test.each([
    ['STS is broken', 'broken', 'the fake STS is broken', /^$/],
    [
      'a web page comes with success',
      { status: 200, ...page },
      'the answer is not one of AWS (HTTP 200 with a web page)',
      /network that asks for a login/,
    ],
    ['a web page refuses', { status: 403, ...page }, '(HTTP 403 with a web page)', /proxy/],
    ['a web page comes from a gateway', { status: 502, ...page }, '(HTTP 502 with a web page)', /proxy/],
    ['nothing comes with success', { status: 200, body: '' }, '(HTTP 200 without content)', /proxy/],
    ['the answer is of nobody', { status: 200, body: 'welcome' }, 'the answer cannot be read (XML parse error', /repeat/],
    ['the answer names no account', { status: 200, body: '<GetCallerIdentityResponse/>' }, 'did not say which account', /repeat/],
    ['it is sent elsewhere', { status: 302, body: '' }, '(HTTP 302 which sends elsewhere)', /proxy/],
    [
      'the clock is wrong',
      { status: 403, body: errorXml('SignatureDoesNotMatch', 'Signature expired: 1 is now earlier than 2') },
      'the clock of this machine is wrong (Signature expired',
      /set the clock/,
    ],
    [
      'STS throttles',
      { status: 400, body: errorXml('Throttling', 'Rate exceeded') },
      'AWS throttles the requests (Rate exceeded)',
      /wait/,
    ],
    ['STS throttles by the status', { status: 429, body: '' }, 'AWS throttles the requests (AWS answered 429', /wait/],
    [
      'the account is closed',
      { status: 403, body: errorXml('OptInRequired', 'needs a subscription') },
      'AWS does not serve this account',
      /AWS Support/,
    ],
    [
      'STS is not active',
      { status: 403, body: errorXml('RegionDisabledException', 'not activated') },
      'AWS STS is not active in this Region',
      /Account settings/,
    ],
  ] as const)('does not blame the credentials when %s', async (_, fault, reason, hint) => {
    useAws(staticProfile('mine', SOURCE), { variables: { AWS_MAX_ATTEMPTS: '1' } });
    sts.fault = fault;

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'mine')]), UnreachableError);

    expect(error.code).toMatch(/^(NoAnswer|NoNetwork)$/);
    expect(error.message).not.toMatch(/credentials|Deserialization/);
    expect(error.message).toContain(reason);
    expect(error.hint ?? '').toMatch(hint);
  });

  test.each([
    ['the role of a profile', 'role', {}],
    ['a role', undefined, { roleArn: `arn:aws:iam::${SOURCE}:role/verification` }],
  ] as const)('of %s fails when STS never answers, and does not wait for ever', async (_, profile, role) => {
    const assumed = `[profile role]\nrole_arn = arn:aws:iam::${SOURCE}:role/deployer\nsource_profile = base\n`;
    useAws(`${staticProfile('base', OTHER)}${assumed}`, {
      variables: { AWS_ACCESS_KEY_ID: OTHER, AWS_SECRET_ACCESS_KEY: 'secret' },
    });
    sts.fault = 'hang';
    const asked = verifiedCredentials([{ ...side(SOURCE, profile), ...role }], { timeouts: SHORT });

    const error = await rejectionOf(asked, UnreachableError);

    expect(error).toMatchObject({ code: 'NoNetwork', message: expect.stringContaining('did not answer in time') });
    // On a busy machine the time is up before the request has arrived.
    expect([[], ['AssumeRole']]).toContainEqual(sts.requests.map(({ action }) => action));
  });

  test('fails when the role that it assumes is refused', async () => {
    const role = `[profile role]\nrole_arn = arn:aws:iam::${SOURCE}:role/deployer\nsource_profile = base\n`;
    useAws(`${staticProfile('base', OTHER)}${role}`);
    sts.fault = 'expired';

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'role')]), UnreachableError);

    expect(error.code).toBe('NoCredentials');
    expect(error.message).toContain('profile "role"');
    expect(sts.requests).toEqual([{ action: 'AssumeRole', accessKeyId: OTHER }]);
  });
});

describe('a profile with an MFA device', () => {
  const serial = `arn:aws:iam::${OTHER}:mfa/somebody`;
  const role = `[profile mfa]\nrole_arn = arn:aws:iam::${SOURCE}:role/deployer\nsource_profile = base\nmfa_serial = ${serial}\n`;
  const originalStdin = Object.getOwnPropertyDescriptor(process, 'stdin');

  afterEach(() => {
    Object.defineProperty(process, 'stdin', { ...originalStdin });
  });

  test('fails with the device when there is no terminal to ask for its code on', async () => {
    useAws(`${staticProfile('base', OTHER)}${role}`);
    Object.defineProperty(process, 'stdin', { value: new PassThrough(), configurable: true });

    const error = await rejectionOf(verifiedCredentials([side(SOURCE, 'mfa')]), UnreachableError);

    expect(error.code).toBe('NoTerminal');
    expect(error.message).toContain(serial);
    expect(error.message).toContain('no terminal');
    expect(sts.requests).toEqual([]);
  });

  test('fails alike when the environment names it', async () => {
    useAws(`${staticProfile('base', OTHER)}${role}`, { variables: { AWS_PROFILE: 'mfa' } });
    Object.defineProperty(process, 'stdin', { value: new PassThrough(), configurable: true });

    const error = await rejectionOf(verifiedCredentials([side(SOURCE)]), UnreachableError);

    expect(error.message).toContain(serial);
    expect(error.message).toContain('no terminal');
  });

  test('asks for its code on the terminal', async () => {
    useAws(`${staticProfile('base', OTHER)}${role}`);
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    Object.defineProperty(process, 'stdin', { value: terminal, configurable: true });
    const shown = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    terminal.write('123456\n');

    await expect(verifiedCredentials([side(SOURCE, 'mfa')])).resolves.toBeInstanceOf(Map);
    expect(shown.mock.calls.join('')).toContain(`MFA code of ${serial}`);
    expect(sts.requests).toEqual([
      { action: 'AssumeRole', accessKeyId: OTHER, mfaCode: '123456' },
      { action: 'GetCallerIdentity', accessKeyId: SOURCE },
    ]);
  });
});
