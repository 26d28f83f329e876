import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import type { Terminal } from '../../lib/cli/terminal';
import { adviceFor, type StackStatus, stackStates } from '../../lib/deploy/blocked-stacks';
import { deploy } from '../../lib/deploy/deploy-command';
import { type DeployedStack, NOT_DEPLOYED } from '../../lib/deploy/plan/deployed';
import type { AskOwners } from '../../lib/deploy/plan/owners';
import { AbortError, ConfigError, UnreachableError, UsageError } from '../../lib/errors/errors';
import type { Deployment } from '../../lib/model/deployment';
import type { OwnersAnswer } from '../../lib/model/owners-answer';
import { type StackKind, stackPlace, stackPlaces } from '../../lib/model/stacks';
import { adoptionFor, foreignRule, OTHER_ROLE } from '../handler/adoption';
import type { Draft } from '../helpers/app';
import { type TestAssembly, testAssembly } from '../helpers/assembly';
import { DELIVERY, validConfig } from '../helpers/config';
import { CONFIG_SPELLINGS, REFUSED_SPELLINGS } from '../helpers/config-spellings';
import { testDocuments } from '../helpers/documents';
import { deployedStack } from '../helpers/plan';

const config = validConfig({ destination: { profile: 'backup' } });
const state = (stack: StackKind, status: string, terminationProtection = true): StackStatus => ({
  place: stackPlace(config, stack),
  status,
  terminationProtection,
});

const UNPROTECT = 'aws cloudformation update-termination-protection --no-enable-termination-protection';

describe('advice after a failed deployment', () => {
  test.each(['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'])('frees a protected stack in %s', (status) => {
    expect(adviceFor(config, [state('destination', status), state('source', 'none', false)])).toBe(
      `Stack backups-destination never came up (${status}), and termination protection keeps it from being replaced. Run this, then deploy again:\n  ${UNPROTECT} --stack-name backups-destination --region us-west-2 --profile backup`,
    );
  });

  test.each([
    ['a stack that is up', state('source', 'UPDATE_ROLLBACK_COMPLETE')],
    ['an unprotected stack', state('source', 'ROLLBACK_COMPLETE', false)],
    ['no stack', state('source', 'none', false)],
  ])('is silent about %s', (_what, found) => {
    expect(adviceFor(config, [found])).toBeUndefined();
  });

  test('names the command for a stack that could not be looked at, since it may be in the way', () => {
    expect(adviceFor(config, [state('source', 'unknown', false)])).toBe(
      `If a stack never came up and cannot be deleted while TerminationProtection is enabled, run its command, then deploy again:\n  ${UNPROTECT} --stack-name backups-source --region ap-southeast-2`,
    );
  });

  test('is silent about a stack that could not be looked at where nothing is protected', () => {
    const open = validConfig({ terminationProtection: false });

    expect(adviceFor(open, [state('source', 'unknown', false)])).toBeUndefined();
  });
});

function everyStack(of: Deployment) {
  return stackPlaces(of).map(({ owner, region, stackName }) => ({ account: of[owner].account, region, stackName }));
}

test('the state of the stacks that let GitHub Actions in is looked at too: a provider that is there already stops their creation', async () => {
  const sts = mockClient(STSClient).on(GetCallerIdentityCommand).resolves({ Account: '111111111111' });
  const cloudFormation = mockClient(CloudFormationClient);
  cloudFormation.on(DescribeStacksCommand, { StackName: 'backups-delivery-source' }).resolves({
    Stacks: [
      {
        StackName: 'backups-delivery-source',
        CreationTime: new Date(0),
        StackStatus: 'ROLLBACK_COMPLETE',
        EnableTerminationProtection: true,
      },
    ],
  });
  const delivered = validConfig(DELIVERY);
  try {
    expect(adviceFor(delivered, await stackStates(delivered, new Map(), everyStack(delivered)))).toContain(
      'Stack backups-delivery-source never came up (ROLLBACK_COMPLETE)',
    );
  } finally {
    sts.restore();
    cloudFormation.restore();
  }
});

