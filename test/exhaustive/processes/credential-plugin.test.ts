import type { App } from 'aws-cdk-lib';
import {
  CLI,
  DESTINATION,
  OTHER,
  otherRequests,
  PROFILES,
  projectFolder,
  RIGHT_PROFILES,
  runNode,
  SOURCE,
  sts,
  useAws,
  WRONG_SOURCE,
  WRONG_SOURCE_MESSAGE,
} from '../../credential-plugin/world';
import { replicationStacks } from '../../helpers/app';

describe('the CDK CLI', () => {
  const CDK_JSON = { plugin: ['s3-replication-credential-plugin'], context: {} };
  const OPTIONS = ['-c', 'config=replication.json', '--no-notices', '--no-color'];

  async function runCdk(config: string, ...args: string[]) {
    const directory = projectFolder(useAws(config), CDK_JSON, PROFILES);
    const { exitCode, stdout, stderr } = await runNode([CLI, ...args, ...OPTIONS], directory);
    return { exitCode, output: `${stdout}${stderr}` };
  }

  test('ends where the command line names a configuration that it would ignore', async () => {
    const directory = projectFolder(useAws(RIGHT_PROFILES), CDK_JSON, PROFILES);
    const bootstrap = ['bootstrap', `aws://${SOURCE}/ap-southeast-2`, '--no-notices', '--no-color'];
    const { exitCode, stdout, stderr } = await runNode([CLI, ...bootstrap, '--config', 'replication.json'], directory);

    expect(exitCode).toBe(1);
    expect(`${stdout}${stderr}`).toContain('name the configuration with -c config=FILE');
    expect(sts.requests).toEqual([]);
  }, 60_000);

  test('bootstraps nothing with a profile of the wrong account', async () => {
    const { exitCode, output } = await runCdk(WRONG_SOURCE, 'bootstrap', `aws://${SOURCE}/ap-southeast-2`);

    expect(exitCode).toBe(1);
    expect(output).toContain(WRONG_SOURCE_MESSAGE);
    expect(sts.identityRequests).toContain(OTHER);
    expect(otherRequests()).toEqual([]);
  }, 60_000);

  test('deploys and publishes nothing when the profile of the other account is wrong', async () => {
    const { destination } = replicationStacks(PROFILES);
    const assembly = (destination.node.root as App).synth().directory;

    const { exitCode, output } = await runCdk(
      WRONG_SOURCE,
      'deploy',
      'Destination',
      '--app',
      assembly,
      '--require-approval',
      'never',
    );

    expect(exitCode).toBe(1);
    expect(output).toContain(WRONG_SOURCE_MESSAGE);
    expect(sts.identityRequests).toContain(OTHER);
    expect(otherRequests()).toEqual([]);
  }, 60_000);

  test('goes on to AWS with the right account when every profile is right', async () => {
    await runCdk(RIGHT_PROFILES, 'bootstrap', `aws://${DESTINATION}/us-west-2`);

    expect(otherRequests()).not.toEqual([]);
    expect(new Set(otherRequests().map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([DESTINATION]));
  }, 60_000);
});
