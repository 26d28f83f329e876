import { AbortError, AppError, ConfigError, describeError, UsageError } from '../errors/errors';
import { groupsOf } from '../model/deployment';
import { type CommandArguments, type Context, EXIT, type ExitCode, type Outcome } from './command';
import { errorToJson, exitCodeOf } from './exit-codes';

/** Exit codes from the worst. */
const WORST_FIRST: readonly ExitCode[] = [EXIT.wrong, EXIT.usage, EXIT.unknown, EXIT.ok];

/** The context of each group that has chosen pairs. */
export function contextsOf(context: Context): readonly Context[] {
  return groupsOf(context.config)
    .map((config) => ({ ...context, config, pairs: context.pairs.filter((pair) => config.pairs.includes(pair)) }))
    .filter(({ pairs }) => pairs.length > 0);
}

/**
 * Runs a command for each of several groups in turn. A group that cannot be looked at does not hide the others; the worst exit code counts.
 *
 * @throws UsageError for `--watch`, whose rounds would take turns
 * @throws AppError when the person declines or interrupts
 */
export async function runPerGroup(
  contexts: readonly Context[],
  args: CommandArguments,
  run: (context: Context) => Promise<Outcome>,
): Promise<Outcome> {
  if (args.values['watch'] !== undefined) {
    throw new UsageError(
      'WatchOneGroup',
      `--watch follows one group, and these pairs are in ${contexts.length}: ${contexts.map(nameOf).join(', ')}`,
      'choose pairs of one group with --pair',
    );
  }
  const outcomes: { readonly context: Context; readonly outcome: Outcome }[] = [];
  for (const context of contexts) {
    context.terminal.tell(`${nameOf(context)}:`);
    outcomes.push({ context, outcome: await run(context).catch(asOutcome) });
  }
  return {
    exitCode: WORST_FIRST.find((code) => outcomes.some(({ outcome }) => outcome.exitCode === code)) ?? EXIT.ok,
    data: { groups: outcomes.map(({ context: { config }, outcome }) => ({ group: config.group ?? null, ...outcome.data })) },
    text: outcomes.map(({ context, outcome }) => `=== ${nameOf(context)} ===\n\n${outcome.text}`).join('\n\n'),
  };
}

function nameOf({ config: { group } }: Context): string {
  return group === undefined ? 'pairs without a group' : `group ${group}`;
}

/** @throws what ends the command as a whole */
function asOutcome(error: unknown): Outcome {
  const endsAll =
    !(error instanceof AppError) ||
    error instanceof AbortError ||
    error instanceof UsageError ||
    error instanceof ConfigError ||
    error.code === 'Interrupted';
  if (endsAll) {
    throw error;
  }
  return { exitCode: exitCodeOf(error), data: { error: errorToJson(error) }, text: describeError(error) };
}
