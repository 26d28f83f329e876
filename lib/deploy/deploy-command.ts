import { interruption } from '../aws/clock';
import { handOver, type Sessions } from '../aws/handed-sessions';
import type { Documents } from '../cli/documents';
import { EXIT, type ExitCode, exitCodeOfStatus } from '../cli/exit-codes';
import { helpFor } from '../cli/layout';
import type { Synthesize } from '../cli/process/synthesis';
import { quietTerminal, type Terminal } from '../cli/terminal';
import { contextOfCli } from '../config/locate';
import { cdkContext } from '../config/named';
import { UnreachableError, UsageError } from '../errors/errors';
import type { OwnedBucket } from '../model/adoption';
import { capacityWarnings } from '../model/capacity';
import { type Deployment, deploymentOf } from '../model/deployment';
import { loadConfig } from '../model/loading/load';
import { type Status, statusOf } from '../model/status';
import { qualifierFrom } from '../model/toolkit';
import { DEPLOY_HELP, type DeployArguments, parseDeployArguments } from './arguments';
import { adviceFor, type StackAddress, type StackStatus } from './blocked-stacks';
import { olderObjectsHints, replacedRulesHints } from './plan/adoption';
import { readAssembly } from './plan/assembly';
import type { DeployedReader, ReadDeployed, ReaderOptions } from './plan/deployed';
import type { Stop } from './plan/model';
import { type AskOwners, withOwnersAnswers } from './plan/owners';
import { changesNothing, type DeploymentPlan, planInWords, planOf, refusalsOf, stopsInWords, stopsOf } from './plan/plan';

/** What a deployment takes from its process. */
interface DeployProcess {
  readonly argv: readonly string[];
  /** The folder of cdk.json. */
  readonly directory: string;
  /** Where the person is: the path of a configuration starts there. */
  readonly calledIn: string;
  readonly synthesize: Synthesize;
  /** Runs the CDK CLI on this terminal and answers its exit code. `quiet`: it leaves standard output alone. */
  readonly cdk: (
    args: readonly string[],
    options: { readonly quiet: boolean; readonly variables: Readonly<Record<string, string>> },
  ) => Promise<number>;
  readonly deployed: (config: Deployment, options: ReaderOptions) => DeployedReader;
  readonly askOwners: AskOwners;
  readonly states: (config: Deployment, sessions: Sessions, deployed: readonly StackAddress[]) => Promise<StackStatus[]>;
  /** Ends every request. */
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  /** Standard output. */
  readonly print: (text: string) => void;
  readonly documents: Pick<Documents, 'print' | 'deployment'>;
}

/**
 * Shows what a deployment would do, refuses to take away Object Lock, stops where it would replace or remove a bucket or a key, or lock a
 * bucket, that nobody named, asks, and has the CDK CLI deploy exactly what was shown. After a failure it says what frees a stack that never came up.
 *
 * @returns 0 after a deployment and where nothing changes, 1 where it stopped, and where the CDK CLI failed
 * @throws ConfigError, UsageError, UnreachableError or AbortError before anything is deployed; UnreachableError also for an interruption
 */
