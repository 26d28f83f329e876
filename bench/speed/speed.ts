import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, describeError } from '../../lib/errors/errors';
import { readRounds } from '../shared/arguments';
import { freshApp } from './fresh-app';
import { type Results, ratiosOf, spread, tableOf, worseThan } from './report';
import { appMemory, CHECK, DEMO, HELP, type Subject, syntheses, TESTS } from './subjects';

const RESULTS = join(__dirname, '../results.json');
const USAGE = 'usage: npm run bench -- [--rounds 5] [--check]';

/**
 * How long synthesis takes, side by side with a new app of `cdk init`, and the commands of a developer. Writes `bench/results.json`.
 *
 * Options: how many rounds, and whether to compare the ratios with those of the file instead: only what they are made of is run.
 */
async function main(): Promise<void> {
  const { rounds, check } = readRounds(USAGE, 5);
  const committed = check ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : undefined;
  const work = mkdtempSync(join(tmpdir(), 'bench-speed-'));
  try {
    const loadBefore = load();
    const subjects = syntheses(await freshApp(), work);
    const { ten: _, fifty: __, ...compared } = subjects;
    const repeated = check ? Object.values(compared) : [...Object.values(subjects), HELP, CHECK];
    // The first run of each fills caches: of files, of what TypeScript was compiled to.
    await measure([subjects.fresh, subjects.compliance, ...(check ? [] : [HELP, CHECK, DEMO])], 1);
    const once = await measure(check ? [] : [DEMO, TESTS], 1);
    const seconds = await measure(repeated, rounds);
    const results: Results = {
      run: {
        node: process.version,
        cpu: cpus()[0]?.model ?? '',
        processors: availableParallelism(),
        rounds,
        loadBefore,
        loadAfter: load(),
      },
      seconds: Object.fromEntries([...seconds, ...once].map(([name, values]) => [name, spread(values)])),
      peakMemory: { '500 pairs': await appMemory(work, 500) },
      ratios: ratiosOf(seconds),
    };
    print(['', ...tableOf(results)].join('\n'));
    if (committed === undefined) {
      writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
      return;
    }
    const worse = worseThan(committed, results);
    worse.forEach((line) => print(`worse: ${line}`));
    process.exitCode = worse.length > 0 ? 1 : 0;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Seconds of each round. Every round starts with another subject. */
async function measure(subjects: readonly Subject[], rounds: number): Promise<Map<string, number[]>> {
  const taken = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const turn = round % subjects.length;
    for (const { name, run } of [...subjects.slice(turn), ...subjects.slice(0, turn)]) {
      const { seconds } = await run();
      taken.get(name)?.push(seconds);
      print(`  round ${round + 1}: ${name} ${seconds.toFixed(2)} s`);
    }
  }
  return taken;
}

/** Processes that ran or waited to, on average over a minute. */
function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof AppError ? describeError(error) : (error as Error).stack}\n`);
  process.exit(1);
});
