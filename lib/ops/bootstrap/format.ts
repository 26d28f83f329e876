import type { Context } from '../../cli/command';
import { awsCommand, commandLine } from '../../model/shell-commands';
import type { PolicyPlan } from './execution-policies';
import { formatPolicies } from './format-policies';
import type { EnvironmentPlan, Flag, TrustChange } from './model';

/** The result of `ops bootstrap`. */
export interface BootstrapData {
  /** In the order in which they are bootstrapped. */
  readonly environments: readonly EnvironmentData[];
  /** Execution policies of the backup account; empty without --least-privilege. */
  readonly policies: readonly PolicyData[];
  /** What the execution policies do not limit, and why. */
  readonly wildcards: PolicyPlan['wildcards'];
  readonly warnings: readonly string[];
  /** What stopped --apply half way; null when nothing did. */
  readonly failure: string | null;
}

interface EnvironmentData extends Pick<EnvironmentPlan, 'upToDate' | 'lookup' | 'flags'> {
  readonly owner: string;
  readonly account: string;
  readonly region: string;
  readonly purpose: string;
  readonly state: EnvironmentPlan['present']['state'];
  readonly trust: TrustChange & { readonly required: readonly string[] };
  readonly command: string;
  /** Why the command would do harm or nothing now. */
  readonly obstacle: string | null;
  /** This run bootstrapped it. */
  readonly applied: boolean;
}

interface PolicyData {
  readonly name: string;
  readonly arn: string;
  readonly document: object;
  readonly action: string;
}

/** All that is planned, and what has been done of it. */
export interface Plan {
  readonly environments: readonly EnvironmentPlan[];
  /** @default - no --least-privilege */
  readonly policies?: PolicyPlan;
  /** Of no environment in particular. */
  readonly warnings: readonly string[];
}

/** Columns of the options in a plan; a longer one has its reason below it. */
const OPTION_WIDTH = 36;

/** Name of an environment, as the CDK CLI takes it. */
export function nameOf({ environment: { account, region } }: Pick<EnvironmentPlan, 'environment'>): string {
  return `aws://${account}/${region}`;
}

/** Arguments of the CDK CLI. */
export function argumentsOf(plan: Pick<EnvironmentPlan, 'environment' | 'flags'>): string[] {
  return ['bootstrap', nameOf(plan), ...plan.flags.flatMap(({ flag, value }) => (value === null ? [flag] : [flag, value]))];
}

/** The plan as data. */
export function bootstrapData(
  { environments, policies, warnings }: Plan,
  applied: readonly EnvironmentPlan[] = [],
  failure: string | null = null,
): BootstrapData {
  return {
    environments: environments.map((plan) => ({
      owner: plan.environment.owner,
      account: plan.environment.account,
      region: plan.environment.region,
      purpose: plan.environment.purpose,
      state: plan.present.state,
      upToDate: plan.upToDate,
      trust: { ...plan.trust, required: plan.trust.required.map(({ account }) => account) },
      lookup: plan.lookup,
      command: commandOf(plan),
      flags: plan.flags,
      obstacle: plan.obstacle ?? null,
      applied: applied.includes(plan),
    })),
    policies: (policies?.policies ?? []).map(({ policy: { name, arn, document }, action }) => ({ name, arn, document, action })),
    wildcards: policies?.wildcards ?? [],
    warnings: allWarnings({ environments, warnings }),
    failure,
  };
}

/** The plan for a person. */
export function formatPlan(context: Context, plan: Plan): string {
  const warnings = allWarnings(plan);
  return [
    ...(plan.policies === undefined ? [] : [formatPolicies(context.config, plan.policies)]),
    ...plan.environments.map((environment, index) => formatEnvironment(context, environment, index + 1)),
    ...(warnings.length === 0 ? [] : [['Mind:', ...warnings.map((warning) => `  ! ${warning}`)].join('\n')]),
  ].join('\n\n');
}

/** What has been done, for a person. */
export function formatApplied({ environments }: Plan, applied: readonly EnvironmentPlan[], failure: string | null): string {
  const state = (plan: EnvironmentPlan) =>
    applied.includes(plan) ? 'bootstrapped' : plan.upToDate ? 'nothing to do' : 'not bootstrapped';
  return [
    ...environments.map((plan) => `${nameOf(plan)}: ${state(plan)}`),
    ...(failure === null ? [] : ['', failure, 'Running this again is safe: it goes on where it stopped.']),
  ].join('\n');
}

function formatEnvironment({ config }: Context, plan: EnvironmentPlan, number: number): string {
  const { environment, present, upToDate, flags, obstacle } = plan;
  const head = `${number}. ${nameOf(plan)}, for ${environment.purpose}: ${stateOf(plan)}`;
  if (upToDate) {
    return head;
  }
  const { owner, region } = environment;
  const unprotect = awsCommand(config, owner, 'cloudformation update-termination-protection --no-enable-termination-protection', {
    'stack-name': present.stackName,
    region,
  });
  return [
    head,
    ...(obstacle === undefined ? [] : [`   ✗ not now: ${obstacle}`]),
    ...(present.isStuck === true
      ? [`   ${unprotect}`, '     an earlier bootstrap failed, and protection keeps what is left of it from being replaced']
      : []),
    `   ${commandOf(plan)}`,
    ...flags.map(formatFlag),
  ].join('\n');
}

function formatFlag({ flag, value, why }: Flag): string {
  const option = value === null ? flag : `${flag} ${value}`;
  return option.length > OPTION_WIDTH
    ? `     ${option}\n     ${' '.repeat(OPTION_WIDTH)}  ${why}`
    : `     ${option.padEnd(OPTION_WIDTH)}  ${why}`;
}

function stateOf({ present: { state, detail, toolkit }, upToDate }: EnvironmentPlan): string {
  const states: Readonly<Record<typeof state, string>> = {
    missing: 'not bootstrapped yet',
    present: `bootstrapped, version ${toolkit?.version}${upToDate ? ', as wanted: nothing to do' : ''}`,
    'other-qualifier': `bootstrapped for other apps, with qualifier ${detail}`,
    unknown: `present state unknown\n   ${detail}`,
  };
  return states[state];
}

function commandOf(plan: EnvironmentPlan): string {
  return commandLine(['npx', 'cdk', ...argumentsOf(plan)]);
}

function allWarnings({ environments, warnings }: Plan): string[] {
  return [...environments.flatMap((plan) => plan.warnings.map((warning) => `${nameOf(plan)}: ${warning}`)), ...warnings];
}
