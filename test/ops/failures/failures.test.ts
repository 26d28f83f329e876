import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import type { Context } from '../../../lib/cli/command';
import { AbortError, AppError, UnreachableError, UsageError } from '../../../lib/errors/errors';
import { validConfig } from '../../helpers/config';
import { body, failed, record, SOURCE, testEvent, timed } from '../../helpers/failure-events';
import { interruptedAfter, testContext } from '../../helpers/ops';
import { rejectionOf } from '../../helpers/rejection';
import { hideAll, inQueue, PHOTOS, queueOf, run, sqs, TWO_PAIRS } from './world';

const denied = new SQSServiceException({
  name: 'AccessDenied',
  message: 'no',
  $fault: 'client',
  $metadata: { httpStatusCode: 403 },
});
const allVisible = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, 'visible']));

/** A terminal with a person who takes a while, or declines. */
const answering = (confirm: () => Promise<void>): Context['terminal'] => ({ ...testContext().context.terminal, confirm });

describe('an empty queue', () => {
  test('is fine', async () => {
    queueOf();
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(0);
    expect(data).toEqual({
      status: 'ok',
      queue: { name: 'backups-replication-failures', approximate: { visible: 0, held: 0 } },
      read: 0,
      truncated: false,
      groups: [],
      testEvents: 0,
      unreadable: [],
      removed: null,
    });
    expect(text).toBe('queue backups-replication-failures: 0 messages read, no failure');
  });

  test('of which another reader holds the messages could not be found out', async () => {
    queueOf(failed());
    hideAll();
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(3);
    expect(data).toMatchObject({ status: 'unknown', read: 0, queue: { approximate: { visible: 0, held: 1 } } });
    expect(text).toContain('another reader has 1');
  });

  test('has nothing to acknowledge, and nobody is asked', async () => {
    queueOf();
    const { exitCode, data, recorded } = await run({ ack: true });

    expect(exitCode).toBe(0);
    expect(data.removed).toEqual({ messages: 0, failed: [] });
    expect(recorded.questions).toEqual([]);
  });
});

