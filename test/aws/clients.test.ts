import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../bin/commands';
import { sdkClients } from '../../lib/aws/clients';
import { runCli } from '../../lib/cli/run';
import { UsageError } from '../../lib/errors/errors';
import { DELIVERY, PIPELINE, validConfig } from '../helpers/config';
import { AwsHome, awsEnvironment, FakeSts, staticProfile } from '../helpers/sts';

const [SOURCE, DESTINATION, TOOLING] = ['111111111111', '222222222222', '333333333333'];

const originalEnvironment = process.env;
const sts = new FakeSts();
let home: AwsHome;

beforeAll(() => sts.start());
afterAll(() => sts.stop());
beforeEach(() => {
  sts.requests.length = 0;
  sts.sessions.length = 0;
  home = new AwsHome(staticProfile('mine', SOURCE) + staticProfile('backup', DESTINATION));
  process.env = awsEnvironment({
    ...home.environment,
    AWS_ENDPOINT_URL: sts.endpoint,
    AWS_ACCESS_KEY_ID: TOOLING,
    AWS_SECRET_ACCESS_KEY: 'secret',
  });
});
afterEach(() => {
  process.env = originalEnvironment;
  home.remove();
});

/** Profiles for both sides, which a build of the pipeline does not have. */
const config = () => validConfig({ pipeline: PIPELINE, source: { profile: 'mine' }, destination: { profile: 'backup' } });

describe('clients', () => {
  test('have the credentials of the profile of their side', async () => {
    const { config: settings } = await sdkClients(config()).s3('destination');

    await expect(settings.credentials()).resolves.toMatchObject({ accessKeyId: DESTINATION });
    expect(sts.sessions).toEqual([]);
  });

  test.each([
    ['source', SOURCE, `arn:aws:iam::${SOURCE}:role/backups-verify-source-ap-southeast-2`],
    ['destination', DESTINATION, `arn:aws:iam::${DESTINATION}:role/backups-verify-replica-us-west-2`],
  ] as const)(
    'with verification roles have those of the role of the %s, which the environment assumes',
    async (side, account, roleArn) => {
      const clients = sdkClients(config(), { verificationRoles: true });
      const [{ config: settings }] = await Promise.all([clients.s3(side), clients.kms(side), clients.ssm(side)]);

      await expect(settings.credentials()).resolves.toMatchObject({ accessKeyId: account });
      expect(sts.sessions).toEqual([{ roleArn, name: 's3-replication-verification' }]);
      expect(sts.requests).toEqual([
        { action: 'AssumeRole', accessKeyId: TOOLING },
        { action: 'GetCallerIdentity', accessKeyId: account },
      ]);
    },
  );

  test('with verification roles have the credentials of the environment in the tooling account, which has no such role', async () => {
    const profiled = validConfig({ pipeline: { ...PIPELINE, profile: 'absent' } });
    const { config: settings } = await sdkClients(profiled, { verificationRoles: true }).ssm('pipeline');

    await expect(settings.credentials()).resolves.toMatchObject({ accessKeyId: TOOLING });
    expect(sts.sessions).toEqual([]);
  });

  test('with verification roles are a wrong usage without a pipeline and without GitHub Actions', () => {
    expect(() => sdkClients(validConfig(), { verificationRoles: true })).toThrow(UsageError);
  });
});

describe('the option --verification-roles', () => {
  let directory: string;
  let shown: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 's3-replication-clients-'));
    shown = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Asks AWS one thing: the fake server has no answer, but sees who asks. */
  const run = (replication: object, ...options: string[]) => {
    writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ context: { replication } }));
    return runCli({
      commands: COMMANDS,
      signal: new AbortController().signal,
      argv: ['exchange', '--yes', ...options],
      directory,
      terminal: {
        tell: (line) => shown.push(line),
        progress: () => {},
        clear: '',
        columns: Number.POSITIVE_INFINITY,
        confirm: async () => {},
      },
      clock: { now: () => new Date(), sleep: async () => {} },
      clients: sdkClients,
      print: (line) => shown.push(line),
      useEndpoint: () => {},
    });
  };

  test('assumes them', async () => {
    await run({ pipeline: PIPELINE, keyExchange: 'ssm' }, '--verification-roles');

    expect(sts.sessions.map(({ roleArn }) => roleArn)).toEqual([
      `arn:aws:iam::${DESTINATION}:role/backups-verify-replica-us-west-2`,
    ]);
  });

  test('is a usage error where nothing verifies, and nothing is asked', async () => {
    await expect(run({ keyExchange: 'ssm' }, '--verification-roles')).resolves.toBe(2);
    expect(shown.join('\n')).toContain('--verification-roles');
    expect(shown.join('\n')).toContain('configure one of the two');
    expect(sts.requests).toEqual([]);
  });

  test('excludes a profile where a build assumes them, and nothing is asked', async () => {
    const pipeline = { pipeline: PIPELINE, keyExchange: 'ssm' };
    await expect(run(pipeline, '--verification-roles', '--destination-profile', 'a')).resolves.toBe(2);
    expect(shown.join('\n')).toContain('--verification-roles and --destination-profile exclude each other');
    expect(sts.requests).toEqual([]);
  });

  test('assumes them with the profile of the account where GitHub Actions verify', async () => {
    await run({ ...DELIVERY, keyExchange: 'ssm' }, '--verification-roles', '--destination-profile', 'backup');

    expect(sts.requests[0]).toEqual({ action: 'AssumeRole', accessKeyId: DESTINATION });
    expect(sts.sessions.map(({ roleArn }) => roleArn)).toEqual([
      `arn:aws:iam::${DESTINATION}:role/backups-verify-replica-us-west-2`,
    ]);
  });

  test('is off unless it is given', async () => {
    await run({ pipeline: PIPELINE, keyExchange: 'ssm' });

    expect(sts.sessions).toEqual([]);
  });
});
