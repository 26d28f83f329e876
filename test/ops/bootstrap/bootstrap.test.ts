import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMANDS } from '../../../bin/commands';
import { runCli } from '../../../lib/cli/run';
import { AbortError, AppError, ConfigError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { qualifierFrom } from '../../../lib/model/toolkit';
import { PIPELINE } from '../../helpers/config';
import { testClients, testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';
import { ADMINISTRATOR, BootstrapWorld, DESTINATION, MONITORING, SHIPPED, SOURCE, stackWith } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const mockRun = jest.fn();
jest.mock('../../../lib/cli/process/run', () => ({ run: (...args: unknown[]) => mockRun(...args) }));
jest.mock('../../../lib/cli/process/cdk', () => ({ cdkScript: () => 'cdk', shippedBootstrapVersion: () => 33 }));

const STRANGER = '333333333333';
const PROFILES = { source: { profile: 'prod' }, destination: { profile: 'backup' } };
const WITH_PIPELINE = { pipeline: { ...PIPELINE, profile: 'tools' } };

let world: BootstrapWorld;

beforeEach(() => {
  world = new BootstrapWorld();
  mockRun.mockReset().mockImplementation(world.cdk);
});
afterEach(() => world.restore());

/** The plan of one environment, by its owner. */
async function planned(owner: string, ...args: Parameters<BootstrapWorld['ops']>) {
  const { data } = await world.ops(...args);
  const found = data.environments.find((environment) => environment.owner === owner);
  if (found === undefined) {
    throw new TypeError(`no ${owner} in the plan`);
  }
  return found;
}

const parametersOf = (place: string, stackName = 'CDKToolkit') => world.stacks.get(`${place} ${stackName}`)?.parameters;

describe('a fresh start', () => {
  test('prints the command of each environment, those of the source first, without trust between the accounts', async () => {
    const { data, text, exitCode } = await world.ops({}, PROFILES);

    expect(exitCode).toBe(0);
    expect(data.environments.map(({ command }) => command)).toEqual([
      'npx cdk bootstrap aws://111111111111/ap-southeast-2 --profile prod --termination-protection',
      'npx cdk bootstrap aws://111111111111/us-west-2 --profile prod --termination-protection',
      'npx cdk bootstrap aws://222222222222/us-west-2 --profile backup --termination-protection',
    ]);
    expect(data.environments.map(({ state, upToDate, applied }) => [state, upToDate, applied])).toEqual([
      ['missing', false, false],
      ['missing', false, false],
      ['missing', false, false],
    ]);
    expect(data.warnings).toEqual([]);
    expect(text).toContain('1. aws://111111111111/ap-southeast-2, for the source stack: not bootstrapped yet');
    expect(text).toContain(
      '2. aws://111111111111/us-west-2, for the alarms on metrics of the destination region: not bootstrapped yet',
    );
    expect(text).toMatch(/--profile prod +credentials of account 111111111111/);
    expect(mockRun).not.toHaveBeenCalled();
  });

  test("tags a new stack with the configuration's tags, and leaves those of one that is there", async () => {
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith({}, { version: 1, tags: { team: 'core' } }));
    const { data } = await world.ops({}, { tags: { 'cost-center': '4 2' } });

    expect(data.environments.map(({ command }) => /--tags (?:'[^']*'|\S+)/.exec(command ?? '')?.[0])).toEqual([
      "--tags 'cost-center=4 2'",
      "--tags 'cost-center=4 2'",
      '--tags team=core',
    ]);
  });

  test('with a pipeline adds every region of the tooling account, which every environment of both sides trusts', async () => {
    const { data } = await world.ops({}, WITH_PIPELINE);
    const trust = `--trust 333333333333 --cloudformation-execution-policies ${ADMINISTRATOR} --termination-protection`;

    expect(data.environments.map(({ command }) => command?.replace('npx cdk bootstrap ', ''))).toEqual([
      `aws://111111111111/ap-southeast-2 ${trust}`,
      `aws://111111111111/us-west-2 ${trust}`,
      `aws://222222222222/us-west-2 ${trust}`,
      'aws://333333333333/eu-west-1 --profile tools --termination-protection',
      'aws://333333333333/ap-southeast-2 --profile tools --termination-protection',
      'aws://333333333333/us-west-2 --profile tools --termination-protection',
    ]);
  });

  test('in another partition names the policy of that partition', async () => {
    const { command } = await planned(
      'destination',
      { 'trust-source': true },
      {
        source: { region: 'cn-north-1' },
        destination: { region: 'cn-northwest-1' },
        keyExchange: 'ssm',
        bucketNamespace: 'global',
      },
    );

    expect(command).toContain('arn:aws-cn:iam::aws:policy/AdministratorAccess');
  });

  test('gives every flag a reason', async () => {
    ['111111111111', '222222222222', '333333333333'].forEach((account) =>
      world.policies.add(`arn:aws:iam::${account}:policy/limits`),
    );
    const { data } = await world.ops({ 'trust-source': true, 'permissions-boundary': 'limits' }, WITH_PIPELINE, {
      qualifier: 'backups',
    });

    for (const { flags, command } of data.environments) {
      expect(flags.map(({ flag, value }) => [flag, value].filter(Boolean).join(' ')).join(' ')).toBe(
        command?.replace(/^npx cdk bootstrap \S+ /, ''),
      );
      expect(flags.filter(({ why }) => why.length < 10)).toEqual([]);
    }
  });
});

describe('--trust-source', () => {
  test('lets the source account deploy into the backup account alone, and says what that means', async () => {
    const { data, text } = await world.ops({ 'trust-source': true });
    const [source, monitoring, destination] = data.environments;

    expect(source?.command).not.toContain('--trust');
    expect(monitoring?.command).not.toContain('--trust');
    expect(destination?.command).toContain(`--trust 111111111111 --cloudformation-execution-policies ${ADMINISTRATOR}`);
    expect(destination?.trust).toEqual({ present: [], required: ['111111111111'], kept: [], dropped: [] });
    expect(text).toContain('an administrator of the source account 111111111111 then administers the backup account');
  });
});

describe('an environment that is bootstrapped already', () => {
  beforeEach(() => {
    [SOURCE, MONITORING, DESTINATION].forEach((place) => world.stacks.set(`${place} CDKToolkit`, stackWith()));
  });
  const destinationHas = (...args: Parameters<typeof stackWith>) =>
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith(...args));

  test('as wanted needs nothing', async () => {
    const { data, text, exitCode } = await world.ops();

    expect(exitCode).toBe(0);
    expect(data.environments.map(({ upToDate }) => upToDate)).toEqual([true, true, true]);
    expect(text).toContain(`bootstrapped, version ${SHIPPED}, as wanted: nothing to do`);
    expect(text).toContain('Every environment is bootstrapped as wanted.');
    expect(text).not.toContain('npx cdk bootstrap');
  });

  test('with an older version is bootstrapped anew', async () => {
    destinationHas({}, { version: 21 });

    const { data, text } = await world.ops();

    expect(data.environments.map(({ upToDate }) => upToDate)).toEqual([true, true, false]);
    expect(text).toContain('bootstrapped, version 21');
  });

  test('from before versions and qualifiers is bootstrapped anew, in the same stack', async () => {
    world.stacks.set(`${DESTINATION} CDKToolkit`, { status: 'UPDATE_COMPLETE', isProtected: false, version: 0, parameters: {} });

    expect(await planned('destination')).toMatchObject({
      state: 'present',
      upToDate: false,
      command: expect.not.stringContaining('--toolkit-stack-name'),
    });
  });

  test('keeps accounts that it trusts, with their policies, when another one is added', async () => {
    destinationHas({
      TrustedAccounts: '333333333333,222222222222',
      TrustedAccountsForLookup: '111111111111',
      CloudFormationExecutionPolicies: 'arn:aws:iam::aws:policy/One,arn:aws:iam::aws:policy/Two',
    });

    const { command, trust, lookup } = await planned('destination', { 'trust-source': true });

    expect(command).toBe(
      'npx cdk bootstrap aws://222222222222/us-west-2 --trust 111111111111 --trust 333333333333 --trust 222222222222 --trust-for-lookup 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/One --cloudformation-execution-policies arn:aws:iam::aws:policy/Two --termination-protection',
    );
    expect(trust.kept).toEqual([STRANGER, '222222222222']);
    expect(lookup).toEqual({ present: ['111111111111'], kept: ['111111111111'], dropped: [] });
  });

  test('lists an account that nothing needs, and how to drop it, though there is nothing to do', async () => {
    destinationHas({ TrustedAccounts: STRANGER, CloudFormationExecutionPolicies: ADMINISTRATOR });

    const { data, exitCode } = await world.ops();

    expect(exitCode).toBe(0);
    expect(data.environments.map(({ upToDate }) => upToDate)).toEqual([true, true, true]);
    expect(data.warnings).toEqual([
      'aws://222222222222/us-west-2: account 333333333333 may deploy here, and nothing of this deployment needs it; --drop-trust 333333333333 ends that',
    ]);
  });

  test('keeps a trusted source account, and says loudly what that means', async () => {
    destinationHas({ TrustedAccounts: '111111111111', CloudFormationExecutionPolicies: ADMINISTRATOR });

    const { data } = await world.ops();

    expect(data.environments.map(({ trust }) => trust.kept)).toEqual([[], [], ['111111111111']]);
    expect(data.warnings).toEqual([
      expect.stringMatching(/--trust-source was not given: an administrator of .* --drop-trust 111111111111 ends that$/),
    ]);
  });

  test('drops an account from both lists only when it is named', async () => {
    destinationHas({
      TrustedAccounts: `${STRANGER},111111111111`,
      TrustedAccountsForLookup: STRANGER,
      CloudFormationExecutionPolicies: ADMINISTRATOR,
    });

    const { trust, lookup } = await planned('destination', { 'drop-trust': STRANGER });
    expect([trust.dropped, lookup.dropped]).toEqual([[STRANGER], [STRANGER]]);

    const { data } = await world.ops({ 'drop-trust': STRANGER, apply: true });
    expect(data.environments.map(({ applied }) => applied)).toEqual([false, false, true]);
    expect(parametersOf(DESTINATION)).toMatchObject({ TrustedAccounts: '111111111111', TrustedAccountsForLookup: '' });
  });

  test('can drop the last account', async () => {
    destinationHas({ TrustedAccounts: STRANGER, CloudFormationExecutionPolicies: ADMINISTRATOR });

    await world.ops({ 'drop-trust': STRANGER, apply: true });

    expect(parametersOf(DESTINATION)).toMatchObject({ TrustedAccounts: '', CloudFormationExecutionPolicies: ADMINISTRATOR });
  });

  test('says so when nobody trusts the account that is to be dropped', async () => {
    const { data } = await world.ops({ 'drop-trust': STRANGER });

    expect(data.warnings).toEqual(['no environment trusts account 333333333333: there is nothing to drop']);
  });

  test('keeps its boundary and its open bucket, which a bootstrap would change', async () => {
    destinationHas({ InputPermissionsBoundary: 'limits', PublicAccessBlockConfiguration: 'false' }, { version: 20 });

    const { command } = await planned('destination');

    expect(command).toContain('--custom-permissions-boundary limits --no-public-access-block-configuration');
  });

  test('with a boundary is a warning, once, while the context gives none to the roles of the stacks', async () => {
    destinationHas({ InputPermissionsBoundary: 'limits' });
    const warning = expect.stringContaining('write "@aws-cdk/core:permissionsBoundary": { "name": "limits" } into the context');

    expect((await world.ops()).data.warnings).toEqual([warning]);
    expect((await world.ops({}, {}, { permissionsBoundary: 'arn:aws:iam::222222222222:policy/limits' })).data.warnings).toEqual(
      [],
    );
    ['111111111111', '222222222222'].forEach((account) => world.policies.add(`arn:aws:iam::${account}:policy/limits`));
    expect((await world.ops({ 'permissions-boundary': 'limits' })).data.warnings).toEqual([warning]);
  });

  test('gets another boundary in every environment where one is given', async () => {
    destinationHas({ InputPermissionsBoundary: 'limits' });
    ['111111111111', '222222222222'].forEach((account) => world.policies.add(`arn:aws:iam::${account}:policy/company/limits`));

    const { data } = await world.ops({ 'permissions-boundary': 'company/limits' });

    expect(data.environments.map(({ flags }) => flags.find(({ flag }) => flag === '--custom-permissions-boundary')?.why)).toEqual(
      [
        expect.not.stringContaining('instead of'),
        expect.not.stringContaining('instead of'),
        expect.stringContaining('instead of limits'),
      ],
    );
    await world.ops({ 'permissions-boundary': 'company/limits', apply: true });
    expect(parametersOf(SOURCE)).toMatchObject({ InputPermissionsBoundary: 'company/limits' });
    expect(parametersOf(MONITORING)).toMatchObject({ InputPermissionsBoundary: 'company/limits' });
    expect((await world.ops({ 'permissions-boundary': 'company/limits' })).data.environments[0]?.upToDate).toBe(true);
  });

  test('gets no boundary that its account does not have', async () => {
    world.policies.add('arn:aws:iam::111111111111:policy/limits');

    const { data, exitCode } = await world.ops({ 'permissions-boundary': 'limits' });
    expect(exitCode).toBe(1);
    expect(data.environments.map(({ obstacle }) => obstacle)).toEqual([
      null,
      null,
      'there is no policy arn:aws:iam::222222222222:policy/limits: create it, then run this again',
    ]);
    const refused = await rejectionOf(world.ops({ 'permissions-boundary': 'limits', apply: true }), AppError);
    expect(refused).toMatchObject({ code: 'CannotBootstrap' });
    expect(mockRun).not.toHaveBeenCalled();
  });

  test.each([
    ['a newer version', { version: SHIPPED + 1 }, {}, 'use a newer CDK CLI'],
    ['a template of its own', {}, { BootstrapVariant: 'Company' }, 'cdk bootstrap --template'],
    ['an update under way', { status: 'UPDATE_IN_PROGRESS' }, {}, 'wait until that is over'],
  ])('with %s is left alone, where the CDK CLI would do nothing without a word', async (_, changes, parameters, remedy) => {
    destinationHas(parameters, changes);

    const { data } = await world.ops({ 'trust-source': true });
    expect(data.environments.map(({ obstacle }) => obstacle)).toEqual([null, null, expect.stringContaining(remedy)]);
    await expect(world.ops({ 'trust-source': true, apply: true })).rejects.toThrow(remedy);
    expect(mockRun).not.toHaveBeenCalled();
  });

  test.each([
    ['a newer version', { version: SHIPPED + 1 }, {}],
    ['a template of its own, whatever version it counts', { version: 2 }, { BootstrapVariant: 'Company' }],
  ])('with %s needs nothing when it is as wanted', async (_, changes, parameters) => {
    destinationHas(parameters, changes);

    expect(await planned('destination')).toMatchObject({ upToDate: true, obstacle: null });
  });
});

