import { DescribeAlarmsCommand, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { UnreachableError, UsageError } from '../../../lib/errors/errors';
import { status } from '../../../lib/ops/status/status';
import { interruptedAfter, testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';
import { awsError, cloudWatch, type Held, kms, run, sqs, ssm, TEST_EVENT } from './world';

const FAILURE = JSON.stringify({
  Records: [
    {
      eventVersion: '2.2',
      eventName: 's3:Replication:OperationFailedReplication',
      eventTime: '2026-11-01T11:00:00.000Z',
      s3: { bucket: { name: 'a-bucket' }, object: { key: 'a' } },
    },
  ],
});

const FIFTY = Array.from({ length: 50 }, (_, index) => ({ id: `pair-${index + 1}` }));
const widest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));

describe('a healthy deployment', () => {
  test('is fine: one row for each pair, from the source account and the state of both keys', async () => {
    const { exitCode, data, text } = await run();

    expect(exitCode).toBe(0);
    expect(data).toEqual({
      deployment: 'backups',
      pairs: [
        {
          pair: 'documents',
          lagSeconds: 42,
          pendingOperations: 12,
          pendingBytes: 3_145_728,
          failedOperations: 0,
          alarms: [
            {
              kind: 'operations-failed',
              name: 'backups-documents-operations-failed',
              place: 'source',
              region: 'ap-southeast-2',
              state: 'OK',
            },
            { kind: 'latency', name: 'backups-documents-latency', place: 'destination', region: 'us-west-2', state: 'OK' },
            {
              kind: 'operations-pending',
              name: 'backups-documents-operations-pending',
              place: 'destination',
              region: 'us-west-2',
              state: 'OK',
            },
            {
              kind: 'bytes-pending',
              name: 'backups-documents-bytes-pending',
              place: 'destination',
              region: 'us-west-2',
              state: 'OK',
            },
            { kind: 'heartbeat', name: 'backups-documents-heartbeat', place: 'backup', region: 'us-west-2', state: 'OK' },
          ],
          lastVerification: { at: '2026-11-01T10:00:00.000Z', result: 'ok' },
          unknown: [],
        },
      ],
      health: [
        { name: 'backups-source-health', place: 'source', region: 'ap-southeast-2', state: 'OK' },
        { name: 'backups-destination-health', place: 'destination', region: 'us-west-2', state: 'OK' },
        { name: 'backups-backup-health', place: 'backup', region: 'us-west-2', state: 'OK' },
      ],
      failureMessages: 0,
      failureQueue: 'empty',
      failureQueueDoubt: null,
      keys: [
        expect.objectContaining({ id: 'replica-key', status: 'ok' }),
        expect.objectContaining({ id: 'source-key', status: 'ok' }),
      ],
      unanswered: [],
      status: 'ok',
      wrong: [],
      unknown: [],
    });
    expect(text).toBe(`✓ deployment backups: fine

  PAIR       LAG         PENDING  BYTES PENDING  FAILED IN 24 H  ALARMS  VERIFIED
  documents  42 seconds  12       3 MiB          0               off     ok 2 hours ago

composite alarms: ap-southeast-2 off, us-west-2 off, backup account off
failure queue: empty
keys: replica enabled, source enabled

not looked at: rule, versioning, policies and roles (s3-replication doctor), and the objects (s3-replication audit)`);
  });

  test('asks for half an hour of what is pending, and for a day of failures, of exactly the rule', async () => {
    await run();
    const inputs = cloudWatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input);
    const now = Date.parse('2026-11-01T12:00:00Z');

    expect(inputs.map(({ StartTime: start, EndTime: end }) => [now - Number(start), now - Number(end)])).toEqual([
      [1_800_000, 0],
      [86_400_000, 0],
    ]);
    expect(inputs[1]?.MetricDataQueries).toEqual([
      {
        Id: 'm0',
        MetricStat: {
          Metric: {
            Namespace: 'AWS/S3',
            MetricName: 'OperationsFailedReplication',
            Dimensions: [
              { Name: 'SourceBucket', Value: 'backups-documents-111111111111-ap-southeast-2-an' },
              { Name: 'DestinationBucket', Value: 'backups-documents-222222222222-us-west-2-an' },
              { Name: 'RuleId', Value: 'backups-documents' },
            ],
          },
          Period: 300,
          Stat: 'Sum',
        },
      },
    ]);
  });

  test('with 50 pairs is one table of 130 columns at most, with totals, in few requests', async () => {
    const { exitCode, data, text } = await run(() => {}, { pairs: FIFTY });

    expect(exitCode).toBe(0);
    expect(data.pairs.map(({ pair }) => pair)).toEqual(FIFTY.map(({ id }) => id));
    expect(data.pairs.every(({ lagSeconds, alarms }) => lagSeconds === 42 && alarms.every(({ state }) => state === 'OK'))).toBe(
      true,
    );
    expect(data.pairs.every(({ lastVerification }) => lastVerification?.result === 'ok')).toBe(true);
    expect(text).toMatch(/^ {2}all 50 +42 seconds +600 +150 MiB +0 +off$/m);
    expect(widest(text)).toBeLessThanOrEqual(130);
    expect(cloudWatch.commandCalls(DescribeAlarmsCommand)).toHaveLength(4);
    expect(ssm.commandCalls(GetParametersCommand)).toHaveLength(5);
  });

  test('shows only the pairs that --pair chooses', async () => {
    const { context } = testContext({ pairs: [{ id: 'one' }, { id: 'two' }] });
    const { data } = await run(() => {}, { pairs: [{ id: 'one' }, { id: 'two' }] }, { pairs: context.pairs.slice(1) });

    expect(data.pairs.map(({ pair }) => pair)).toEqual(['two']);
  });
});

