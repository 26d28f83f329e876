import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load';
import { contextOfCli } from '../config/locate';
import type { ReplicationConfig } from '../config/model';
import { AppError, ConfigError, describeError, messageOf, UnreachableError, UsageError } from '../errors';
import type { Clients } from './clients';
import { EXIT, type ExitCode, type Verb } from './command';
import type { Terminal } from './terminal';
import { VERBS } from './verbs';

/** What the command line takes from its process. */
export interface CliProcess {
  /** Arguments without interpreter and script. */
  readonly argv: readonly string[];
  /** Where the person is: the nearest cdk.json at or above it counts, and relative paths start there. */
  readonly directory: string;
  readonly terminal: Terminal;
  readonly clients: (config: ReplicationConfig) => Clients;
  /** Standard output. */
  readonly print: (text: string) => void;
  /** Sends every AWS request to another endpoint. */
  readonly useEndpoint: (endpoint: string) => void;
}

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  endpoint: { type: 'string' },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  debug: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const OPTIONS_HELP = `Options:
  -c, --config FILE   configuration file; without it, context.replication of cdk.json
      --endpoint URL  send AWS requests there (a local emulator)
      --json          print the result as JSON
  -y, --yes           change without asking
      --debug         show stack traces
  -h, --help          show this help

Exit codes: 0 fine, 1 something is wrong, 2 wrong usage or configuration, 3 could not find out`;

/** Runs one command line and says how it ended. Never throws. */
export async function runCli(process: CliProcess): Promise<ExitCode> {
  const json = process.argv.includes('--json');
  try {
    return await dispatch(process);
  } catch (error) {
    if (!(error instanceof AppError) || process.argv.includes('--debug')) {
      process.terminal.tell((error as Error).stack ?? String(error));
    } else {
      process.terminal.tell(describeError(error));
    }
    if (json) {
      process.print(JSON.stringify({ error: toData(error) }, null, 2));
    }
    return exitCodeOf(error);
  }
}

async function dispatch({ argv, directory, terminal, clients, print, useEndpoint }: CliProcess): Promise<ExitCode> {
  const { values, positionals } = parse(argv);
  const [name, ...rest] = positionals;
  if (name === undefined || name === 'help') {
    print(overview());
    return values.help || name === 'help' ? EXIT.ok : EXIT.usage;
  }
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb === undefined || rest.length > 0) {
    throw new UsageError(
      'UnknownCommand',
      verb === undefined ? `there is no command "${name}"` : `"${verb.name}" takes no argument "${rest.join(' ')}"`,
      `commands: ${VERBS.map((candidate) => candidate.name).join(', ')}; "--help" explains them`,
    );
  }
  if (values.help) {
    print(`${verb.name}: ${verb.summary}\n\n${verb.help}\n\n${OPTIONS_HELP}`);
    return EXIT.ok;
  }
  if (values.endpoint !== undefined) {
    useEndpoint(checkedEndpoint(values.endpoint));
  }
  const project = projectFolder(directory);
  const given = values.config === undefined ? [] : ['-c', `config=${resolve(directory, values.config)}`];
  const config = loadConfig(contextOfCli(given, project), project);
  const outcome = await verb.load()({ config, directory: project, clients: clients(config), terminal, yes: values.yes });
  print(values.json ? JSON.stringify(outcome.data, null, 2) : outcome.text);
  return outcome.exitCode;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError('BadArguments', messageOf(error), '"--help" lists the options');
  }
}

function projectFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) {
      return folder;
    }
    if (folder === dirname(folder)) {
      return start;
    }
  }
}

function checkedEndpoint(endpoint: string): string {
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError('BadEndpoint', `--endpoint ${endpoint} is no URL`, 'write one such as http://127.0.0.1:4566');
  }
  return endpoint;
}

function overview(): string {
  const width = Math.max(...VERBS.map(({ name }) => name.length));
  const lines = VERBS.map(({ name, summary }: Verb) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: npm run ops -- COMMAND [options]\n\nCommands:\n${lines.join('\n')}\n\n${OPTIONS_HELP}`;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigError || error instanceof UsageError) {
    return EXIT.usage;
  }
  return error instanceof UnreachableError ? EXIT.unknown : EXIT.wrong;
}

function toData(error: unknown): object {
  return error instanceof AppError
    ? {
        code: error.code,
        message: error.message,
        hint: error.hint ?? null,
        ...(error instanceof ConfigError && { problems: error.problems }),
      }
    : { code: 'Fault', message: String(error), hint: null };
}
