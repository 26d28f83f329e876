import { type CommandArguments, type Context, EXIT, type Outcome } from '../../cli/command';
import { repeat } from '../../cli/repeat';
import { acknowledge } from './acknowledge';
import { readMessage, Scope } from './findings';
import { describeRemoval, formatFailures, formatUndone } from './format';
import { type FailuresOptions, readOptions } from './options';
import { QueueReader } from './queue';
import { type Extent, exitCodeOf, type FailuresData, type Findings } from './result';

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
    : repeat(round, options.watchMinutes, context, ({ ok }) => (ok ? 'no failures' : 'failures'));
}

async function readOnce(
  context: Context,
  queue: QueueReader,
  { limit, ack }: FailuresOptions,
): Promise<Outcome & { readonly data: FailuresData }> {
  const { clock, terminal } = context;
  const { name } = queue;
  try {
    const approximate = await queue.counts();
    const received = await queue.receive(limit, async (count) => {
      terminal.progress(`reading queue ${name}: ${count} of about ${approximate.visible} messages`);
      // Ctrl-C is noticed while the clock sleeps.
      await clock.sleep(0);
    });
    terminal.progress('');
    const extent: Extent = { queue: { name, approximate }, read: received.length, truncated: received.length >= limit };
    const scope = new Scope(context);
    const messages = received.map(readMessage);
    const shown = scope.findings(messages);
    if (!ack) {
      return outcome(extent, shown, null, shown);
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
    return outcome(extent, shown, { messages: removed.length, failed }, left);
  } finally {
    terminal.progress('');
    const undone = await queue.giveBack();
    if (undone.length > 0) {
      terminal.tell(`${formatUndone(undone, 'given back')}; SQS shows them to others again by itself, within the hour`);
    }
  }
}

/** @param left what is in the queue afterwards */
function outcome(
  extent: Extent,
  shown: Findings,
  removed: FailuresData['removed'],
  left: Findings,
): Outcome & { readonly data: FailuresData } {
  const exitCode = exitCodeOf(left, extent);
  const data: FailuresData = { ok: exitCode === EXIT.ok, ...extent, ...shown, removed };
  return { exitCode, data, text: formatFailures(data) };
}
