import { resolve } from 'node:path';
import { parseOptions } from '../cli/arguments';
import type { Documents } from '../cli/documents';
import { EXIT, EXIT_CODES_HELP, type ExitCode, exitCodeOfStatus } from '../cli/exit-codes';
import { columns, GLOBAL_HELP, GLOBAL_OPTIONS } from '../cli/global-options';
import { helpFor } from '../cli/layout';
import type { Synthesize } from '../cli/process/synthesis';
import type { Terminal } from '../cli/terminal';
import { contextOfCli } from '../config/locate';
import { cdkContext, namedConfig } from '../config/named';
import { COMMAND } from '../config/program';
import { UsageError } from '../errors/errors';
import { quoted } from '../errors/visible';
import { acceptedChanges } from '../model/delivery';
import { type Deployment, deploymentOf } from '../model/deployment';
import { loadConfig } from '../model/loading/load';
import { statusOf } from '../model/status';
import { qualifierFrom } from '../model/toolkit';
import { ALL_STACKS, readAssembly } from './plan/assembly';
import type { DeployedReader, ReaderOptions } from './plan/deployed';
import { type AskOwners, withOwnersAnswers } from './plan/owners';
import { planInWords, planOf, refusalsOf, stopsInWords, stopsOf } from './plan/plan';

/** What `plan --help` prints. */
const PLAN_HELP = `Usage: ${COMMAND} plan [options]

Shows what a deployment would create, change, replace and delete, and which permissions it widens. It compares with the deployed
templates, and does not see changes made by hand: "${COMMAND} doctor" looks for those.

Ends with 1 where permissions widen, a bucket or a key would be replaced or removed, or a bucket would get Object Lock,
which is permanent. pipeline.accept or delivery.github.accept of the configuration can allow each such change by name.
Taking Object Lock away always ends with 1. The pipeline and the workflows of GitHub Actions run this check.

Examples:
  ${COMMAND} plan
  ${COMMAND} plan --stack Source --config prod.json --json

Options:
${columns([
  ['    --stack ID', 'only this stack; may be repeated'],
  ['    --assembly DIR', 'compare the cloud assembly in this folder, instead of synthesizing the app'],
  ['    --lookup-roles', 'read deployed templates with the lookup roles of the bootstrap, instead of the configured profiles'],
  ...GLOBAL_HELP,
])}

${EXIT_CODES_HELP}`;

/** What `plan` takes from its process. */
interface PlanProcess {
  readonly argv: readonly string[];
  /** The folder of cdk.json. */
  readonly directory: string;
  /** Where the person is: the paths of an assembly and of a configuration start there. */
  readonly calledIn: string;
  readonly synthesize: Synthesize;
  readonly deployed: (config: Deployment, options: ReaderOptions) => DeployedReader;
  readonly askOwners: AskOwners;
  /** Ends every request. */
  readonly signal: AbortSignal;
  readonly terminal: Pick<Terminal, 'columns'>;
  /** Standard output. */
  readonly print: (text: string) => void;
  readonly documents: Pick<Documents, 'print' | 'deployment'>;
}

/**
 * Shows what a deployment would do, and fails where it takes away Object Lock, or where it widens permissions, replaces or removes a
 * bucket or a key, or locks a bucket, and `accept` of the pipeline or of GitHub Actions in the configuration does not name the change.
 *
 * @throws ConfigError, UsageError or UnreachableError without a plan
 */
export async function plan({
  argv,
  directory,
  calledIn,
  synthesize,
  deployed,
  askOwners,
  signal,
  terminal,
  print,
  documents,
}: PlanProcess): Promise<ExitCode> {
  const options = parsePlanArguments(argv);
  if (options.help) {
    print(helpFor(PLAN_HELP, terminal.columns));
    return EXIT.ok;
  }
  const context = cdkContext(namedConfig(options), calledIn, directory);
  const readContext = contextOfCli(context, directory);
  const config: Deployment = { ...deploymentOf(loadConfig(readContext, directory)), commandOptions: context };
  documents.deployment = config.deployment;
  const { stack: stacks = [] } = options;
  const choice = { stacks, exclusively: stacks.length > 0 };
  const assembly =
    options.assembly === undefined
      ? await synthesize([...stacks, ...(choice.exclusively ? ['--exclusively'] : []), ...context])
      : resolve(calledIn, options.assembly);
  const { read, clients } = deployed(config, { lookupRoles: options['lookup-roles'] === true, signal });
  const surroundings = { config, directory, cdkContext: context, qualifier: qualifierFrom(readContext) };
  const found = await withOwnersAnswers(await planOf(assembly, choice, read), {
    ...surroundings,
    ask: askOwners,
    clients: () => clients(config, readAssembly(assembly, ALL_STACKS)),
  });
  const stops = stopsOf(found);
  const refusals = refusalsOf(found);
  const { key, accept } = acceptedChanges(config);
  const accepted = stops.filter(({ name }) => accept.includes(name));
  const blocking = stops.filter(({ name }) => !accept.includes(name));
  // Names of changes that were made since stay in the configuration until somebody tidies up: that is no fault.
  const unused = accept.filter((name) => !stops.some((stop) => stop.name === name));
  const status = statusOf({
    failed: [...refusals, ...blocking].map(({ name }) => name),
    seen: found.map(({ stackName }) => `stack ${stackName} was compared`),
    nothing: 'no stack was compared',
  });
  if (options.json) {
    documents.print({ status: status.status, stacks: found, refusals, stops: blocking, accepted, unused, driftChecked: false });
  } else {
    const sections = [
      planInWords(found),
      ...(accepted.length === 0 ? [] : [`Accepted by the configuration:\n${stopsInWords(accepted)}`]),
      ...(unused.length === 0 ? [] : [`Named in ${key}, and not in this plan: ${unused.join(', ')}`]),
      ...(refusals.length === 0
        ? []
        : [`The configuration cannot accept this, which has to be put right first:\n${stopsInWords(refusals)}`]),
      ...(blocking.length === 0
        ? []
        : [`It stops here:\n${stopsInWords(blocking)}\nTo accept these changes, add their names to ${key}.`]),
    ];
    print(sections.join('\n\n'));
  }
  return exitCodeOfStatus(status);
}

function parsePlanArguments(argv: readonly string[]) {
  const { values, positionals } = parseOptions(
    argv,
    {
      ...GLOBAL_OPTIONS,
      stack: { type: 'string', multiple: true },
      assembly: { type: 'string' },
      'lookup-roles': { type: 'boolean' },
    },
    {
      hint: `"${COMMAND} plan --help" lists the options`,
      refused: new Map(
        ['yes', 'y'].map((name) => [
          name,
          new UsageError('OptionRefused', '"plan" accepts no --yes: it asks nothing', 'leave it out'),
        ]),
      ),
    },
  );
  const [word] = positionals;
  if (word !== undefined) {
    throw new UsageError('TooManyArguments', `"plan" accepts no argument ${quoted(word)}`, `write --stack ${word} for one stack`);
  }
  return values;
}