describe('another qualifier', () => {
  test('in the usual stack leaves that stack to its apps', async () => {
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith({ Qualifier: 'others', TrustedAccounts: STRANGER }));

    const { state, command, flags } = await planned('destination');
    expect(state).toBe('other-qualifier');
    expect(command).toContain('--qualifier hnb659fds --toolkit-stack-name CDKToolkit-hnb659fds');
    expect(flags.find(({ flag }) => flag === '--toolkit-stack-name')?.why).toContain('CDKToolkit has qualifier others');

    await world.ops({ apply: true });
    expect(parametersOf(DESTINATION)).toEqual({ Qualifier: 'others', TrustedAccounts: STRANGER });
    expect(await planned('destination')).toMatchObject({ state: 'present', upToDate: true });
  });

  test('reads the configuration that the command line names, in the CDK CLI too', async () => {
    const cdkContext = ['-c', 'config=other.json'];
    await world.ops({ apply: true }, {}, { cdkContext });
    const lines = mockRun.mock.calls.map(([, args]) => (args as string[]).join(' '));

    expect(lines).toHaveLength(3);
    expect(lines.filter((line) => line.includes(cdkContext.join(' ')))).toEqual(lines);
  });

  test('of the app is bootstrapped in the usual stack where there is none', async () => {
    const { command } = await planned('destination', {}, {}, { qualifier: 'backups' });
    expect(command).toContain('--qualifier backups --termination-protection');

    await world.ops({ apply: true }, {}, { qualifier: 'backups' });
    expect((await world.ops({}, {}, { qualifier: 'backups' })).data.environments.map(({ upToDate }) => upToDate)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('that a stack of another name holds is continued there', async () => {
    const parameter = `${DESTINATION} /cdk-bootstrap/hnb659fds/version`;
    world.parameters.add(parameter);
    world.holders.set(parameter, 'org-toolkit');
    world.stacks.set(`${DESTINATION} org-toolkit`, stackWith({ TrustedAccounts: STRANGER }, { version: SHIPPED - 1 }));

    const { state, command, obstacle } = await planned('destination');
    expect({ state, obstacle }).toEqual({ state: 'present', obstacle: null });
    expect(command).toContain(`--toolkit-stack-name org-toolkit --trust ${STRANGER}`);

    await world.ops({ apply: true });
    expect(await planned('destination')).toMatchObject({ state: 'present', upToDate: true });
    expect([...world.stacks.keys()].filter((name) => name.startsWith(DESTINATION))).toEqual([`${DESTINATION} org-toolkit`]);
  });

  test('is in the stack that cdk.json names, where that is', async () => {
    const named = { toolkitStackName: 'org-toolkit' };
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith({ Qualifier: 'others' }));

    const { state, command } = await planned('destination', {}, {}, named);
    expect(state).toBe('missing');
    expect(command).toContain('--qualifier hnb659fds --toolkit-stack-name org-toolkit');

    await world.ops({ apply: true }, {}, named);
    expect(await planned('destination', {}, {}, named)).toMatchObject({ state: 'present', upToDate: true });
  });

  test('whose parameter belongs to no stack is not bootstrapped, and no command is printed that would fail', async () => {
    world.parameters.add(`${DESTINATION} /cdk-bootstrap/hnb659fds/version`);

    const { obstacle, command } = await planned('destination');
    expect(obstacle).toContain('/cdk-bootstrap/hnb659fds/version is there, and no stack has it');
    expect(command).toBeNull();

    const { text } = await world.ops();
    expect(text).not.toContain('cdk bootstrap aws://222222222222');
    expect(text).toContain('Remove what is in the way first');
    expect(text).not.toContain('Run the commands in this order');
  });

  test('comes from CDK context', async () => {
    expect(qualifierFrom(() => undefined)).toBe('hnb659fds');
    expect(() => qualifierFrom(() => 'much-too-long')).toThrow(ConfigError);

    const directory = mkdtempSync(join(tmpdir(), 'bootstrap-'));
    try {
      writeFileSync(join(directory, 'cdk.json'), '{"context":{"@aws-cdk/core:bootstrapQualifier":"backups"}}');
      const printed: string[] = [];
      const { context } = testContext();
      const code = await runCli({
        commands: COMMANDS,
        signal: new AbortController().signal,
        argv: ['bootstrap'],
        directory,
        terminal: context.terminal,
        clients: testClients,
        clock: context.clock,
        print: (text) => printed.push(text),
        useEndpoint: () => {},
      });
      expect(code).toBe(0);
      expect(printed.join('\n')).toContain('--qualifier backups');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('an account that does not answer', () => {
  test.each([
    ['has credentials of another account', 'WrongAccount', 'profile "backup" is for account 333333333333'],
    ['has a profile that is not there', 'NoCredentials', 'the credentials of profile "backup" could not be used: neither '],
  ])('because it %s is planned with a warning, and stops --apply before anything', async (_, code, message) => {
    world.silent.set('destination', new UnreachableError(code, message));

    const { data, text, exitCode } = await world.ops({}, PROFILES);
    expect(exitCode).toBe(3);
    expect(data.environments.map(({ state }) => state)).toEqual(['missing', 'missing', 'unknown']);
    expect(data.warnings).toEqual([expect.stringContaining('present state is unknown, and a bootstrap replaces the list')]);
    expect(text).toContain(`present state unknown\n   ${message}`);
    expect(text).toContain('npx cdk bootstrap aws://222222222222/us-west-2 --profile backup');

    const refused = await rejectionOf(world.ops({ apply: true }, PROFILES), UnreachableError);
    expect(refused.message).toContain('nothing was changed: the present state of aws://222222222222/us-west-2 is unknown');
    expect(mockRun).not.toHaveBeenCalled();
  });

  test('is one warning with the others that nobody answers for', async () => {
    for (const side of ['source', 'destination'] as const) {
      world.silent.set(side, new UnreachableError('NoCredentials', 'the login has expired'));
    }

    const { warnings } = (await world.ops()).data;
    expect(warnings).toEqual([
      expect.stringMatching(
        /^aws:\/\/111111111111\/ap-southeast-2, aws:\/\/111111111111\/us-west-2, aws:\/\/222222222222\/us-west-2: the present state is unknown/,
      ),
    ]);
  });

  test('is given a stack of its own where the qualifier is not the usual one', async () => {
    world.silent.set('destination', new UnreachableError('NoCredentials', 'none'));

    const { command } = await planned('destination', {}, {}, { qualifier: 'backups' });

    expect(command).toContain('--qualifier backups --toolkit-stack-name CDKToolkit-backups');
  });

  test('is not said to trust nobody', async () => {
    world.silent.set('destination', new UnreachableError('NoCredentials', 'none'));

    expect((await world.ops({ 'drop-trust': STRANGER })).data.warnings).not.toContainEqual(
      expect.stringContaining('nothing to drop'),
    );
  });
});

describe('--apply', () => {
  test('shows the plan, asks once, and bootstraps the source before the destination and the pipeline last', async () => {
    const { recorded, exitCode, text, data } = await world.ops({ apply: true }, WITH_PIPELINE);

    expect(exitCode).toBe(0);
    expect(recorded.told.join('\n')).toContain('npx cdk bootstrap aws://222222222222/us-west-2');
    expect(recorded.questions).toEqual(['Run these commands?']);
    expect(world.commands.map((command) => command.split(' ')[1])).toEqual([
      'aws://111111111111/ap-southeast-2',
      'aws://111111111111/us-west-2',
      'aws://222222222222/us-west-2',
      'aws://333333333333/eu-west-1',
      'aws://333333333333/ap-southeast-2',
      'aws://333333333333/us-west-2',
    ]);
    expect(data.environments.every(({ applied }) => applied)).toBe(true);
    expect(text).toContain('aws://222222222222/us-west-2: bootstrapped');
    for (const place of [SOURCE, MONITORING, DESTINATION]) {
      expect(parametersOf(place)).toMatchObject({ TrustedAccounts: '333333333333' });
    }
    expect(parametersOf('333333333333 us-west-2')).toMatchObject({ TrustedAccounts: '' });
  });

  test('gives the CDK CLI the verified credentials in place of a profile, and of what the environment holds', async () => {
    process.env['AWS_PROFILE'] = 'somebody';
    process.env['AWS_SESSION_TOKEN'] = 'old';
    try {
      await world.ops({ apply: true }, PROFILES);
    } finally {
      delete process.env['AWS_PROFILE'];
      delete process.env['AWS_SESSION_TOKEN'];
    }

    expect(world.commands.filter((command) => command.includes('--profile'))).toEqual([]);
    const [, , { env, cwd }] = mockRun.mock.calls[0] as [unknown, unknown, { env: NodeJS.ProcessEnv; cwd: string }];
    expect(env).not.toHaveProperty('AWS_PROFILE');
    expect(env).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(cwd).toBe('/nowhere');
  });

  test('a second time asks nothing and runs nothing', async () => {
    await world.ops({ apply: true });
    mockRun.mockClear();

    const { recorded, exitCode, text } = await world.ops({ apply: true });

    expect(exitCode).toBe(0);
    expect(recorded.questions).toEqual([]);
    expect(mockRun).not.toHaveBeenCalled();
    expect(text).toBe(
      ['aws://111111111111/ap-southeast-2', 'aws://111111111111/us-west-2', 'aws://222222222222/us-west-2']
        .map((name) => `${name}: nothing to do`)
        .join('\n'),
    );
  });

  test('that is declined changes nothing', async () => {
    const { context } = testContext();
    const terminal = { ...context.terminal, confirm: () => Promise.reject(new AbortError('Declined', 'nothing was changed')) };

    await expect(world.ops({ apply: true }, {}, { terminal })).rejects.toThrow(AbortError);
    expect(mockRun).not.toHaveBeenCalled();
  });

  test('with --yes does not ask', async () => {
    const { recorded } = await world.ops({ apply: true }, {}, { yes: true });

    expect(recorded.questions).toEqual([]);
    expect(world.commands).toHaveLength(3);
  });

  test('that is stopped half way says what is done and what is not, and goes on the next time', async () => {
    world.instead.set(DESTINATION, () => {
      throw new AppError('CommandFailed', '"node cdk" failed: it ended with SIGINT\nlast line');
    });

    const { exitCode, text, data } = await world.ops({ apply: true }, WITH_PIPELINE);
    expect(exitCode).toBe(1);
    expect(data.failure).toContain('aws://222222222222/us-west-2 failed: "node cdk" failed: it ended with SIGINT\nlast line');
    expect(data.environments.map(({ applied }) => applied)).toEqual([true, true, false, false, false, false]);
    expect(text).toContain('aws://111111111111/us-west-2: bootstrapped\naws://222222222222/us-west-2: not bootstrapped');
    expect(text).toContain('Running this again is safe');

    world.instead.clear();
    world.commands.length = 0;
    expect((await world.ops({ apply: true }, WITH_PIPELINE)).exitCode).toBe(0);
    expect(world.commands).toHaveLength(4);
    expect(world.commands[0]).toContain('aws://222222222222/us-west-2');
  });

  test.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'])('frees a stack that never came up (%s) from protection', async (status) => {
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith({}, { status }));

    const { text } = await world.ops();
    expect(text).toContain(
      'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name CDKToolkit --region us-west-2',
    );

    const { exitCode } = await world.ops({ apply: true });
    expect(exitCode).toBe(0);
    expect(world.changes).toEqual([`protection of ${DESTINATION} CDKToolkit: false`]);
    expect(world.stacks.get(`${DESTINATION} CDKToolkit`)).toMatchObject({ status: 'CREATE_COMPLETE', isProtected: true });
  });

  test('starts over where a bootstrap was stopped before its stack was made', async () => {
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith({}, { status: 'REVIEW_IN_PROGRESS', isProtected: false }));

    expect((await world.ops({ apply: true })).exitCode).toBe(0);
    expect(world.changes).toEqual([]);
  });

  test('does not take the word of a CDK CLI that left the stack as it is', async () => {
    world.instead.set(DESTINATION, () => {});

    const { exitCode, data } = await world.ops({ apply: true });

    expect(exitCode).toBe(1);
    expect(data.failure).toContain('stack CDKToolkit is not as wanted');
  });
});

describe('wrong options', () => {
  test.each([
    [{ 'drop-trust': '1234,333333333333' }, {}, '"1234" is not a valid account id'],
    [{ 'drop-trust': '333333333333' }, WITH_PIPELINE, 'the pipeline deploys from account 333333333333'],
    [{ 'drop-trust': '111111111111', 'trust-source': true }, {}, 'contradict each other'],
    [{ 'permissions-boundary': 'arn:aws:iam::111111111111:policy/limits' }, {}, 'without the ARN'],
    [{ 'policy-directory': 'policies' }, {}, 'needs --least-privilege'],
  ])('%j are refused', async (values: Record<string, string | boolean>, keys, message) => {
    const error = await rejectionOf(world.ops(values, keys), UsageError);

    expect(error.message).toContain(message);
    expect(world.cloudFormation.calls()).toEqual([]);
  });

  test('are named all at once', async () => {
    const error = await rejectionOf(world.ops({ 'drop-trust': 'x', 'policy-directory': 'y' }), UsageError);

    expect(error.message.split('\n')).toHaveLength(2);
  });
});
