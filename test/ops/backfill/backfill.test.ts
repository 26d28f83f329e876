import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetRoleCommand, NoSuchEntityException } from '@aws-sdk/client-iam';
import { GetBucketReplicationCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import {
  CreateJobCommand,
  DescribeJobCommand,
  type JobDescriptor,
  ListJobsCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import type { Terminal } from '../../../lib/cli/terminal';
import { AbortError, AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { retry } from '../../../lib/ops/backfill/backfill';
import { interruptedAfter } from '../../helpers/ops';
import {
  accountWith,
  cloudWatch,
  iam,
  listJobs,
  loseAnswers,
  newestId,
  object,
  pass,
  REPORTS,
  reportOf,
  requests,
  run,
  SOURCE,
  s3,
  s3Control,
  states,
  TWO_PAIRS,
} from './world';

const KEYS = { backfill: true };
const OBJECTS = 1_204_331;

beforeEach(() => accountWith({ objects: OBJECTS, failing: 0 }));

/** A terminal that answers the questions in turn, then yes, and remembers what it was told. */
function answering(...answers: readonly ('yes' | 'Declined' | 'NotConfirmed')[]) {
  const told: string[] = [];
  const left = [...answers];
  const terminal: Terminal = {
    tell: (line) => told.push(line),
    clear: '',
    columns: Number.POSITIVE_INFINITY,
    progress: () => {},
    confirm: async () => {
      const answer = left.shift() ?? 'yes';
      if (answer !== 'yes') {
        throw answer === 'Declined'
          ? new AbortError(answer, 'Nothing was changed.')
          : new UsageError(answer, 'nobody to ask', 'add --yes');
      }
    },
  };
  return { terminal, told };
}

const failure = async (running: Promise<unknown>): Promise<AppError> => {
  const error = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
};

/** Errors as AWS sends them. */
const denied = () => Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });

describe('a backfill', () => {
  test('creates a job that waits, asks with the count of S3, runs it, and ends with its result', async () => {
    const { exitCode, text, data, recorded } = await run();

    expect(exitCode).toBe(0);
    expect(text).toContain('Complete');
    expect(text).toContain('1,204,331 of 1,204,331 objects replicated, 0 failed');
    expect(recorded.questions).toEqual(['Create the job?', 'Run the job? No cancels it.']);
    expect(states()).toEqual(['Complete']);
    expect(data).toEqual({
      status: 'ok',
      deployment: 'backups',
      jobs: [
        {
          job: newestId(),
          pair: 'documents',
          jobStatus: 'Complete',
          status: 'ok',
          nothingToDo: false,
          sourceBucket: SOURCE,
          replicaBucket: 'backups-documents-222222222222-us-west-2-an',
          createdAt: '2026-11-01T00:00:00.000Z',
          endedAt: '2026-11-01T12:00:00.000Z',
          objects: { total: OBJECTS, succeeded: OBJECTS, failed: 0 },
          problems: [],
          failures: [],
          reportProblem: null,
        },
      ],
    });
  });

  test('has S3 make the manifest, and only what is eligible goes into it', async () => {
    await run();

    expect(requests()).toEqual([
      {
        AccountId: '111111111111',
        ConfirmationRequired: true,
        ClientRequestToken: expect.stringMatching(/^[0-9a-f]{64}$/),
        Operation: { S3ReplicateObject: {} },
        Priority: 10,
        RoleArn: 'arn:aws:iam::111111111111:role/backups-documents-backfill-ap-southeast-2',
        Description: expect.stringMatching(/^s3-replication backups\/documents: status NONE or FAILED \(request [0-9a-f]{16}\)$/),
        Tags: [
          { Key: 's3-replication:deployment', Value: 'backups' },
          { Key: 's3-replication:pair', Value: 'documents' },
        ],
        Report: {
          Enabled: true,
          Bucket: `arn:aws:s3:::${REPORTS}`,
          ExpectedBucketOwner: '111111111111',
          Prefix: 'reports/documents',
          Format: 'Report_CSV_20180820',
          ReportScope: 'FailedTasksOnly',
        },
        ManifestGenerator: {
          S3JobManifestGenerator: {
            SourceBucket: `arn:aws:s3:::${SOURCE}`,
            ExpectedBucketOwner: '111111111111',
            EnableManifestOutput: true,
            ManifestOutputLocation: {
              Bucket: `arn:aws:s3:::${REPORTS}`,
              ExpectedManifestBucketOwner: '111111111111',
              ManifestPrefix: 'manifests/documents/',
              ManifestFormat: 'S3InventoryReport_CSV_20211130',
              ManifestEncryption: { SSES3: {} },
            },
            Filter: { EligibleForReplication: true, ObjectReplicationStatuses: ['NONE', 'FAILED'] },
          },
        },
      },
    ]);
  });

  test('says before it creates a job that this is billed, and creates none when declined', async () => {
    const { terminal, told } = answering('Declined');

    await expect(run({}, { more: { terminal } })).rejects.toThrow(AbortError);

    expect(told.join('\n')).toMatch(/AWS bills each job, also one that is cancelled/);
    expect(states()).toEqual([]);
  });

  test('shows count, way, rule, bytes, cost and limits before it runs', async () => {
    const { recorded } = await run();
    const plan = recorded.told.find((line) => line.includes('S3 counts')) ?? '';

    expect(plan).toContain('S3 counts 1,204,331 object versions');
    expect(plan).toContain(`from       s3://${SOURCE} (account 111111111111, ap-southeast-2)`);
    expect(plan).toContain(
      'to         s3://backups-documents-222222222222-us-west-2-an (account 222222222222, us-west-2), STANDARD_IA',
    );
    expect(plan).toContain('rule       backups-documents');
    expect(plan).toContain('at most 5 GiB: what the whole source bucket held');
    expect(plan).toContain('1,204,331 PUT requests into STANDARD_IA, in us-west-2');
    expect(plan).toContain('transfer of at most 5 GiB from ap-southeast-2 to us-west-2');
    expect(plan).toContain('at least 30 days, and 128 KB for each object');
    expect(plan).toContain('https://aws.amazon.com/s3/pricing/');
    expect(plan).toContain('20 billion objects in a job, 6 active Batch Replication jobs in an account');
  });

  test('reckons with two KMS requests for each object without S3 Bucket Keys', async () => {
    const { recorded } = await run({}, { keys: { ...KEYS, pairs: [{ id: 'documents', bucketKeys: false }] } });

    expect(recorded.told.join('\n')).toContain('KMS requests: about 2,408,662');
  });

  test('knows a smaller bound when only small objects are chosen', async () => {
    const { recorded } = await run({ 'smaller-than': '1025' });

    expect(recorded.told.join('\n')).toContain('at most 1.1 GiB: that many objects of the largest size');
  });

  test('says that nobody knows how many bytes it is, rather than nothing', async () => {
    cloudWatch.on(GetMetricDataCommand).rejects(denied());

    const { exitCode, recorded } = await run();

    expect(exitCode).toBe(0);
    expect(recorded.told.join('\n')).toContain('an unknown number of bytes: CloudWatch does not say');
  });

  test('asks nothing with --yes', async () => {
    const { exitCode, recorded } = await run({}, { more: { yes: true } });

    expect(exitCode).toBe(0);
    expect(recorded.questions).toEqual([]);
  });

  test('looks no more often than AWS asks for, and shows how far it is', async () => {
    const { recorded } = await run();
    const looks = s3Control.commandCalls(DescribeJobCommand).length;

    // The first look is right after the creation.
    expect(recorded.waited).toBe((looks - 1) * 30_000);
    const lines = recorded.progress.join('\n');
    expect(lines).toContain('backfill: Preparing; S3 lists what it would replicate');
    expect(lines).toContain(
      'backfill: [#########-----------] 49 %, 602,165 of 1,204,331 done, 0 failed, 60,217 a second, about 10 seconds left',
    );
    expect(recorded.progress.at(-1)).toBe('');
  });

  test('that S3 finds nothing for is fine', async () => {
    accountWith({ objects: 0, failing: 0 });

    const { exitCode, text, data, recorded } = await run();

    expect(exitCode).toBe(0);
    expect(text).toContain('nothing to do');
    expect(data.jobs[0]).toMatchObject({ status: 'ok', nothingToDo: true, jobStatus: 'Failed', failures: [] });
    expect(recorded.questions).toEqual(['Create the job?']);
  });
});

describe('a person who does not agree', () => {
  test('has the job cancelled, and nothing replicated', async () => {
    const { terminal } = answering('yes', 'Declined');

    const error = await failure(run({}, { more: { terminal } }));

    expect(error).toMatchObject({ code: 'Declined', message: `Nothing was replicated: cancelled ${newestId()}.` });
    expect(states()).toEqual(['Cancelling']);
  });

  test('who cannot be asked leaves the job waiting, and is told how to go on', async () => {
    const { terminal } = answering('yes', 'NotConfirmed');

    const error = await failure(run({}, { more: { terminal } }));

    expect(error).toMatchObject({ code: 'NotConfirmed', hint: expect.stringContaining(`backfill watch ${newestId()}`) });
    expect(states()).toEqual(['Suspended']);
  });
});

describe('after Ctrl-C', () => {
  test('the job goes on, and watch comes back to it', async () => {
    // Suspended after two looks, Ready, then Active.
    const error = await failure(run({}, { more: interruptedAfter(90_000) }));

    expect(error).toBeInstanceOf(UnreachableError);
    expect(error).toMatchObject({ code: 'Interrupted' });
    expect(error.hint).toContain(`npx --no -- s3-replication backfill watch ${newestId()}`);
    expect(states()).toEqual(['Active']);

    const { exitCode, data, recorded } = await run({}, { action: 'watch', job: newestId() });

    expect(exitCode).toBe(0);
    expect(recorded.questions).toEqual([]);
    expect(data.jobs[0]).toMatchObject({ job: newestId(), jobStatus: 'Complete' });
    expect(states()).toEqual(['Complete']);
  });

  test('watch asks for a job that still waits', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    pass(1);

    const { exitCode, recorded } = await run({}, { action: 'watch', job: newestId() });

    expect(exitCode).toBe(0);
    expect(recorded.questions).toEqual(['Run the job? No cancels it.']);
    expect(recorded.told.join('\n')).toContain('S3 counts 1,204,331 object versions');
  });

  test('the same command goes on with the same job', async () => {
    await expect(run({ prefix: 'a/' }, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);

    const { exitCode, recorded } = await run({ prefix: 'a/' });

    expect(exitCode).toBe(0);
    expect(recorded.questions).toEqual(['Run the job? No cancels it.']);
    expect(states()).toEqual(['Complete']);
  });

  test('a command for other objects says which job is in the way, and creates none', async () => {
    await expect(run({ prefix: 'a/' }, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);

    const error = await failure(run({ prefix: 'b/' }));

    expect(error.code).toBe('OtherJob');
    expect(error.message).toContain(newestId());
    expect(error.message).toContain('below "a/"');
    expect(error.hint).toContain('backfill cancel');
    expect(states()).toHaveLength(1);
  });

  test('S3 makes one job of two requests while the list does not show the first', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    s3Control.on(ListJobsCommand).resolves({ Jobs: [] });

    await run();

    expect(s3Control.commandCalls(CreateJobCommand)).toHaveLength(2);
    expect(states()).toEqual(['Complete']);
  });

  test('S3 makes one job where its answer was lost, and the command goes on with that', async () => {
    loseAnswers(1);

    const { exitCode, recorded } = await run();

    expect(exitCode).toBe(0);
    expect(recorded.told.join('\n')).toContain(`job ${newestId()}, which is there already`);
    expect(s3Control.commandCalls(CreateJobCommand)).toHaveLength(1);
    expect(states()).toEqual(['Complete']);
  });

  test('so does the next command, where S3 did not list the job at once', async () => {
    loseAnswers(1);
    s3Control.on(ListJobsCommand).resolvesOnce({ Jobs: [] }).resolvesOnce({ Jobs: [] }).callsFake(listJobs);

    const error = await failure(run());
    const { exitCode } = await run();

    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.hint).toContain('continues with a job that was created');
    expect(exitCode).toBe(0);
    expect(states()).toEqual(['Complete']);
  });

  test('another job for the same objects is possible when the first has ended', async () => {
    await run();
    await run();

    expect(states()).toEqual(['Complete', 'Complete']);
  });
});