describe('the last verification', () => {
  const verified = (at: string) => (held: Held) => {
    held.parameters['/backups/source/pairs/documents/last-verification'] = JSON.stringify({ at, result: 'ok' });
  };

  test('says how it is now for two days', async () => {
    expect((await run(verified('2026-10-30T12:00:00.000Z'))).exitCode).toBe(0);
  });

  test('is too old afterwards: how it is now is unknown', async () => {
    const { exitCode, data, text } = await run(verified('2026-10-30T11:59:59.000Z'));

    expect([exitCode, data]).toMatchObject([3, { status: 'unknown', wrong: [] }]);
    expect(data.unknown).toEqual([
      'last verified more than 2 days ago: documents (2 days ago); let verify run every day; npx --no -- s3-replication verify',
    ]);
    expect(text).toContain('deployment backups: not all is known: 1 unknown\n');
  });
});

describe('what is not there', () => {
  test('no data is no 0, except for failures, of which S3 counts none when there are none', async () => {
    const { exitCode, data, text } = await run((held) => {
      held.metrics = {};
      held.parameters = {};
    });

    expect(exitCode).toBe(3);
    expect(data).toMatchObject({ status: 'unknown', wrong: [], unanswered: [] });
    expect(data.unknown).toEqual([
      'no data of lag: documents',
      'no data of pending operations: documents',
      'no data of pending bytes: documents',
      'never verified: documents; npx --no -- s3-replication verify',
    ]);
    expect(text).toMatch(/^\? deployment backups: not all is known: 4 unknown\n/);
    expect(data.pairs[0]).toMatchObject({
      lagSeconds: null,
      pendingOperations: null,
      pendingBytes: null,
      failedOperations: 0,
      lastVerification: null,
      unknown: [],
    });
    expect(text).toMatch(/^ {2}documents +no data +no data +no data +0 +off +never$/m);
    expect(text).toContain(
      'no data: none of the last 30 minutes in the source account; npx --no -- s3-replication doctor says where',
    );
  });

  test('alarms that never had data are neither on nor off', async () => {
    const { exitCode, data, text } = await run((held) => {
      for (const kind of ['operations-failed', 'latency', 'operations-pending', 'bytes-pending', 'heartbeat']) {
        held.alarms[`backups-documents-${kind}`] = 'INSUFFICIENT_DATA';
      }
    });

    expect(exitCode).toBe(3);
    expect(data.unknown).toEqual([expect.stringMatching(/^alarms without data: backups-documents-operations-failed, .*latency/)]);
    expect(text).toMatch(/ {2}without data {2}ok 2 hours ago$/m);
  });

  test('an alarm that is missing is wrong, a composite alarm too', async () => {
    const { exitCode, data, text } = await run((held) => {
      held.alarms = { 'backups-documents-latency': undefined, 'backups-destination-health': undefined };
    });

    expect(exitCode).toBe(1);
    expect(data.wrong).toEqual([
      'there is no alarm backups-documents-latency, backups-destination-health; npx --no -- s3-replication doctor',
    ]);
    expect(text).toMatch(/ {2}1 missing {2}/);
    expect(text).toContain('us-west-2 missing');
  });

  test('messages of S3 that only test the queue are no failures; others are shown, and are history', async () => {
    const tested = await run((held) => {
      held.messages = [TEST_EVENT];
    });
    expect([tested.exitCode, tested.data.failureMessages, tested.data.failureQueue]).toEqual([0, 0, 'test-messages-only']);
    expect(tested.text).toContain('failure queue: no failures, only test messages of S3');

    const { exitCode, data, text } = await run((held) => {
      held.messages = [TEST_EVENT, FAILURE, FAILURE, FAILURE];
    });
    expect([exitCode, data.failureMessages]).toEqual([0, 3]);
    expect(text).toContain('failure queue: about 3 to look at: npx --no -- s3-replication failures');
    const looks = sqs.commandCalls(ReceiveMessageCommand).map(({ args }) => args[0].input.VisibilityTimeout);
    expect(new Set(looks)).toEqual(new Set([0]));
  });

  test('the failure queue is not empty where a look at it shows a message, whatever SQS counts', async () => {
    const { exitCode, data, text } = await run((held) => {
      held.messages = [FAILURE];
      held.counts = { ApproximateNumberOfMessages: '0' };
    });

    expect([exitCode, data.failureMessages, data.failureQueue]).toEqual([0, 1, 'not-empty']);
    expect(text).toContain('failure queue: about 1 to look at');
  });

  test.each([
    [{ ApproximateNumberOfMessages: '2' }, '2 visible'],
    [{ ApproximateNumberOfMessagesNotVisible: '1' }, '1 in flight'],
    [{ ApproximateNumberOfMessagesDelayed: '1' }, '1 delayed'],
    [{ ApproximateNumberOfMessagesDelayed: 'x' }, 'an unknown number delayed'],
  ])('the failure queue is unknown where SQS counts %j and a look shows none', async (counts, words) => {
    const { exitCode, data, text } = await run((held) => {
      held.counts = counts;
    });

    expect([exitCode, data.failureMessages, data.failureQueue]).toEqual([3, null, 'unknown']);
    expect(data.unknown).toEqual([expect.stringContaining(words)]);
    expect(text).toContain('failure queue: ?');
  });

  test('a replica key that nobody may look at is unknown', async () => {
    const { exitCode, data, text } = await run((held) => {
      held.replicaKey = undefined;
    });

    expect(exitCode).toBe(3);
    expect(data.unknown).toEqual([
      'the backup account does not answer',
      expect.stringMatching(/^replica key is enabled.*: the backup account does not answer/),
    ]);
    expect(text).toContain('keys: replica ?, source enabled');
  });

  test.each([
    [24, 0],
    [20, 2],
    [7, 5],
  ])('%d of them, of a deployment with many pairs, hide no %d others', async (tests, others) => {
    const { data } = await run((held) => {
      held.messages = [...Array.from({ length: tests }, () => TEST_EVENT), ...Array.from({ length: others }, () => FAILURE)];
    });

    expect(data.failureMessages).toBe(others);
  });
});

