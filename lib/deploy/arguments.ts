import { type OptionTable, parseOptions } from '../cli/arguments';
import { EXIT_CODES_HELP } from '../cli/exit-codes';
import { columns, GLOBAL_HELP, GLOBAL_OPTIONS, type HelpRow } from '../cli/global-options';
import { type NamedConfig, namedConfig } from '../config/named';
import { COMMAND } from '../config/program';
import { UsageError } from '../errors/errors';

/** Options of `cdk deploy` that deploy what the plan shows, and nothing else. */
export const PASSED_ON = {
  'asset-build-concurrency': { type: 'string' },
  'asset-parallelism': { type: 'boolean' },
  'no-asset-parallelism': { type: 'boolean' },
  'asset-prebuild': { type: 'boolean' },
  'no-asset-prebuild': { type: 'boolean' },
  'ca-bundle-path': { type: 'string' },
  'change-set-name': { type: 'string' },
  ci: { type: 'boolean' },
  'no-ci': { type: 'boolean' },
  color: { type: 'boolean' },
  concurrency: { type: 'string' },
  'debug-cli': { type: 'boolean' },
  force: { type: 'boolean', short: 'f' },
  method: { type: 'string', short: 'm' },
  'monitoring-time-minutes': { type: 'string' },
  notices: { type: 'boolean' },
  'no-notices': { type: 'boolean' },
  'notification-arns': { type: 'string', multiple: true },
  'outputs-file': { type: 'string', short: 'O' },
  progress: { type: 'string' },
  proxy: { type: 'string' },
  'require-approval': { type: 'string' },
  'revert-drift': { type: 'boolean' },
  rollback: { type: 'boolean' },
  'no-rollback': { type: 'boolean', short: 'R' },
  'rollback-trigger-alarm-arns': { type: 'string', multiple: true },
  strict: { type: 'boolean' },
  trace: { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
} as const satisfies OptionTable;

const SYNTHESIS = 'the app is synthesized for the plan, before "cdk deploy" runs';
const HOTSWAP = 'it changes resources without CloudFormation, which is not what the plan shows';
const NOTHING = 'it deploys nothing, or something that the plan does not show';
const OTHER = 'it would deploy something else than the plan shows';

/** Why this command does not take the other options of `cdk deploy`. */
const REASONS: Readonly<Record<string, readonly string[]>> = {
  [OTHER]: ['app', 'a', 'output', 'o', 'parameters', 'previous-parameters', 'tags', 't', 'build-exclude', 'E', 'plugin', 'p'],
  [SYNTHESIS]: [
    'asset-metadata',
    'build',
    'debug-app',
    'ignore-errors',
    'lookups',
    'path-metadata',
    'staging',
    'telemetry',
    'version-reporting',
  ],
  [HOTSWAP]: [
    'hotswap',
    'hotswap-ecs-maximum-healthy-percent',
    'hotswap-ecs-minimum-healthy-percent',
    'hotswap-ecs-stabilization-timeout-seconds',
    'hotswap-fallback',
  ],
  [NOTHING]: ['execute', 'ignore-no-stacks'],
  'it continues to deploy after the plan': ['logs', 'watch'],
  'it does not wait until resources work, and does not roll back': ['express'],
  'it takes over resources that the plan shows as new': ['import-existing-resources'],
  'the plan is read with other credentials': ['ec2creds', 'i'],
  'the bootstrap decides which role deploys': ['role-arn', 'r', 'toolkit-stack-name'],
  'the configuration decides the Region of every stack': ['region'],
  'no deployment of this app needs it': ['telemetry-file', 'unstable'],
};

/** The options of `cdk deploy` that are refused, each with the error that says why. */
export const REFUSED: ReadonlyMap<string, UsageError> = new Map(
  Object.entries(REASONS).flatMap(([reason, names]) =>
    names.flatMap((name) => spellings(name).map((spelling) => [spelling, refusal(spelling, reason)] as const)),
  ),
);

/** @throws UsageError for a method that does not deploy what the plan shows */
function checkMethod(method: string | undefined): void {
  if (method?.endsWith('-change-set')) {
    throw refusal(`method ${method}`, NOTHING);
  }
}

function spellings(name: string): string[] {
  return name.length === 1 ? [name] : [name, `no-${name}`];
}

function refusal(name: string, reason: string): UsageError {
  const option = name.length === 1 ? `-${name}` : `--${name}`;
  return new UsageError(
    'OptionRefused',
    `"deploy" does not support ${option}: ${reason}`,
    '"npx cdk deploy" supports it, and shows no plan',
  );
}

/** What `deploy` was told. */
export interface DeployArguments {
  /** Ids of the stacks to deploy; all of them where there are none. */
  readonly stacks: readonly string[];
  readonly exclusively: boolean;
  /** Names of changes that are to be made although they stop a deployment. */
  readonly accept: readonly string[];
  readonly yes: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
  readonly named: NamedConfig;
  /** AWS profile that stands for the credentials of the environment. */
  readonly profile: string | undefined;
  /** What the CDK CLI's `deploy` is told besides. */
  readonly rest: readonly string[];
  /** Whether the CDK CLI is to print no colors either. */
  readonly noColor: boolean;
}

const OWN = {
  ...GLOBAL_OPTIONS,
  accept: { type: 'string', multiple: true },
  profile: { type: 'string' },
  exclusively: { type: 'boolean', short: 'e' },
  all: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
} as const;

/**
 * Reads a command line: this command's own options, and those of the CDK CLI that deploy what the plan shows.
 *
 * @throws UsageError for every other option
 */
export function parseDeployArguments(argv: readonly string[]): DeployArguments {
  const { values, positionals, tokens } = parseOptions(
    argv,
    { ...OWN, ...PASSED_ON },
    { hint: `"${COMMAND} deploy --help" lists the options`, refused: REFUSED },
  );
  checkMethod(values.method);
  checkStacks(positionals, values.all === true);
  return {
    stacks: positionals,
    exclusively: values.exclusively === true,
    accept: values.accept ?? [],
    yes: values.yes === true,
    json: values.json === true,
    quiet: values.quiet === true,
    help: values.help === true,
    named: namedConfig(values),
    profile: values.profile,
    rest: tokens.flatMap((token) =>
      token.kind === 'option' && Object.hasOwn(PASSED_ON, token.name)
        ? [token.value === undefined ? `--${token.name}` : `--${token.name}=${token.value}`]
        : [],
    ),
    noColor: values['no-color'] === true,
  };
}

function checkStacks(stacks: readonly string[], all: boolean): void {
  const option = stacks.find((stack) => stack.startsWith('-'));
  if (option !== undefined) {
    // The CDK CLI would take it for one of its options.
    throw new UsageError(
      'OptionAfterDashes',
      `${option} after "--" is not a stack`,
      `write options once behind "${COMMAND} deploy"`,
    );
  }
  if (all && stacks.length > 0) {
    throw new UsageError('StacksAndAll', `--all and ${stacks.join(' ')} exclude each other`, 'write --all or name the stacks');
  }
}

const OWN_HELP: readonly HelpRow[] = [
  ['    --accept NAME', 'allow this change, at which the plan stops; may be repeated'],
  ['-e, --exclusively', 'deploy only the named stacks, without those that they depend on'],
  ['    --all', 'deploy every stack; the default without names'],
  ['    --profile NAME', 'AWS profile in place of the credentials of the environment'],
  ['-y, --yes', 'deploy without asking'],
];

/** What `deploy --help` prints. */
export const DEPLOY_HELP = `Usage: ${COMMAND} deploy [STACK...] [options] [options of cdk deploy]

Shows the plan: what a deployment would create, change, replace and delete, and which permissions it widens. Asks, and
deploys exactly that plan with "cdk deploy". Without names it deploys all stacks.

It stops where a bucket or a key would be replaced or removed, or where a bucket would get Object Lock, which is permanent.
--accept allows such a change. Taking Object Lock away is never allowed, even with --accept. With --json it prints the
plan and how the deployment ended.

Examples:
  ${COMMAND} deploy
  ${COMMAND} deploy Destination --config prod.json
  ${COMMAND} deploy --accept backups-source/PairsreportsBucket1A2B3C4D

Options:
${columns([...OWN_HELP, ...GLOBAL_HELP])}

Options that go to "cdk deploy", which does not ask again unless you give --require-approval:
${passedOn()}

${EXIT_CODES_HELP}`;

function passedOn(): string {
  const options = Object.entries(PASSED_ON).map(([name, { type }]) => `--${name}${type === 'string' ? ' VALUE' : ''}`);
  return options.join(', ');
}
