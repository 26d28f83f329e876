import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytes, whole } from '../../lib/cli/units';
import { expectationOf, type Layout, versionsOf } from '../../test/helpers/fake-s3/generated';
import { rcloneCheck, rcloneVersion } from './rclone';
import type { AuditRun } from './run-audit';

const VERSIONS = 1_000_000;
const COMPARED_OBJECTS = 100_000;
const LAYOUTS: readonly Layout[] = ['folders', 'flat'];

/**
 * How fast `ops audit` is, with S3 as fast as this machine: a process on loopback serves the listings. It has its share of the same
 * processors, so an audit of S3 itself waits for the network instead.
 *
 * Arguments: how many versions a side has, once for each audit.
 */
async function main(): Promise<void> {
  const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [VERSIONS];
  if (sizes.some((size) => !Number.isSafeInteger(size) || size <= 0)) {
    throw new TypeError('usage: npm run bench:audit -- [VERSIONS...], such as 1000000 10000000');
  }
  const server = start('server.ts');
  try {
    const [port] = (await once(server, 'message')) as [number];
    const endpoint = `http://127.0.0.1:${port}`;
    print(`${availableParallelism()} processors, Node ${process.version}`);
    print(row(['audit of', 'versions a side', 'seconds', 'versions/s', 'peak memory', 'its CPU s', "server's CPU s"]));
    for (const size of sizes) {
      for (const layout of LAYOUTS) {
        await measure(server, endpoint, layout, size);
      }
    }
    await compare(server, endpoint);
  } finally {
    server.disconnect();
  }
}

/** One audit, which has to have found what there is. */
async function measure(server: ChildProcess, endpoint: string, layout: Layout, versions: number): Promise<void> {
  const before = await processorSeconds(server);
  const audit = start('run-audit.ts', [endpoint, layout, String(versions), tmpdir()]);
  const run = await Promise.race([
    once(audit, 'message').then(([message]) => message as AuditRun),
    once(audit, 'exit').then(([code]) => Promise.reject(new Error(`the audit ended with ${code}`))),
  ]);
  const { report, seconds, peakMemory } = run;
  const listed = report.source.versions + report.replica.versions;
  const after = await processorSeconds(server);
  print(
    row([
      layout,
      whole(versions),
      seconds.toFixed(1),
      whole(Math.round(listed / seconds)),
      bytes(peakMemory),
      run.processorSeconds.toFixed(1),
      (after - before).toFixed(1),
    ]),
  );
  check(run, versions);
}

function check({ report }: AuditRun, versions: number): void {
  const expected = expectationOf(versions);
  const { states, source, replica } = report;
  const found = { missing: states.failed.versions, unexpected: states.extra.versions, otherSize: states.size.versions };
  const counted = { source: source.versions, replica: replica.versions };
  const there = { source: versions - expected.unexpected, replica: versions - expected.missing };
  if (JSON.stringify([found, counted]) !== JSON.stringify([expected, there])) {
    throw new Error(
      `the audit is wrong: found ${JSON.stringify([found, counted])}, there are ${JSON.stringify([expected, there])}`,
    );
  }
}

/** What both can do: objects that are missing or of another size. The audit lists all versions for it, rclone only the latest. */
async function compare(server: ChildProcess, endpoint: string): Promise<void> {
  const version = rcloneVersion();
  if (version === undefined) {
    print('\nrclone is not installed, so nothing is compared with it: apt-get install rclone');
    return;
  }
  const versions = versionsOf(COMPARED_OBJECTS);
  const expected = Object.values(expectationOf(versions)).reduce((total, number) => total + number, 0);
  print(`\ncompared with rclone ${version}: ${whole(COMPARED_OBJECTS)} objects, ${expected} of them different`);
  for (const layout of LAYOUTS) {
    await measure(server, endpoint, layout, versions);
    for (const options of [[], ['--fast-list']]) {
      const { differences, seconds, peakMemory } = await rcloneCheck(endpoint, layout, versions, options);
      if (differences !== expected) {
        throw new Error(`rclone found ${differences} differences, there are ${expected}`);
      }
      const command = ['rclone check --size-only', ...options].join(' ');
      print(`  ${command}: ${seconds.toFixed(1)} s, peak memory ${bytes(peakMemory)}, found ${differences}`);
    }
  }
}

function start(script: string, args: readonly string[] = []): ChildProcess {
  return fork(join(__dirname, script), args, {
    // As the command does it.
    execArgv: ['--require', join(__dirname, '../../bin/typescript.js')],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
}

async function processorSeconds(server: ChildProcess): Promise<number> {
  const answer = once(server, 'message');
  server.send('processor time');
  const [seconds] = (await answer) as [number];
  return seconds;
}

function row(cells: readonly string[]): string {
  return cells.map((cell) => cell.padStart(16)).join('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
