import type { ClientOptions, Clients } from '../aws/clients';
import type { Clock } from '../aws/clock';
import type { Timeouts } from '../aws/request-handler';
import { cdkContext, PROFILE_CONTEXT } from '../config/named';
import { PROGRAM } from '../config/program';
import { UsageError } from '../errors/errors';
import { didYouMean } from '../errors/nearest';
import { type DeployedPair, type Deployment, deploymentOf } from '../model/deployment';
import { permissionsBoundaryFrom, qualifierFrom } from '../model/toolkit';
import type { AnyCommand, Context, Result } from './command';
import { Documents } from './documents';
import { projectFolder, runEntry } from './entry';
import { EXIT, type ExitCode } from './exit-codes';
import { commandHelp, overview } from './help';
import { helpFor } from './layout';
import { type CommonOptions, findCommand, parseCommandLine } from './parse';
import { contextsOf, runPerGroup } from './per-group';
import { quietTerminal, type Terminal } from './terminal';

/** What the command line takes from its process. */
export interface CliProcess {
  /** Arguments without interpreter and script. */
  readonly argv: readonly string[];
  /** Every command that there is. */
  readonly commands: readonly AnyCommand[];
  /** Where the person is: the nearest cdk.json at or above it counts, and relative paths start there. */
  readonly directory: string;
  readonly terminal: Terminal;
  readonly clients: (config: Deployment, options: ClientOptions) => Clients;
  readonly clock: Clock;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
  /** How long requests without `clients` wait. @default TIMEOUTS */
  readonly timeouts?: Timeouts;
  /** Standard output. */
  readonly print: (text: string) => void;
  /** Sends every AWS request to another endpoint. */
  readonly useEndpoint: (endpoint: string) => void;
}

/** Runs one command line and says how it ended. Never throws. */
export async function runCli(process: CliProcess): Promise<ExitCode> {
  const documents = new Documents(process.print, process.clock);
  return runEntry({ ...process, documents }, () => dispatch(process, documents));
}

async function dispatch(process: CliProcess, documents: Documents): Promise<ExitCode> {
  const { print, directory } = process;
  const { command, argv, version } = findCommand(process.argv, process.commands);
  if (version) {
    const { version: own } = require('../../package.json') as typeof import('../../package.json');
    print(`${PROGRAM} ${own}`);
    return EXIT.ok;
  }
  documents.command = command?.name ?? null;
  if (command !== undefined && 'run' in command) {
    return command.run({ ...process, documents, argv: argv.map((word) => (word === 'help' ? '--help' : word)) });
  }
  const { common, own } = parseCommandLine(argv, command);
  if (command === undefined) {
    print(helpFor(overview(process.commands), process.terminal.columns));
    return common.help ? EXIT.ok : EXIT.usage;
  }
  if (common.help) {
    print(helpFor(commandHelp(command), process.terminal.columns));
    return EXIT.ok;
  }
  if (common.endpoint !== undefined) {
    process.useEndpoint(common.endpoint);
  }
  const project = projectFolder(directory);
  documents.stream = own.values['watch'] !== undefined;
  const show = ({ data, text }: Result) => (common.json ? documents.print(data) : print(text));
  const surroundings = {
    directory: project,
    cdkContext: cdkContext(common.named, directory, project),
    terminal: common.quiet ? quietTerminal(process.terminal) : process.terminal,
    clock: process.clock,
    signal: process.signal,
    yes: common.yes,
  };
  if ('loadForProject' in command) {
    const clients = (config: Deployment) => process.clients(config, { signal: process.signal });
    const outcome = await command.loadForProject()(
      { ...surroundings, calledIn: directory, named: common.named, clients, timeouts: process.timeouts },
      own,
    );
    show(outcome);
    return outcome.exitCode;
  }
  const { config, ...bootstrap } = readProject(project, surroundings.cdkContext);
  documents.deployment = config.deployment;
  refuseProfilesOfBuilds(config, common);
  const context: Context = {
    ...surroundings,
    config,
    pairs: choosePairs(config, common.pairs),
    ...bootstrap,
    clients: process.clients(config, { ...common, signal: process.signal }),
    report: show,
  };
  const run = command.load();
  // The groups share clients, unless each has roles of its own.
  const groups = contextsOf(context).map((group) =>
    common.verificationRoles && group.config.group !== undefined
      ? { ...group, clients: process.clients(group.config, { ...common, signal: process.signal }) }
      : group,
  );
  const [first = context, ...others] = command.perGroup === true ? groups : [];
  const outcome =
    others.length === 0 ? await run(first, own) : await runPerGroup([first, ...others], own, (group) => run(group, own));
  show(outcome);
  return outcome.exitCode;
}

/** The configuration's checks take their time to load, and `--help` needs none of them. */
function readProject(
  project: string,
  context: readonly string[],
): Pick<Context, 'config' | 'permissionsBoundary' | 'qualifier' | 'toolkitStackName'> {
  const { loadConfig } = require('../model/loading/load') as typeof import('../model/loading/load');
  const { contextOfCli, settingOfCli } = require('../config/locate') as typeof import('../config/locate');
  const readContext = contextOfCli(context, project);
  const config = { ...deploymentOf(loadConfig(readContext, project)), commandOptions: context };
  return {
    config,
    qualifier: qualifierFrom(readContext),
    permissionsBoundary: permissionsBoundaryFrom(readContext),
    toolkitStackName: settingOfCli(project, 'toolkitStackName'),
  };
}

function choosePairs(config: Deployment, ids: readonly string[]): readonly DeployedPair[] {
  const known = config.pairs.map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new UsageError(
      'UnknownPair',
      `the configuration has no pair ${unknown.join(', ')}`,
      `${didYouMean(unknown[0] ?? '', known)}its pairs: ${known.join(', ')}`,
    );
  }
  return ids.length === 0 ? config.pairs : config.pairs.filter(({ id }) => ids.includes(id));
}

/** @throws UsageError for a profile where a build of the pipeline assumes the roles, with the credentials of its environment */
function refuseProfilesOfBuilds(
  { pipeline }: Deployment,
  { verificationRoles, named }: Pick<CommonOptions, 'verificationRoles' | 'named'>,
): void {
  const profile = Object.values(PROFILE_CONTEXT).find((name) => named.context.some((word) => word.startsWith(`${name}=`)));
  if (verificationRoles && pipeline !== undefined && profile !== undefined) {
    throw new UsageError(
      'RolesAndProfiles',
      `--verification-roles and --${profile} exclude each other where "pipeline" is configured`,
      'the roles are assumed with the credentials of the environment; write one of them',
    );
  }
}
