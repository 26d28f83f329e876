import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { UnreachableError } from '../../../lib/errors/errors';
import type { LeastPrivilege } from '../../../lib/ops/bootstrap/least-privilege/policy';
import { ADMINISTRATOR, BootstrapWorld, DESTINATION, MONITORING, SOURCE, stackWith } from './world';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const NAME = 'backups-deployment';
const ARN = `arn:aws:iam::222222222222:policy/${NAME}`;
const DOCUMENT = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:CreateBucket', Resource: '*' }] };
const OLD = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
const mockLeast: LeastPrivilege = {
  policies: [{ name: NAME, arn: ARN, document: DOCUMENT, text: JSON.stringify(DOCUMENT) }],
  wildcards: [{ actions: ['kms:CreateKey'], why: 'keys have no names' }],
};

const mockRun = jest.fn();
jest.mock('../../../lib/cli/process/run', () => ({ run: (...args: unknown[]) => mockRun(...args) }));
jest.mock('../../../lib/cli/process/cdk', () => ({ cdkScript: () => 'cdk', shippedBootstrapVersion: () => 33 }));
jest.mock('../../../lib/ops/bootstrap/least-privilege/least-privilege', () => ({ leastPrivilegeFor: async () => mockLeast }));

let world: BootstrapWorld;

beforeEach(() => {
  world = new BootstrapWorld();
  mockRun.mockReset().mockImplementation(world.cdk);
  world.iam.on(CreatePolicyCommand).resolves({}).on(CreatePolicyVersionCommand).resolves({});
  world.iam.on(DeletePolicyVersionCommand).resolves({});
  world.iam.on(ListPolicyVersionsCommand).resolves({ Versions: [{ VersionId: 'v1', IsDefaultVersion: true }] });
});
afterEach(() => world.restore());

/** IAM holds this document under the policy's name. */
function present(document: object): void {
  world.iam.on(GetPolicyCommand).resolves({ Policy: { Arn: ARN, DefaultVersionId: 'v1' } });
  world.iam
    .on(GetPolicyVersionCommand, { PolicyArn: ARN, VersionId: 'v1' })
    .resolves({ PolicyVersion: { Document: encodeURIComponent(JSON.stringify(document)) } });
}

const changes = () =>
  world.iam.calls().flatMap(({ args: [command] }) => (/^(Create|Delete)/.test(command.constructor.name) ? [command.input] : []));

test('the plan shows the policy with the command that creates it, what it does not limit, and what AWS advises instead', async () => {
  const { text, data, exitCode } = await world.ops({ 'least-privilege': true }, { destination: { profile: 'backup' } });

  expect(exitCode).toBe(0);
  expect(text).toContain(
    `aws iam create-policy --policy-name ${NAME} --policy-document file://${NAME}.json --region us-west-2 --profile backup`,
  );
  expect(text).toContain(JSON.stringify(DOCUMENT));
  expect(text).toContain('kms:CreateKey: keys have no names');
  expect(text).toContain('https://docs.aws.amazon.com/cdk/v2/guide/best-practices-security.html');
  expect(data.policies).toEqual([{ name: NAME, arn: ARN, document: DOCUMENT, action: 'create' }]);
  expect(data.wildcards).toEqual(mockLeast.wildcards);
  expect(changes()).toEqual([]);
});

test('only the backup account gets it, in place of what is there', async () => {
  world.stacks.set(
    `${DESTINATION} CDKToolkit`,
    stackWith({ TrustedAccounts: '333333333333', CloudFormationExecutionPolicies: ADMINISTRATOR }),
  );

  const { data } = await world.ops({ 'least-privilege': true });

  expect(data.environments.map(({ command }) => command)).toEqual([
    expect.not.stringContaining('--cloudformation-execution-policies'),
    expect.not.stringContaining('--cloudformation-execution-policies'),
    expect.stringContaining(`--trust 333333333333 --cloudformation-execution-policies ${ARN} --termination-protection`),
  ]);
  expect(data.warnings).toContain(
    `aws://222222222222/us-west-2: --least-privilege takes ${ADMINISTRATOR} from its execution role`,
  );
});

