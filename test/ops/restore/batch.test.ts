import { createHash } from 'node:crypto';
import { GetRoleCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import {
  CreateJobCommand,
  type CreateJobRequest,
  DescribeJobCommand,
  IdempotencyException,
  type JobStatus,
  ListJobsCommand,
  NotFoundException,
  S3ControlClient,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { mockClient } from 'aws-sdk-client-mock';
import type { Context } from '../../../lib/cli/command';
import { AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import type { copier } from '../../../lib/ops/copy/transfer';
import { MOST_BATCH_BYTES } from '../../../lib/ops/restore/batch/choice';
import { OLD, type Stored } from '../../helpers/fake-s3/version';
import { ownTemporaryFiles } from '../../helpers/folder';
import { rejectionOf } from '../../helpers/rejection';
import { OTHER, REPLICA, SOURCE, World } from './world';

// V8 would keep the setting for the test files that come after this one.
jest.mock('../../../lib/cli/gc');

let world = new World();
jest.mock('../../../lib/ops/copy/transfer', () => ({
  copier: (...[, , { uploads, withoutTags = false }]: Parameters<typeof copier>) => world.copier(uploads, withoutTags),
}));

const s3Control = mockClient(S3ControlClient);
const iam = mockClient(IAMClient);
const REPORTS = 'recovery-batch';
const JOB = '00e123a4-c0d8-41f4-a0eb-b46f9ba5b07c';
const ROLE = 'arn:aws:iam::111111111111:role/recovery-batch';
const BATCH = { engine: 'batch', 'batch-role': ROLE, 'batch-bucket': REPORTS };

/** States that S3 shows, one at each look; the last one stays. */
let states: { readonly status: JobStatus; readonly succeeded?: number; readonly failed?: number }[] = [];
/** Of the job. */
let description = '';
/** What the target has got from the job by the time that somebody looks at it. */
let copied: () => void = () => undefined;

afterEach(() => world.close());
beforeEach(async () => {
  world = new World();
  await world.open();
  world.s3.fill(REPORTS, []);
  copied = () => undefined;
  description = 's3-replication backups/documents: restore into x';
  states = [{ status: 'Preparing' }, { status: 'Active' }, { status: 'Complete', succeeded: 1 }];
  s3Control.reset();
  s3Control.on(CreateJobCommand).callsFake(() => {
    copied();
    return { JobId: JOB };
  });
  s3Control.on(ListJobsCommand).resolves({ Jobs: [] });
  s3Control.on(UpdateJobStatusCommand).resolves({});
  s3Control.on(DescribeJobCommand).callsFake(look);
});

/** What S3 says about the job, whose state goes on at each look. */
function look() {
  const [now] = states.length > 1 ? states.splice(0, 1) : states;
  return {
    Job: {
      Status: now?.status,
      Description: description,
      Operation: { S3PutObjectCopy: {} },
      Report: { Bucket: `arn:aws:s3:::${REPORTS}`, Prefix: 'restore-reports/documents' },
      ProgressSummary: {
        TotalNumberOfTasks: 2,
        NumberOfTasksSucceeded: now?.succeeded ?? 0,
        NumberOfTasksFailed: now?.failed ?? 0,
      },
    },
  };
}

const at = (key: string, more: Partial<Stored> = {}): Stored => ({ key, versionId: `v-${key}`, lastModified: OLD, ...more });
const requests = (): CreateJobRequest[] => s3Control.commandCalls(CreateJobCommand).map(({ args }) => args[0].input);
const manifests = () =>
  world.s3.requests
    .filter(({ method, line }) => method === 'PUT' && line.includes(REPORTS))
    .map(({ body, headers }) => ({ lines: body.toString().split('\n').filter(Boolean).toSorted(), headers }));
const leftBehind = ownTemporaryFiles();
const folders = () => leftBehind().filter((name) => name.startsWith('s3-replication-manifest-'));

describe('--engine batch', () => {
  test('gives a job what it can copy, and copies what is larger or archived by itself', async () => {
    world.populate([
      at('a b/ü,"'),
      at('fits', { size: MOST_BATCH_BYTES }),
      at('large', { size: MOST_BATCH_BYTES + 1 }),
      at('cold', { storageClass: 'DEEP_ARCHIVE' }),
    ]);
    world.instead = ({ storageClass }) =>
      storageClass === 'DEEP_ARCHIVE' ? { kind: 'archived', why: 'is archived' } : undefined;
    states = [{ status: 'Complete', succeeded: 2 }];
    const { exitCode, data, text } = await world.run(BATCH);

    expect(manifests().map(({ lines }) => lines)).toEqual([
      [`${REPLICA},a%20b/%C3%BC%2C%22,v-a b/ü,"`, `${REPLICA},fits,v-fits`],
    ]);
    expect(world.asked.map(({ key }) => key).toSorted()).toEqual(['cold', 'large']);
    expect(data.pairs[0]).toMatchObject({
      plan: { copy: { objects: 3 }, batch: { objects: 2 } },
      totals: { ends: { restored: { objects: 1 }, archived: { objects: 1 } } },
      vanished: 0,
      batch: { result: { job: JOB, jobStatus: 'Complete', objects: { succeeded: 2, failed: 0 }, failures: [] } },
    });
    // What is archived is not restored yet.
    expect([exitCode, data.status]).toEqual([1, 'failed']);
    expect(text).toContain(`by S3 Batch Operations, job ${JOB}: Complete`);
    expect(folders()).toEqual([]);
  });

  test('creates the job in the account and Region that is copied to, with a list under SSE-S3', async () => {
    world.populate([at('a')]);
    const { exitCode } = await world.run({ ...BATCH, 'storage-class': 'STANDARD_IA' });

    expect(exitCode).toBe(0);
    const [{ headers, lines } = { headers: {}, lines: [] }] = manifests();
    expect(headers).toMatchObject({
      'x-amz-server-side-encryption': 'AES256',
      'x-amz-checksum-sha256': createHash('sha256')
        .update(`${lines.join('\n')}\n`)
        .digest('base64'),
    });
    expect(requests()).toEqual([
      expect.objectContaining({
        AccountId: '111111111111',
        ConfirmationRequired: false,
        RoleArn: ROLE,
        Operation: { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${SOURCE}`, StorageClass: 'STANDARD_IA' } },
        Manifest: {
          Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
          Location: {
            ObjectArn: expect.stringMatching(/^arn:aws:s3:::recovery-batch\/restore-manifests\/documents\/.*\.csv$/) as string,
            ETag: expect.stringMatching(/./) as string,
          },
        },
      }),
    ]);
    const client = s3Control.commandCalls(CreateJobCommand)[0]?.thisValue as S3ControlClient;
    expect(await client.config.region()).toBe('ap-southeast-2');
    expect(await client.config.credentials()).toMatchObject({ accessKeyId: '111111111111' });
  });

  test('takes what the job has written meanwhile for no conflict', async () => {
    world.populate([at('a', { size: 7 }), at('large', { size: MOST_BATCH_BYTES + 1 })]);
    copied = () => world.s3.fill(SOURCE, [{ key: 'a', versionId: 'copy', size: 7 }]);

    expect(await world.run(BATCH)).toMatchObject({
      exitCode: 0,
      data: { pairs: [{ totals: { ends: { conflict: { objects: 0 }, restored: { objects: 1 } } } }] },
    });
  });

  test.each([
    ['the same size', { size: 10 }],
    ['another size', { size: 11 }],
  ])('is refused when the target has a current version of %s, and changes nothing', async (_, current) => {
    world.populate([at('a', { size: 10 }), at('b')], [{ key: 'a', versionId: 'theirs', ...current }]);
    const error = await rejectionOf(world.run(BATCH), UsageError);

    expect(error.message).toContain(`pair documents: ${SOURCE} has a current version of 1 object to restore`);
    expect([requests(), world.s3.changes, folders()]).toEqual([[], [], []]);
  });

  test('replaces what the target has with --overwrite, but lists no version that is there already', async () => {
    world.populate(
      [at('a', { size: 10 }), at('same')],
      [
        { key: 'a', versionId: 'theirs', size: 10 },
        { key: 'same', versionId: 'v-same' },
      ],
    );
    const { exitCode, data } = await world.run({ ...BATCH, overwrite: true });

    expect(exitCode).toBe(0);
    expect(manifests().map(({ lines }) => lines)).toEqual([[`${REPLICA},a,v-a`]]);
    expect(data.pairs[0]?.totals?.ends.there.objects).toBe(1);
  });

  test('makes no job where nothing fits one', async () => {
    world.populate([at('large', { size: MOST_BATCH_BYTES + 1 })]);
    const { exitCode, data } = await world.run(BATCH);

    expect([exitCode, requests(), data.pairs[0]?.batch?.result]).toEqual([0, [], null]);
  });

  test('prints the statements that it needs with --dry-run, and changes nothing', async () => {
    world.populate([at('a')], [], OTHER);
    const { exitCode, text, data } = await world.run({ ...BATCH, 'dry-run': true, to: OTHER });

    expect(exitCode).toBe(0);
    expect(data.pairs[0]?.batch?.statements.map(({ policy }) => policy)).toEqual(['role', 'replica bucket', 'replica key']);
    expect(text).toContain(`arn:aws:s3:::${OTHER}/*`);
    expect([requests(), world.s3.changes, folders()]).toEqual([[], [], []]);
  });

  test('names what failed in the job, by reason', async () => {
    world.populate([at('a'), at('b')]);
    states = [{ status: 'Complete', succeeded: 1, failed: 1 }];
    const line = `${REPLICA},b,v-b,failed,403,AccessDenied,no permission\n`;
    const folder = `restore-reports/documents/job-${JOB}`;
    const results = { TaskExecutionStatus: 'failed', Key: `${folder}/results/1.csv`, MD5Checksum: md5(line) };
    world.s3.fill(REPORTS, [
      { key: `${folder}/manifest.json`, versionId: 'm', body: Buffer.from(JSON.stringify({ Results: [results] })) },
      { key: `${folder}/results/1.csv`, versionId: 'r', body: Buffer.from(line) },
    ]);
    const { exitCode, data, text } = await world.run(BATCH);

    expect(exitCode).toBe(1);
    expect(data.pairs[0]?.batch?.result?.failures).toEqual([
      { reason: 'AccessDenied', count: 1, objects: [{ key: 'b', versionId: 'v-b', message: 'no permission' }] },
    ]);
    expect(text).toContain('"b", version v-b: no permission');
  });

  test.each<[string, JobStatus]>([
    ['failed as a whole', 'Failed'],
    ['was cancelled', 'Cancelled'],
  ])('fails when the job %s, and says how much it left', async (_, status) => {
    world.populate([at('a'), at('b')]);
    states = [{ status, succeeded: 1 }];
    const { exitCode, data, text } = await world.run(BATCH);

    expect([exitCode, data.status]).toEqual([1, 'failed']);
    expect(text).toMatch(/1 +were not tried/);
  });

  test('goes on with the same job after an interruption', async () => {
    world.populate([at('a'), at('large', { size: MOST_BATCH_BYTES + 1 })]);
    const interrupted: Pick<Context, 'clock'> = {
      clock: {
        now: () => new Date('2026-11-01T12:00:00Z'),
        sleep: () => Promise.reject(new UnreachableError('Interrupted', 'interrupted')),
      },
    };
    const error = await rejectionOf(world.run(BATCH, {}, interrupted), UnreachableError);
    const { exitCode, data } = await world.run({ ...BATCH, resume: true });

    expect(error.hint).toContain(`job ${JOB} of pair documents`);
    expect(exitCode).toBe(0);
    expect([requests().length, world.asked.length]).toEqual([1, 1]);
    expect(data.pairs[0]?.batch?.result?.jobStatus).toBe('Complete');
  });

  test('makes the job with --resume that could not be created', async () => {
    world.populate([at('a'), at('large', { size: MOST_BATCH_BYTES + 1 })]);
    s3Control
      .on(CreateJobCommand)
      .rejectsOnce(Object.assign(new Error('not allowed'), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }))
      .resolves({ JobId: JOB });
    const error = await rejectionOf(world.run(BATCH), AppError);

    expect([error.code, world.asked]).toEqual(['Refused', []]);
    expect(error.hint).toContain('iam:PassRole');
    expect(await world.run({ ...BATCH, resume: true })).toMatchObject({
      exitCode: 0,
      data: { pairs: [{ batch: { result: { job: JOB } } }] },
    });
  });

  describe('whose creation S3 did not answer', () => {
    beforeEach(() => {
      world.populate([at('a')]);
      states = [{ status: 'Complete', succeeded: 1 }];
      s3Control.on(CreateJobCommand).rejectsOnce(new Error('socket hang up')).resolves({ JobId: JOB });
    });

    /** S3 lists the job that the first request asks for, beside others. */
    const listed = () => {
      s3Control.on(ListJobsCommand).callsFake(() => ({
        Jobs: [
          { JobId: 'another-job', Description: 'restore into x' },
          { JobId: JOB, Description: requests()[0]?.Description },
        ],
      }));
    };

    test('goes on with the job that S3 lists', async () => {
      listed();
      const { exitCode, data, recorded } = await world.run(BATCH);

      expect([exitCode, requests().length, data.pairs[0]?.batch?.result?.job]).toEqual([0, 1, JOB]);
      expect(recorded.told.join()).toContain(`job ${JOB} is there already`);
    });

    test('says that nobody knows, and goes on with the job that S3 lists later', async () => {
      const error = await rejectionOf(world.run(BATCH), UnreachableError);
      listed();
      const { exitCode, data } = await world.run({ ...BATCH, resume: true });

      expect(error.hint).toContain('with --resume continues with it, and creates no second one');
      expect([exitCode, requests().length, manifests().length]).toEqual([0, 1, 1]);
      expect(data.pairs[0]?.batch?.result?.job).toBe(JOB);
    });

    test('asks for the same job again where S3 lists none, which creates no second one', async () => {
      await rejectionOf(world.run(BATCH), UnreachableError);
      const { exitCode } = await world.run({ ...BATCH, resume: true });
      const [first, second] = requests();

      expect([exitCode, requests().length, manifests().length]).toEqual([0, 2, 1]);
      expect(second).toEqual(first);
    });

    test('creates nothing while S3 does not show its jobs', async () => {
      await rejectionOf(world.run(BATCH), UnreachableError);
      s3Control.on(ListJobsCommand).rejects(new Error('socket hang up'));
      await rejectionOf(world.run({ ...BATCH, resume: true }), UnreachableError);

      expect(requests()).toHaveLength(1);
    });

    test('knows by the answer that S3 has the job', async () => {
      const known = new IdempotencyException({ message: 'same token', $metadata: { httpStatusCode: 400 } });
      s3Control.on(CreateJobCommand).rejects(known);
      const error = await rejectionOf(world.run(BATCH), UnreachableError);
      listed();

      expect(error.message).toContain('does not list it yet');
      expect((await world.run({ ...BATCH, resume: true })).exitCode).toBe(0);
      expect(requests()).toHaveLength(1);
    });
  });

  test('takes an answer without an id for none', async () => {
    world.populate([at('a')]);
    s3Control.on(CreateJobCommand).resolves({});

    expect((await rejectionOf(world.run(BATCH), UnreachableError)).message).toContain('no id of a job');
  });

  test('waits for a job that S3 does not know everywhere yet', async () => {
    world.populate([at('a')]);
    s3Control
      .on(DescribeJobCommand)
      .rejectsOnce(new NotFoundException({ message: 'no such job', $metadata: {} }))
      .callsFake(look);

    expect((await world.run(BATCH)).exitCode).toBe(0);
  });

  test.each([
    ['another engine', { engine: 'rocket' }, '--engine "rocket" is not a valid engine'],
    ['neither role nor bucket', { engine: 'batch' }, '--batch-role: write the ARN'],
    ['a role of another account', { ...BATCH, 'batch-role': ROLE.replace(/\d+/, '222222222222') }, 'source account 111111111111'],
    ['a bucket that is none', { ...BATCH, 'batch-bucket': 's3://x' }, '--batch-bucket: write the name'],
    ['no tags', { ...BATCH, 'without-tags': true }, '--without-tags: S3 Batch Operations copies tags'],
    ['a role without the engine', { 'batch-role': ROLE }, '--batch-role belong to --engine batch'],
  ])('is refused with %s', async (_, values, message) => {
    world.populate([at('a')]);

    expect((await rejectionOf(world.run(values), UsageError)).toString()).toContain(message);
  });
});

describe('a recovery role', () => {
  const RECOVERY = { recovery: { batch: true, targetPrefix: 'rescue-' } };
  const OWN = 'backups-backfill-111111111111-ap-southeast-2-an';
  const run = (values: Record<string, string | boolean> = {}, keys: Record<string, unknown> = RECOVERY) =>
    world.run({ engine: 'batch', ...values }, keys);

  beforeEach(() => {
    iam.reset();
    iam.on(GetRoleCommand).resolves({});
    world.s3.fill(OWN, []);
    world.populate([at('a')]);
    states = [{ status: 'Complete', succeeded: 1 }];
  });

  test('is that of the pair, with the report bucket, where no other is named', async () => {
    const { exitCode, data } = await run();

    expect(exitCode).toBe(0);
    expect(requests()).toMatchObject([
      {
        RoleArn: 'arn:aws:iam::111111111111:role/backups-documents-recovery-ap-southeast-2',
        Manifest: { Location: { ObjectArn: expect.stringContaining(`arn:aws:s3:::${OWN}/restore-manifests/documents/`) } },
        Report: { Bucket: `arn:aws:s3:::${OWN}`, Prefix: 'restore-reports/documents' },
      },
    ]);
    expect(data.pairs[0]?.batch).toMatchObject({ bucket: OWN, statements: [] });
  });

  test('writes into a bucket whose name starts with the prefix', async () => {
    world.populate([at('a')], [], OTHER);

    expect((await run({ to: OTHER })).exitCode).toBe(0);
  });

  test('needs no statement of a person, and --dry-run prints none', async () => {
    const { text } = await run({ 'dry-run': true });

    expect(text).toContain('role/backups-documents-recovery-ap-southeast-2');
    expect(text).not.toContain('"Sid"');
  });

  test('gives way to one that is named', async () => {
    await run(BATCH);

    expect(requests()).toMatchObject([{ RoleArn: ROLE }]);
  });

  test.each<[string, Record<string, string | boolean>, Record<string, unknown>, string]>([
    ['into another bucket', { to: 'another-bucket' }, RECOVERY, 'and not into another-bucket in ap-southeast-2'],
    ['into any bucket without a prefix', { to: OTHER }, { recovery: { batch: true } }, `and not into ${OTHER}`],
    ['without tags', { 'without-tags': true }, RECOVERY, '--without-tags: S3 Batch Operations copies tags'],
    ['with half of another', { 'batch-role': ROLE }, RECOVERY, '--batch-bucket: write the name'],
  ])('is refused %s, before anything is listed', async (_, values, keys, message) => {
    world.s3.fill('another-bucket', []);
    world.s3.fill(OTHER, []);

    expect((await rejectionOf(run(values, keys), UsageError)).toString()).toContain(message);
    expect(world.s3.requests.filter(({ line }) => line.includes('versions'))).toEqual([]);
  });

  test('that the configuration does not have is named as the way out', async () => {
    expect((await rejectionOf(run({}, {}), UsageError)).hint).toContain('"recovery": { "batch": true }');
  });

  test('that is not deployed is named, with the deployment', async () => {
    iam.on(GetRoleCommand).rejects(new NoSuchEntityException({ message: 'none', $metadata: {} }));
    world.s3.buckets.delete(OWN);
    const error = await rejectionOf(run(), AppError);

    expect(error.message).toContain(`bucket ${OWN}, role backups-documents-recovery-ap-southeast-2`);
    expect(error.hint).toContain('npx cdk deploy');
    expect([requests(), world.s3.changes]).toEqual([[], []]);
  });
});

describe('a job that is there', () => {
  test('is watched to its end, without a look at the buckets', async () => {
    states = [{ status: 'Active' }, { status: 'Complete', succeeded: 2 }];
    const { exitCode, data, text } = await world.run({ watch: JOB });

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ pair: 'documents', job: JOB, jobStatus: 'Complete', objects: { total: 2, succeeded: 2 } });
    expect(text).toContain('2             restored');
    expect(world.s3.requests).toEqual([]);
  });

  test('fails the watch when it left something', async () => {
    states = [{ status: 'Failed', succeeded: 1 }];

    expect((await world.run({ watch: JOB })).exitCode).toBe(1);
  });

  test('is cancelled after a question', async () => {
    states = [{ status: 'Active', succeeded: 1 }, { status: 'Cancelled' }];
    const { exitCode, text, recorded } = await world.run({ cancel: JOB });

    expect([exitCode, text]).toEqual([0, `job ${JOB} is Cancelled`]);
    expect(recorded.questions).toEqual(['Cancel it for good?']);
    expect(recorded.told.join()).toContain('1 objects restored, which stay');
    expect(s3Control.commandCalls(UpdateJobStatusCommand)).toHaveLength(1);
  });

  test.each([
    ['with other options', { watch: JOB, overwrite: true }, '--watch accepts no --overwrite'],
    ['without the id of one', { cancel: '?' }, 'is no id of a job'],
  ])('is refused %s', async (_, values, message) => {
    expect((await rejectionOf(world.run(values), UsageError)).message).toContain(message);
  });

  test.each(['s3-replication others/documents: restore into x', ''])(
    'is not touched when it belongs to others: "%s"',
    async (of) => {
      description = of;

      expect((await rejectionOf(world.run({ cancel: JOB }), AppError)).code).toBe('ForeignJob');
      expect(s3Control.commandCalls(UpdateJobStatusCommand)).toEqual([]);
    },
  );
});

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
