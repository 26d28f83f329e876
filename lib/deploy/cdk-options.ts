import type { OptionTable } from '../cli/arguments';
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
  'no-color': { type: 'boolean' },
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
  [NOTHING]: ['execute', 'ignore-no-stacks', 'version'],
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
export function checkMethod(method: string | undefined): void {
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
    `"npm run deploy" does not support ${option}: ${reason}`,
    '"npx cdk deploy" supports it, and shows no plan',
  );
}
