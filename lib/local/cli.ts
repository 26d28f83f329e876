import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load';
import { contextOfCli } from '../config/locate';
import { messageOf, UsageError } from '../errors';
import { namesOf } from '../names';
import { demo, type LocalDeployment, SAMPLE_FILE } from './demo';
import { localFiles } from './files';
import { terminalProgress } from './progress';
import { formatDemo } from './report';

export const HELP = `Usage: npm run demo -- [options]

Deploys the stacks to an AWS emulator on this machine, puts a file, and shows what arrived in the other account and region.

Options:
      --file PATH    replicate this file, or everything in this folder; may be repeated
      --config FILE  use this configuration
      --keep         leave the emulator running and print how to explore it
      --json         print the result as JSON
      --debug        show stack traces
  -h, --help         show this help

Examples:
  npm run demo
  npm run demo -- --file report.pdf --file photos
  npm run demo -- --config environments/production.json --keep`;

const OPTIONS = {
  file: { type: 'string', multiple: true, default: [] as string[] },
  config: { type: 'string' },
  keep: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  debug: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the demo takes from its process. */
export interface DemoProcess {
  readonly argv: readonly string[];
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly print: (text: string) => void;
  readonly progress: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

/**
 * Runs the demo as the command line asks.
 *
 * @returns the exit code: 0 when everything arrived, else 1
 * @throws AppError for wrong usage, a wrong configuration or a failed step
 */
export async function runDemo({ argv, directory, print, progress, signal }: DemoProcess): Promise<number> {
  const options = parse(argv);
  if (options.help) {
    print(HELP);
    return 0;
  }
  const configFile = resolve(directory, options.config ?? resolve(__dirname, 'demo.json'));
  const config = loadConfig(contextOfCli(['-c', `config=${configFile}`], directory), directory);
  const files = options.file.length === 0 ? [SAMPLE_FILE] : localFiles(options.file, directory);
  const { data, kept } = await demo({ config, files, keep: options.keep, progress: terminalProgress(progress), signal });
  if (options.json) {
    print(JSON.stringify({ ...data, kept: kept ? keptData(kept) : null }, null, 2));
  } else {
    print(formatDemo(data));
    if (kept !== undefined) {
      print(`\n${formatKept(kept)}`);
    }
  }
  return data.ok ? 0 : 1;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError('BadArguments', messageOf(error), '"npm run demo -- --help" lists the options');
  }
}

function keptData({ emulator, workspace }: LocalDeployment) {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_ENDPOINT_URL } = workspace.environment(emulator.endpoint);
  return {
    pid: emulator.pid,
    directory: workspace.directory,
    environment: { AWS_ENDPOINT_URL, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE },
  };
}

function formatKept(kept: LocalDeployment): string {
  const { pid, directory, environment } = keptData(kept);
  const exports = Object.entries(environment).map(([name, value]) => `  export ${name}="${value}"`);
  const buckets = namesOf(kept.workspace.config).pairs.map(
    ({ replicaBucket }) => `  aws s3 ls --recursive s3://${replicaBucket.name} --profile destination`,
  );
  return `The emulator keeps running as process ${pid}. To explore it:

  cd "${directory}"
  unset AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
${exports.join('\n')}
${buckets.join('\n')}
  npm run ops -- doctor
  npm run ops -- verify
  npx cdk diff

To stop it: kill ${pid}`;
}