describe('something is wrong', () => {
  test('failures are summed over the day, alarms are named, and so is a verification that failed', async () => {
    const { exitCode, data, text } = await run(
      (held) => {
        held.metrics['ap-southeast-2'] = { 'two OperationsFailedReplication': [2, 0, 1] };
        held.metrics['us-west-2'] = { 'two ReplicationLatency': [9000] };
        held.alarms = {
          'backups-two-operations-failed': 'ALARM',
          'backups-two-latency': 'ALARM',
          'backups-source-health': 'ALARM',
        };
        held.parameters['/backups/source/pairs/two/last-verification'] = JSON.stringify({
          at: '2026-11-01T11:59:30.000Z',
          result: 'failed',
        });
      },
      { pairs: [{ id: 'one' }, { id: 'two' }] },
    );

    expect(exitCode).toBe(1);
    expect(data).toMatchObject({ status: 'failed' });
    expect(data.wrong).toEqual([
      'alarm operations-failed is on: two',
      'alarm latency is on: two',
      'composite alarm backups-source-health in ap-southeast-2 is on',
      'operations failed in 24 hours: two (3); npx --no -- s3-replication failures',
      'the last verification failed: two; npx --no -- s3-replication verify',
    ]);
    expect(text).toContain('deployment backups: something is wrong');
    expect(text).toMatch(/^ {2}two +2.5 hours +no data +no data +3 +2 ON +FAILED 30 seconds ago$/m);
    expect(text).toMatch(/^ {2}all 2 +2.5 hours +3 +2 ON$/m);
  });

  test.each(['Disabled', 'PendingDeletion'] as const)('a replica key that is %s, with its repair', async (state) => {
    const { exitCode, data, text } = await run((held) => {
      held.replicaKey = state;
    });

    expect(exitCode).toBe(1);
    expect(data.wrong).toEqual([expect.stringMatching(new RegExp(`^not so: replica key is enabled.* is ${state}; aws kms `))]);
    expect(text).toContain('keys: replica WRONG, source enabled');
  });

  test('of many pairs names a few, and says how many more', async () => {
    const { data, text } = await run(
      (held) => {
        for (const { id } of FIFTY) {
          held.alarms[`backups-${id}-latency`] = 'ALARM';
        }
      },
      { pairs: FIFTY },
    );

    expect(data.wrong).toEqual(['alarm latency is on: pair-1, pair-2, pair-3, pair-4, pair-5 and 45 more']);
    expect(widest(text)).toBeLessThanOrEqual(130);
  });
});

