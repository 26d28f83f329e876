import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { context as cdkJsonContext } from '../../cdk.json';
import { shippedBootstrapVersion } from '../../lib/cli/process/cdk';
import { type Emulator, startEmulator, withoutAmbientAws } from '../../lib/local/emulator';
import { emulatorPython } from '../../lib/local/virtual-env';
import { DEMO_FOLDER } from '../../lib/local/workspace';
import { environmentsOf } from '../../lib/model/stacks';
import type { BootstrapData } from '../../lib/ops/bootstrap/format';
import { PIPELINE, validConfig } from '../helpers/config';
import { PROJECT, runScript } from '../helpers/process';

jest.setTimeout(5 * 60_000);

const [SOURCE, DESTINATION, TOOLING] = ['111111111111', '222222222222', '333333333333'] as const;
const CONFIG = {
  source: { account: SOURCE, region: 'ap-southeast-2', profile: 'source' },
  destination: { account: DESTINATION, region: 'us-west-2', profile: 'destination' },
  pipeline: { ...PIPELINE, profile: 'pipeline' },
};
const ACCOUNTS = { source: SOURCE, destination: DESTINATION, pipeline: TOOLING };

let directory: string;
let emulator: Emulator;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-bootstrap-'));
  const log = join(directory, 'emulator.log');
  emulator = await startEmulator({
    python: await emulatorPython(DEMO_FOLDER, log),
    log,
    keptFile: join(directory, 'kept'),
  });
  const app = [process.execPath, '--require', join(PROJECT, 'bin/typescript.js'), join(PROJECT, 'bin/replication.ts')];
  writeFileSync(
    join(directory, 'cdk.json'),
    JSON.stringify({
      app: app.map((word) => JSON.stringify(word)).join(' '),
      context: { ...cdkJsonContext, replication: CONFIG },
    }),
  );
  // To the emulator, a 12-digit access key id is the account.
  const profiles = Object.entries(ACCOUNTS).map(
    ([name, account]) => `[${name}]\naws_access_key_id = ${account}\naws_secret_access_key = demo\n`,
  );
  writeFileSync(join(directory, 'credentials'), profiles.join('\n'));
  writeFileSync(join(directory, 'config'), '');
});

afterAll(async () => {
  await emulator.stop();
  rmSync(directory, { recursive: true });
});

async function bootstrap(...args: string[]): Promise<{ code: number | null; stderr: string; data: BootstrapData }> {
  const { code, stdout, stderr } = await runScript(['bin/s3-replication.ts', 'bootstrap', '--json', ...args], {
    ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])),
    ...withoutAmbientAws(process.env),
    AWS_CONFIG_FILE: join(directory, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(directory, 'credentials'),
    AWS_ENDPOINT_URL: emulator.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // Of the templates, which the execution policies are made from, and which are validated elsewhere.
    CDK_VALIDATION: 'false',
    INIT_CWD: directory,
  });
  return { code, stderr, data: JSON.parse(stdout) as BootstrapData };
}

async function toolkitOf(account: string, region: string) {
  const client = new CloudFormationClient({
    endpoint: emulator.endpoint,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'demo' },
  });
  const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
  const parameters = Object.fromEntries(
    (stack?.Parameters ?? []).map(({ ParameterKey: key = '', ParameterValue: value }) => [key, value]),
  );
  return { status: stack?.StackStatus, parameters };
}

test('three accounts are bootstrapped with the trust that the pipeline needs and no other, and a second time changes nothing', async () => {
  const environments = environmentsOf(validConfig(CONFIG));
  expect(environments).toHaveLength(6);

  const first = await bootstrap('--apply', '--yes');
  expect(first.data.failure).toBeNull();
  expect(first.code).toBe(0);
  expect(first.data.environments.map(({ state, applied }) => [state, applied])).toEqual(
    environments.map(() => ['missing', true]),
  );
  for (const { account, region, owner } of environments) {
    const { status, parameters } = await toolkitOf(account, region);
    expect(status).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    expect(parameters['TrustedAccounts']).toBe(owner === 'pipeline' ? '' : TOOLING);
  }

  const second = await bootstrap('--apply', '--yes');
  expect(second.code).toBe(0);
  expect(second.stderr).toContain(`version ${shippedBootstrapVersion()}, as wanted: nothing to do`);
  expect(second.data.environments.map(({ upToDate, applied }) => [upToDate, applied])).toEqual(
    environments.map(() => [true, false]),
  );

  const wider = await bootstrap('--trust-source', '--apply', '--yes');
  expect(wider.data.failure).toBeNull();
  expect(wider.data.environments.flatMap(({ owner, applied }) => (applied ? [owner] : []))).toEqual(['destination']);
  expect((await toolkitOf(DESTINATION, 'us-west-2')).parameters['TrustedAccounts']).toBe(`${TOOLING},${SOURCE}`);

  const narrower = await bootstrap('--drop-trust', SOURCE, '--apply', '--yes');
  expect(narrower.data.failure).toBeNull();
  expect((await toolkitOf(DESTINATION, 'us-west-2')).parameters['TrustedAccounts']).toBe(TOOLING);

  const narrow = await bootstrap('--least-privilege', '--apply', '--yes');
  expect(narrow.data.failure).toBeNull();
  const arns = narrow.data.policies.map(({ arn }) => arn);
  expect((await toolkitOf(DESTINATION, 'us-west-2')).parameters['CloudFormationExecutionPolicies']).toBe(arns.join(','));
  const again = await bootstrap('--least-privilege', '--apply', '--yes');
  expect(again.data.policies.map(({ action }) => action)).toEqual(arns.map(() => 'none'));
  expect(again.data.environments.filter(({ applied }) => applied)).toEqual([]);
});