describe('objects that fail', () => {
  const FAILED = [
    `${SOURCE},annual+report%2C+2024.pdf,v1,failed,403,AccessDenied,"Replication failed: DstPutObjectNotPermitted"`,
    `${SOURCE},plain.txt,v2,failed,SrcKeyNotFound,404,`,
    `${SOURCE},%E2%82%AC%0A.txt,v3,failed,DstPutObjectNotPermitted,403,"two`,
    `lines, and a ""quote"""`,
    `${SOURCE},fine.txt,v4,succeeded,200,,`,
  ];

  beforeEach(() => accountWith({ objects: 10, failing: 4 }));

  test('are shown by reason, explained, from every file of the report', async () => {
    const other = `${SOURCE},odd.bin,,failed,500,InternalError,"try again"\n`;
    reportOf('00e123a4-c0d8-41f4-a0eb-b46f9ba5b000', [`${FAILED.join('\n')}\n`, other]);

    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(1);
    expect(text).toContain('6 of 10 objects replicated, 4 failed');
    expect(text).toContain('DstPutObjectNotPermitted: 2 object versions');
    expect(text).toContain('"annual report, 2024.pdf", version v1');
    expect(text).toContain('"€\\n.txt", version v3');
    expect(text).toContain('npx --no -- s3-replication retry');
    expect(data.jobs[0]).toMatchObject({ status: 'failed', reportProblem: null });
    expect(data.jobs[0]?.failures).toEqual([
      {
        reason: 'DstPutObjectNotPermitted',
        count: 2,
        explanation: expect.objectContaining({ cause: expect.stringContaining('s3:ReplicateObject') }),
        objects: [
          { key: 'annual report, 2024.pdf', versionId: 'v1', message: 'Replication failed: DstPutObjectNotPermitted' },
          { key: '€\n.txt', versionId: 'v3', message: 'two\nlines, and a "quote"' },
        ],
      },
      expect.objectContaining({ reason: 'SrcKeyNotFound', count: 1 }),
      expect.objectContaining({
        reason: 'InternalError',
        count: 1,
        objects: [{ key: 'odd.bin', versionId: null, message: 'try again' }],
      }),
    ]);
  });

  test('are counted beyond those that are kept', async () => {
    const lines = Array.from({ length: 150 }, (_, index) => `${SOURCE},key${index},v,failed,SrcKeyNotFound,404,\n`);
    reportOf('00e123a4-c0d8-41f4-a0eb-b46f9ba5b000', [lines.join('')]);

    const { text, data } = await run();

    expect(text).toContain('and 140 more');
    expect(data.jobs[0]?.failures).toMatchObject([{ reason: 'SrcKeyNotFound', count: 150 }]);
    expect(data.jobs[0]?.failures?.[0]?.objects).toHaveLength(100);
  });

  test('are known by their number when there is no report', async () => {
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(1);
    expect(text).toContain('Which objects failed could not be read: there is no report');
    expect(data.jobs[0]).toMatchObject({ failures: null, objects: { failed: 4 } });
  });

  test.each([
    ['damaged', () => reportOf('00e123a4-c0d8-41f4-a0eb-b46f9ba5b000', ['x'], () => '0'.repeat(32)), /checksum/],
    [
      'of another form',
      () => object('reports/documents/job-00e123a4-c0d8-41f4-a0eb-b46f9ba5b000/manifest.json', '{"Results": 1}'),
      /no list of a report/,
    ],
  ])('are not made up from a report that is %s', async (_, prepare, problem) => {
    prepare();

    const { exitCode, data } = await run();

    expect(exitCode).toBe(1);
    expect(data.jobs[0]?.failures).toBeNull();
    expect(data.jobs[0]?.reportProblem).toMatch(problem);
  });

  test('are found in a report whose list has the other name that AWS documents', async () => {
    const folder = 'reports/documents/job-00e123a4-c0d8-41f4-a0eb-b46f9ba5b000';
    const Results = [{ TaskExecutionStatus: 'failed', Key: `${folder}/results/a.csv` }];
    object(`${folder}/report.json`, JSON.stringify({ Results }));
    object(`${folder}/results/a.csv`, `${SOURCE},a,v,failed,SrcKeyNotFound,404,`);

    const { data } = await run();

    expect(data.jobs[0]?.failures).toMatchObject([{ reason: 'SrcKeyNotFound', count: 1 }]);
  });

  test('end the job when they are more than half', async () => {
    accountWith({ objects: 2000, failing: 1500 });

    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(1);
    expect(data.jobs[0]).toMatchObject({ jobStatus: 'Failed', nothingToDo: false, problems: [{ code: 'FailureThreshold' }] });
    expect(text).toContain('FailureThreshold: Job failure rate exceeded 50 percent.');
    expect(text).toContain('A job fails by itself when more than half of the objects do');
  });
});