describe('no answer', () => {
  test('of CloudWatch leaves the rest alone, and is neither 0 nor no data', async () => {
    const { context } = testContext();
    const clients: typeof context.clients = {
      ...context.clients,
      cloudWatch: async (side, region) => {
        const client = await context.clients.cloudWatch(side, region);
        if (region === 'us-west-2') {
          throw awsError('ThrottlingException', 'Rate exceeded');
        }
        return client;
      },
    };
    const { exitCode, data, text } = await run(() => {}, {}, { clients });

    expect(exitCode).toBe(3);
    expect(data).toMatchObject({ status: 'unknown' });
    expect(data.unanswered).toEqual([
      'metrics in us-west-2 could not be read: AWS throttles the requests (Rate exceeded); wait a minute, then repeat the command',
      'alarms in us-west-2 could not be read: AWS throttles the requests (Rate exceeded); wait a minute, then repeat the command',
      'alarms of the backup account could not be read: AWS throttles the requests (Rate exceeded); wait a minute, then repeat the command',
    ]);
    expect(data.pairs[0]).toMatchObject({
      lagSeconds: null,
      failedOperations: 0,
      unknown: ['lagSeconds', 'pendingOperations', 'pendingBytes'],
      lastVerification: { result: 'ok' },
    });
    expect(text).toMatch(/^ {2}documents +\? +\? +\? +0 +4 \? +ok 2 hours ago$/m);
    expect(text).toContain('not all is known');
    expect(text).not.toContain('no data');
  });

  test('something wrong counts more than something unknown', async () => {
    const { exitCode, data } = await run((held) => {
      held.messages = undefined;
      held.alarms['backups-documents-latency'] = 'ALARM';
    });

    expect(exitCode).toBe(1);
    expect(data.failureMessages).toBeNull();
    expect(data.unanswered).toEqual([expect.stringContaining('the failure queue could not be read')]);
  });

  test.each(['{', '{"at":"yesterday","result":"ok"}', '{"at":"2026-11-01T10:00:00.000Z","result":"maybe"}'])(
    'a record %s is none',
    async (text) => {
      const { exitCode, data } = await run((held) => {
        held.parameters['/backups/source/pairs/documents/last-verification'] = text;
      });

      expect(exitCode).toBe(3);
      expect(data.pairs[0]).toMatchObject({ lastVerification: null, unknown: ['lastVerification'] });
      expect(data.unanswered).toEqual([expect.stringContaining('last-verification holds no result of s3-replication verify')]);
    },
  );

  test('a metric that CloudWatch has an internal error for is unknown', async () => {
    const { context } = testContext();
    const real = context.clients.cloudWatch;
    const { exitCode, data } = await run(
      () => {},
      {},
      {
        clients: {
          ...context.clients,
          cloudWatch: async (side, region) => {
            cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Id: 'm0', StatusCode: 'InternalError' }] });
            return real(side, region);
          },
        },
      },
    );

    expect(exitCode).toBe(3);
    expect(data.unanswered).toEqual([
      'metrics in us-west-2 could not be read: InternalError',
      'metrics in ap-southeast-2 could not be read: InternalError',
    ]);
  });

  test('metrics and keys of which the answer says nothing are unknown', async () => {
    const { context } = testContext();
    const { exitCode, data } = await run(
      () => {},
      {},
      {
        clients: {
          ...context.clients,
          cloudWatch: async (side, region) => {
            cloudWatch.on(GetMetricDataCommand).resolves({});
            return context.clients.cloudWatch(side, region);
          },
          kms: async (side, region) => {
            kms.on(DescribeKeyCommand).resolves({});
            return context.clients.kms(side, region);
          },
        },
      },
    );

    expect(exitCode).toBe(3);
    expect(data.wrong).toEqual([]);
    expect(data.unknown.join('\n')).toMatch(
      /CloudWatch answered without a result for 3 of 3 metrics[^]*KMS answered without what it knows of key/,
    );
  });

  test('of the credentials of the source leaves nothing to show', async () => {
    const { context } = testContext();
    const refuse = async () => {
      throw new UnreachableError('NoCredentials', 'no credentials');
    };
    const refused = status(
      { ...context, clients: { ...context.clients, cloudWatch: refuse } },
      { argument: undefined, values: {} },
    );
    expect(await rejectionOf(refused, UnreachableError)).toMatchObject({ code: 'NoCredentials' });
  });
});

