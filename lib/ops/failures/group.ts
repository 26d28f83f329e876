import type { FailureEvent, FailureEventName } from './events';

/** The version of an object that an event is about. */
export type FailedObject = Omit<FailureEvent, 'event' | 'reason'>;

/** Events of one bucket that mean the same. */
export interface Group {
  readonly event: FailureEventName;
  /** Code of the failure reason; null when S3 names none. */
  readonly reason: string | null;
  readonly bucket: string;
  /** Each version once, with its latest event; newest first. */
  readonly objects: readonly FailedObject[];
}

/** The worst first. */
const ORDER: readonly FailureEventName[] = [
  'OperationFailedReplication',
  'OperationMissedThreshold',
  'OperationNotTracked',
  'OperationReplicatedAfterThreshold',
];

/** The events that say how it ended for an object that missed the threshold. */
const ENDINGS: readonly FailureEventName[] = ['OperationFailedReplication', 'OperationReplicatedAfterThreshold'];

/**
 * Groups events by bucket and by what went wrong; of those, the group with most objects comes first. S3 and SQS deliver at least
 * once and in no order, so an event that comes twice counts once, and a missed threshold counts only while no event says how it
 * ended.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html#event-ordering-and-duplicate-events
 */
export function groupEvents(events: readonly FailureEvent[]): Group[] {
  const ended = new Set(events.filter(({ event }) => ENDINGS.includes(event)).map(versionOf));
  const open = events.filter((each) => each.event !== 'OperationMissedThreshold' || !ended.has(versionOf(each)));
  const groups = new Map<string, Omit<Group, 'objects'> & { readonly objects: Map<string, FailedObject> }>();
  for (const { event, reason, ...object } of open.toSorted(byTime)) {
    const name = JSON.stringify([event, reason, object.bucket]);
    const group = groups.get(name) ?? { event, reason, bucket: object.bucket, objects: new Map<string, FailedObject>() };
    groups.set(name, group);
    group.objects.set(versionOf(object), object);
  }
  return [...groups.values()]
    .map((group) => ({ ...group, objects: [...group.objects.values()].toSorted(byTime).toReversed() }))
    .toSorted((a, b) => ORDER.indexOf(a.event) - ORDER.indexOf(b.event) || b.objects.length - a.objects.length);
}

/** Whether somebody has to look at it: an object that was late, but arrived, is as it should be. */
export function isOpen({ event }: Pick<Group, 'event'>): boolean {
  return event !== 'OperationReplicatedAfterThreshold';
}

function versionOf({ bucket, key, versionId }: FailedObject): string {
  return JSON.stringify([bucket, key, versionId]);
}

function byTime(a: FailedObject, b: FailedObject): number {
  return a.time.localeCompare(b.time, 'en');
}