describe('nothing is created', () => {
  test('without backfill in the configuration, which needs no credentials to know', async () => {
    const error = await failure(run({}, { keys: {} }));

    expect(error).toBeInstanceOf(UsageError);
    expect(error.hint).toContain('"backfill": true');
  });

  test('where bucket, role and rule are missing, and all of them are named', async () => {
    s3.on(HeadBucketCommand).rejects(Object.assign(new Error(), { name: 'NotFound', $metadata: { httpStatusCode: 404 } }));
    iam.on(GetRoleCommand).rejects(new NoSuchEntityException({ message: 'no role', $metadata: {} }));
    s3.on(GetBucketReplicationCommand).rejects(Object.assign(new Error(), { name: 'ReplicationConfigurationNotFoundError' }));

    const error = await failure(run());

    expect(error.message).toContain(`bucket ${REPORTS}`);
    expect(error.message).toContain('role backups-documents-backfill-ap-southeast-2');
    expect(error.message).toContain(`a replication rule of bucket ${SOURCE}`);
    expect(error.hint).toContain('npx cdk deploy Source');
    expect(states()).toEqual([]);
  });

  test('when AWS refuses, and the permissions are named', async () => {
    s3Control.on(CreateJobCommand).rejects(denied());

    const error = await failure(run());

    expect(error.message).toContain('not authorized');
    expect(error.hint).toContain('iam:PassRole');
  });

  test('when the jobs that there are may not be read', async () => {
    s3Control.on(ListJobsCommand).rejects(denied());

    await expect(run()).rejects.toThrow(UnreachableError);
    expect(states()).toEqual([]);
  });
});

