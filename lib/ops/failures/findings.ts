import type { Context } from '../../cli/command';
import { plural } from '../../cli/units';
import type { DeployedPair } from '../../model/deployment';
import { type Status, statusOf } from '../../model/status';
import { type EventGroup, groupEvents, isOpen, type MessageBody, parseBody } from './events';
import { type Explanation, explanationForOthers, explanationOf } from './explanation';
import type { QueueCounts, QueueMessage, Undone } from './queue';

/** A group of events, its pair, and what it means. */
export interface ExplainedGroup extends EventGroup {
  /** Id of the pair; null for a bucket that is no source bucket of the configuration. */
  readonly pair: string | null;
  /** The events name a rule or a destination bucket that is not the pair's. False where S3 names neither. */
  readonly somebodyElses: boolean;
  /** How many versions of objects, without heartbeats. */
  readonly count: number;
  readonly explanation: Explanation;
}

/** A message that is no replication event. */
export interface UnreadableMessage {
  readonly messageId: string;
  readonly why: string;
  readonly body: string;
}

/** What messages say. */
export interface FailureFindings {
  readonly groups: readonly ExplainedGroup[];
  /** Messages that S3 sent when notifications were set. */
  readonly testEvents: number;
  readonly unreadable: readonly UnreadableMessage[];
}

/** How much of the queue was read. */
export interface ReadExtent {
  readonly queue: { readonly name: string; readonly approximate: QueueCounts };
  /** Messages, those out of scope too. */
  readonly read: number;
  /** Reading ended at the limit: there may be more. */
  readonly truncated: boolean;
}

/** What became of the messages that were to be removed. */
interface Removal {
  readonly messages: number;
  readonly failed: readonly Undone[];
}

/** The result of `s3-replication failures`; with `--watch`, of each round. */
export interface FailuresData extends ReadExtent, FailureFindings {
  /** Null without `--ack`. */
  readonly removed: Removal | null;
}

/** A message, and what it says. */
interface ReadMessage {
  readonly message: QueueMessage;
  readonly body: MessageBody;
}

export function readMessage(message: QueueMessage): ReadMessage {
  return { message, body: parseBody(message.body) };
}

/** The part of the queue that a command is about: all of it, or with `--pair` the events of some source buckets. */
export class FailureScope {
  private readonly buckets: ReadonlySet<string>;
  /** Whether `--pair` was given; without it, the pairs are the configuration's own. */
  private readonly restricted: boolean;

  constructor(private readonly context: Context) {
    const { config, pairs } = context;
    this.restricted = pairs !== config.pairs;
    this.buckets = new Set(pairs.map((pair) => pair.names.sourceBucket.name));
  }

  /** Whether all that a message says is in scope. Nobody knows to which bucket one belongs that cannot be read. */
  takes({ body }: ReadMessage): boolean {
    if (body.kind === 'events') {
      return body.events.every(({ bucket }) => this.has(bucket));
    }
    return body.kind === 'test' ? this.has(body.bucket) : !this.restricted;
  }

  /** What messages say, as far as it is in scope. */
  findings(messages: readonly ReadMessage[]): FailureFindings {
    const { config } = this.context;
    const events = messages.flatMap(({ body }) => (body.kind === 'events' ? body.events : []));
    const groups = groupEvents(events.filter(({ bucket }) => this.has(bucket)));
    return {
      groups: groups.map((group) => {
        const { event, reason, bucket, ruleId, destination, objects, heartbeats } = group;
        const pair = config.pairs.find((one) => one.names.sourceBucket.name === bucket);
        const somebodyElses = pair !== undefined && isSomebodyElses(group, pair);
        return {
          reason,
          event,
          pair: pair?.id ?? null,
          bucket,
          ruleId,
          destination,
          somebodyElses,
          count: objects.length,
          explanation: somebodyElses ? explanationForOthers(group) : explanationOf(config, { event, reason }, pair?.id),
          objects,
          heartbeats,
        };
      }),
      testEvents: messages.filter((one) => one.body.kind === 'test' && this.takes(one)).length,
      unreadable: messages.flatMap(({ message, body }) =>
        body.kind === 'unreadable' && !this.restricted ? [{ messageId: message.id, why: body.why, body: message.body }] : [],
      ),
    };
  }

  private has(bucket: string): boolean {
    return !this.restricted || this.buckets.has(bucket);
  }
}

/** Whether the events belong to a rule beside the pair's own. */
function isSomebodyElses({ ruleId, destination }: EventGroup, { names }: DeployedPair): boolean {
  return (ruleId !== null && ruleId !== names.ruleId) || (destination !== null && destination !== names.replicaBucket.name);
}

/** Returns the status of the queue, by what is left in it. */
export function statusOfQueue(
  { groups, unreadable }: FailureFindings,
  extent: ReadExtent,
  removed: FailuresData['removed'] = null,
): Status {
  const kept = removed?.failed.length ?? 0;
  const { queue, read, truncated } = extent;
  const open = groups.filter(isOpen);
  return statusOf({
    failed: [
      ...open.map(({ event, reason, bucket }) => `${reason ?? event}: bucket ${bucket}`),
      ...(unreadable.length > 0 ? [`${plural(unreadable.length, 'message')} that cannot be read`] : []),
    ],
    unknown: [
      ...(truncated ? [`queue ${queue.name}: there may be more than --limit allows`] : []),
      ...(kept > 0 ? [`queue ${extent.queue.name}: ${plural(kept, 'message')} could not be removed`] : []),
      ...(isUnseen(extent) ? [`queue ${queue.name}: SQS counts messages that were not received`] : []),
    ],
    seen: [`queue ${queue.name}: ${plural(read, 'message')} read`],
    nothing: 'no queue was read',
  });
}

/** Nothing came, though SQS counts messages: another reader has them, or the count is behind. */
export function isUnseen({ read, queue: { approximate } }: ReadExtent): boolean {
  return read === 0 && approximate.visible + approximate.held > 0;
}
