import { isEmulator } from '../../aws/emulator';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { assertPageWritable, writePage } from '../../cli/html/page';
import { allOptions, fileOption, minutesOption } from '../../cli/options';
import { repeat } from '../../cli/repeat';
import { withUnwritten } from '../../cli/unwritten';
import { findingsOf, formatStatus, judge, type StatusData, statusOfData, verdictOf } from './format';
import { htmlStatus } from './html';
import { readStatus } from './read';

/**
 * Shows how replication is, from what the source account holds, the alarms of the backup account, and the state of both keys. With `--watch`,
 * again and again in the same place, until the person interrupts; then the last round counts. Each round replaces the page of `--html`.
 *
 * @throws UsageError for an option that makes no sense
 * @throws UnreachableError when the credentials of the source do not work, or the person interrupts the first round
 */
export async function status(context: Context, { values }: CommandArguments): Promise<Outcome> {
  const { clients, clock, config, directory, terminal } = context;
  const { minutes, htmlFile } = allOptions<{ minutes: number | undefined; htmlFile: string | undefined }>({
    minutes: () => minutesOption(values, 'watch'),
    htmlFile: () => fileOption(values, 'html', directory),
  });
  assertPageWritable(htmlFile);
  const emulator = isEmulator();
  // Without credentials there is nothing to show.
  await clients.cloudWatch('source');
  // Its credentials may ask for an MFA code too, and not at the same time. Without them, its key and alarms are unknown.
  await clients.kms('destination').catch(() => undefined);
  const round = async (): Promise<Outcome<StatusData>> => {
    const readings = await readStatus(context, emulator);
    const now = clock.now();
    const findings = findingsOf(config, readings, !emulator, now);
    const data = judge(readings, findings);
    const unwritten = writePage(htmlFile, () => htmlStatus(data, findings, now));
    return withUnwritten(new Outcome(statusOfData(data), data, formatStatus(data, now, terminal.columns)), unwritten, context);
  };
  const report: Context['report'] = ({ data, text }) => context.report({ data, text: `${terminal.clear}${text}` });
  return minutes === undefined ? round() : repeat(round, minutes, { clock, terminal, report }, ({ data }) => verdictOf(data));
}
