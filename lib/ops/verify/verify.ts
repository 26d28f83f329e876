import { randomBytes } from 'node:crypto';
import { faultInWords } from '../../aws/aws-error';
import { isEmulator } from '../../aws/emulator';
import { recordVerification } from '../../aws/last-verification';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { minutesOption } from '../../cli/options';
import { repeat } from '../../cli/repeat';
import { plural } from '../../cli/units';
import { canaryPrefix } from '../../model/names';
import { leavesReplicas } from '../../model/verification';
import { type Canary, canaryOf } from './canary';
import { formatVerify, type PairResult, statusOfRound, type VerifyData } from './result';
import { type VerifyDependencies, verifyOnce } from './round';

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
  const dependencies: VerifyDependencies = {
    config,
    s3: { source: await clients.s3('source'), destination: await clients.s3('destination') },
    ssm: await clients.ssm('destination'),
    emulator: isEmulator(),
  };
  const plan = () => context.pairs.map((pair) => canaryOf(context.config, pair, clock.now(), randomBytes(8).toString('hex')));
  const round = async (): Promise<Outcome<RecordedData>> => {
    const data = await record(context, await verifyOnce(context, plan(), dependencies, timeoutMinutes));
    return new Outcome(statusOfRound(data), data, formatVerify(data));
  };
  terminal.tell(describePlan(plan(), options, leavesReplicas(config)));
  if (!context.yes) {
    await terminal.confirm('Write the canaries?');
  }
  return watchMinutes === undefined
    ? round()
    : repeat(round, watchMinutes, context, ({ status: { status } }) =>
        status === 'ok' ? 'verified' : `not verified (${status})`,
      );
}

/** The command's own options. */
interface VerifyOptions {
  readonly timeoutMinutes: number;
  /** Undefined to verify once. */
  readonly watchMinutes: number | undefined;
}

const DEFAULT_TIMEOUT_MINUTES = 20;

/** @throws UsageError when a number of minutes is none */
function readOptions({ values }: CommandArguments): VerifyOptions {
  return {
    timeoutMinutes: minutesOption(values, 'timeout') ?? DEFAULT_TIMEOUT_MINUTES,
    watchMinutes: minutesOption(values, 'watch'),
  };
}

/**
 * What is about to be written and deleted.
 *
 * @param keepsReplicas a lockdown or a witness leaves them to a lifecycle rule
 */
function describePlan(
  canaries: readonly Canary[],
  { timeoutMinutes, watchMinutes }: VerifyOptions,
  keepsReplicas: boolean,
): string {
  return [
    keepsReplicas
      ? 'Write a small canary for each pair, wait for its replica, then delete the canary and nothing else; a lifecycle rule deletes the replica:'
      : 'Write a small canary for each pair, wait for its replica, then delete both and nothing else:',
    ...canaries.map(
      ({ pair, sourceBucket, replicaBucket }) =>
        `  ${pair.id}: s3://${sourceBucket}/${canaryPrefix(pair)}… and its replica in s3://${replicaBucket}${keepsReplicas && pair.replicaBucket !== undefined ? ', which its owner deletes' : ''}`,
    ),
    `It waits up to ${plural(timeoutMinutes, 'minute')}.`,
    ...(watchMinutes === undefined ? [] : [`It does so every ${plural(watchMinutes, 'minute')}, until you interrupt it.`]),
  ].join('\n');
}

/** A round whose results `s3-replication status` may show later. */
interface RecordedData extends VerifyData {
  readonly pairs: readonly (PairResult & {
    /** Whether `s3-replication status` knows of this result. One that could not be found out replaces none. */
    readonly recorded: boolean;
  })[];
}

/** Keeps the result of every pair in the source account. Verifying does not depend on it: who may not is told, once. */
async function record(context: Context, data: VerifyData): Promise<RecordedData> {
  const { config, clients, clock, terminal } = context;
  const at = clock.now().toISOString();
  let failure: string | undefined;
  const pairs: RecordedData['pairs'][number][] = [];
  for (const result of data.pairs) {
    const pair = config.pairs.find(({ id }) => id === result.pair);
    let recorded = false;
    if (pair !== undefined && (result.status === 'ok' || result.status === 'failed')) {
      try {
        await recordVerification(await clients.ssm('source'), config, pair, { at, result: result.status });
        recorded = true;
      } catch (error) {
        failure ??= faultInWords(error);
      }
    }
    pairs.push({ ...result, recorded });
  }
  if (failure !== undefined) {
    terminal.tell(`the result could not be recorded for s3-replication status: ${failure}`);
  }
  return { pairs };
}
