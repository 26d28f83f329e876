import { table } from '../../lib/cli/table';
import { bytes, whole } from '../../lib/cli/units';
import { median } from '../shared/statistics';
import type { Workload } from './objects';
import { OURS, RCLONE, type Run, type Subject } from './subjects';

/** What `ops restore` is wanted to reach: its rate divided by that of rclone, and bytes of memory. */
const WANTED = { small: 0.6, large: 0.9, memory: 300 * 1024 ** 2 } as const;

/** What the runs of a workload say. */
export interface RunReport {
  readonly lines: readonly string[];
  /** Those of the lines that say a goal was missed. */
  readonly missed: readonly string[];
}

/**
 * Compares what the subjects took, by the medians of their rounds.
 *
 * The rate of `ops restore` is that of copying, as it says itself: before it plans, and Node.js compiles it, which no larger restore
 * would take longer for. What it takes with both is there too.
 */
export function reportRuns({ id, objects, size }: Workload, runs: ReadonlyMap<Subject, readonly Run[]>): RunReport {
  const [amount, unit] = id === 'small' ? [objects, 'objects/s'] : [(objects * size) / 1024 ** 2, 'MiB/s'];
  const of = (subject: Subject, what: (run: Run) => number) => (runs.get(subject) ?? []).map(what);
  const memoryOf = (subject: Subject) => Math.max(...of(subject, ({ peakMemory }) => peakMemory));
  const rows = [...runs.keys()].map((subject) => [
    subject.name,
    range(of(subject, (run) => amount / copyingOf(run))),
    range(of(subject, secondsOf), 1),
    median(of(subject, ({ processorSeconds }) => processorSeconds)).toFixed(1),
    bytes(memoryOf(subject)),
  ]);
  const ratio = (what: (run: Run) => number) => median(of(RCLONE, what)) / median(of(OURS, what));
  const [rate, memory] = [ratio(copyingOf), memoryOf(OURS)];
  const goals = [
    { reached: rate >= WANTED[id], text: `ops restore / rclone: ${rate.toFixed(2)}, wanted at least ${WANTED[id]}` },
    {
      reached: memory < WANTED.memory,
      text: `memory of ops restore: ${bytes(memory)}, wanted less than ${bytes(WANTED.memory)}`,
    },
  ].map(({ reached, text }) => ({ reached, line: `${text}: ${reached ? 'reached' : 'missed'}` }));
  return {
    lines: [
      '',
      `${whole(objects)} objects of ${bytes(size)}: median and range; all arrived with the right content`,
      ...table([['', unit, 'seconds with start and plan', 'its CPU s', 'peak memory'], ...rows]),
      ...goals.map(({ line }) => line),
      `ops restore / rclone with start and plan: ${ratio(secondsOf).toFixed(2)}`,
      '',
    ],
    missed: goals.filter(({ reached }) => !reached).map(({ line }) => line),
  };
}

function secondsOf({ seconds }: Run): number {
  return seconds;
}

function copyingOf({ copying, seconds }: Run): number {
  return copying ?? seconds;
}

/** Median, and lowest to highest. */
function range(values: readonly number[], digits = 0): string {
  const [middle, lowest, highest] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  );
  return `${middle} (${lowest} to ${highest})`;
}
