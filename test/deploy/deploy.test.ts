import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { adviceFor, type StackState, stackStates } from '../../lib/deploy/blocked-stacks';
import { deploy } from '../../lib/deploy/cli';
import { ConfigError } from '../../lib/errors';
import { validConfig } from '../helpers/app';

const config = validConfig({ destination: { profile: 'backup' } });
const state = (side: StackState['side'], status: string, terminationProtection = true): StackState => ({
  side,
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

describe('the state of the stacks', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  const sts = mockClient(STSClient);
  const open = validConfig();

  beforeEach(() => {
    cloudFormation.reset();
    sts.reset();
    sts.on(GetCallerIdentityCommand).resolves({ Account: '222222222222' });
  });

  const destinationState = async () => (await stackStates(open)).find(({ side }) => side === 'destination');

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

  test('is none for a stack that is not there', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id backups-destination does not exist'));

    expect(await destinationState()).toEqual(state('destination', 'none', false));
  });

  test('is unknown with credentials of another account, which is not asked', async () => {
    cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [] });

    expect((await stackStates(open)).find(({ side }) => side === 'source')).toEqual(state('source', 'unknown', false));
    expect(cloudFormation.commandCalls(DescribeStacksCommand, { StackName: 'backups-source' })).toHaveLength(0);
  });

  test('is unknown without an answer', async () => {
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('socket hang up'));

    expect(await destinationState()).toEqual(state('destination', 'unknown', false));
  });
});

describe('npm run deploy', () => {
  let directory: string;
  const tell = jest.fn<void, [string]>();
  const states = jest.fn<Promise<StackState[]>, []>();
  const cdk = jest.fn<Promise<number>, [readonly string[]]>();
  const run = (...argv: string[]) => deploy({ argv, directory, cdk, states, tell });

  beforeEach(() => {
    jest.resetAllMocks();
    directory = mkdtempSync(join(tmpdir(), 'deploy-'));
    writeFileSync(join(directory, 'cdk.json'), '{}');
    states.mockResolvedValue([state('destination', 'ROLLBACK_COMPLETE')]);
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  test('deploys all stacks and hands its arguments on', async () => {
    cdk.mockResolvedValue(0);

    expect(await run('--require-approval', 'never')).toBe(0);
    expect(cdk).toHaveBeenCalledWith(['deploy', '--all', '--require-approval', 'never']);
    expect(states).not.toHaveBeenCalled();
  });

  test('deploys only the stacks that are named', async () => {
    cdk.mockResolvedValue(0);
    await run('Destination', '--verbose');

    expect(cdk).toHaveBeenCalledWith(['deploy', 'Destination', '--verbose']);
  });

  test('keeps the exit code of a failure and says what stands in the way', async () => {
    cdk.mockResolvedValue(3);

    expect(await run()).toBe(3);
    expect(tell.mock.calls).toEqual([[expect.stringContaining('backups-destination never came up')]]);
  });

  test('says nothing more where nothing stands in the way', async () => {
    cdk.mockResolvedValue(1);
    states.mockResolvedValue([state('destination', 'none', false)]);

    expect(await run()).toBe(1);
    expect(tell).not.toHaveBeenCalled();
  });

  test('deploys nothing with a wrong configuration', async () => {
    await expect(run('-c', 'config=missing.json')).rejects.toThrow(ConfigError);
    expect(cdk).not.toHaveBeenCalled();
  });
});
