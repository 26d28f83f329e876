import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../lib/errors/errors';
import { leastPrivilegeFor } from '../../../lib/ops/bootstrap/least-privilege/least-privilege';
import { testContext } from '../../helpers/ops';
import { PROJECT } from '../../helpers/process';
import { rejectionOf } from '../../helpers/rejection';
import { policyFor } from '../../ops/bootstrap/least-privilege/simulate';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 's3-replication-least-privilege-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test('makes the policies from what the CDK CLI synthesizes, before the replica key is recorded', async () => {
  const keys = { deployment: 'isolated', keyExchange: 'ssm' };
  const configFile = join(directory, 'replication.json');
  writeFileSync(configFile, JSON.stringify(keys));
  const { context } = testContext(keys, { directory: PROJECT, cdkContext: ['-c', `config=${configFile}`] });
  await expect(leastPrivilegeFor(context)).resolves.toEqual(policyFor(keys));
}, 120_000);

test('fails with the output of an app that does not synthesize', async () => {
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ app: 'echo nothing works here >&2; exit 1' }));
  const { message } = await rejectionOf(leastPrivilegeFor(testContext({}, { directory }).context), AppError);
  expect(message).toContain('nothing works here');
}, 120_000);
