import type { Context } from '../../cli/command';
import { pairNamesOf } from '../../model/names';
import { type Body, parseBody } from './events';
import { explanationOf } from './explanation';
import { groupEvents } from './group';
import type { Message } from './queue';
import type { Findings } from './result';

/** A message, and what it says. */
export interface ReadMessage {
  readonly message: Message;
  readonly body: Body;
}

export function readMessage(message: Message): ReadMessage {
  return { message, body: parseBody(message.body) };
}

/** The part of the queue that a command is about: all of it, or with `--pair` the events of some source buckets. */
export class Scope {
  private readonly buckets: ReadonlySet<string>;
  /** Whether `--pair` was given; without it, the pairs are the configuration's own. */
  private readonly restricted: boolean;

  constructor(private readonly context: Context) {
    const { config, pairs } = context;
    this.restricted = pairs !== config.pairs;
    this.buckets = new Set(pairs.map((pair) => pairNamesOf(config, pair).sourceBucket.name));
  }

  /** Whether all that a message says is in scope. Nobody knows to which bucket one belongs that cannot be read. */
  takes({ body }: ReadMessage): boolean {
    if (body.kind === 'events') {
      return body.events.every(({ bucket }) => this.has(bucket));
    }
    return body.kind === 'test' ? this.has(body.bucket) : !this.restricted;
  }

  /** What messages say, as far as it is in scope. */
  findings(messages: readonly ReadMessage[]): Findings {
    const { config } = this.context;
    const events = messages.flatMap(({ body }) => (body.kind === 'events' ? body.events : []));
    const groups = groupEvents(events.filter(({ bucket }) => this.has(bucket)));
    return {
      groups: groups.map(({ event, reason, bucket, objects }) => {
        const pair = config.pairs.find((one) => pairNamesOf(config, one).sourceBucket.name === bucket);
        return {
          reason,
          event,
          pair: pair?.id ?? null,
          bucket,
          count: objects.length,
          explanation: explanationOf(config, { event, reason }, pair?.id),
          objects,
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