describe('a job that S3 fails before it tries an object', () => {
  test('shows what S3 says, and where AWS explains it', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    const { Job } = await describeOnce();
    const FailureReasons = [{ FailureCode: 'ReportWrite', FailureReason: 'The job report could not be written.' }];
    describing([{ ...Job, Status: 'Failed', FailureReasons }]);

    const { exitCode, text, data } = await run({}, { action: 'watch', job: newestId() });

    expect(exitCode).toBe(1);
    expect(text).toContain('ReportWrite: The job report could not be written.');
    expect(text).toContain('Why jobs fail: https://docs.aws.amazon.com/');
    expect(data.jobs[0]).toMatchObject({ status: 'failed', nothingToDo: false });
  });
});

test('a confirmation that AWS refuses names the permission that it takes', async () => {
  s3Control.on(UpdateJobStatusCommand).rejects(denied());

  await expect(run()).rejects.toMatchObject({ code: 'Refused', hint: expect.stringContaining('s3:UpdateJobStatus') });
});

test('an emulator, which has no jobs, is not asked for any', async () => {
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
  try {
    await expect(run()).rejects.toMatchObject({ code: 'NoJobs' });
    expect(s3Control.calls()).toEqual([]);
  } finally {
    delete process.env['AWS_ENDPOINT_URL'];
  }
});

