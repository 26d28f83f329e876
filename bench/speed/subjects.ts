import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cdkScript } from '../../lib/cli/process/cdk';
import { type Measured, measured } from '../shared/measured';

/** What is measured once in each round. */
export interface Subject {
  readonly name: string;
  readonly run: () => Promise<Measured>;
}

/** Pairs in a group. */
const GROUP = 50;

/** Nothing but the work: no questions, no news. */
const QUIET = { CI: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };

/**
 * What synthesizes, always with the built-in validation; this app has one pair where nothing else is said.
 *
 * @param fresh folder of the app of `cdk init`
 * @param work folder for configurations and for what is written
 */
export function syntheses(fresh: string, work: string) {
  const synth = (cli: string, ...args: string[]) => [
    cli,
    'synth',
    '--quiet',
    '--no-notices',
    '--output',
    join(work, 'out'),
    ...args,
  ];
  const here = (name: string, ...args: string[]): Subject => ({
    name,
    run: () => succeeding(process.execPath, synth(cdkScript(), ...args)),
  });
  const pairs = (count: number) => here(`${count} pairs`, '--context', `config=${configuration(work, count)}`);
  const freshCli = join(fresh, 'node_modules/aws-cdk/bin/cdk');
  return {
    // The CLI takes the app of the folder that it runs in.
    fresh: { name: 'cdk init', run: () => succeeding('env', ['--chdir', fresh, process.execPath, ...synth(freshCli)]) },
    one: here('this app'),
    compliance: here('this app, compliance', '--context', 'compliance=true'),
    ten: pairs(10),
    fifty: pairs(50),
    hundred: pairs(100),
    fiveHundred: pairs(500),
  } satisfies Record<string, Subject>;
}

/** Most memory of the app itself, bytes. The CLI starts it as another process, and takes less. */
export async function appMemory(work: string, pairs: number): Promise<number> {
  const { app, context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { app: string; context: object };
  const [command = '', ...args] = app.split(' ');
  const { peakMemory } = await succeeding(command, args, {
    CDK_OUTDIR: join(work, 'out'),
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, config: configuration(work, pairs) }),
  });
  return peakMemory;
}

export const HELP: Subject = {
  name: 'ops --help',
  run: () => succeeding(process.execPath, ['bin/s3-replication.js', '--help']),
};

export const CHECK: Subject = {
  name: 'config check',
  run: () => succeeding(process.execPath, ['bin/s3-replication.js', 'config', 'check']),
};

export const DEMO: Subject = { name: 'demo', run: () => succeeding('npm', ['run', 'demo']) };

export const TESTS: Subject = { name: 'npm test', run: () => succeeding('npm', ['test']) };

/** Writes a configuration with this many pairs: more than one group holds are in groups. */
function configuration(work: string, count: number): string {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: { replication: object } };
  const pairs = Array.from({ length: count }, (_, index) => ({
    id: `pair-${index + 1}`,
    ...(count > GROUP && { group: `group-${Math.floor(index / GROUP) + 1}` }),
  }));
  const file = join(work, `${count}.json`);
  writeFileSync(file, JSON.stringify({ ...context.replication, pairs }));
  return file;
}

async function succeeding(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const run = await measured(command, args, { ...QUIET, ...env });
  if (run.code !== 0) {
    throw new Error(`"${[command, ...args].join(' ')}" ended with ${run.code}\n${run.stdout}\n${run.stderr}`);
  }
  return run;
}
