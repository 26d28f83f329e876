import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { mangleLikeCloudFormation } from '@aws-cdk/cloudformation-diff';
import type { AssemblyStack } from '../../lib/deploy/plan/assembly';
import { NOT_DEPLOYED } from '../../lib/deploy/plan/deployed';
import type { AskOwners } from '../../lib/deploy/plan/owners';
import { plan } from '../../lib/deploy/plan-command';
import { ConfigError, UsageError } from '../../lib/errors/errors';
import type { OwnersAnswer } from '../../lib/model/owners-answer';
import type { Draft } from '../helpers/app';
import { type TestAssembly, testAssembly } from '../helpers/assembly';
import { DELIVERY, PIPELINE } from '../helpers/config';
import { CONFIG_SPELLINGS, REFUSED_SPELLINGS } from '../helpers/config-spellings';
import { testDocuments } from '../helpers/documents';
import { deployedStack } from '../helpers/plan';

let assembly: TestAssembly;
let directory: string;
/** Turns the template of a stack into the one that is deployed. */
let before: (template: Draft) => Draft | undefined;
const synthesize = jest.fn<Promise<string>, [readonly string[]]>();
const print = jest.fn<void, [string]>();
const reader = jest.fn();
const askOwners = jest.fn<Promise<readonly OwnersAnswer[]>, Parameters<AskOwners>>();

beforeAll(() => {
  assembly = testAssembly();
  directory = mkdtempSync(join(tmpdir(), 'plan-'));
});

