import { randomBytes } from 'node:crypto';
import { isEmulator } from '../../aws/emulator';
import type { CommandArguments, Context, Outcome } from '../../cli/command';
import { repeat } from '../../cli/repeat';
import { canaryOf } from './canary';
import { describePlan, formatVerify } from './format';
import { readOptions } from './options';
import { type RecordedData, record } from './record';
import { exitCodeOf } from './result';
import { verifyOnce } from './round';

/**
 * Writes a canary for each pair, watches it until S3 says how its replication ended, looks at the replica from the destination,
 * and deletes both. With `--watch`, again and again until the person interrupts; then the last round counts.
 *
 * @throws UsageError for an option that makes no sense
 * @throws AbortError when the person declines
 * @throws UnreachableError when credentials do not work, or the person interrupts the first round
 */
export async function verify(context: Context, args: CommandArguments): Promise<Outcome> {
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
  const round = async (): Promise<Outcome & { readonly data: RecordedData }> => {
    const data = await record(context, await verifyOnce(context, plan(), sides, timeoutMinutes));
    return { exitCode: exitCodeOf(data), data, text: formatVerify(data) };
  };
  terminal.tell(describePlan(plan(), options, config.lockdown !== undefined));
  if (!context.yes) {
    await terminal.confirm('Go ahead?');
  }
  return watchMinutes === undefined
    ? round()
    : repeat(round, watchMinutes, context, ({ ok }) => (ok ? 'verified' : 'not verified'));
}
