import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { DeleteParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { systemClock } from '../../lib/aws/clock';
import { UsageError } from '../../lib/errors/errors';
import { temporaryFolder } from '../helpers/folder';
import { testClients } from '../helpers/ops';
import type { Access } from './access';
import { priceOf } from './price';
import { NOT_ASKED, QUESTIONS } from './questions';
import { removalCommand, removeAll, removeStack } from './removal';
import { reportOf } from './report';
import { configOf, deploymentOfRun, resourcesOf } from './run';
import { KINDS, type Resource, State, type StateData } from './state';

const PROJECT = resolve(__dirname, '../..');
const text = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

const SOURCE = { account: '111111111111', region: 'ap-southeast-2', profile: 'prod' };
const DESTINATION = { account: '222222222222', region: 'us-west-2', profile: 'backup' };

const DATA: StateData = {
  version: 1,
  run: 'live-ab12-test',
  qualifier: 'liveab12',
  started: '2026-11-27T20:00:00.000Z',
  emulator: false,
  source: SOURCE,
  destination: DESTINATION,
  resources: [],
  done: [],
  answers: {},
};

const BUCKET: Resource = { kind: 'bucket', side: 'source', region: SOURCE.region, name: 'live-ab12-test-plain' };

describe('the questions', () => {
  test('each is in a file of its own name, and no file is forgotten', () => {
    const files = readdirSync(join(__dirname, 'questions')).map((file) => file.replace('.ts', ''));

    expect(QUESTIONS.map(({ name }) => name).toSorted()).toEqual(files.toSorted());
  });

  test.each(QUESTIONS)(
    '$name says what is unknown, where AWS documents it, how it is asked, and what each answer means',
    (question) => {
      expect(question.unknown).toMatch(/^(Whether|Which|What|How) .+\.$/);
      expect(question.pages.length).toBeGreaterThan(0);
      expect(question.pages.filter((page) => !page.startsWith('https://docs.aws.amazon.com/'))).toEqual([]);
      expect(question.how).toMatch(/^.{20,}\.$/);
      expect(Object.keys(question.answers).length).toBeGreaterThan(1);
      expect(Object.values(question.answers).filter((consequence) => !/^.{10,}\.$/.test(consequence))).toEqual([]);
      expect(question.minutes).toBeGreaterThan(0);
    },
  );

  test('what they say of documents is there', () => {
    const passages = [...QUESTIONS.flatMap(({ settles }) => settles), ...NOT_ASKED];

    expect(passages.filter(({ file, words }) => !text(file).includes(words))).toEqual([]);
  });

  test('every sentence of the documents that says that something is unknown has a question, or a reason for none', () => {
    const passages = [...QUESTIONS.flatMap(({ settles }) => settles), ...NOT_ASKED];
    const unsettled =
      /no AWS page|settled live|not (run|tried) (on|against) AWS|run against (AWS|a live)|nobody tried it|pages disagree|AWS documents (no|none|nothing)\b|AWS does not say|run by this project|what was not run|across real accounts/i;
    const documents = ['docs', 'docs/adr'].flatMap((folder) =>
      readdirSync(join(PROJECT, folder))
        .filter((name) => name.endsWith('.md') && name !== 'first-deployment.md')
        .map((name) => `${folder}/${name}`),
    );
    const open = ['README.md', ...documents].flatMap((file) =>
      text(file)
        .split('\n')
        .filter((line) => unsettled.test(line) && !passages.some((one) => one.file === file && line.includes(one.words)))
        .map((line) => `${file}: ${line}`),
    );

    expect(open).toEqual([]);
  });
});

describe('the state of a run', () => {
  let folder: string;
  const file = () => join(folder, 'state.json');

  beforeEach(() => {
    folder = temporaryFolder('live-');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('is in the file after each step, and read as it was written', () => {
    const state = State.begin(file(), DATA);
    state.record(BUCKET, BUCKET);
    state.record({ ...BUCKET, name: 'other' });
    state.finish('bootstrap');
    state.answer('verify', { answer: null, seen: 'nothing' });
    state.forget(BUCKET);

    expect(State.read(file())?.data).toEqual({
      ...DATA,
      resources: [{ ...BUCKET, name: 'other' }],
      done: ['bootstrap'],
      answers: { verify: { answer: null, seen: 'nothing' } },
    });
  });

  test('begins again with what it made and its answers', () => {
    const state = State.begin(file(), {
      ...DATA,
      resources: [BUCKET],
      done: ['bootstrap'],
      answers: { a: { answer: 'b', seen: 'c' } },
    });
    state.restart();

    expect(State.read(file())?.data).toEqual({ ...DATA, resources: [BUCKET], answers: { a: { answer: 'b', seen: 'c' } } });
  });

  test.each(['', '{}', JSON.stringify({ ...DATA, run: 'production' }), JSON.stringify({ ...DATA, more: 1 })])(
    'is refused when a file says %p',
    (content) => {
      writeFileSync(file(), content);

      expect(() => State.read(file())).toThrow(UsageError);
    },
  );

  test('is used by one run at a time', () => {
    const release = State.lock(file());

    expect(() => State.lock(file())).toThrow('is in use by');
    release();
    State.lock(file())();
  });
});

describe('what a run makes', () => {
  const config = deploymentOfRun(DATA);

  test('has everything that the questions need', () => {
    expect(config.lockdown).toBeDefined();
    expect(config.keyExchange).toBe('stack-output');
    expect(
      config.pairs.map(({ id, bucketKeys, objectLock, sourceObjectLock }) => [
        id,
        bucketKeys,
        objectLock?.mode,
        sourceObjectLock,
      ]),
    ).toEqual([
      ['plain', true, undefined, false],
      ['single', false, undefined, false],
      ['locked', true, 'GOVERNANCE', true],
      // Of the reports.
      ['inventory', true, undefined, false],
    ]);
  });

  test('is listed beforehand, of each kind that has a name, and under the name of the run alone', () => {
    const resources = resourcesOf(config, DATA);

    expect(new Set(resources.map(({ kind }) => kind))).toEqual(
      new Set(KINDS.filter((kind) => kind !== 'key' && kind !== 'policy')),
    );
    expect(resources.filter(({ name }) => !/live-?ab12/.test(name))).toEqual([]);
    expect(resources.filter(({ kind }) => kind === 'stack')).toHaveLength(7);
  });

  test.each(KINDS)('a %s that is left has a command that removes it, with Region and profile', (kind) => {
    const command = removalCommand({ ...BUCKET, kind, side: 'destination', region: 'us-west-2', name: 'it' }, DATA);

    expect(command).toMatch(/^aws \S+ (delete|schedule)-\S+ .*\bit\b.* --region us-west-2 --profile backup$/);
  });

  test('another configuration of the update differs in the locked pair alone', () => {
    const [plain, single, locked] = (configOf(DATA, { lifecycle: { abortMultipartDays: 8 } }) as { pairs: object[] }).pairs;

    expect([plain, single]).toEqual((configOf(DATA) as { pairs: object[] }).pairs.slice(0, 2));
    expect(locked).toMatchObject({ id: 'locked', lifecycle: { abortMultipartDays: 8 } });
  });

  test('has a price: the keys by the hour, and the names of what has no price here', () => {
    const [, dollars] = /^at least \$(\d+\.\d\d) for 3 hours/.exec(priceOf(config, 3)) ?? [];
    // Five keys for a dollar a month each, before their first rotation.
    expect(Number(dollars)).toBeCloseTo((5 * 3) / 730, 2);
    expect(priceOf(config, 3)).toContain('cloudwatch-alarm');
  });
});

describe('the removal', () => {
  const config = deploymentOfRun(DATA);
  const clients = testClients(config);
  const access: Access = {
    clients,
    clock: systemClock(new AbortController().signal),
    signal: new AbortController().signal,
    tell: () => undefined,
    s3: clients.s3,
    kms: clients.kms,
  };
  const ssm = mockClient(SSMClient);
  const iam = mockClient(IAMClient);
  const cloudFormation = mockClient(CloudFormationClient);
  const fault = (name: string, message = name) => Object.assign(new Error(message), { name });
  const made = (kind: Resource['kind'], name: string): Resource => ({ ...BUCKET, kind, name });
  let folder: string;
  let state: State;

  beforeEach(() => {
    folder = temporaryFolder('live-');
    [ssm, iam, cloudFormation].forEach((mock) => mock.reset());
    cloudFormation.on(DescribeStacksCommand).rejects(fault('ValidationError', 'Stack with id x does not exist'));
    iam.rejects(fault('NoSuchEntityException'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const begin = (...resources: readonly Resource[]) => {
    state = State.begin(join(folder, 'state.json'), { ...DATA, resources: [...resources] });
    return removeAll(state, access);
  };

  test('forgets what is gone already', async () => {
    ssm.on(DeleteParameterCommand).rejects(fault('ParameterNotFound'));

    expect(await begin(made('toolkit', 'CDKToolkit-x'), made('role', 'x'), made('parameter', '/x'))).toEqual([]);
    expect(state.data.resources).toEqual([]);
  });

  test('names what it cannot remove, with the reason and the command, and keeps what may be needed for it', async () => {
    ssm.on(DeleteParameterCommand).rejects(fault('AccessDeniedException', 'you may not'));
    const resources = [made('toolkit', 'CDKToolkit-x'), made('role', 'x'), made('parameter', '/x'), made('stack', 'gone')];
    const left = await begin(...resources);

    expect(left.map(({ resource, why, command }) => [resource.name, why, command])).toEqual([
      ['/x', 'you may not', 'aws ssm delete-parameter --name /x --region ap-southeast-2 --profile prod'],
      ['x', 'what is left above may need it', expect.stringContaining('aws iam delete-role --role-name x')],
      ['CDKToolkit-x', 'what is left above may need it', expect.stringContaining('delete-stack --stack-name CDKToolkit-x')],
    ]);
    expect(State.read(state.file)?.data.resources).toEqual(resources.slice(0, 3));
    expect(iam.calls()).toHaveLength(0);
  });

  test('records the keys and buckets of a stack before it deletes it', async () => {
    cloudFormation
      .on(DescribeStacksCommand)
      .resolvesOnce({ Stacks: [{ StackName: 'x', StackStatus: 'CREATE_COMPLETE', CreationTime: new Date(0) }] })
      .rejects(fault('ValidationError', 'Stack with id x does not exist'))
      .on(ListStackResourcesCommand)
      .resolves({
        StackResourceSummaries: [
          ['AWS::KMS::Key', 'key-1'],
          ['AWS::S3::Bucket', 'bucket-1'],
          ['AWS::SQS::Queue', 'queue-1'],
        ].map(([ResourceType, PhysicalResourceId]) => ({
          ResourceType,
          PhysicalResourceId,
          LogicalResourceId: 'x',
          ResourceStatus: 'CREATE_COMPLETE' as const,
          LastUpdatedTimestamp: new Date(0),
        })),
      });
    let recorded: string[] = [];
    cloudFormation.on(DeleteStackCommand).callsFake(() => {
      recorded = (State.read(state.file)?.data.resources ?? []).map(({ kind, name }) => `${kind} ${name}`);
      return {};
    });
    await removeStack(made('stack', 'x'), access, (state = State.begin(join(folder, 'state.json'), DATA)));

    expect(recorded).toEqual(['key key-1', 'bucket bucket-1']);
  });
});

describe('the report', () => {
  const ended = new Date('2026-11-27T22:30:00.000Z');
  const report = (more: Partial<StateData> = {}, left: Parameters<typeof reportOf>[0]['left'] = []) =>
    reportOf({ state: { ...DATA, ...more }, questions: QUESTIONS, ended, version: '0.1.0', left });

  test('has every question, its answer, what was seen, and what that means', () => {
    const lines = report({ answers: { verify: { answer: 'verified', seen: 'plain: 12 s | fast' } } }).split('\n');

    expect(lines[0]).toBe('# Live suite, 2026-11-27');
    expect(lines).toContain('| [verify](#verify) | verified | plain: 12 s \\| fast |');
    expect(lines).toContain('- **verified** (this): The replicas are as configured.');
    expect(lines).toContain('| [doctor](#doctor) | **none** | not asked |');
    expect(lines.filter((line) => line.startsWith('## '))).toHaveLength(QUESTIONS.length + 1);
  });

  test('has no account id in any place, its own or another', () => {
    const seen =
      'arn:aws:iam::111111111111:role/x live-ab12-test-plain-222222222222-us-west-2-an 333333333333 request 0a1b2c3d-1111-2222-3333-111111111111';
    const name = 'live-ab12-test-plain-111111111111-ap-southeast-2-an';
    const written = report({ answers: { doctor: { answer: null, seen } } }, [
      { resource: { ...BUCKET, name }, why: 'arn:aws:s3:::x-222222222222', command: 'aws' },
    ]);

    expect(written).not.toMatch(/\d{12}/);
    expect(written).toContain('arn:aws:iam::SOURCE_ACCOUNT:role/x live-ab12-test-plain-BACKUP_ACCOUNT-us-west-2-an ACCOUNT');
    expect(written).toContain('- bucket `live-ab12-test-plain-SOURCE_ACCOUNT-ap-southeast-2-an`: arn:aws:s3:::x-BACKUP_ACCOUNT');
  });

  test('of an emulator says that it says nothing about AWS', () => {
    expect(report({ emulator: true })).toContain('this says nothing about AWS');
    expect(report()).toContain('Asked on AWS');
  });
});