describe('the state of the stacks', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  const sts = mockClient(STSClient);
  const open = validConfig();

  beforeEach(() => {
    cloudFormation.reset();
    sts.reset();
    sts.on(GetCallerIdentityCommand).resolves({ Account: '222222222222' });
  });

  const destinationState = async () =>
    (await stackStates(open, new Map(), everyStack(open))).find(({ place }) => place.stackName === 'backups-destination');

  test('is what CloudFormation says', async () => {
    cloudFormation.on(DescribeStacksCommand, { StackName: 'backups-destination' }).resolves({
      Stacks: [
        {
          StackName: 'backups-destination',
          CreationTime: new Date(0),
          StackStatus: 'ROLLBACK_COMPLETE',
          EnableTerminationProtection: true,
        },
      ],
    });

    expect(await destinationState()).toEqual(state('destination', 'ROLLBACK_COMPLETE'));
  });

  test('names what a policy of the organization refused to the last operation, once', async () => {
    const event = (LogicalResourceId: string, ResourceStatus: StackEvent['ResourceStatus'], denied = ''): StackEvent => ({
      StackId: 'x',
      StackName: 'backups-destination',
      EventId: 'x',
      Timestamp: new Date(0),
      LogicalResourceId,
      ResourceType: 'AWS::S3::Bucket',
      ResourceStatus,
      ResourceStatusReason: `not authorized to perform: s3:PutEncryptionConfiguration ${denied}`,
    });
    const explicit = 'with an explicit deny in a service control policy';
    const stack = { StackName: 'backups-destination', CreationTime: new Date(0) };
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...stack, StackStatus: 'UPDATE_ROLLBACK_COMPLETE' }] });
    cloudFormation.on(DescribeStackEventsCommand).resolves({
      StackEvents: [
        event('Bucket', 'UPDATE_FAILED', explicit),
        event('Bucket', 'UPDATE_FAILED', explicit),
        event('Key', 'UPDATE_FAILED', 'with an explicit deny in an identity-based policy'),
        event('backups-destination', 'UPDATE_IN_PROGRESS'),
        event('Old', 'UPDATE_FAILED', explicit),
      ],
    });
    const found = await destinationState();

    expect(found?.denials).toEqual([
      expect.stringMatching(/^Bucket \(AWS::S3::Bucket\): a policy of the organization denies this: ask/),
    ]);
    expect(adviceFor(open, [found as StackStatus])).toMatch(/^Stack backups-destination: Bucket .*organizations\.md$/);
  });

  test('is none for a stack that is not there', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id backups-destination does not exist'));

    expect(await destinationState()).toEqual(state('destination', 'none', false));
  });

  test('is unknown with credentials of another account, which is not asked', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });

    expect(
      (await stackStates(open, new Map(), everyStack(open))).find(({ place }) => place.stackName === 'backups-source'),
    ).toEqual(state('source', 'unknown', false));
    expect(cloudFormation.commandCalls(DescribeStacksCommand, { StackName: 'backups-source' })).toHaveLength(0);
  });

  test('is asked for where one was to be deployed, and in no other account', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });
    const destination = everyStack(open).filter(({ stackName }) => stackName === 'backups-destination');

    expect(await stackStates(open, new Map(), destination)).toEqual([state('destination', 'none', false)]);
    expect(sts.commandCalls(GetCallerIdentityCommand)).toHaveLength(1);
  });

  test('of the source account is asked for in both regions, after one question whose credentials these are', async () => {
    sts.on(GetCallerIdentityCommand).resolves({ Account: '111111111111' });
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });
    await stackStates(open, new Map(), everyStack(open));
    const asked = cloudFormation
      .commandCalls(DescribeStacksCommand)
      .map(async ({ args: [command], thisValue }) => [
        command.input.StackName,
        await (thisValue as CloudFormationClient).config.region(),
      ]);

    expect(await Promise.all(asked)).toEqual([
      ['backups-source', 'ap-southeast-2'],
      ['backups-monitoring', 'us-west-2'],
      ['backups-heartbeat', 'ap-southeast-2'],
      ['backups-source-health', 'ap-southeast-2'],
      ['backups-destination-health', 'us-west-2'],
    ]);
    expect(sts.commandCalls(GetCallerIdentityCommand)).toHaveLength(2);
  });

  test('is unknown without an answer', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('socket hang up'));

    expect(await destinationState()).toEqual(state('destination', 'unknown', false));
  });
});

