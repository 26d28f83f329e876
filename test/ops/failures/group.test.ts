import { type FailureEvent, parseBody } from '../../../lib/ops/failures/events';
import { groupEvents } from '../../../lib/ops/failures/group';
import { failed, SOURCE, timed } from '../../helpers/failure-events';
import { PHOTOS } from './world';

const events = (...bodies: string[]): FailureEvent[] =>
  bodies.map(parseBody).flatMap((body) => (body.kind === 'events' ? body.events : []));
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

  test('still counts when another version arrived', () => {
    expect(brief(missed, timed('ReplicatedAfterThreshold', { versionId: 'other' }))).toHaveLength(2);
  });
});
