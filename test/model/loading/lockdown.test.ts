import { ConfigError } from '../../../lib/errors/errors';
import { deploymentOf } from '../../../lib/model/deployment';
import { parseConfig } from '../../../lib/model/loading/load';
import { exemptRoles, keyLockdown } from '../../../lib/model/lockdown/statements';
import { replicaKeyStatements } from '../../../lib/model/policies';
import { LOCKDOWN } from '../../helpers/config';

const parse = (value: unknown) => parseConfig({ origin: 'environment.json', value });

function problemsOf(value: unknown) {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

const lockdown = (breakGlassRoleArn: unknown, keys: object = {}) => ({ lockdown: { breakGlassRoleArn }, ...keys });
const ROLE = 'write the ARN of a role of the destination account, such as "arn:aws:iam::222222222222:role/BreakGlass"';
const OBJECT = 'write an object such as { "breakGlassRoleArn": "arn:aws:iam::222222222222:role/BreakGlass" }';
const CHINA = { source: { region: 'cn-north-1' }, destination: { region: 'cn-northwest-1' } };

test('it is off where nothing says so', () => {
  expect(parse({}).lockdown).toBeUndefined();
});

test.each([
  ['a role', lockdown('arn:aws:iam::222222222222:role/BreakGlass')],
  ['a role with a path', lockdown('arn:aws:iam::222222222222:role/emergency/only/Break.Glass+1')],
  ['a role of another partition', lockdown('arn:aws-cn:iam::222222222222:role/BreakGlass', CHINA)],
  [
    'a role of another account, where that is the destination',
    {
      ...lockdown('arn:aws:iam::333333333333:role/BreakGlass'),
      destination: { account: '333333333333' },
    },
  ],
])('takes %s', (_, value) => {
  expect(parse(value).lockdown).toEqual(value.lockdown);
});

test.each([
  ['a name without an ARN', 'BreakGlass', ROLE],
  ['a user', 'arn:aws:iam::222222222222:user/BreakGlass', ROLE],
  ['the root user', 'arn:aws:iam::222222222222:root', ROLE],
  ['a pattern, which would exempt more than one role', 'arn:aws:iam::222222222222:role/Break*', ROLE],
  ['a session', 'arn:aws:sts::222222222222:assumed-role/BreakGlass/alice', ROLE],
  ['a path without a name', 'arn:aws:iam::222222222222:role/emergency/', ROLE],
  ['a name that is longer than IAM takes', `arn:aws:iam::222222222222:role/${'b'.repeat(65)}`, ROLE],
  ['nothing', undefined, ROLE],
  ['a number', 5, ROLE],
  [
    'a role of the source account',
    'arn:aws:iam::111111111111:role/BreakGlass',
    'write the ARN of a role of the destination account, which is 222222222222',
  ],
  [
    'a role of another partition',
    'arn:aws-cn:iam::222222222222:role/BreakGlass',
    'the destination is in partition aws; write an ARN that starts with arn:aws:',
  ],
  [
    'a role that every deployment uses',
    'arn:aws:iam::222222222222:role/cdk-hnb659fds-cfn-exec-role-222222222222-us-west-2',
    'every deployment uses this role of the bootstrap; write one that nobody uses from day to day',
  ],
])('refuses %s', (_, found, remedy) => {
  expect(problemsOf(lockdown(found))).toStrictEqual([{ path: 'lockdown.breakGlassRoleArn', found, remedy }]);
});

test.each([
  ['a switch', true],
  ['a list', [LOCKDOWN.lockdown.breakGlassRoleArn]],
  ['a text', LOCKDOWN.lockdown.breakGlassRoleArn],
  ['null', null],
])('refuses %s in place of the object', (_, found) => {
  expect(problemsOf({ lockdown: found })).toStrictEqual([{ path: 'lockdown', found, remedy: OBJECT }]);
});

test('refuses a key that it does not have', () => {
  expect(problemsOf({ lockdown: { ...LOCKDOWN.lockdown, exempt: [] } }).map(({ path }) => path)).toEqual(['lockdown.exempt']);
});

test('refuses it for what may be destroyed', () => {
  expect(problemsOf({ ...LOCKDOWN, deployment: 'backups-demo', removal: 'destroy' })).toStrictEqual([
    {
      path: 'lockdown',
      found: LOCKDOWN.lockdown,
      remedy: 'what may be destroyed cannot refuse it; remove it, or write removal "retain"',
    },
  ]);
});

test('other problems of the destination do not hide that the role is of another account', () => {
  expect(
    problemsOf({ ...lockdown('arn:aws:iam::111111111111:role/BreakGlass'), destination: { profile: 5 } }).map(({ path }) => path),
  ).toEqual(expect.arrayContaining(['destination.profile', 'lockdown.breakGlassRoleArn']));
});

test('takes room of the key policy from pairs, and what is left is a policy that KMS takes', () => {
  const pairs = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `pair-${index}` }));
  const room = (keys: object) =>
    Number(/the first (\d+) of these pairs/.exec(problemsOf({ ...keys, pairs: pairs(200) })[0]?.remedy ?? '')?.[1]);
  const config = deploymentOf(parse({ ...LOCKDOWN, pairs: pairs(room(LOCKDOWN)) }));
  const statements = [
    ...keyLockdown(exemptRoles(LOCKDOWN.lockdown, 'r'.repeat(100))),
    ...config.pairs.flatMap(({ names }) => replicaKeyStatements(config, names)),
  ];

  expect(room(LOCKDOWN)).toBeLessThan(room({}));
  expect(room(LOCKDOWN)).toBeGreaterThan(50);
  expect(Buffer.byteLength(JSON.stringify({ Version: '2012-10-17', Statement: statements }))).toBeLessThan(32_768);
});
