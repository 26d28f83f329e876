import { isEmulator } from '../../aws/emulator';
import type { CommandArguments, Context, Outcome } from '../../cli/command';
import { minutesOption } from '../../cli/options';
import { repeat } from '../../cli/repeat';
import { formatStatus } from './format';
import { readStatus } from './read';
import { exitCodeOf, judge, type StatusData } from './result';

/**
 * Shows how replication is, from what the source account holds. With `--watch`, again and again in the same place, until the
 * person interrupts; then the last round counts.
 *
 * @throws UsageError for an option that makes no sense
 * @throws UnreachableError when the credentials of the source do not work, or the person interrupts the first round
 */
export async function status(context: Context, { values }: CommandArguments): Promise<Outcome> {
  const { clients, clock, terminal } = context;
  const minutes = minutesOption(values, 'watch');
  const emulator = isEmulator();
  // Without credentials there is nothing to show.
  await clients.cloudWatch('source');
  const round = async (): Promise<Outcome & { readonly data: StatusData }> => {
    const data = judge(await readStatus(context, emulator), !emulator);
    return { exitCode: exitCodeOf(data), data, text: formatStatus(data, clock.now()) };
  };
  const report: Context['report'] = ({ data, text }) => context.report({ data, text: `${terminal.clear}${text}` });
  return minutes === undefined
    ? round()
    : repeat(round, minutes, { clock, terminal, report }, ({ ok }) => (ok ? 'fine' : 'not fine'));
}
