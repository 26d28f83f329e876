import { z } from 'zod';
import { decodeKey } from '../../aws/decode-key';
import { HEARTBEAT_SUFFIX } from '../../model/canary';

/** The replication events that go to the failure queue. */
export type FailureEventName =
  /** S3 gave up, and does not try again. */
  | 'OperationFailedReplication'
  /** With S3 Replication Time Control: not replicated after 15 minutes. */
  | 'OperationMissedThreshold'
  /** With S3 Replication Time Control: replicated, after more than 15 minutes. */
  | 'OperationReplicatedAfterThreshold'
  /** Not counted in the replication metrics any more. */
  | 'OperationNotTracked';

/** One event about one version of an object. */
export interface FailureEvent {
  readonly event: FailureEventName;
  /** Source bucket. */
  readonly bucket: string;
  /** As it is, not URL-encoded. */
  readonly key: string;
  /** Null when S3 names none. */
  readonly versionId: string | null;
  /** When S3 says that it happened, in ISO 8601. */
  readonly time: string;
  /** When the object was written, in ISO 8601; null when S3 names none. */
  readonly requestTime: string | null;
  /** What was to be replicated, such as `OBJECT_PUT`; null when S3 names none. */
  readonly operation: string | null;
  /** Code of the failure reason; null when S3 names none. */
  readonly reason: string | null;
  /** Id of the replication rule; null when S3 names none. */
  readonly ruleId: string | null;
  /** Name of the bucket that the rule replicates into; null when S3 names none. */
  readonly destination: string | null;
}

/** What a message of the failure queue says. */
export type MessageBody =
  | { readonly kind: 'events'; readonly events: readonly FailureEvent[] }
  /** What S3 sends when notifications of a bucket are set; it says nothing about replication. */
  | { readonly kind: 'test'; readonly bucket: string }
  | { readonly kind: 'unreadable'; readonly why: string };

const EVENTS: readonly string[] = [
  'OperationFailedReplication',
  'OperationMissedThreshold',
  'OperationReplicatedAfterThreshold',
  'OperationNotTracked',
] satisfies readonly FailureEventName[];

const TEST_EVENT = z.object({ Event: z.literal('s3:TestEvent'), Bucket: z.string() });

/** A new major version may change the meaning of a field; AWS asks readers to compare it, and to ignore fields that they do not know. */
const RECORD = z.object({
  eventVersion: z.string().regex(/^2\./),
  eventName: z.string(),
  eventTime: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), versionId: z.string().nullish() }),
  }),
  replicationEventData: z
    .object({
      replicationRuleId: z.string().nullish(),
      destinationBucket: z.string().nullish(),
      s3Operation: z.string().nullish(),
      requestTime: z.string().nullish(),
      failureReason: z.string().nullish(),
    })
    .optional(),
});

const NOTIFICATION = z.object({ Records: z.array(RECORD).min(1) });

/**
 * Reads the body of a message of the failure queue.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-metrics-events.html
 */
export function parseBody(body: string): MessageBody {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: 'unreadable', why: 'it is no JSON' };
  }
  const test = TEST_EVENT.safeParse(json);
  if (test.success) {
    return { kind: 'test', bucket: test.data.Bucket };
  }
  const notification = NOTIFICATION.safeParse(json);
  if (!notification.success) {
    const [issue] = notification.error.issues;
    return { kind: 'unreadable', why: `it is no S3 event: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}` };
  }
  const events: FailureEvent[] = [];
  for (const record of notification.data.Records) {
    const event = toEvent(record);
    if (event === undefined) {
      return { kind: 'unreadable', why: `it is not a replication event but ${record.eventName}` };
    }
    events.push(event);
  }
  return { kind: 'events', events };
}

