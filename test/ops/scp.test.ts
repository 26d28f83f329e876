import { AppError, UsageError } from '../../lib/errors/errors';
import { lockdownScp } from '../../lib/model/lockdown/scp';
import { DEFAULT_QUALIFIER } from '../../lib/model/toolkit';
import { scp } from '../../lib/ops/scp';
import { LOCKDOWN, validConfig } from '../helpers/config';
import { testContext } from '../helpers/ops';
import { rejectionOf } from '../helpers/rejection';

const DEPLOYER = 'arn:aws:iam::222222222222:role/teams/BackupDeployer';

const run = (keys: Record<string, unknown> = LOCKDOWN, values: Record<string, string> = {}, overrides = {}) => {
  const { context, recorded } = testContext(keys, overrides);
  return { outcome: scp(context, { argument: undefined, values }), recorded };
};

test('prints the policy of the configuration, and nothing else on standard output', async () => {
  const { outcome, recorded } = run();
  const { text, data, exitCode } = await outcome;
  const expected = lockdownScp(validConfig(LOCKDOWN), LOCKDOWN.lockdown, { qualifier: DEFAULT_QUALIFIER });

  expect(exitCode).toBe(0);
  expect(JSON.parse(text)).toEqual(expected);
  expect(data).toEqual({ status: 'ok', account: '222222222222', characters: text.length + 1, most: 5120, policy: expected });
  expect(recorded.told).toEqual([expect.stringContaining('account 222222222222 alone')]);
});

test('changes nothing and asks nobody: it works with credentials that do not', async () => {
  const refused = () => Promise.reject(new Error('somebody asked AWS'));
  const { outcome, recorded } = run(LOCKDOWN, {}, { clients: new Proxy({}, { get: () => refused }) });

  await expect(outcome).resolves.toMatchObject({ exitCode: 0 });
  expect(recorded.questions).toEqual([]);
});

test('names who may deploy, and protects these roles', async () => {
  const { text } = await run(LOCKDOWN, { deployer: `${DEPLOYER},${DEPLOYER}2` }).outcome;
  const { Statement } = JSON.parse(text) as ReturnType<typeof lockdownScp>;
  const one = (sid: string) => Statement.find(({ Sid }) => Sid === sid);

  expect(one('LockdownRoles')?.Resource).toEqual(expect.arrayContaining([DEPLOYER, `${DEPLOYER}2`]));
  expect(one('LockdownAssumeRole')?.Condition?.['ArnNotEquals']?.['aws:PrincipalArn']).toEqual([
    LOCKDOWN.lockdown.breakGlassRoleArn,
    DEPLOYER,
    `${DEPLOYER}2`,
  ]);
});

test('uses the qualifier of the bootstrap', async () => {
  const { text } = await run(LOCKDOWN, {}, { qualifier: 'vault42' }).outcome;

  expect(text).toContain('role/cdk-vault42-cfn-exec-role-222222222222-us-west-2');
  expect(text).not.toContain(DEFAULT_QUALIFIER);
});

test('fails without a lockdown', async () => {
  await expect(rejectionOf(run({}).outcome, AppError)).resolves.toMatchObject({ code: 'NoLockdown' });
});

test.each([
  ['a role of another account', 'arn:aws:iam::111111111111:role/Deployer'],
  ['a user', 'arn:aws:iam::222222222222:user/alice'],
  ['a pattern', 'arn:aws:iam::222222222222:role/*'],
  ['a name without an ARN', 'BackupDeployer'],
  ['nothing', ''],
])('fails for %s as a deployer', async (_, deployer) => {
  await expect(rejectionOf(run(LOCKDOWN, { deployer: `${DEPLOYER},${deployer}` }).outcome, UsageError)).resolves.toMatchObject({
    code: 'BadDeployer',
    message: expect.stringContaining(JSON.stringify(deployer)),
  });
});

test('fails where the deployers make it longer than Organizations takes', async () => {
  const deployer = Array.from({ length: 20 }, (_, index) => `${DEPLOYER}${index}`).join(',');

  await expect(rejectionOf(run(LOCKDOWN, { deployer }).outcome, AppError)).resolves.toMatchObject({ code: 'TooLong' });
});