test('credentials that may not look at bucket and role create jobs all the same', async () => {
  s3.on(HeadBucketCommand).rejects(denied());
  iam.on(GetRoleCommand).rejects(denied());

  await expect(run()).resolves.toMatchObject({ exitCode: 0 });
});

describe('a watch', () => {
  test('outlives some questions without an answer', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    const { Job } = await describeOnce();
    describing([Job, denied(), denied(), { ...Job, Status: 'Complete' }]);

    await expect(run({}, { action: 'watch', job: newestId() })).resolves.toMatchObject({ exitCode: 0 });
  });

  test('gives up when there is no answer for long, and says how to go on', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    const { Job } = await describeOnce();
    describing([Job, denied()]);

    const error = await failure(run({}, { action: 'watch', job: newestId() }));

    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.hint).toContain(`backfill watch ${newestId()}`);
  });

  test.each([
    ['there is not', '00e123a4-0000-0000-0000-000000000000', 'NoSuchJob'],
    ['is no id', 'documents; rm', 'BadJob'],
  ])('of a job that %s says so', async (_, job, code) => {
    await expect(run({}, { action: 'watch', job })).rejects.toMatchObject({ code });
  });

  test('of a job that is not of this deployment says so, and leaves it alone', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    const other = { ...KEYS, deployment: 'other' };

    await expect(run({}, { action: 'watch', job: newestId(), keys: other })).rejects.toMatchObject({ code: 'ForeignJob' });
    await expect(run({}, { action: 'cancel', job: newestId(), keys: other })).rejects.toMatchObject({ code: 'ForeignJob' });
  });
});