function toEvent({ eventName, eventTime, s3, replicationEventData: data }: z.infer<typeof RECORD>): FailureEvent | undefined {
  const [, event = ''] = /^(?:s3:)?Replication:(\w+)$/.exec(eventName) ?? [];
  return isFailureEvent(event)
    ? {
        event,
        bucket: s3.bucket.name,
        key: decodeKey(s3.object.key),
        versionId: s3.object.versionId ?? null,
        time: eventTime,
        requestTime: data?.requestTime ?? null,
        operation: data?.s3Operation ?? null,
        reason: data?.failureReason ?? null,
        ruleId: data?.replicationRuleId ?? null,
        destination: nameOf(data?.destinationBucket ?? null),
      }
    : undefined;
}

/** S3 writes the ARN of a bucket. */
function nameOf(bucket: string | null): string | null {
  return bucket === null ? null : bucket.slice(bucket.lastIndexOf(':') + 1);
}

function isFailureEvent(name: string): name is FailureEventName {
  return EVENTS.includes(name);
}

/** The version of an object that an event is about. */
export type FailedObject = Omit<FailureEvent, 'event' | 'reason' | 'ruleId' | 'destination'>;

/** Events of one bucket, one rule and one destination that mean the same. */
export interface EventGroup extends Pick<FailureEvent, 'ruleId' | 'destination'> {
  readonly event: FailureEventName;
  /** Code of the failure reason; null when S3 names none. */
  readonly reason: string | null;
  readonly bucket: string;
  /** Each version once, with its latest event; newest first. Without heartbeats. */
  readonly objects: readonly FailedObject[];
  /** Versions of the heartbeat, of which one is written every hour or so: how many, and the newest. Null without any. */
  readonly heartbeats: { readonly count: number; readonly newest: FailedObject } | null;
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
 * Groups events by bucket, rule, destination and by what went wrong; of those, the group with most objects comes first. Heartbeats are counted apart,
 * so that they do not hide objects. S3 and SQS deliver at least
 * once and in no order, so an event that comes twice counts once, and a missed threshold counts only while no event says how it
 * ended.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html#event-ordering-and-duplicate-events
 */
export function groupEvents(events: readonly FailureEvent[]): EventGroup[] {
  const ended = new Set(events.filter(({ event }) => ENDINGS.includes(event)).map(operationOf));
  const open = events.filter((each) => each.event !== 'OperationMissedThreshold' || !ended.has(operationOf(each)));
  const groups = new Map<string, Omit<EventGroup, 'objects' | 'heartbeats'> & { readonly objects: Map<string, FailedObject> }>();
  for (const { event, reason, ruleId, destination, ...object } of open.toSorted(byTime)) {
    const { bucket } = object;
    const name = JSON.stringify([event, reason, bucket, ruleId, destination]);
    const group = groups.get(name) ?? { event, reason, bucket, ruleId, destination, objects: new Map<string, FailedObject>() };
    groups.set(name, group);
    group.objects.set(versionOf(object), object);
  }
  return [...groups.values()]
    .map((group) => {
      const all = [...group.objects.values()].toSorted(byTime).toReversed();
      const heartbeats = all.filter(isHeartbeat);
      const [newest] = heartbeats;
      return {
        ...group,
        objects: all.filter((object) => !isHeartbeat(object)),
        heartbeats: newest === undefined ? null : { count: heartbeats.length, newest },
      };
    })
    .toSorted((a, b) => ORDER.indexOf(a.event) - ORDER.indexOf(b.event) || b.objects.length - a.objects.length);
}

function isHeartbeat({ key }: FailedObject): boolean {
  return key.endsWith(HEARTBEAT_SUFFIX);
}

/** Whether somebody has to look at it: an object that was late, but arrived, is as it should be. */
export function isOpen({ event }: Pick<EventGroup, 'event'>): boolean {
  return event !== 'OperationReplicatedAfterThreshold';
}

/** What a rule does with a version: another rule may end with it otherwise. */
function operationOf({ ruleId, destination, ...object }: FailureEvent): string {
  return JSON.stringify([versionOf(object), ruleId, destination]);
}

function versionOf({ bucket, key, versionId }: FailedObject): string {
  return JSON.stringify([bucket, key, versionId]);
}

function byTime(a: FailedObject, b: FailedObject): number {
  return a.time.localeCompare(b.time, 'en');
}