export async function deploy(process: DeployProcess): Promise<ExitCode> {
  const { argv, directory, signal, print, documents } = process;
  const options = parseDeployArguments(argv);
  // What stops a deployment, or is left to do, is told however quiet it is to be.
  const tell = (line: string) => process.terminal.tell(line);
  const terminal = options.quiet ? quietTerminal(process.terminal) : process.terminal;
  if (options.help) {
    print(helpFor(DEPLOY_HELP, terminal.columns));
    return EXIT.ok;
  }
  const context = cdkContext(options.named, process.calledIn, directory);
  const readContext = contextOfCli(context, directory);
  const config: Deployment = { ...deploymentOf(loadConfig(readContext, directory)), commandOptions: context };
  documents.deployment = config.deployment;
  const assembly = await process.synthesize([...chosenStacks(options), ...context]);
  for (const warning of capacityWarnings(readAssembly(assembly, options))) {
    terminal.tell(warning);
  }
  const reader = process.deployed(config, { lookupRoles: false, profile: options.profile, signal });
  const ownersBuckets: Record<string, OwnedBucket | string> = {};
  const readAndKeep: ReadDeployed = async (stack) => {
    const found = await reader.read(stack);
    Object.assign(ownersBuckets, found.ownedBuckets);
    return found;
  };
  const surroundings = { config, directory, cdkContext: context, qualifier: qualifierFrom(readContext) };
  const plan = await withOwnersAnswers(await readablePlan(assembly, options, readAndKeep), {
    ...surroundings,
    ask: process.askOwners,
    clients: () => reader.clients(config, []),
  });
  const finish = (status: Status, deployed: boolean) => {
    if (options.json) {
      documents.print({ status: status.status, stacks: plan, deployed, driftChecked: false });
    }
    return exitCodeOfStatus(status);
  };
  terminal.tell(planInWords(plan));
  const refusals = refusalsOf(plan);
  if (refusals.length > 0) {
    tell(`\nNothing was deployed. --accept does not accept this, which has to be put right first:\n${stopsInWords(refusals)}`);
    return finish(stopped(refusals), false);
  }
  const stops = blockingStops(plan, options.accept, config.delivery?.github.accept);
  if (stops.length > 0) {
    tell(`\nNothing was deployed, because of:\n${stopsInWords(stops)}\n${acceptHint(stops)}`);
    return finish(stopped(stops), false);
  }
  // What other options are for is for the CDK CLI to know.
  if (changesNothing(plan) && options.rest.length === 0) {
    terminal.tell('\nnothing to deploy: the templates are the same');
    return finish({ status: 'ok', seen: ['the templates are the same'] }, false);
  }
  if (!options.yes) {
    await terminal.confirm(`\nDeploy this to ${[...new Set(plan.map(({ account }) => account))].join(' and ')}?`);
  }
  // Nobody is asked twice for a code of an MFA device.
  const variables = await handOver(reader.sessions);
  const code = await process.cdk(cdkArguments(options, context, assembly), { quiet: options.json, variables });
  if (signal.aborted) {
    tell('\nCloudFormation continues what it has begun. Wait until it has ended, then run the command again.');
    throw interruption();
  }
  if (code === 0) {
    for (const hint of olderObjectsHints(config, plan)) {
      tell(`\n${hint}`);
    }
    return finish({ status: 'ok', seen: ['the CDK CLI deployed it'] }, true);
  }
  for (const hint of replacedRulesHints(config, plan, ownersBuckets)) {
    tell(`\n${hint}`);
  }
  const advice = adviceFor(config, await process.states(config, reader.sessions, plan));
  if (advice !== undefined) {
    tell(`\n${advice}`);
  }
  return finish({ status: 'failed', why: [`the CDK CLI ended with ${code}`] }, false);
}

function stopped(stops: readonly Pick<Stop, 'name'>[]): Status {
  return statusOf({ failed: stops.map(({ name }) => name), seen: [], nothing: 'nothing stops it' });
}

async function readablePlan(assembly: string, options: DeployArguments, read: ReadDeployed): Promise<DeploymentPlan> {
  try {
    return await planOf(assembly, options, read);
  } catch (error) {
    if (!(error instanceof UnreachableError)) {
      throw error;
    }
    throw new UnreachableError(error.code, `there is no plan, and nothing was deployed: ${error.message}`, error.hint, {
      cause: error,
    });
  }
}

/**
 * Stops at buckets, keys and locks that nobody named. Whoever answers the question accepts the permissions that they were shown.
 *
 * @param accepted on the command line: each is in the plan, or misspelt
 * @param configured for GitHub Actions: the name of a change that was made may stay there
 */
function blockingStops(plan: DeploymentPlan, accepted: readonly string[], configured: readonly string[] = []): readonly Stop[] {
  const stops = stopsOf(plan);
  const unknown = accepted.filter((name) => !stops.some((stop) => stop.name === name));
  if (unknown.length > 0) {
    throw new UsageError(
      'NothingToAccept',
      `the plan has no change named ${unknown.join(', ')}`,
      stops.length === 0 ? 'it has none to accept' : `it has: ${stops.map(({ name }) => name).join(', ')}`,
    );
  }
  return stops.filter(({ kind, name }) => kind !== 'permissions' && ![...accepted, ...configured].includes(name));
}

function acceptHint(stops: readonly Stop[]): string {
  return `If that is what you want, add it to the command: ${stops.map(({ name }) => `--accept ${name}`).join(' ')}`;
}

function chosenStacks({ stacks, exclusively }: DeployArguments): string[] {
  return [...stacks, ...(exclusively ? ['--exclusively'] : [])];
}

/** Deploys what was synthesized for the plan. Its question stands for the CDK CLI's own. */
function cdkArguments(options: DeployArguments, context: readonly string[], assembly: string): string[] {
  const { stacks, profile, noColor, rest } = options;
  return [
    'deploy',
    ...(stacks.length === 0 ? ['--all'] : []),
    ...chosenStacks(options),
    '--app',
    assembly,
    ...(rest.some((word) => word.startsWith('--require-approval')) ? [] : ['--require-approval', 'never']),
    ...context,
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(noColor ? ['--no-color'] : []),
    ...rest,
  ];
}