describe('failures', () => {
  test('are explained as s3-replication explain does, with the fix and the keys', async () => {
    queueOf(failed('DstBucketUnversioned', { key: 'annual+report.pdf' }));
    const { exitCode, text, data } = await run({}, { destination: { profile: 'backup' } });

    expect(exitCode).toBe(1);
    expect(Object.keys(data)).toEqual(['status', 'queue', 'read', 'truncated', 'groups', 'testEvents', 'unreadable', 'removed']);
    expect(data.groups).toEqual([
      {
        heartbeats: null,
        reason: 'DstBucketUnversioned',
        event: 'OperationFailedReplication',
        pair: 'documents',
        bucket: SOURCE,
        ruleId: 'backups-documents',
        destination: 'backups-documents-222222222222-us-west-2-an',
        somebodyElses: false,
        count: 1,
        explanation: {
          cause: expect.stringContaining('ersioning'),
          fix: expect.any(String),
          commands: [{ account: '111111111111, 222222222222', command: 'npx --no -- s3-replication doctor --pair documents' }],
          afterwards: expect.stringContaining('npx --no -- s3-replication retry --pair documents'),
          page: expect.stringContaining('https://docs.aws.amazon.com/'),
        },
        objects: [
          {
            bucket: SOURCE,
            key: 'annual report.pdf',
            versionId: 'abcdeH0Xp66ep__QDjR76LK7Gc9X4wKO',
            time: '2026-10-31T21:04:32.527Z',
            requestTime: '2026-10-31T21:03:59.168Z',
            operation: 'OBJECT_PUT',
          },
        ],
      },
    ]);
    expect(text).toContain('DstBucketUnversioned: 1 object version of pair documents\n  Cause: ');
    expect(text).toContain('  Afterwards: FAILED is final');
    expect(text).toContain(`"s3://${SOURCE}/annual report.pdf", version abcdeH0Xp66ep__QDjR76LK7Gc9X4wKO`);
    expect(text).toContain(`npx --no -- s3-replication explain 's3://${SOURCE}/annual report.pdf'`);
    expect(text).not.toContain('PAIR');
  });

  test('show ten keys to a person, and all of them with --json', async () => {
    queueOf(
      body(
        ...Array.from({ length: 13 }, (_, index) =>
          record({ key: `key-${index}`, data: { failureReason: 'DstKmsKeyNotFound' } }),
        ),
      ),
    );
    const { text, data } = await run();

    expect(text.match(/"s3:/g)).toHaveLength(10);
    expect(text).toContain('and 3 more: --json has all');
    expect(data.groups[0]).toMatchObject({ count: 13, objects: { length: 13 } });
    expect(data.read).toBe(1);
  });

  test.each([
    ['SrcMoonNotFull', "AWS's list of failure reasons did not have SrcMoonNotFull"],
    [undefined, 'S3 names no reason'],
  ])('for the reason %s, which AWS does not document, point to its list and to doctor', async (reason, cause) => {
    queueOf(reason === undefined ? body(record()) : failed(reason));
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(1);
    expect(text).toContain(cause);
    expect(text).toContain('npx --no -- s3-replication doctor --pair documents');
    expect(data.groups[0]).toMatchObject({
      reason: reason ?? null,
      explanation: { page: expect.stringContaining('#replication-failure-codes') },
    });
  });

  test('of a bucket that is in no pair any more come under its name', async () => {
    queueOf(failed('DstKmsKeyNotFound', { bucket: 'backups-old-111111111111-ap-southeast-2-an' }));
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(1);
    expect(data.groups[0]).toMatchObject({ pair: null });
    expect(text).toContain('of bucket backups-old-111111111111-ap-southeast-2-an, which is in no pair');
    expect(text).toContain('PAIR stands for the id');
    expect(text).not.toContain('npx --no -- s3-replication explain');
  });

  test.each<[string, Record<string, string>]>([
    ['rule', { replicationRuleId: 'analytics' }],
    ['destination', { destinationBucket: 'arn:aws:s3:::analytics-333333333333' }],
  ])("of another %s are somebody else's, without a repair of ours", async (_, data) => {
    queueOf(failed('DstBucketUnversioned', { data }), failed('DstBucketUnversioned'));
    const { exitCode, text, data: found } = await run();

    expect(exitCode).toBe(1);
    expect(new Set(found.groups.map(({ somebodyElses }) => somebodyElses))).toEqual(new Set([false, true]));
    const group = found.groups.find(({ somebodyElses }) => somebodyElses);
    expect(group).toMatchObject({ pair: 'documents', count: 1, explanation: { commands: [] } });
    expect(group?.explanation.cause).toContain('analytics');
    const [shown = ''] = text.split('\n\n').filter((part) => part.startsWith("somebody else's"));
    expect(shown).toContain(`DstBucketUnversioned: 1 object version of bucket ${SOURCE}`);
    expect(shown).not.toMatch(/aws s3|npx --no -- s3-replication|Afterwards/);
  });

  test('of nobody but others need a look, and no object is offered to explain', async () => {
    queueOf(failed('DstBucketUnversioned', { data: { replicationRuleId: 'analytics' } }));
    const { exitCode, text } = await run();
    expect(exitCode).toBe(1);
    expect(text).not.toContain('npx --no -- s3-replication');
  });

  test('that name neither rule nor destination are of the pair', async () => {
    const { replicationEventData: _, ...rest } = record();
    queueOf(body(rest));
    expect((await run()).data.groups).toMatchObject([{ pair: 'documents', ruleId: null, somebodyElses: false }]);
  });

  test('carry what else an event says: another operation, a canary, control characters as escapes', async () => {
    queueOf(
      failed('x', { key: 'a', data: { s3Operation: 'OBJECT_TAGGING' } }),
      failed('x', { key: '.s3-replication-canary/20261101T120000Z-1' }),
      failed('x', { key: 'evil%1B%5B2J' }),
    );
    const { text } = await run();

    expect(text).toMatch(/OBJECT_TAGGING$/m);
    expect(text).toMatch(/a canary of s3-replication verify$/m);
    expect(text).toContain('evil\\u001b[2J');
    expect(text).toContain(`explain s3://${SOURCE}/a`);
    expect(text).not.toContain('\u001b');
  });
});

describe('events of S3 Replication Time Control', () => {
  test('that arrived late are shown, and fine', async () => {
    queueOf(timed('MissedThreshold'), timed('ReplicatedAfterThreshold'));
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ status: 'ok' });
    expect(data.groups).toMatchObject([{ event: 'OperationReplicatedAfterThreshold', reason: null, count: 1 }]);
    expect(text).toContain('late, arrived (OperationReplicatedAfterThreshold): 1 object version of pair documents');
  });

  test.each([
    ['MissedThreshold' as const, 'late, not arrived yet'],
    ['NotTracked' as const, 'not tracked any more'],
  ])('%s needs a look', async (event, words) => {
    queueOf(timed(event));
    const { exitCode, text } = await run();

    expect(exitCode).toBe(1);
    expect(text).toContain(words);
    expect(text).toContain('npx --no -- s3-replication doctor --pair documents');
    expect(text).not.toContain('FAILED is final');
  });
});