beforeEach(() => {
  jest.resetAllMocks();
  before = (template) => template;
  synthesize.mockImplementation(async () => assembly.directory);
  const read = async ({ template }: AssemblyStack) => {
    const found = before(structuredClone(template));
    return found === undefined ? NOT_DEPLOYED : deployedStack(found);
  };
  reader.mockReturnValue({ read, sessions: new Map() });
  configure({});
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

function configure(replication: object): void {
  writeFileSync(join(directory, 'cdk.json'), JSON.stringify({ context: { replication } }));
}

const runFrom = (calledIn: string, argv: readonly string[]) =>
  plan({
    argv,
    directory,
    calledIn,
    synthesize,
    deployed: reader,
    askOwners,
    signal: new AbortController().signal,
    terminal: { columns: 80 },
    print,
    documents: testDocuments('plan', print),
  });
const run = (...argv: string[]) => runFrom(dirname(assembly.directory), argv);
const printed = () => print.mock.calls.join('\n');

/** A stack holds a bucket that the app no longer has, and the replication role may do more than it did. */
function loseAndWiden(template: Draft): Draft {
  template['Resources'].OldBucket = { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' };
  const role = template['Resources'].PairsdocumentsReplicationRole259C1BF4;
  role?.Properties.Policies[0].PolicyDocument.Statement.pop();
  return template;
}

const OWNERS_KEY = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** What a plan cannot say. */
const DRIFT = expect.stringMatching(
  /deployed templates\. It does not see changes made by hand: npx --no -- s3-replication doctor/,
);

test('a plan that stops nowhere is fine', async () => {
  // As CloudFormation gives templates back.
  before = (template) => JSON.parse(mangleLikeCloudFormation(JSON.stringify(template)));

  expect(await run('-c', 'a=b')).toBe(0);
  expect(synthesize).toHaveBeenCalledWith(['-c', 'a=b']);
  expect(printed().split('\n')).toEqual([
    'backups-destination (222222222222, us-west-2): the template does not change',
    'backups-source (111111111111, ap-southeast-2): the template does not change',
    'backups-monitoring (111111111111, us-west-2): the template does not change',
    'backups-source-health (111111111111, ap-southeast-2): the template does not change',
    'backups-destination-health (111111111111, us-west-2): the template does not change',
    'backups-heartbeat (111111111111, ap-southeast-2): the template does not change',
    'backups-backup-health (222222222222, us-west-2): the template does not change',
    DRIFT,
  ]);
});

test('a first deployment is fine', async () => {
  before = () => undefined;

  expect(await run()).toBe(0);
  expect(printed()).toContain('a new stack');
});

test('it fails at a bucket that goes and at wider permissions, and names both', async () => {
  before = loseAndWiden;

  expect(await run('--stack', 'Source')).toBe(1);
  expect(synthesize).toHaveBeenCalledWith(['Source', '--exclusively']);
  expect(printed()).toMatch(
    /It stops here:\n {2}backups-source\/OldBucket: bucket OldBucket leaves the stack.*\n {2}backups-source\/permissions-[0-9a-f]{8}: permissions are widened\n/,
  );
  expect(printed()).not.toContain('backups-destination (');
});

test('it goes on where the configuration accepts each by its name, and tells which names it has no use for', async () => {
  before = loseAndWiden;
  await run('--stack', 'Source', '--json');
  const names = JSON.parse(printed()).stops.map(({ name }: { name: string }) => name);
  configure({ pipeline: { ...PIPELINE, accept: names.slice(1) } });
  expect(await run('--stack', 'Source')).toBe(1);
  configure({ pipeline: { ...PIPELINE, accept: [...names, 'backups-source/Gone'] } });
  print.mockClear();

  expect(await run('--stack', 'Source')).toBe(0);
  expect(printed()).toContain('Accepted by the configuration:\n  backups-source/OldBucket');
  expect(printed()).toContain('Named in pipeline.accept, and not in this plan: backups-source/Gone');
});

test('it does so for GitHub Actions too', async () => {
  before = loseAndWiden;
  configure(DELIVERY);
  await run('--stack', 'Source', '--json');
  const accept = JSON.parse(printed()).stops.map(({ name }: { name: string }) => name);
  print.mockClear();
  expect(await run('--stack', 'Source')).toBe(1);
  expect(printed()).toContain('To accept these changes, add their names to delivery.github.accept.');
  configure({ delivery: { github: { ...DELIVERY.delivery.github, accept } } });

  expect(await run('--stack', 'Source')).toBe(0);
});

test('it fails where Object Lock goes, which no name accepts', async () => {
  before = (template) => {
    const bucket = template['Resources'].PairsdocumentsBucket9647FFD6;
    Object.assign(bucket?.Properties ?? {}, { ObjectLockEnabled: true });
    return template;
  };
  configure({ pipeline: { ...PIPELINE, accept: ['backups-source/PairsdocumentsBucket9647FFD6'] } });

  expect(await run('--stack', 'Source')).toBe(1);
  expect(printed()).toMatch(
    /The configuration cannot accept this, which has to be put right first:\n {2}backups-source\/PairsdocumentsBucket9647FFD6: Object Lock of bucket \S+ is never removed: write "sourceObjectLock": true again$/,
  );
});

test('it reads an assembly that is there, such as that of a stage, from where the person is, with lookup roles', async () => {
  const folder = join(basename(assembly.directory), 'assembly-Deploy');

  expect(await run('--assembly', folder, '--stack', 'backups-source', '--lookup-roles')).toBe(0);
  expect(synthesize).not.toHaveBeenCalled();
  expect(reader).toHaveBeenCalledWith(expect.anything(), expect.objectContaining({ lookupRoles: true }));
  expect(printed()).toMatch(/^backups-source .*: the template does not change\n.*changes made by hand/);
});

test('it fails where a replica key of others is not in order for a rule that it creates, before anything is deployed', async () => {
  before = () => undefined;
  configure({ destination: { keyArn: OWNERS_KEY } });
  const clients = jest.fn();
  reader.mockReturnValue({ ...reader(), clients });
  askOwners.mockResolvedValue([
    { kind: 'missing', what: 'replica key is enabled (replica-key)', why: 'it is Disabled', pairs: ['documents'] },
    { kind: 'unknown', what: "replica key's policy admits (replica-key-grant)", why: 'AccessDenied', pairs: ['documents'] },
  ]);

  expect(await run('-c', 'a=b')).toBe(1);
  expect(clients).toHaveBeenCalledWith(
    expect.objectContaining({ commandOptions: ['-c', 'a=b'] }),
    expect.arrayContaining([expect.objectContaining({ stackName: 'backups-destination' })]),
  );
  expect(askOwners).toHaveBeenCalledWith(expect.objectContaining({ pairs: [expect.objectContaining({ id: 'documents' })] }));
  expect(printed()).toContain(
    'backups-source/PairsdocumentsBucket9647FFD6: not true yet: replica key is enabled (replica-key): it is Disabled',
  );
  expect(printed()).toContain("unknown: replica key's policy admits (replica-key-grant): AccessDenied");
});

test('it prints JSON with stable keys', async () => {
  expect(await run('--json')).toBe(0);
  const { stacks, ...rest } = JSON.parse(printed());

  expect(rest).toEqual({
    schemaVersion: 1,
    command: 'plan',
    deployment: 'backups',
    at: '2026-11-01T12:00:00.000Z',
    status: 'ok',
    refusals: [],
    stops: [],
    accepted: [],
    unused: [],
    driftChecked: false,
  });
  expect(stacks).toHaveLength(7);
});

test.each(CONFIG_SPELLINGS)('it plans the configuration that is named: %s %s', async (...spelling) => {
  writeFileSync(join(directory, 'other.json'), '{"deployment": "other"}');
  await runFrom(directory, spelling.filter(Boolean));

  expect(synthesize).toHaveBeenCalledWith(['-c', 'config=other.json']);
  expect(reader).toHaveBeenCalledWith(expect.objectContaining({ deployment: 'other' }), expect.anything());
});

test.each([
  ...REFUSED_SPELLINGS,
  [['Source'], '"plan" accepts no argument "Source"'] as const,
  [['--yes'], '"plan" accepts no --yes: it asks nothing'] as const,
  [['--lookup-role'], 'unknown option --lookup-role'] as const,
])('it synthesizes nothing with %j', async (argv, message) => {
  await expect(run(...argv)).rejects.toMatchObject({ name: 'UsageError', message });
  expect(synthesize).not.toHaveBeenCalled();
});

test('a wrong option or configuration is an error', async () => {
  await expect(run('--accept', 'x')).rejects.toThrow(UsageError);
  await expect(run('--stack', 'Nothing')).rejects.toThrow(UsageError);
  await expect(run('-c', 'config=missing.json')).rejects.toThrow(ConfigError);
});

test('it explains itself', async () => {
  expect(await run('--help')).toBe(0);
  expect(printed()).toContain('--lookup-roles');
});