test('--policy-directory writes the documents, and the commands name the files', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'policies-'));
  try {
    const { text } = await world.ops({ 'least-privilege': true, 'policy-directory': 'made' }, {}, { directory });
    const file = join(directory, 'made', `${NAME}.json`);

    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(DOCUMENT);
    expect(text).toContain(`--policy-document file://${file}`);
    expect(text).not.toContain(JSON.stringify(DOCUMENT));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('--apply creates the policy before it bootstraps with it', async () => {
  mockRun.mockImplementation((...args: Parameters<typeof world.cdk>) => {
    expect(changes()).toEqual([{ PolicyName: NAME, PolicyDocument: JSON.stringify(DOCUMENT) }]);
    return world.cdk(...args);
  });

  const { exitCode } = await world.ops({ 'least-privilege': true, apply: true });

  expect(exitCode).toBe(0);
  expect(world.commands).toHaveLength(3);
  expect(world.stacks.get(`${DESTINATION} CDKToolkit`)?.parameters).toMatchObject({ CloudFormationExecutionPolicies: ARN });
});

describe('a policy that is there', () => {
  beforeEach(() => {
    [SOURCE, MONITORING].forEach((place) => world.stacks.set(`${place} CDKToolkit`, stackWith()));
    world.stacks.set(`${DESTINATION} CDKToolkit`, stackWith({ CloudFormationExecutionPolicies: ARN }));
  });

  test('with the same document needs nothing, in whatever order it is written', async () => {
    const { Version, Statement } = DOCUMENT;
    present({ Statement, Version });

    const { recorded, text } = await world.ops({ 'least-privilege': true });
    expect(text).toContain(`${NAME}: as wanted: nothing to do`);
    expect(text).toContain('Every environment is bootstrapped as wanted.');
    await world.ops({ 'least-privilege': true, apply: true });

    expect(recorded.questions).toEqual([]);
    expect(changes()).toEqual([]);
    expect(mockRun).not.toHaveBeenCalled();
  });

  test('with another document gets a new version, after a question, though nothing is bootstrapped', async () => {
    present(OLD);

    const { recorded, exitCode } = await world.ops({ 'least-privilege': true, apply: true });

    expect(exitCode).toBe(0);
    expect(recorded.told.join('\n')).toContain(`aws iam create-policy-version --set-as-default --policy-arn ${ARN}`);
    expect(recorded.questions).toEqual(['Run these commands?']);
    expect(changes()).toEqual([{ PolicyArn: ARN, PolicyDocument: JSON.stringify(DOCUMENT), SetAsDefault: true }]);
    expect(mockRun).not.toHaveBeenCalled();
  });

  test('with five versions loses the oldest that is not in use', async () => {
    present(OLD);
    const version = (id: number, isDefault = false) => ({
      VersionId: `v${id}`,
      CreateDate: new Date(id),
      IsDefaultVersion: isDefault,
    });
    world.iam
      .on(ListPolicyVersionsCommand)
      .resolves({ Versions: [version(6), version(5), version(1, true), version(3), version(4)] });

    await world.ops({ 'least-privilege': true, apply: true });

    expect(changes()[0]).toEqual({ PolicyArn: ARN, VersionId: 'v3' });
  });

  test('that cannot be changed stops everything, and says so', async () => {
    present(OLD);
    world.iam.on(CreatePolicyVersionCommand).rejects(new Error('LimitExceeded'));

    const { exitCode, data } = await world.ops({ 'least-privilege': true, apply: true });

    expect(exitCode).toBe(1);
    expect(data.failure).toBe(`policy ${NAME} failed: LimitExceeded`);
  });
});

test('a policy whose present state is unknown stops --apply', async () => {
  world.silent.set('destination', new UnreachableError('NoCredentials', 'none'));

  expect((await world.ops({ 'least-privilege': true })).data.policies).toMatchObject([{ action: 'unknown' }]);
  await expect(world.ops({ 'least-privilege': true, apply: true })).rejects.toThrow(NAME);
  expect(changes()).toEqual([]);
});