describe('other messages', () => {
  test("S3's test message is counted, and fine", async () => {
    queueOf(testEvent());
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ read: 1, testEvents: 1, groups: [] });
    expect(text).toContain('no failure\namong them 1 test message of S3');
  });

  test('one that is no event is named, with how it begins, and needs a look', async () => {
    queueOf('hello\u0007');
    const { exitCode, text, data } = await run();

    expect(exitCode).toBe(1);
    expect(data.unreadable).toEqual([{ messageId: 'm0', why: 'it is no JSON', body: 'hello\u0007' }]);
    expect(text).toContain('message m0: it is no JSON; it begins with "hello\\u0007"');
  });
});

describe('reading loses nothing', () => {
  test('all pages are read and given back, and another read shows the same', async () => {
    queueOf(...Array.from({ length: 123 }, (_, index) => failed('DstKmsKeyNotFound', { key: `key-${index}` })));
    const first = await run();

    expect(first.data).toMatchObject({ read: 123, truncated: false, groups: [{ count: 123 }] });
    expect(inQueue()).toEqual(allVisible(123));
    expect(first.recorded.progress).toContain('reading queue backups-replication-failures: 50 of about 123 messages');
    expect(first.recorded.progress.at(-1)).toBe('');
    expect((await run()).data).toEqual(first.data);
    expect(sqs.commandCalls(DeleteMessageBatchCommand)).toEqual([]);
  });

  test('--limit stops a read, says so, and what was not read may be a failure', async () => {
    queueOf(...Array.from({ length: 20 }, (_, index) => timed('ReplicatedAfterThreshold', { key: `key-${index}` })));
    const { exitCode, text, data } = await run({ limit: '13' });

    expect(exitCode).toBe(3);
    expect(data).toMatchObject({ status: 'unknown', read: 13, truncated: true });
    expect(text).toContain('as many as --limit allows: there may be more, of about 20 in all');
    expect(inQueue()).toEqual(allVisible(20));
  });

  test('a message that comes again while it is held is read once, and does not keep the read going', async () => {
    queueOf();
    sqs.on(ReceiveMessageCommand).resolves({ Messages: [{ MessageId: 'm0', ReceiptHandle: 'r', Body: failed() }] });
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Failed: [], Successful: [] });

    expect((await run()).data).toMatchObject({ read: 1, groups: [{ count: 1 }] });
  });

  test('interrupted, everything is given back', async () => {
    queueOf(...Array.from({ length: 60 }, () => failed()));
    const interruption = new AbortController();
    const progress = (line: string) => {
      if (line.includes('50 of about 60')) {
        interruption.abort();
      }
    };
    const terminal = { ...testContext().context.terminal, progress };
    const error = await rejectionOf(run({}, {}, { terminal, signal: interruption.signal }), UnreachableError);

    expect(error.code).toBe('Interrupted');
    expect(sqs.commandCalls(ReceiveMessageCommand)).toHaveLength(5);
    expect(inQueue()).toEqual(allVisible(60));
  });

  test('an error half way gives back what came before', async () => {
    queueOf(...Array.from({ length: 20 }, () => failed()));
    // The last of three requests at a time.
    sqs.on(ReceiveMessageCommand, { MaxNumberOfMessages: 4 }).rejects(denied);
    await rejectionOf(run({ limit: '24' }), UnreachableError);

    expect(inQueue()).toEqual(allVisible(20));
  });

  test('what cannot be given back is told, and the result stands', async () => {
    queueOf(failed());
    sqs.on(ChangeMessageVisibilityBatchCommand).rejects(denied);
    const { exitCode, recorded } = await run();

    expect(exitCode).toBe(1);
    expect(recorded.told.join('\n')).toContain(
      '1 message could not be given back: no; SQS shows them to others again automatically',
    );
  });

  test('what SQS has shown again automatically is not told', async () => {
    queueOf(failed());
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({
      Successful: [],
      Failed: [{ Id: '0', SenderFault: true, Code: 'AWS.SimpleQueueService.MessageNotInflight' }],
    });

    expect((await run()).recorded.told).toEqual([]);
  });
});

