import { stopIfInterrupted } from '../../aws/clock';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { minutesOption } from '../../cli/options';
import { repeat } from '../../cli/repeat';
import { AppError, UsageError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import type { StatusWord } from '../../model/status';
import { type FailureFindings, FailureScope, type FailuresData, type ReadExtent, readMessage, statusOfQueue } from './findings';
import { describeRemoval, formatFailures, formatUndone } from './format';
import { type QueueMessage, QueueReader, type Undone } from './queue';

/** The command's own options. */
interface FailuresOptions {
  /** Most messages to read. */
  readonly limit: number;
  /** Undefined to read once. */
  readonly watchMinutes: number | undefined;
  /** Remove what is shown. */
  readonly ack: boolean;
}

const DEFAULT_LIMIT = 10_000;

/**
 * SQS lets about 120,000 messages be held at once.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
const MAX_LIMIT = 100_000;

/** How long messages are held for the answer of a person. */
const ANSWER_MINUTES = 60;

/**
 * Reads the failure queue of the source without losing a message, and explains what is in it. With `--ack`, removes what was
 * shown; with `--watch`, reads again and again until the person interrupts.
 *
 * @throws UsageError for an option that makes no sense
 * @throws AppError when there is no queue
 * @throws AbortError when the person declines
 * @throws UnreachableError when there is no answer, or the person interrupts the first round
 */
export async function failures(context: Context, args: CommandArguments): Promise<Outcome> {
  const options = readOptions(args);
  const queue = await QueueReader.open(await context.clients.sqs('source'), context.config);
  const round = () => readOnce(context, queue, options);
  return options.watchMinutes === undefined
    ? round()
    : repeat(round, options.watchMinutes, context, ({ status: { status } }) => VERDICTS[status]);
}

const VERDICTS = {
  ok: 'no failures',
  failed: 'failures',
  unknown: 'unknown whether there are failures',
  skipped: 'nothing was read',
} as const satisfies Record<StatusWord, string>;

async function readOnce(context: Context, queue: QueueReader, { limit, ack }: FailuresOptions): Promise<Outcome<FailuresData>> {
  const { terminal, signal } = context;
  const { name } = queue;
  try {
    const approximate = await queue.counts();
    const received = await queue.receive(limit, (count) => {
      terminal.progress(`reading queue ${name}: ${count} of about ${approximate.visible} messages`);
      stopIfInterrupted(signal);
    });
    terminal.progress('');
    const extent: ReadExtent = { queue: { name, approximate }, read: received.length, truncated: received.length >= limit };
    const scope = new FailureScope(context);
    const messages = received.map(readMessage);
    const shown = scope.findings(messages);
    if (!ack) {
      return outcome(context, extent, shown, null, shown);
    }
    const taken = messages.filter((one) => scope.takes(one));
    const plan = describeRemoval(name, taken.length, scope.findings(taken));
    const { removed, failed } = await acknowledge(
      context,
      queue,
      taken.map(({ message }) => message),
      plan,
    );
    const gone = new Set(removed);
    const left = scope.findings(messages.filter(({ message }) => !gone.has(message)));
    return outcome(context, extent, shown, { messages: removed.length, failed }, left);
  } finally {
    terminal.progress('');
    const undone = await queue.giveBack();
    if (undone.length > 0) {
      terminal.tell(`${formatUndone(undone, 'given back')}; SQS shows them to others again automatically, within the hour`);
    }
  }
}

/** @param left what is in the queue afterwards */
function outcome(
  { config }: Context,
  extent: ReadExtent,
  shown: FailureFindings,
  removed: FailuresData['removed'],
  left: FailureFindings,
): Outcome<FailuresData> {
  const data: FailuresData = { ...extent, ...shown, removed };
  return new Outcome(statusOfQueue(left, extent, removed), data, formatFailures(config, data));
}

/** @throws UsageError when a number is none, or options exclude each other */
function readOptions({ values }: CommandArguments): FailuresOptions {
  const watchMinutes = minutesOption(values, 'watch');
  const ack = values['ack'] === true;
  if (ack && watchMinutes !== undefined) {
    throw new UsageError('WatchAndAck', '--ack does not go with --watch', 'watch first, then acknowledge what you have seen');
  }
  return { limit: readLimit(values['limit']), watchMinutes, ack };
}

function readLimit(value: string | boolean | undefined): number {
  if (value === undefined) {
    return DEFAULT_LIMIT;
  }
  const limit = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
  if (limit < 1 || limit > MAX_LIMIT) {
    throw new UsageError(
      'BadLimit',
      `--limit ${quoted(value)} is not a valid number of messages`,
      `write 1 to ${MAX_LIMIT}, such as --limit 1000`,
    );
  }
  return limit;
}

/**
 * Removes messages for good, after asking.
 *
 * @param plan what is about to be removed
 * @throws AbortError when the person declines
 * @throws AppError when the answer comes so late that another reader may have the messages
 */
async function acknowledge(
  { clock, terminal, yes }: Context,
  queue: QueueReader,
  messages: readonly QueueMessage[],
  plan: string,
): Promise<{ readonly removed: readonly QueueMessage[]; readonly failed: readonly Undone[] }> {
  if (messages.length === 0) {
    return { removed: [], failed: [] };
  }
  terminal.tell(plan);
  // SQS answers that it removed a message, and does not, when another reader has received it meanwhile.
  const lost = yes ? [] : await queue.hold(messages, ANSWER_MINUTES * 60);
  if (!yes) {
    const asked = clock.now().getTime();
    await terminal.confirm('Remove these events permanently?');
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

function without(messages: readonly QueueMessage[], undone: readonly Undone[]): QueueMessage[] {
  const ids = new Set(undone.map(({ messageId }) => messageId));
  return messages.filter(({ id }) => !ids.has(id));
}
