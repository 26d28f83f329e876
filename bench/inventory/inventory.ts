import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseOptions } from '../../lib/cli/arguments';
import { bytes, plural, whole } from '../../lib/cli/units';
import { UsageError } from '../../lib/errors/errors';
import { deploymentOf } from '../../lib/model/deployment';
import { parseConfig } from '../../lib/model/loading/load';
import type { AuditRun } from '../audit/run-audit';
import { configurationOf } from '../shared/deployment';
import { expectedOf, writeReports } from './reports';

const SIZES = [2_000_000, 10_000_000];

/** Versions a side of the audit that lists, in the same run. */
const LISTED = 1_000_000;

/** What --check wants at every size: versions of both sides in a second, from the start of the process to its report, and bytes of memory. */
const LEAST_SPEED = 2_000_000;
const MOST_MEMORY = 700e6;

/** Bytes of both reports and of what DuckDB spills, for each version of a side; and seconds to generate a million versions a side. */
const BYTES = 330;
const GENERATION = 6;

const USAGE = 'usage: npm run bench:inventory -- [VERSIONS...] [--check], such as 2000000 10000000';

/**
 * How fast `s3-replication audit --from-inventory` is, from its start to its report, with reports that a process on loopback serves; beside the audit that lists,
 * with listings from loopback. The reports are generated, and removed.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseOptions(process.argv.slice(2), { check: { type: 'boolean' } }, { hint: USAGE });
  const sizes = positionals.length > 0 ? positionals.map(Number) : SIZES;
  if (sizes.some((size) => !Number.isSafeInteger(size) || size < 1000)) {
    throw new UsageError('BadSize', `${positionals.join(' ')} are not numbers of versions`, USAGE);
  }
  const most = Math.max(...sizes);
  const { bavail, bsize } = statfsSync(tmpdir());
  print(
    `needs ${bytes(most * BYTES)} of disk in ${tmpdir()}, where ${bytes(bavail * bsize)} are free, and some ${plural(Math.ceil((sizes.reduce((sum, size) => sum + size, 0) / 1e6) * GENERATION), 'second')} to generate reports`,
  );
  print(`${availableParallelism()} processors, Node ${process.version}`);
  print(
    row([
      'audit',
      'versions a side',
      'seconds',
      'versions/s',
      'comparing',
      'versions/s',
      'peak memory',
      'its CPU s',
      'reports',
      'disk',
    ]),
  );
  const missed: string[] = [];
  for (const size of sizes) {
    const { speed, memory } = await measure(size);
    if (speed < LEAST_SPEED || memory > MOST_MEMORY) {
      missed.push(`${whole(size)}: ${whole(Math.round(speed))} versions a second with ${bytes(memory)}`);
    }
  }
  await measureListing();
  if (values.check === true && missed.length > 0) {
    throw new Error(`below ${whole(LEAST_SPEED)} versions a second, or above ${bytes(MOST_MEMORY)}: ${missed.join('; ')}`);
  }
}

async function measure(versions: number): Promise<{ readonly speed: number; readonly memory: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-inventory-'));
  try {
    const configuration = { ...configurationOf('flat', versions), inventory: {} };
    const config = deploymentOf(parseConfig({ origin: 'the benchmark', value: configuration }));
    // A day ago: nothing is younger, and the report is not stale.
    await writeReports(join(folder, 'bucket'), config, versions, new Date(Date.now() - 86_400_000));
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const reports = sizeOf(join(folder, 'bucket'));
    const { run, disk } = await served(join(folder, 'bucket'), temporary, versions);
    check(run, versions);
    const { source, replica } = run.report;
    const speed = (source.versions + replica.versions) / (run.starting + run.seconds);
    show('inventory', versions, run, [bytes(reports), bytes(disk)]);
    return { speed, memory: run.peakMemory };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function served(bucket: string, temporary: string, versions: number): Promise<{ run: AuditRun; disk: number }> {
  const server = start('server.ts', [bucket]);
  let disk = 0;
  const watch = setInterval(() => {
    disk = Math.max(disk, sizeOf(temporary));
  }, 50);
  try {
    const [port] = (await once(server, 'message')) as [number];
    const run = await answerOf(
      start('../audit/run-audit.ts', [`http://127.0.0.1:${port}`, 'flat', String(versions), temporary, '--from-inventory']),
    );
    return { run, disk };
  } finally {
    clearInterval(watch);
    server.disconnect();
  }
}

function check({ report }: AuditRun, versions: number): void {
  const { failed, extra, size } = report.states;
  const found = { failed: failed.versions, extra: extra.versions, size: size.versions };
  const expected = expectedOf(versions);
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`the audit is wrong: found ${JSON.stringify(found)}, there are ${JSON.stringify(expected)}`);
  }
}

async function measureListing(): Promise<void> {
  const server = start('../audit/server.ts');
  try {
    const [port] = (await once(server, 'message')) as [number];
    const run = await answerOf(start('../audit/run-audit.ts', [`http://127.0.0.1:${port}`, 'flat', String(LISTED), tmpdir()]));
    show('listing', LISTED, run, ['', '']);
  } finally {
    server.disconnect();
  }
}

function show(
  kind: string,
  versions: number,
  { report, starting, seconds, compared, peakMemory, processorSeconds }: AuditRun,
  more: string[],
): void {
  const listed = report.source.versions + report.replica.versions;
  const speed = (of: number) => [of.toFixed(1), whole(Math.round(listed / of))];
  const cells = [
    ...speed(starting + seconds),
    ...(compared === undefined ? ['', ''] : speed(compared)),
    bytes(peakMemory),
    processorSeconds.toFixed(1),
  ];
  print(row([kind, whole(versions), ...cells, ...more]));
}

function start(script: string, args: readonly string[] = []): ChildProcess {
  return fork(join(__dirname, script), args, {
    // As the command does it.
    execArgv: ['--require', join(__dirname, '../../bin/typescript.js')],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
}

function answerOf(audit: ChildProcess): Promise<AuditRun> {
  return Promise.race([
    once(audit, 'message').then(([message]) => message as AuditRun),
    once(audit, 'exit').then(([code]) => Promise.reject(new Error(`the audit ended with ${code}`))),
  ]);
}

/** Bytes of all files below a folder, as far as they stay while it looks. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    return sum + (found?.isFile() === true ? found.size : 0);
  }, 0);
}

function row(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(16)).join('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