describe('--pair', () => {
  const photosOnly = async (values: Record<string, boolean> = {}) => {
    queueOf(failed('x'), failed('x', { bucket: PHOTOS }), testEvent(PHOTOS), 'hello', body(record(), record({ bucket: PHOTOS })));
    return runPhotos(values);
  };
  const runPhotos = async (values: Record<string, boolean>) => {
    const { pairs } = validConfig(TWO_PAIRS);
    return run(values, TWO_PAIRS, { pairs: pairs.filter(({ id }) => id === 'photos') });
  };

  test('shows that pair alone', async () => {
    const { data } = await photosOnly();

    expect(data).toMatchObject({ read: 5, testEvents: 1, unreadable: [] });
    expect(data.groups.map(({ pair }) => pair)).toEqual(['photos', 'photos']);
  });

  test('acknowledges only messages that are all about that pair', async () => {
    await photosOnly({ ack: true });

    expect(inQueue()).toEqual({ m0: 'visible', m3: 'visible', m4: 'visible' });
  });

  test('is fine while the failures are of others', async () => {
    queueOf(failed('x'), 'hello');

    await expect(runPhotos({})).resolves.toMatchObject({ exitCode: 0, data: { read: 2, groups: [] } });
  });
});

describe('--ack', () => {
  test('says what it removes, asks, removes every copy of what it showed, and ends well', async () => {
    queueOf(failed('DstKmsKeyNotFound'), failed('DstKmsKeyNotFound'), timed('NotTracked'), testEvent(), 'hello');
    const { exitCode, text, data, recorded } = await run({ ack: true });

    expect(recorded.told).toEqual([
      [
        'Remove 5 messages from queue backups-replication-failures:',
        '  DstKmsKeyNotFound: 1 object version of pair documents',
        '  not tracked any more (OperationNotTracked): 1 object version of pair documents',
        '  1 test message of S3',
        '  message m4: it is no JSON; it begins with "hello"',
      ].join('\n'),
    ]);
    expect(recorded.questions).toEqual(['Remove these events permanently?']);
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ status: 'ok', groups: { length: 2 }, removed: { messages: 5, failed: [] } });
    expect(text).toContain('removed 5 messages');
    expect(inQueue()).toEqual({});
  });

  test('with --yes asks nobody', async () => {
    queueOf(failed());
    const { exitCode, recorded } = await run({ ack: true }, {}, { yes: true });

    expect(exitCode).toBe(0);
    expect(recorded.questions).toEqual([]);
    expect(inQueue()).toEqual({});
  });

  test('declined, removes nothing and gives everything back', async () => {
    queueOf(failed(), testEvent());
    const confirm = async () => {
      throw new AbortError('Declined', 'nothing was changed');
    };
    await rejectionOf(run({ ack: true }, {}, { terminal: answering(confirm) }), AbortError);

    expect(inQueue()).toEqual(allVisible(2));
    expect(sqs.commandCalls(DeleteMessageBatchCommand)).toEqual([]);
  });

  test('holds the messages for an hour while the person thinks, and removes nothing after that', async () => {
    queueOf(failed());
    let minutes = 0;
    const answerAfter = (later: number) =>
      run(
        { ack: true },
        {},
        {
          clock: { now: () => new Date(minutes * 60_000), sleep: async () => {} },
          terminal: answering(async () => {
            minutes += later;
          }),
        },
      );

    expect((await rejectionOf(answerAfter(61), AppError)).code).toBe('LateAnswer');
    expect(inQueue()).toEqual({ m0: 'visible' });
    const [hold] = sqs.commandCalls(ChangeMessageVisibilityBatchCommand);
    expect(hold?.args[0].input.Entries).toMatchObject([{ VisibilityTimeout: 3600 }]);
    expect((await answerAfter(59)).data.removed).toEqual({ messages: 1, failed: [] });
  });

  test('what could not be removed is said, stays, and still counts', async () => {
    queueOf(...Array.from({ length: 12 }, (_, index) => failed('x', { key: `key-${index}` })));
    sqs.on(DeleteMessageBatchCommand).callsFake(({ Entries }: { Entries: unknown[] }) => ({
      Failed: Entries.length === 10 ? [{ Id: '3', Code: 'ReceiptHandleIsInvalid', Message: 'it has expired' }] : [],
    }));
    const { exitCode, text, data } = await run({ ack: true });

    expect(exitCode).toBe(1);
    expect(data).toMatchObject({
      status: 'failed',
      removed: { messages: 11, failed: [{ messageId: 'm3', why: 'ReceiptHandleIsInvalid: it has expired' }] },
    });
    expect(text).toContain('removed 11 messages\n1 message could not be removed: ReceiptHandleIsInvalid: it has expired');
    expect(inQueue()).toMatchObject({ m3: 'visible' });
  });

  test('without the right to remove, nothing is removed, and it says why', async () => {
    queueOf(failed());
    sqs.on(DeleteMessageBatchCommand).rejects(denied);

    await expect(run({ ack: true })).resolves.toMatchObject({
      exitCode: 1,
      data: { removed: { messages: 0, failed: [{ why: 'no' }] } },
    });
    expect(inQueue()).toEqual({ m0: 'visible' });
  });

  test('what another reader may have is not removed', async () => {
    queueOf(failed());
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({
      Successful: [],
      Failed: [{ Id: '0', SenderFault: true, Code: 'MessageNotInflight' }],
    });

    await expect(run({ ack: true })).resolves.toMatchObject({
      data: { removed: { messages: 0, failed: [{ messageId: 'm0' }] } },
    });
    expect(sqs.commandCalls(DeleteMessageBatchCommand)).toEqual([]);
  });
});