describe('npx --no -- s3-replication deploy', () => {
  const BUCKET = 'PairsdocumentsBucket9647FFD6';
  const STACK_IDS = ['Destination', 'Source', 'Monitoring', 'SourceHealth', 'DestinationHealth', 'Heartbeat', 'BackupHealth'];
  let assembly: TestAssembly;
  let directory: string;
  let calledIn: string;
  /** What is deployed, by stack. */
  let deployed: Record<string, DeployedStack>;
  let interruption = new AbortController();
  const tell = jest.fn<void, [string]>();
  const print = jest.fn<void, [string]>();
  const confirm = jest.fn<Promise<void>, [string]>();
  const states = jest.fn<Promise<StackStatus[]>, []>();
  const askOwners = jest.fn<Promise<readonly OwnersAnswer[]>, Parameters<AskOwners>>();
  const cdk = jest.fn<Promise<number>, [readonly string[], { quiet: boolean; variables: Readonly<Record<string, string>> }]>();
  const synthesize = jest.fn<Promise<string>, [readonly string[]]>();
  const reader = jest.fn();
  const terminal: Terminal = { tell, confirm, progress: () => undefined, clear: '', columns: Number.POSITIVE_INFINITY };
  const run = (...argv: string[]) =>
    deploy({
      argv,
      directory,
      calledIn,
      synthesize,
      cdk,
      deployed: reader,
      askOwners,
      states,
      signal: interruption.signal,
      terminal,
      print,
      documents: testDocuments('deploy', print),
    });
  const told = () => tell.mock.calls.join('\n');
  const template = (id: string, from = assembly.directory): Draft =>
    JSON.parse(readFileSync(join(from, `${id}.template.json`), 'utf8'));

  beforeAll(() => {
    assembly = testAssembly();
    directory = mkdtempSync(join(tmpdir(), 'deploy-'));
    writeFileSync(join(directory, 'cdk.json'), '{}');
    calledIn = directory;
  });

  beforeEach(() => {
    jest.resetAllMocks();
    interruption = new AbortController();
    calledIn = directory;
    deployed = Object.fromEntries(STACK_IDS.map((id) => [id, deployedStack(template(id))]));
    reader.mockReturnValue({ read: async ({ id }: { id: string }) => deployed[id], sessions: new Map() });
    synthesize.mockResolvedValue(assembly.directory);
    states.mockResolvedValue([state('destination', 'ROLLBACK_COMPLETE')]);
    cdk.mockResolvedValue(0);
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  test('a failure prints the rules of others that it may have replaced', async () => {
    const folder = mkdtempSync(join(directory, 'owned-'));
    const environment = 'aws://111111111111/ap-southeast-2';
    const properties = { templateFile: 'Source.json', stackName: 'backups-source' };
    const artifacts = { Source: { type: 'aws:cloudformation:stack', environment, properties } };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
    const Rule = {
      Type: 'Custom::S3ReplicationRule',
      Properties: { Adoption: JSON.stringify(adoptionFor({ replaces: ['logs'] })) },
      Metadata: { 'aws:cdk:path': 'Source/Pairs/invoices/Rule' },
    };
    writeFileSync(join(folder, 'Source.json'), JSON.stringify({ Resources: { Rule } }));
    writeFileSync(
      join(directory, 'replacing.json'),
      JSON.stringify({ pairs: [{ id: 'invoices', sourceBucket: { name: 'acme-invoices', replaces: ['logs'] } }] }),
    );
    synthesize.mockResolvedValue(folder);
    const replication = { Role: OTHER_ROLE, Rules: [foreignRule('logs')] };
    const bucket = { region: 'ap-southeast-2', versioning: 'Enabled', replication, notifications: {} };
    deployed['Source'] = { ...NOT_DEPLOYED, ownedBuckets: { 'acme-invoices': bucket } };
    cdk.mockResolvedValue(1);

    expect(await run('--config', 'replacing.json', '--yes')).toBe(1);
    expect(told()).toMatch(/the rules logs of bucket acme-invoices .*a rollback does not bring them back/);
    expect(told()).toContain('aws s3api put-bucket-replication --bucket acme-invoices');
  });

  test('deploys nothing where a replica key of others is not in order', async () => {
    const keyArn = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
    writeFileSync(join(directory, 'owned.json'), JSON.stringify({ destination: { keyArn } }));
    deployed['Source'] = NOT_DEPLOYED;
    reader.mockReturnValue({ ...reader(), clients: () => ({}) });
    askOwners.mockResolvedValue([
      { kind: 'missing', what: 'replica key is enabled', why: 'it is Disabled', pairs: ['documents'] },
    ]);

    expect(await run('--config', 'owned.json', '--yes')).toBe(1);
    expect(told()).toMatch(
      /Nothing was deployed\..*\n {2}backups-source\/\S+: not true yet: replica key is enabled: it is Disabled/,
    );
    expect(cdk).not.toHaveBeenCalled();
  });

  /** The key rotates at another pace than it did. */
  function somethingChanged(): void {
    const before = template('Destination');
    before['Resources'].ReplicaKey4DE8F013.Properties.RotationPeriodInDays = 90;
    deployed['Destination'] = deployedStack(before);
  }

  /** The same with Object Lock on the replica bucket. */
  function locked(): TestAssembly {
    return testAssembly({ pairs: [{ id: 'documents', objectLock: { mode: 'GOVERNANCE', days: 30 } }] });
  }

  /** There was another bucket. */
  function bucketGoes(): void {
    const before = template('Source');
    before['Resources'].OldBucket = before['Resources'][BUCKET];
    deployed['Source'] = deployedStack(before);
  }

  test('shows the plan, asks, and deploys what was shown without asking again', async () => {
    somethingChanged();

    expect(await run()).toBe(0);
    expect(told()).toContain('ReplicaKey4DE8F013: RotationPeriodInDays 90 -> 365');
    expect(confirm).toHaveBeenCalledWith(expect.stringContaining('Deploy this to 222222222222 and 111111111111?'));
    expect(cdk).toHaveBeenCalledWith(['deploy', '--all', '--app', assembly.directory, '--require-approval', 'never'], {
      quiet: false,
      variables: {},
    });
    expect(states).not.toHaveBeenCalled();
  });

  test('deploys nothing when the answer is no', async () => {
    somethingChanged();
    confirm.mockRejectedValue(new AbortError('Declined', 'nothing was changed'));

    await expect(run()).rejects.toThrow(AbortError);
    expect(cdk).not.toHaveBeenCalled();
  });

  test('does not ask with --yes', async () => {
    somethingChanged();

    expect(await run('--yes')).toBe(0);
    expect(confirm).not.toHaveBeenCalled();
    expect(cdk).toHaveBeenCalled();
  });

  test('that is quiet shows the plan only with the question, and always what stops it', async () => {
    somethingChanged();

    expect(await run('--quiet', '--yes', '--no-color')).toBe(0);
    expect(tell).not.toHaveBeenCalled();
    expect(cdk.mock.calls[0]?.[0]).toContain('--no-color');
    expect(await run('--quiet')).toBe(0);
    expect(told()).toContain('RotationPeriodInDays 90 -> 365');
    tell.mockReset();
    bucketGoes();
    expect(await run('--quiet', '--yes')).toBe(1);
    expect(told()).toContain('--accept backups-source/OldBucket');
  });

  test('gives the profiles of this run to the app and to the CDK CLI', async () => {
    somethingChanged();
    await run('--yes', '--source-profile', 'prod', '--destination-profile', 'backup');
    const context = ['-c', 'source-profile=prod', '-c', 'destination-profile=backup'];

    expect(synthesize).toHaveBeenCalledWith(context);
    expect(cdk.mock.calls[0]?.[0].join(' ')).toContain(context.join(' '));
    expect(reader).toHaveBeenCalledWith(
      expect.objectContaining({
        source: expect.objectContaining({ profile: 'prod' }),
        destination: expect.objectContaining({ profile: 'backup' }),
      }),
      expect.anything(),
    );
  });

  test('neither asks nor deploys where nothing changes', async () => {
    expect(await run('-c', 'compliance=true')).toBe(0);
    expect(told()).toContain('nothing to deploy');
    expect(confirm).not.toHaveBeenCalled();
    expect(cdk).not.toHaveBeenCalled();
  });

  test('leaves it to the CDK CLI what its other options do, even where the templates are the same', async () => {
    await run('--yes', '--revert-drift', '--require-approval=any-change');

    expect(cdk).toHaveBeenCalledWith(
      ['deploy', '--all', '--app', assembly.directory, '--revert-drift', '--require-approval=any-change'],
      { quiet: false, variables: {} },
    );
  });

  test('plans and deploys the named stacks, and those that they need', async () => {
    somethingChanged();
    await run('Source', '--yes', '-c', 'a=b', '--profile', 'prod');

    expect(synthesize).toHaveBeenCalledWith(['Source', '-c', 'a=b']);
    expect(reader).toHaveBeenCalledWith(expect.anything(), {
      lookupRoles: false,
      profile: 'prod',
      signal: interruption.signal,
    });
    expect(told()).toContain('backups-destination (');
    expect(cdk.mock.calls[0]?.[0].join(' ')).toBe(
      `deploy Source --app ${assembly.directory} --require-approval never -c a=b --profile prod`,
    );
  });

  test('leaves out the stacks that others need, when it is told so', async () => {
    somethingChanged();

    expect(await run('Source', '--exclusively')).toBe(0);
    expect(synthesize).toHaveBeenCalledWith(['Source', '--exclusively']);
    expect(told()).not.toContain('backups-destination');
    expect(cdk).not.toHaveBeenCalled();
  });

  test('creates stacks that are not there', async () => {
    deployed = Object.fromEntries(STACK_IDS.map((id) => [id, NOT_DEPLOYED]));

    expect(await run('--yes')).toBe(0);
    expect(told()).toContain('a new stack');
    expect(cdk).toHaveBeenCalled();
  });

  test('stops where a bucket goes, and says how to accept that', async () => {
    bucketGoes();

    expect(await run('--yes')).toBe(1);
    expect(told()).toContain('add it to the command: --accept backups-source/OldBucket');
    expect(cdk).not.toHaveBeenCalled();
  });

  test('makes a change that is accepted by its name', async () => {
    bucketGoes();

    expect(await run('--yes', '--accept', 'backups-source/OldBucket')).toBe(0);
    expect(cdk).toHaveBeenCalled();
  });

  test('makes a change that the configuration of GitHub Actions accepts, beside names that the plan does not have', async () => {
    bucketGoes();
    const accept = ['backups-source/OldBucket', 'backups-source/Gone'];
    const file = join(directory, 'cdk.json');
    writeFileSync(
      file,
      JSON.stringify({ context: { replication: { delivery: { github: { ...DELIVERY.delivery.github, accept } } } } }),
    );

    try {
      expect(await run('--yes')).toBe(0);
      expect(cdk).toHaveBeenCalled();
    } finally {
      rmSync(file);
    }
  });

  test('stops where a bucket gets Object Lock for good, until that is accepted by its name', async () => {
    const lock = 'backups-destination/PairsdocumentsBucket9647FFD6-object-lock-governance-30';
    synthesize.mockResolvedValue(locked().directory);

    expect(await run('--yes')).toBe(1);
    expect(told()).toContain(`add it to the command: --accept ${lock}`);
    expect(cdk).not.toHaveBeenCalled();
    expect(await run('--yes', '--accept', lock)).toBe(0);
    expect(cdk).toHaveBeenCalledTimes(1);
  });

  test('refuses to take Object Lock away, whatever is accepted, and says what to write instead', async () => {
    deployed['Destination'] = deployedStack(template('Destination', locked().directory));

    for (const accept of [[], ['--accept', `backups-destination/${BUCKET}`]]) {
      expect(await run('--yes', ...accept)).toBe(1);
    }
    expect(told()).toContain('Nothing was deployed. --accept does not accept this, which has to be put right first:');
    expect(told()).toContain('write "objectLock": {"mode":"GOVERNANCE","days":30} again, or more');
    expect(cdk).not.toHaveBeenCalled();
  });

  test('refuses to accept what the plan does not have, and says what it has', async () => {
    bucketGoes();

    await expect(run('--accept', 'backups-source/Other')).rejects.toMatchObject({
      name: 'UsageError',
      message: 'the plan has no change named backups-source/Other',
      hint: 'it has: backups-source/OldBucket',
    });
    deployed['Source'] = deployedStack(template('Source'));
    await expect(run('--accept', 'backups-source/Other')).rejects.toMatchObject({ hint: 'it has none to accept' });
    expect(cdk).not.toHaveBeenCalled();
  });

  test('shows widened permissions and leaves them to the question', async () => {
    const before = template('Destination');
    before['Resources'].ReplicaKey4DE8F013.Properties.KeyPolicy.Statement.pop();
    deployed['Destination'] = deployedStack(before);

    expect(await run()).toBe(0);
    expect(told()).toMatch(
      /permissions widened \(backups-destination\/permissions-[0-9a-f]{8}\):\n {4}account 111111111111 may kms:/,
    );
    expect(confirm).toHaveBeenCalled();
  });

  test('prints the plan and what became of it as JSON', async () => {
    somethingChanged();
    await run('--yes', '--json');
    const printed = JSON.parse(print.mock.calls[0]?.[0] ?? '');

    expect(cdk).toHaveBeenCalledWith(expect.anything(), { quiet: true, variables: {} });
    expect(printed).toMatchObject({ deployed: true, stacks: STACK_IDS.map((id) => ({ id })) });
    expect(printed.stacks[0]).toEqual({
      id: 'Destination',
      stackName: 'backups-destination',
      account: '222222222222',
      region: 'us-west-2',
      state: 'deployed',
      resources: [
        {
          logicalId: 'ReplicaKey4DE8F013',
          type: 'AWS::KMS::Key',
          path: 'ReplicaKey4DE8F013',
          name: null,
          change: 'changed',
          properties: [{ name: 'RotationPeriodInDays', before: 90, after: 365 }],
          keepsOld: false,
        },
      ],
      permissions: [],
      refusals: [],
      warnings: [],
      other: [],
      stops: [],
    });
  });

  test('refuses to deploy without a plan, and says what is missing', async () => {
    const read = async () => {
      throw new UnreachableError('NoCredentials', 'the session is over', 'log in');
    };
    reader.mockReturnValue({ read, sessions: new Map() });

    await expect(run('--yes')).rejects.toMatchObject({
      name: 'UnreachableError',
      code: 'NoCredentials',
      message: 'there is no plan, and nothing was deployed: the session is over',
      hint: 'log in',
    });
    expect(cdk).not.toHaveBeenCalled();
  });

  test('does not call an unknown stack unreadable', async () => {
    await expect(run('Sources')).rejects.toThrow(UsageError);
  });

  test('ends with 1 where the CDK CLI failed, whatever its own code, and says what stands in the way', async () => {
    somethingChanged();
    cdk.mockResolvedValue(3);

    expect(await run('--yes')).toBe(1);
    expect(tell.mock.calls.at(-1)).toEqual([expect.stringContaining('backups-destination never came up')]);
  });

  test('that is interrupted ends as an interruption, asks AWS nothing more and says what CloudFormation does', async () => {
    somethingChanged();
    cdk.mockImplementation(async () => {
      interruption.abort();
      return 1;
    });

    await expect(run('--yes', '--json')).rejects.toMatchObject({ code: 'Interrupted' });
    expect(tell.mock.calls.at(-1)).toEqual([expect.stringContaining('CloudFormation continues what it has begun')]);
    expect(states).not.toHaveBeenCalled();
    expect(print).not.toHaveBeenCalled();
  });

  test('says nothing more where nothing stands in the way', async () => {
    somethingChanged();
    cdk.mockResolvedValue(1);
    states.mockResolvedValue([state('destination', 'none', false)]);

    expect(await run('--yes')).toBe(1);
    expect(tell).toHaveBeenCalledTimes(1);
  });

  test.each(CONFIG_SPELLINGS)('plans and deploys the configuration that is named: %s %s', async (...spelling) => {
    writeFileSync(join(directory, 'other.json'), '{"deployment": "other"}');
    somethingChanged();

    expect(await run('--yes', ...spelling.filter(Boolean))).toBe(0);
    expect(synthesize).toHaveBeenCalledWith(['-c', 'config=other.json']);
    expect(reader).toHaveBeenCalledWith(expect.objectContaining({ deployment: 'other' }), expect.anything());
    expect(cdk.mock.calls[0]?.[0].join(' ')).toContain(' -c config=other.json');
  });

  test('finds the configuration from where the person is, and tells the CDK CLI where that is', async () => {
    calledIn = join(directory, 'environments');
    mkdirSync(calledIn, { recursive: true });
    writeFileSync(join(calledIn, 'mine.json'), '{"deployment": "mine"}');
    await run('--config', 'mine.json');

    expect(synthesize).toHaveBeenCalledWith(['-c', `config=${join('environments', 'mine.json')}`]);
    expect(reader).toHaveBeenCalledWith(expect.objectContaining({ deployment: 'mine' }), expect.anything());
  });

  test.each(REFUSED_SPELLINGS)('synthesizes and deploys nothing with %j', async (argv, message) => {
    await expect(run('--yes', ...argv)).rejects.toMatchObject({ name: 'UsageError', message });
    expect(synthesize).not.toHaveBeenCalled();
    expect(cdk).not.toHaveBeenCalled();
  });

  test.each(['--ye', '--no-execute', '--hotswap', '--app=x'])('synthesizes and deploys nothing with %s', async (option) => {
    await expect(run(option)).rejects.toThrow(UsageError);
    expect(synthesize).not.toHaveBeenCalled();
    expect(cdk).not.toHaveBeenCalled();
  });

  test('synthesizes nothing with a wrong configuration', async () => {
    await expect(run('-c', 'config=missing.json')).rejects.toThrow(ConfigError);
    expect(synthesize).not.toHaveBeenCalled();
  });

  test('explains itself without a configuration', async () => {
    expect(await run('--help', '-c', 'config=missing.json')).toBe(0);
    expect(print).toHaveBeenCalledWith(expect.stringContaining('--accept NAME'));
  });
});
