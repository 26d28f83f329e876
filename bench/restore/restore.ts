import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, describeError } from '../../lib/errors/errors';
import { readRounds } from '../shared/arguments';
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
import { reportRuns } from './report';
import { AWS, OURS, RCLONE, type Run, type Subject } from './subjects';
import { versionsOfTools } from './tools';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const SUBJECTS: readonly Subject[] = [OURS, RCLONE, AWS];

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
  SUBJECTS.forEach(({ name, command }) => print(`  ${name}: ${command}`));
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

/** Copies a workload with each subject in each round, every time into a new bucket, and each time another subject first. */
async function measure(
  workload: Workload,
  rounds: number,
  from: Gateway,
  to: Gateway,
  folder: string,
): Promise<ReadonlyMap<Subject, readonly Run[]>> {
  await writeObjects(from, workload);
  const expected = await hashesOf(join(from.data, replicaBucketOf(workload)));
  const runs = new Map<Subject, Run[]>(SUBJECTS.map((subject) => [subject, []]));
  const s3 = s3Of(to);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < SUBJECTS.length; turn += 1) {
      const subject = SUBJECTS[(round + turn) % SUBJECTS.length] as Subject;
      const target = `bench-target-${workload.id}-${round}-${turn}`;
      await createBucket(s3, target);
      const run = await subject.copy({ from, to, workload, target, folder });
      runs.get(subject)?.push(run);
      print(`  ${workload.id}, round ${round + 1}: ${subject.name} took ${run.seconds.toFixed(1)} s`);
      await verify(join(to.data, target), expected);
      removeBucket(to, target);
    }
  }
  s3.destroy();
  removeBucket(from, replicaBucketOf(workload));
  return runs;
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