describe('--watch', () => {
  test('reads again every so many minutes, reports each round, and ends as the last one did', async () => {
    queueOf(failed());
    const { exitCode, text, data, recorded } = await run({ watch: '15' }, {}, interruptedAfter(900_000));

    expect(exitCode).toBe(1);
    expect(recorded.reported.map((one) => one.text.split('\n')[0])).toEqual([
      '2026-11-01T12:00:00.000Z',
      '2026-11-01T12:15:00.000Z',
    ]);
    expect(data).toMatchObject({ status: 'failed', rounds: 2, groups: [{ count: 1 }] });
    expect(text).toBe('interrupted after 2 rounds; the last one counts: failures');
    expect(inQueue()).toEqual({ m0: 'visible' });
  });
});

describe('wrong usage', () => {
  test.each([
    [{ ack: true, watch: '5' }, '--ack does not go with --watch'],
    [{ watch: 'soon' }, '--watch "soon" is not a valid number of minutes'],
    [{ limit: '0' }, '--limit "0" is not a valid number of messages'],
    [{ limit: '100001' }, '--limit "100001" is not a valid number of messages'],
    [{ limit: 'all' }, '--limit "all" is not a valid number of messages'],
  ])('%j asks AWS nothing', async (values, message) => {
    queueOf(failed());
    const error = await rejectionOf(run(values), UsageError);

    expect(error.message).toContain(message);
    expect(sqs.calls()).toEqual([]);
  });
});

describe('without an answer', () => {
  test('a queue that is not there is made by the source stack', async () => {
    queueOf();
    sqs.on(GetQueueUrlCommand).rejects(new QueueDoesNotExist({ message: 'none', $metadata: {} }));
    const error = await rejectionOf(run(), AppError);

    expect(error).not.toBeInstanceOf(UnreachableError);
    expect(error.message).toBe('there is no queue backups-replication-failures');
    expect(error.hint).toContain('npx cdk deploy Source');
  });

  test.each([
    ['finding the queue', GetQueueUrlCommand],
    ['counting its messages', GetQueueAttributesCommand],
    ['reading it', ReceiveMessageCommand],
  ] as const)('%s denied: could not find out', async (_, command) => {
    queueOf(failed());
    sqs.on(command as typeof GetQueueUrlCommand).rejects(denied);
    const error = await rejectionOf(run(), UnreachableError);

    expect(error.message).toContain('queue backups-replication-failures could not be read: these credentials may not ask this');
  });
});
