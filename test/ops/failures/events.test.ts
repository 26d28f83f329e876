import { type FailureEvent, groupEvents, parseBody } from '../../../lib/ops/failures/events';
import { body, failed, record, SOURCE, testEvent, timed } from '../../helpers/failure-events';
import { PHOTOS } from './world';

const EVENT = {
  bucket: SOURCE,
  key: 'replication-object-put-test.png',
  versionId: 'abcdeH0Xp66ep__QDjR76LK7Gc9X4wKO',
  time: '2026-10-31T21:04:32.527Z',
  requestTime: '2026-10-31T21:03:59.168Z',
  operation: 'OBJECT_PUT',
  ruleId: 'backups-documents',
  destination: 'backups-documents-222222222222-us-west-2-an',
};

test('a failed operation is read with its reason', () => {
  expect(parseBody(failed('AssumeRoleNotPermitted'))).toEqual({
    kind: 'events',
    events: [{ ...EVENT, event: 'OperationFailedReplication', reason: 'AssumeRoleNotPermitted' }],
  });
});

test.each(['MissedThreshold', 'ReplicatedAfterThreshold', 'NotTracked'] as const)('an event %s has no reason', (event) => {
  expect(parseBody(timed(event))).toEqual({ kind: 'events', events: [{ ...EVENT, event: `Operation${event}`, reason: null }] });
});

test('a message can have several records', () => {
  const read = parseBody(body(record({ key: 'a' }), record({ key: 'b', event: 'OperationNotTracked' })));

  expect(read).toMatchObject({ events: [{ key: 'a' }, { key: 'b', event: 'OperationNotTracked' }] });
});

test.each([
  ['red+flower.jpg', 'red flower.jpg'],
  ['1%2B1%3D2', '1+1=2'],
  ['reports/2026/%C3%9Cbersicht+%E2%82%AC.pdf', 'reports/2026/Übersicht €.pdf'],
  ['100%25', '100%'],
  ['not%encoded', 'not%encoded'],
])('the key %s is %s', (key, decoded) => {
  expect(parseBody(failed('x', { key }))).toMatchObject({ events: [{ key: decoded }] });
});

test('what S3 leaves out is null, and what it adds is ignored', () => {
  const { replicationEventData: _, ...rest } = record({ versionId: null });

  expect(parseBody(body({ ...rest, eventVersion: '2.9', newEventData: {} }))).toEqual({
    kind: 'events',
    events: [
      {
        ...EVENT,
        event: 'OperationFailedReplication',
        versionId: null,
        requestTime: null,
        operation: null,
        reason: null,
        ruleId: null,
        destination: null,
      },
    ],
  });
});

test("S3's test message is recognised, with its bucket", () => {
  expect(parseBody(testEvent())).toEqual({ kind: 'test', bucket: SOURCE });
});

test.each([
  ['no JSON', 'hello', 'no JSON'],
  ['nothing', '', 'no JSON'],
  ['null', 'null', 'no S3 event'],
  ['other JSON', '{"hello":"world"}', 'no S3 event: Records'],
  ['no records', '{"Records":[]}', 'no S3 event: Records'],
  ['a record without an object', '{"Records":[{"eventVersion":"2.2"}]}', 'no S3 event: Records.0.'],
  ['another major version', body({ ...record(), eventVersion: '3.0' }), 'no S3 event: Records.0.eventVersion'],
  ['an event that is none of replication', body({ ...record(), eventName: 'ObjectCreated:Put' }), 'but ObjectCreated:Put'],
  [
    'an event of replication that nobody knows',
    body(record(), record({ event: 'OperationNew' })),
    'but Replication:OperationNew',
  ],
])('%s is unreadable, and why', (_, text, why) => {
  expect(parseBody(text)).toEqual({ kind: 'unreadable', why: expect.stringContaining(why) });
});

const events = (...bodies: string[]): FailureEvent[] =>
  bodies.map(parseBody).flatMap((read) => (read.kind === 'events' ? read.events : []));
