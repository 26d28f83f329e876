import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AwsHome, awsEnvironment, FakeSts, staticProfile } from '../helpers/sts';

export const SOURCE = '111111111111';
export const DESTINATION = '222222222222';
export const OTHER = '333333333333';

/** Both sides of the configuration with a profile each. */
export const PROFILES = { source: { profile: 'mine' }, destination: { profile: 'backup' } };
export const RIGHT_PROFILES = `${staticProfile('mine', SOURCE)}${staticProfile('backup', DESTINATION)}`;
export const WRONG_SOURCE = `${staticProfile('mine', OTHER)}${staticProfile('backup', DESTINATION)}`;
export const WRONG_SOURCE_MESSAGE = `profile "mine" is for account ${OTHER}, and source.account is ${SOURCE}`;

export const REPOSITORY = resolve(__dirname, '../..');
export const CLI = join(REPOSITORY, 'node_modules/aws-cdk/bin/cdk');
/** Where the CLI looks for plug-ins from. */
export const CLI_LIBRARY = join(REPOSITORY, 'node_modules/aws-cdk/lib');

const originalEnvironment = process.env;
export const sts = new FakeSts();
const homes: AwsHome[] = [];

/** Gives this process, and those that it starts, AWS configuration files and the fake STS. */
export function useAws(config: string): AwsHome {
  const home = new AwsHome(config);
  homes.push(home);
  process.env = awsEnvironment({ ...home.environment, AWS_ENDPOINT_URL: sts.endpoint });
  return home;
}

/** A new folder with a cdk.json of these keys and a configuration file `replication.json`. */
export function projectFolder(home: AwsHome, cdkJson: object, config: object): string {
  const directory = join(home.directory, 'project');
  mkdirSync(directory);
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify(cdkJson));
  writeFileSync(join(directory, 'replication.json'), JSON.stringify(config));
  return directory;
}

/** Runs node to its end in a folder. */
export async function runNode(args: readonly string[], directory: string) {
  const quiet = { CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true', CDK_HOME: directory };
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((done) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: directory, env: { ...process.env, ...quiet }, timeout: 60_000 },
      (_, stdout, stderr) => done({ exitCode: child.exitCode, stdout, stderr }),
    );
  });
}

/** What was sent to AWS besides the question whose credentials these are. */
export function otherRequests() {
  return sts.requests.filter(({ action }) => action !== 'GetCallerIdentity');
}

beforeAll(() => sts.start());
afterAll(() => sts.stop());
beforeEach(() => {
  sts.requests.length = 0;
  sts.fault = undefined;
});
afterEach(() => {
  process.env = originalEnvironment;
  homes.splice(0).forEach((home) => home.remove());
});
