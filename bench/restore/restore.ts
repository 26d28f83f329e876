import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../../lib/cli/table';
import { bytes, whole } from '../../lib/cli/units';
import { AppError, describeError } from '../../lib/errors/errors';
import { readRounds } from '../shared/arguments';
import { median } from '../shared/statistics';
import { type Gateway, s3Of, startGateway } from './gateway';
import {
  createBucket,
  hashesOf,
  REPLICA_SIDE,
  removeBucket,
  replicaBucketOf,
  TARGET_SIDE,
  verify,
  WORKLOADS,
  type Workload,
  writeObjects,
} from './objects';
import { AWS, type CopyProgram, OURS, RCLONE, type Run, versionsOfTools } from './programs';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const PROGRAMS: readonly CopyProgram[] = [OURS, RCLONE, AWS];

/** Bytes for the objects of both workloads, twice, and a folder between. */
const SPACE = 3 * 1024 ** 3;

/** In memory, so that no disk is measured. */
const MEMORY = '/dev/shm';

const USAGE = 'usage: npm run bench:restore -- [--rounds 3] [--check]';

/**
 * How fast `ops restore` copies between two accounts, and how much memory it takes, side by side with rclone and the AWS CLI. Two
 * gateways on loopback serve S3 and have their share of the same processors.
 *
 * Options: how many rounds, and whether a missed goal fails.
 */
async function main(): Promise<void> {
  const { rounds, check } = readRounds(USAGE, 3);
  const tools = versionsOfTools();
  const parent = space(MEMORY) > SPACE ? MEMORY : tmpdir();
  const folder = mkdtempSync(join(parent, 'bench-restore-'));
  const gateways: Gateway[] = [];
  process.once('exit', () => {
    gateways.forEach((gateway) => gateway.process.kill('SIGKILL'));
    rmSync(folder, { recursive: true });
  });
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  print(
    `${availableParallelism()} processors with a load of ${loadavg()[0]?.toFixed(1)} before, Node ${process.version}, ${tools}`,
  );
  print(
    `objects in ${parent === MEMORY ? 'memory' : 'files'} below ${parent}; two gateways, so that no server can copy by itself`,
  );
  PROGRAMS.forEach(({ name, command }) => print(`  ${name}: ${command}`));
  for (const side of [REPLICA_SIDE, TARGET_SIDE]) {
    gateways.push(await startGateway(side, folder));
  }
  const [from, to] = gateways as [Gateway, Gateway];
  const missed: string[] = [];
  print('');
  for (const workload of WORKLOADS) {
    const runs = await measure(workload, rounds, from, to, folder);
    const report = reportRuns(workload, runs);
    report.lines.forEach(print);
    missed.push(...report.missed);
  }
  process.exit(check && missed.length > 0 ? 1 : 0);
}

/** Copies a workload with each program in each round, every time into a new bucket, and each time another program first. */
async function measure(
  workload: Workload,
  rounds: number,
  from: Gateway,
  to: Gateway,
  folder: string,
): Promise<ReadonlyMap<CopyProgram, readonly Run[]>> {
  await writeObjects(from, workload);
  const expected = await hashesOf(join(from.data, replicaBucketOf(workload)));
  const runs = new Map<CopyProgram, Run[]>(PROGRAMS.map((program) => [program, []]));
  const s3 = s3Of(to);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < PROGRAMS.length; turn += 1) {
      const program = PROGRAMS[(round + turn) % PROGRAMS.length] as CopyProgram;
      const target = `bench-target-${workload.id}-${round}-${turn}`;
      await createBucket(s3, target);
      const run = await program.copy({ from, to, workload, target, folder });
      runs.get(program)?.push(run);
      print(`  ${workload.id}, round ${round + 1}: ${program.name} took ${run.seconds.toFixed(1)} s`);
      await verify(join(to.data, target), expected);
      removeBucket(to, target);
    }
  }
  s3.destroy();
  removeBucket(from, replicaBucketOf(workload));
  return runs;
}

/** What `ops restore` is wanted to reach: its rate divided by that of rclone, and bytes of memory. */
const WANTED = { small: 0.6, large: 0.9, memory: 300 * 1024 ** 2 } as const;

/** What the runs of a workload say. */
interface RunReport {
  readonly lines: readonly string[];
  /** Those of the lines that say a goal was missed. */
  readonly missed: readonly string[];
}

/**
 * Compares what the programs took, by the medians of their rounds.
 *
 * The rate of `ops restore` is that of copying, as it says itself: before it plans, and Node.js compiles it, which no larger restore
 * would take longer for. What it takes with both is there too.
 */
function reportRuns({ id, objects, size }: Workload, runs: ReadonlyMap<CopyProgram, readonly Run[]>): RunReport {
  const [amount, unit] = id === 'small' ? [objects, 'objects/s'] : [(objects * size) / 1024 ** 2, 'MiB/s'];
  const of = (program: CopyProgram, what: (run: Run) => number) => (runs.get(program) ?? []).map(what);
  const memoryOf = (program: CopyProgram) => Math.max(...of(program, ({ peakMemory }) => peakMemory));
  const rows = [...runs.keys()].map((program) => [
    program.name,
    range(of(program, (run) => amount / copyingOf(run))),
    range(of(program, secondsOf), 1),
    median(of(program, ({ processorSeconds }) => processorSeconds)).toFixed(1),
    bytes(memoryOf(program)),
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

/** Bytes that are free in a folder; 0 where there is none. */
function space(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? describeError(error) : (error as Error).stack}\n`);
  process.exit(1);
});