describe('on an emulator', () => {
  beforeEach(() => {
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
  });
  afterEach(() => {
    delete process.env['AWS_ENDPOINT_URL'];
  });

  test('nothing counts failures but the queue, and there are no composite alarms', async () => {
    const { exitCode, data, text } = await run((held) => {
      held.messages = [TEST_EVENT, FAILURE];
    });

    expect(exitCode).toBe(1);
    expect(data).toMatchObject({ health: [], pairs: [{ failedOperations: null, unknown: [] }] });
    expect(data.unknown).toEqual(['no data of failed operations: documents']);
    expect(data.wrong).toEqual(['failures wait in the failure queue, about 1; npx --no -- s3-replication failures']);
    expect(text).toContain('not counted');
    expect(text).not.toContain('composite');
  });
});

describe('--watch', () => {
  test('shows each round in the place of the last one, and ends as the last one did', async () => {
    const { context } = testContext();
    const terminal = { ...context.terminal, clear: '<clear>' };
    const { exitCode, data, text, recorded } = await run(
      () => {},
      {},
      {
        terminal,
        ...interruptedAfter(120_000),
        values: { watch: '1' },
      },
    );

    expect(exitCode).toBe(0);
    expect(recorded.reported.map((result) => (result.data as { status: string }).status)).toEqual(['ok', 'ok', 'ok']);
    expect(recorded.reported[1]?.text).toMatch(/^<clear>2026-11-01T12:01:00.000Z\n✓ deployment backups: fine\n/);
    expect(data).toMatchObject({ status: 'ok', rounds: 3, pairs: [{ pair: 'documents' }] });
    expect(text).toBe('interrupted after 3 rounds; the last one counts: fine');
  });

  test.each(['0', '-1', 'soon', ''])('%j is not a valid number of minutes', async (watch) => {
    await rejectionOf(
      run(() => {}, {}, { values: { watch } }),
      UsageError,
    );
    expect(cloudWatch.commandCalls(GetMetricDataCommand).length).toBe(0);
  });
});
