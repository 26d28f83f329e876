import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../../lib/errors/errors';
import { temporaryFolder } from '../helpers/folder';
import { priceOf } from './price';
import { NOT_ASKED, QUESTIONS } from './questions';
import { removalCommand } from './removal';
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
      /no AWS page|settled live|not (run|tried) (on|against) AWS|run against (AWS|a live)|nobody tried it|pages disagree|AWS documents no|AWS does not say|run by this project|what was not run|across real accounts/i;
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
