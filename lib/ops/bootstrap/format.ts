import type { Context } from '../../cli/command';
import { visible, visibleIn } from '../../errors/visible';
import type { Deployment } from '../../model/deployment';
import { awsCommand, commandLine } from '../../model/shell-commands';
import { tagsOfMade } from '../../model/tags';
import type { PolicyPlan, PolicyStep } from './execution-policies';
import { argumentsOf, type BootstrapPlan, type EnvironmentPlan, type Flag, nameOf, type TrustChange } from './plan';

/** The result of `s3-replication bootstrap`. */
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
  /** Null where something is in the way. */
  readonly command: string | null;
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

/** Columns of the options in a plan; a longer one has its reason below it. */
const OPTION_WIDTH = 36;

/** The plan as data. */
export function bootstrapData(
  { environments, policies, warnings }: BootstrapPlan,
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
      command: plan.obstacle === undefined ? commandOf(plan) : null,
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
export function formatPlan(context: Context, plan: BootstrapPlan): string {
  const warnings = allWarnings(plan);
  return [
    ...(plan.policies === undefined ? [] : [formatPolicies(context.config, plan.policies)]),
    ...visibleIn(plan.environments).map((environment, index) => formatEnvironment(context, environment, index + 1)),
    ...(warnings.length === 0 ? [] : [['Warnings:', ...warnings.map((warning) => `  ! ${visible(warning)}`)].join('\n')]),
  ].join('\n\n');
}

/** What has been done, for a person. */
export function formatApplied(
  { environments }: BootstrapPlan,
  applied: readonly EnvironmentPlan[],
  failure: string | null,
): string {
  const state = (plan: EnvironmentPlan) =>
    applied.includes(plan) ? 'bootstrapped' : plan.upToDate ? 'nothing to do' : 'not bootstrapped';
  return [
    ...environments.map((plan) => `${nameOf(plan)}: ${state(plan)}`),
    ...(failure === null ? [] : ['', failure, 'Running this again is safe: it continues where it stopped.']),
  ].join('\n');
}

function formatEnvironment({ config }: Context, plan: EnvironmentPlan, number: number): string {
  const { environment, present, upToDate, flags, obstacle } = plan;
  const head = `${number}. ${nameOf(plan)}, for ${environment.purpose}: ${stateOf(plan)}`;
  if (upToDate) {
    return head;
  }
  if (obstacle !== undefined) {
    return [head, `   ✗ not now: ${obstacle}`].join('\n');
  }
  const { owner, region } = environment;
  const unprotect = awsCommand(config, owner, 'cloudformation update-termination-protection --no-enable-termination-protection', {
    'stack-name': present.stackName,
    region,
  });
  return [
    head,
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

/** Lists each warning once, with the environments that it is about. */
function allWarnings({ environments, warnings }: BootstrapPlan): string[] {
  const each = new Set(environments.flatMap((plan) => plan.warnings));
  const concerned = (warning: string) => environments.filter((plan) => plan.warnings.includes(warning)).map(nameOf);
  return [...[...each].map((warning) => `${concerned(warning).join(', ')}: ${warning}`), ...warnings];
}

const ADVICE = `AWS advises against policies made by hand for deployments, and for guardrails: a permissions boundary
(--permissions-boundary) and service control policies. These policies have to follow every change of the app.
https://docs.aws.amazon.com/cdk/v2/guide/best-practices-security.html`;

const STATES = {
  create: 'to be created',
  update: 'to be changed',
  none: 'as wanted: nothing to do',
  unknown: 'present state unknown',
} as const satisfies Record<PolicyStep['action'], string>;

/** The execution policies of the backup account, for a person. */
function formatPolicies(config: Deployment, { policies, wildcards, files }: PolicyPlan): string {
  return [
    'Execution policies of the backup account, before anything is bootstrapped:',
    ADVICE.replaceAll(/^/gm, '  '),
    ...policies.flatMap((step) => formatStep(config, step, files?.get(step.policy.name))),
    ...(wildcards.length === 0 ? [] : ['  Not limited to the names of this deployment:']),
    ...wildcards.map(({ actions, why }) => `    ${actions.join(', ')}: ${why}`),
  ].join('\n');
}

function formatStep(config: Deployment, { policy, action }: PolicyStep, file: string | undefined): string[] {
  if (action === 'none') {
    return [`  ${policy.name}: ${STATES.none}`];
  }
  const tags = tagsOfMade(config);
  const document = { 'policy-document': `file://${file ?? `${policy.name}.json`}` };
  const command =
    action === 'update'
      ? awsCommand(config, 'destination', 'iam create-policy-version --set-as-default', { 'policy-arn': policy.arn, ...document })
      : awsCommand(config, 'destination', 'iam create-policy', {
          'policy-name': policy.name,
          ...document,
          tags: tags.length === 0 ? undefined : tags,
        });
  return [
    `  ${policy.name}: ${STATES[action]}`,
    `    ${command}`,
    ...(file === undefined ? [`    ${policy.name}.json, which --policy-directory writes:`, `    ${policy.text}`] : []),
  ];
}
