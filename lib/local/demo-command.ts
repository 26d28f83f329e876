import { resolve } from 'node:path';
import { parseOptions } from '../cli/arguments';
import type { Documents } from '../cli/documents';
import { EXIT, EXIT_CODES_HELP, type ExitCode, exitCodeOfStatus } from '../cli/exit-codes';
import { columns, GLOBAL_OPTIONS, OUTPUT_HELP } from '../cli/global-options';
import { helpFor, MARK } from '../cli/layout';
import type { Terminal } from '../cli/terminal';
import { contextOfCli } from '../config/locate';
import { namedConfig, PROFILE_CONTEXT } from '../config/named';
import { COMMAND } from '../config/program';
import { UsageError } from '../errors/errors';
import { quoted } from '../errors/visible';
import { deploymentOf } from '../model/deployment';
import { loadConfig } from '../model/loading/load';
import { demo, INSTALL, type LocalDeployment, SAMPLE_FILE } from './demo';
import { localFiles } from './files';
import { formatDemo, QUIET, terminalSteps } from './report';
import { emulatorPython } from './virtual-env';
import { DEMO_FOLDER } from './workspace';

const HELP = `Usage: ${COMMAND} demo [options]

Deploys the stacks to an AWS emulator on this machine, puts a file, and shows what arrived in the other account and region.
The first run installs the emulator from PyPI, and keeps it; --prefetch does only that. Later runs need no network.

Examples:
  ${COMMAND} demo
  ${COMMAND} demo --file report.pdf --file photos
  ${COMMAND} demo --existing
  ${COMMAND} demo --config environments/production.json --keep

Options:
${columns([
  ['    --file PATH', 'replicate this file, or everything in this folder; may be repeated'],
  ['    --existing', 'replicate a bucket that is there already, with objects, a rule and a notification of its owner'],
  ['    --keep', 'leave the emulator running and print how to explore it'],
  ['    --prefetch', 'install the emulator for later, and do nothing else'],
  ['-c, --config FILE', 'use this configuration; also -c config=FILE'],
  ...OUTPUT_HELP,
])}

${EXIT_CODES_HELP}`;

const HINT = `"${COMMAND} demo --help" lists the options`;

const OPTIONS = {
  ...GLOBAL_OPTIONS,
  file: { type: 'string', multiple: true },
  existing: { type: 'boolean' },
  keep: { type: 'boolean' },
  prefetch: { type: 'boolean' },
} as const;

/** Options of other commands that have no meaning here. */
const REFUSED = new Map(
  Object.entries({
    yes: 'it asks nothing',
    y: 'it asks nothing',
    [PROFILE_CONTEXT.source]: 'it asks no AWS account',
    [PROFILE_CONTEXT.destination]: 'it asks no AWS account',
  }).map(([name, reason]) => [
    name,
    new UsageError('OptionRefused', `"demo" accepts no ${name.length === 1 ? '-' : '--'}${name}: ${reason}`, 'leave it out'),
  ]),
);

/** What the demo takes from its process. */
interface DemoProcess {
  readonly argv: readonly string[];
  /** What relative paths are relative to. */
  readonly directory: string;
  readonly print: (text: string) => void;
  readonly documents: Pick<Documents, 'print' | 'deployment'>;
  readonly terminal: Pick<Terminal, 'columns' | 'progress' | 'tell'>;
  readonly signal: AbortSignal;
}

/**
 * Runs the demo as the command line asks.
 *
 * @returns 0 when everything arrived, 1 when something did not
 * @throws AppError for wrong usage, a wrong configuration or a failed step
 */
export async function runDemo({ argv, directory, print, documents, terminal, signal }: DemoProcess): Promise<ExitCode> {
  const options = parse(argv);
  if (options.help) {
    print(helpFor(HELP, terminal.columns));
    return EXIT.ok;
  }
  const progress = options.quiet === true ? QUIET : terminalSteps(terminal);
  if (options.prefetch) {
    const python = await progress.step(INSTALL, () => emulatorPython(DEMO_FOLDER, resolve(DEMO_FOLDER, 'prefetch.log'), signal));
    const text = `${MARK.ok} the emulator is installed; the demo needs no network now`;
    if (options.json) {
      documents.print({ status: 'ok', python });
    } else {
      print(text);
    }
    return EXIT.ok;
  }
  const { file: named, context } = namedConfig(options);
  const configFile = named ?? resolve(__dirname, options.existing === true ? 'existing.json' : 'demo.json');
  if (context.length > 0) {
    throw new UsageError('NeedlessContext', `the demo accepts no context ${context.join(' ')}`, HINT);
  }
  if (options.existing === true && named !== undefined) {
    throw new UsageError(
      'NeedlessConfig',
      '--existing has a configuration of its own',
      'leave out one of the two: the demo makes every bucket that "sourceBucket" of a configuration names',
    );
  }
  const config = deploymentOf(loadConfig(contextOfCli(['-c', `config=${configFile}`], directory), directory));
  documents.deployment = config.deployment;
  const files = options.file === undefined ? [SAMPLE_FILE] : localFiles(options.file, directory);
  const { data, kept } = await demo({
    config,
    files,
    keep: options.keep === true,
    progress,
    signal,
  });
  if (options.json) {
    documents.print({ ...data, kept: kept ? keptData(kept) : null });
  } else {
    print(formatDemo(data, terminal.columns));
    if (kept !== undefined) {
      print(`\n${formatKept(kept)}`);
    }
  }
  return exitCodeOfStatus(data);
}

function parse(argv: readonly string[]) {
  const { values, positionals } = parseOptions(argv, OPTIONS, { hint: HINT, refused: REFUSED });
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
  ${COMMAND} doctor
  ${COMMAND} verify
  npx cdk diff

To stop it: kill ${pid}`;
}
