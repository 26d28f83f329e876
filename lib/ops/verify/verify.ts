import { randomBytes } from 'node:crypto';
import { AppError } from '../../errors';
import type { Context, Outcome, VerbArguments } from '../command';
import { isEmulator } from '../emulator';
import { canaryOf } from './canary';
import { describePlan, formatVerify } from './format';
import { readOptions } from './options';
import { exitCodeOf, type VerifyData } from './result';
import { verifyOnce } from './round';

const MINUTE = 60_000;

/**
 * Writes a canary for each pair, watches it until S3 says how its replication ended, looks at the replica from the destination,
 * and deletes both. With `--watch`, again and again until the person interrupts; then the last round counts.
 *
 * @throws UsageError for an option that makes no sense
 * @throws AbortError when the person declines
 * @throws UnreachableError when credentials do not work, or the person interrupts the first round
 */
export async function verify(context: Context, args: VerbArguments): Promise<Outcome> {
  const { config, clients, clock, terminal } = context;
  const options = readOptions(args);
  const { timeoutMinutes, watchMinutes } = options;
  const sides = {
    config,
    s3: { source: await clients.s3('source'), destination: await clients.s3('destination') },
    ssm: await clients.ssm('destination'),
    emulator: isEmulator(),
  };
  const plan = () => context.pairs.map((pair) => canaryOf(config, pair, clock.now(), randomBytes(8).toString('hex')));
  const round = async (): Promise<Outcome> => {
    const data = await verifyOnce(context, plan(), sides, timeoutMinutes);
    return { exitCode: exitCodeOf(data), data, text: formatVerify(data) };
  };
  terminal.tell(describePlan(plan(), options));
  if (!context.yes) {
    await terminal.confirm('Go ahead?');
  }
  return watchMinutes === undefined ? round() : repeat(round, watchMinutes, context);
}

async function repeat(round: () => Promise<Outcome>, minutes: number, context: Context): Promise<Outcome> {
  let rounds = 0;
  let last: Outcome | undefined;
  for (;;) {
    const start = context.clock.now().getTime();
    try {
      last = await round();
      rounds += 1;
      context.report({ data: last.data, text: `${new Date(start).toISOString()}\n${last.text}\n` });
      const rest = start + minutes * MINUTE - context.clock.now().getTime();
      await context.clock.sleep(Math.max(rest, 0));
    } catch (error) {
      if (last === undefined || !isInterruption(error)) {
        throw error;
      }
      context.terminal.progress('');
      const { ok, pairs } = last.data as VerifyData;
      const times = rounds === 1 ? '1 round' : `${rounds} rounds`;
      return {
        ...last,
        data: { ok, pairs, rounds },
        text: `interrupted after ${times}; the last one counts: ${ok ? 'verified' : 'not verified'}`,
      };
    }
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof AppError && error.code === 'Interrupted';
}
