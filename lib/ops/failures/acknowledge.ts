import type { Context } from '../../cli/command';
import { AppError } from '../../errors/errors';
import type { Message, QueueReader, Undone } from './queue';

/** How long messages are held for the answer of a person. */
const ANSWER_MINUTES = 60;

/** What was removed, and what was not. */
export interface Acknowledged {
  readonly removed: readonly Message[];
  readonly failed: readonly Undone[];
}

/**
 * Removes messages for good, after asking.
 *
 * @param plan what is about to be removed
 * @throws AbortError when the person declines
 * @throws AppError when the answer comes so late that another reader may have the messages
 */
export async function acknowledge(
  { clock, terminal, yes }: Context,
  queue: QueueReader,
  messages: readonly Message[],
  plan: string,
): Promise<Acknowledged> {
  if (messages.length === 0) {
    return { removed: [], failed: [] };
  }
  terminal.tell(plan);
  // SQS answers that it removed a message, and does not, when another reader has received it meanwhile.
  const lost = yes ? [] : await queue.hold(messages, ANSWER_MINUTES * 60);
  if (!yes) {
    const asked = clock.now().getTime();
    await terminal.confirm('They cannot be brought back. Remove them?');
    if (clock.now().getTime() - asked > ANSWER_MINUTES * 60_000) {
      throw new AppError(
        'LateAnswer',
        `nothing was removed: the answer took more than ${ANSWER_MINUTES} minutes, and the messages were given back`,
        'run the command again',
      );
    }
  }
  const held = without(messages, lost);
  const failed = [...lost, ...(await queue.remove(held))];
  return { removed: without(held, failed), failed };
}

function without(messages: readonly Message[], undone: readonly Undone[]): Message[] {
  const ids = new Set(undone.map(({ messageId }) => messageId));
  return messages.filter(({ id }) => !ids.has(id));
}