test('several pairs have a job each, are asked for once, and watched together', async () => {
  const { exitCode, data, recorded } = await run({}, { keys: TWO_PAIRS });

  expect(exitCode).toBe(0);
  expect(recorded.questions).toEqual(['Create these 2 jobs?', 'Run these 2 jobs? No cancels them.']);
  expect(data.jobs.map(({ pair, jobStatus }) => [pair, jobStatus])).toEqual([
    ['documents', 'Complete'],
    ['photos', 'Complete'],
  ]);
  expect(recorded.progress.join('\n')).toContain('0 of 2 jobs ended; ');
});

test('when only the first of several jobs can be created, that one is named', async () => {
  const { terminal, told } = answering();
  s3Control
    .on(CreateJobCommand, { RoleArn: 'arn:aws:iam::111111111111:role/backups-photos-backfill-ap-southeast-2' })
    .rejects(denied());

  await expect(run({}, { keys: TWO_PAIRS, more: { terminal } })).rejects.toThrow(AppError);

  expect(told.at(-1)).toContain(`backfill watch ${newestId()}`);
});

test('retry takes what failed, and nothing else', async () => {
  const { exitCode } = await run({ prefix: 'a/' }, { command: retry });

  expect(exitCode).toBe(0);
  expect(requests()[0]?.ManifestGenerator?.S3JobManifestGenerator?.Filter).toEqual({
    EligibleForReplication: true,
    ObjectReplicationStatuses: ['FAILED'],
    KeyNameConstraint: { MatchAnyPrefix: ['a/'] },
  });
});

describe('the list', () => {
  test('shows the jobs of the deployment, the newest first', async () => {
    await run({}, { keys: TWO_PAIRS });
    await run({}, { keys: { ...KEYS, deployment: 'other' } });

    const { exitCode, text, data } = await run({}, { action: 'list', keys: TWO_PAIRS });

    expect(exitCode).toBe(0);
    expect(data).toEqual({
      status: 'ok',
      deployment: 'backups',
      jobs: ['photos', 'documents'].map((pair) => ({
        job: expect.any(String),
        pair,
        jobStatus: 'Complete',
        createdAt: expect.any(String),
        endedAt: expect.any(String),
        description: expect.stringContaining(`s3-replication backups/${pair}: status NONE or FAILED`),
        objects: { total: OBJECTS, succeeded: OBJECTS, failed: 0 },
      })),
    });
    expect(text).toMatch(/^job +pair +status +created +objects +done +failed\n.*photos +Complete .* 1,204,331 +1,204,331 +0\n/);
  });

  test('says that there is none', async () => {
    await expect(run({}, { action: 'list' })).resolves.toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('no job of deployment backups'),
      data: { jobs: [] },
    });
  });
});

describe('cancel', () => {
  test('shows the job, asks, and ends it', async () => {
    await expect(run({}, { more: interruptedAfter(30_000) })).rejects.toThrow(UnreachableError);

    const { exitCode, data, recorded } = await run({}, { action: 'cancel', job: newestId() });

    expect(exitCode).toBe(0);
    expect(recorded.told.join('\n')).toContain(newestId());
    expect(recorded.questions).toEqual(['Cancel it for good?']);
    expect(data).toMatchObject({ job: newestId(), pair: 'documents', jobStatus: 'Cancelled' });
  });

  test('leaves a job alone that has ended', async () => {
    await run();

    const { exitCode, text, recorded } = await run({}, { action: 'cancel', job: newestId() });

    expect(exitCode).toBe(0);
    expect(text).toContain('is Complete already');
    expect(recorded.questions).toEqual([]);
  });

  test('changes nothing when the person declines', async () => {
    await expect(run({}, { more: interruptedAfter(0) })).rejects.toThrow(UnreachableError);
    const { terminal } = answering('Declined');

    await expect(run({}, { action: 'cancel', job: newestId(), more: { terminal } })).rejects.toThrow(AbortError);
    expect(states()).not.toContain('Cancelling');
  });
});

/** What S3 said when the job was described first. */
async function describeOnce(): Promise<{ Job: JobDescriptor }> {
  const [call] = s3Control.commandCalls(DescribeJobCommand);
  const { Job } = (await call?.returnValue) ?? {};
  return { Job: { ...Job } };
}

/** S3 gives these answers, one after the other, and the last one from then on. */
function describing(answers: readonly (JobDescriptor | Error)[]): void {
  const left = [...answers];
  s3Control.on(DescribeJobCommand).callsFake(() => {
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer instanceof Error) {
      throw answer;
    }
    return { Job: answer };
  });
}
