import { AbortError, AppError, ConfigError, describeError, UsageError } from '../errors/errors';
import { groupsOf } from '../model/deployment';
import { worst } from '../model/status';
import { type CommandArguments, type Context, Outcome } from './command';
import { errorToJson, statusOfError } from './exit-codes';
import { MARK } from './layout';

/** The context of each group that has chosen pairs. */
export function contextsOf(context: Context): readonly Context[] {
  return groupsOf(context.config)
    .map((config) => ({ ...context, config, pairs: context.pairs.filter((pair) => config.pairs.includes(pair)) }))
    .filter(({ pairs }) => pairs.length > 0);
}

/**
 * Runs a command for each of several groups in turn. A group that cannot be looked at does not hide the others; the worst status counts.
 *
 * @throws UsageError for `--watch`, whose rounds would take turns, and `--html`, whose page would be replaced by that of the next group
 * @throws AppError when the person declines or interrupts
 */
export async function runPerGroup(
  contexts: readonly Context[],
  args: CommandArguments,
  run: (context: Context) => Promise<Outcome>,
): Promise<Outcome> {
  const option = ['watch', 'html'].find((name) => args.values[name] !== undefined);
  if (option !== undefined) {
    throw new UsageError(
      'OneGroup',
      `--${option} is about one group, and these pairs are in ${contexts.length}: ${contexts.map(nameOf).join(', ')}`,
      'choose pairs of one group with --pair',
    );
  }
  const outcomes: { readonly context: Context; readonly outcome: Outcome }[] = [];
  for (const context of contexts) {
    context.terminal.tell(`${nameOf(context)}:`);
    outcomes.push({ context, outcome: await run(context).catch(asOutcome) });
  }
  const groups = outcomes.map(({ context: { config }, outcome }) => ({ group: config.group ?? null, ...outcome.data }));
  const sections = outcomes.map(({ context, outcome }, index) => {
    const same = outcomes.slice(0, index).find((earlier) => earlier.outcome.text === outcome.text);
    return `=== ${nameOf(context)} ===\n\n${same === undefined ? outcome.text : `as ${nameOf(same.context)}`}`;
  });
  const status = worst(
    outcomes.map(({ outcome }) => outcome.status),
    'no group has pairs',
  );
  return new Outcome(status, { groups }, [...sections, ...notFine(outcomes)].join('\n\n'));
}

/** Names the groups that are not fine: with many of them, what is above has left the screen. */
function notFine(outcomes: readonly { readonly context: Context; readonly outcome: Outcome }[]): string[] {
  const lines = (['skipped', 'unknown', 'failed'] as const).flatMap((word) => {
    const names = outcomes.filter(({ outcome }) => outcome.status.status === word).map(({ context }) => nameOf(context));
    return names.length === 0 ? [] : [`${MARK[word]} ${word}: ${names.length} of ${outcomes.length} groups: ${names.join(', ')}`];
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
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
  return new Outcome(statusOfError(error), errorToJson(error), describeError(error));
}
