import { resolve } from 'node:path';
import { parseOptions } from '../cli/arguments';
import { EXIT, EXIT_CODES_HELP, type ExitCode, exitCodeOfStatus } from '../cli/exit-codes';
import { contextOfCli } from '../config/locate';
import { CONFIG_OPTIONS, namedConfig } from '../config/named';
import { UsageError } from '../errors/errors';
import { quoted, toJson } from '../errors/visible';
import { deploymentOf } from '../model/deployment';
import { loadConfig } from '../model/loading/load';
import { demo, type LocalDeployment, SAMPLE_FILE } from './demo';
import { localFiles } from './files';
import { formatDemo, terminalProgress } from './report';

const HELP = `Usage: npm run demo -- [options]

Deploys the stacks to an AWS emulator on this machine, puts a file, and shows what arrived in the other account and region.

Options:
      --file PATH    replicate this file, or everything in this folder; may be repeated
  -c, --config FILE  use this configuration; also -c config=FILE
      --keep         leave the emulator running and print how to explore it
      --json         print the result as JSON
      --debug        show stack traces
  -h, --help         show this help

Examples:
  npm run demo
  npm run demo -- --file report.pdf --file photos
  npm run demo -- -c config=environments/production.json --keep

${EXIT_CODES_HELP}`;

const HINT = '"npm run demo -- --help" lists the options';

const OPTIONS = {
  ...CONFIG_OPTIONS,
  file: { type: 'string', multiple: true },
  keep: { type: 'boolean' },
  json: { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What the demo takes from its process. */
interface DemoProcess {
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
 * @returns 0 when everything arrived, 1 when something did not
 * @throws AppError for wrong usage, a wrong configuration or a failed step
 */
export async function runDemo({ argv, directory, print, progress, signal }: DemoProcess): Promise<ExitCode> {
  const options = parse(argv);
  if (options.help) {
    print(HELP);
    return EXIT.ok;
  }
  const { file: configFile = resolve(__dirname, 'demo.json'), context } = namedConfig(options);
  if (context.length > 0) {
    throw new UsageError('NeedlessContext', `the demo accepts no context ${context.join(' ')}`, HINT);
  }
  const config = deploymentOf(loadConfig(contextOfCli(['-c', `config=${configFile}`], directory), directory));
  const files = options.file === undefined ? [SAMPLE_FILE] : localFiles(options.file, directory);
  const { data, kept } = await demo({ config, files, keep: options.keep === true, progress: terminalProgress(progress), signal });
  if (options.json) {
    print(toJson({ ...data, kept: kept ? keptData(kept) : null }));
  } else {
    print(formatDemo(data));
    if (kept !== undefined) {
      print(`\n${formatKept(kept)}`);
    }
  }
  return exitCodeOfStatus(data);
}

function parse(argv: readonly string[]) {
  const { values, positionals } = parseOptions(argv, OPTIONS, { hint: HINT });
  if (positionals.length > 0) {
    throw new UsageError('TooManyArguments', `the demo accepts no argument ${quoted(positionals[0])}`, HINT);
  }
  return values;
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
  const buckets = kept.workspace.config.pairs.map(
    ({ names }) => `  aws s3 ls --recursive s3://${names.replicaBucket.name} --profile destination`,
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