const brief = (...bodies: string[]) =>
  groupEvents(events(...bodies)).map(({ event, reason, bucket, objects }) => [
    reason ?? event,
    bucket,
    objects.map(({ key }) => key).join(' '),
  ]);

test('events are grouped by reason and bucket; the group with most objects comes first', () => {
  expect(
    brief(
      failed('DstKmsKeyNotFound', { key: 'a' }),
      failed('DstPutObjectNotPermitted', { key: 'b' }),
      failed('DstPutObjectNotPermitted', { key: 'c', time: '2026-10-31T22:00:00.000Z' }),
      failed('DstPutObjectNotPermitted', { key: 'd', bucket: PHOTOS }),
    ),
  ).toEqual([
    ['DstPutObjectNotPermitted', SOURCE, 'c b'],
    ['DstKmsKeyNotFound', SOURCE, 'a'],
    ['DstPutObjectNotPermitted', PHOTOS, 'd'],
  ]);
});

test('failures come before what is late, untracked, or arrived late, however many', () => {
  expect(
    brief(
      timed('ReplicatedAfterThreshold', { key: 'a' }),
      timed('ReplicatedAfterThreshold', { key: 'b' }),
      timed('NotTracked', { key: 'c' }),
      timed('MissedThreshold', { key: 'd' }),
      failed('DstKmsKeyNotFound', { key: 'e' }),
    ).map(([reason]) => reason),
  ).toEqual(['DstKmsKeyNotFound', 'OperationMissedThreshold', 'OperationNotTracked', 'OperationReplicatedAfterThreshold']);
});

test('an event that comes twice counts once, with its latest time', () => {
  const [group] = groupEvents(
    events(failed('x', { time: '2026-10-31T23:00:00.000Z' }), failed('x'), failed('x', { sequencer: '0066DA1CBF104C0D52' })),
  );

  expect(group?.objects.map(({ time }) => time)).toEqual(['2026-10-31T23:00:00.000Z']);
});

test('versions of one key are objects of their own', () => {
  const [group] = groupEvents(
    events(failed('x', { versionId: '1' }), failed('x', { versionId: '2' }), failed('x', { versionId: null })),
  );

  expect(group?.objects.map(({ versionId }) => versionId).toSorted()).toEqual(['1', '2', null]);
});

describe('an object that missed the threshold', () => {
  const missed = timed('MissedThreshold');

  test.each([
    ['arrived', timed('ReplicatedAfterThreshold'), 'OperationReplicatedAfterThreshold'],
    ['failed', failed('DstKmsKeyNotFound'), 'DstKmsKeyNotFound'],
  ])('and %s later counts only as that, in whichever order the events come', (_, ending, reason) => {
    for (const order of [
      [missed, ending],
      [ending, missed],
    ]) {
      expect(brief(...order).map(([first]) => first)).toEqual([reason]);
    }
  });

  test('still counts when another rule replicated it', () => {
    expect(brief(missed, timed('ReplicatedAfterThreshold', { data: { replicationRuleId: 'other' } }))).toHaveLength(2);
  });

  test('still counts when another version arrived', () => {
    expect(brief(missed, timed('ReplicatedAfterThreshold', { versionId: 'other' }))).toHaveLength(2);
  });
});

test('heartbeats are counted apart: an hourly failure takes one line, and no object is hidden behind it', () => {
  const key = 'reports/.s3-replication-canary/heartbeat';
  const heartbeats = Array.from({ length: 24 }, (_, hour) =>
    record({ key, versionId: `beat-${hour}`, time: `2026-10-31T${String(hour).padStart(2, '0')}:00:00.000Z` }),
  );
  const read = parseBody(body(...heartbeats, ...heartbeats.slice(3, 5), record({ key: 'reports/a.pdf' })));
  const [group, ...more] = groupEvents(read.kind === 'events' ? read.events : []);

  expect(more).toEqual([]);
  expect(group?.objects.map((object) => object.key)).toEqual(['reports/a.pdf']);
  expect(group?.heartbeats).toMatchObject({ count: 24, newest: { key, versionId: 'beat-23' } });
});
