import { resolve } from 'node:path';
import { type CommandArguments, type Context, Outcome } from '../../cli/command';
import { shippedBootstrapVersion } from '../../cli/process/cdk';
import { AppError, UnreachableError, UsageError } from '../../errors/errors';
import type { Deployment } from '../../model/deployment';
import { environmentsOf } from '../../model/stacks';
import { type Status, statusOf } from '../../model/status';
import { applyPlan } from './apply';
import { type PolicyPlan, planPolicy, writePolicies } from './execution-policies';
import { bootstrapData, formatApplied, formatPlan } from './format';
import { leastPrivilegeFor } from './least-privilege/least-privilege';
import { type BootstrapPlan, type EnvironmentPlan, nameOf, type PlanInput, planOf } from './plan';
import { missingBoundary, type PresentBootstrap, readPresent, unknownPresent } from './present';

/**
 * Says how every environment of the deployment has to be bootstrapped, and with `--apply` does it. All environments are read before
 * the first one is changed.
 *
 * @throws UnreachableError when something is to be changed whose present state is not known
 * @throws AppError when something stands in the way of a change
 */
export async function bootstrap(context: Context, args: CommandArguments): Promise<Outcome> {
  const options = bootstrapOptions(context.config, args);
  const policies = options.leastPrivilege ? await planPolicies(context, options) : undefined;
  const input: PlanInput = {
    config: context.config,
    qualifier: context.qualifier,
    toolkitStackName: context.toolkitStackName,
    desired: { ...options, ...(policies && { executionPolicies: policies.policies.map(({ policy }) => policy.arn) }) },
    shippedVersion: shippedBootstrapVersion(),
  };
  const environments = await planEnvironments(context, input);
  const warnings = [...unusedDrops(environments, options), ...unboundRoles(context, environments, options)];
  const plan: BootstrapPlan = { environments, warnings, ...(policies && { policies }) };
  if (!options.apply) {
    return new Outcome(statusOfPlan(plan), bootstrapData(plan), `${formatPlan(context, plan)}\n\n${nextStep(plan)}`);
  }
  context.terminal.tell(formatPlan(context, plan));
  refuseDoubt(plan);
  if (!isDone(plan) && !context.yes) {
    await context.terminal.confirm('Run these commands?');
  }
  const { applied, failure } = await applyPlan(context, plan, input);
  const status = failure === null ? statusOfPlan(plan) : ({ status: 'failed', why: [failure] } as const);
  return new Outcome(status, bootstrapData(plan, applied, failure), formatApplied(plan, applied, failure));
}

/** One environment after another: each owner's credentials may ask for an MFA code on the same terminal. */
async function planEnvironments(context: Context, input: PlanInput): Promise<EnvironmentPlan[]> {
  const plans: EnvironmentPlan[] = [];
  for (const environment of environmentsOf(context.config)) {
    let present: PresentBootstrap;
    try {
      context.terminal.progress(`reading ${nameOf({ environment })}`);
      present = await readPresent(context, environment);
      const obstacle = present.obstacle ?? (await missingBoundary(context, environment, input.desired.boundary));
      present = obstacle === undefined ? present : { ...present, obstacle };
    } catch (error) {
      present = unknownPresent(context, reasonOf(error));
    }
    plans.push(planOf(input, environment, present));
  }
  context.terminal.progress('');
  return plans;
}

async function planPolicies(context: Context, { policyDirectory }: BootstrapOptions): Promise<PolicyPlan> {
  const { policies, wildcards } = await leastPrivilegeFor(context);
  return {
    wildcards,
    policies: await Promise.all(
      policies.map((policy) =>
        planPolicy(context, policy).catch((error: unknown) => {
          // The environment without an answer says why.
          reasonOf(error);
          return { policy, action: 'unknown' as const };
        }),
      ),
    ),
    ...(policyDirectory !== undefined && { files: writePolicies(resolve(context.directory, policyDirectory), policies) }),
  };
}

/** Why AWS gave no answer. @throws whatever is a fault of this project */
function reasonOf(error: unknown): string {
  if (!(error instanceof AppError)) {
    throw error;
  }
  return error.message;
}

/** @throws AppError when --apply would act on what it does not know, or act in vain */
function refuseDoubt({ environments, policies }: BootstrapPlan): void {
  const unknown = unknownIn(environments);
  unknown.push(...(policies?.policies ?? []).flatMap(({ policy, action }) => (action === 'unknown' ? [policy.name] : [])));
  if (unknown.length > 0) {
    throw new UnreachableError(
      'PresentStateUnknown',
      `nothing was changed: the present state of ${unknown.join(', ')} is unknown, and a bootstrap replaces it`,
      'name a profile for each account in the configuration; or run each command with credentials of its account',
    );
  }
  const blocked = environments.filter(({ obstacle }) => obstacle !== undefined);
  if (blocked.length > 0) {
    throw new AppError(
      'CannotBootstrap',
      ['nothing was changed:', ...blocked.map((plan) => `${nameOf(plan)}: ${plan.obstacle}`)].join('\n'),
    );
  }
}

function unusedDrops(plans: readonly EnvironmentPlan[], { dropTrust }: BootstrapOptions): string[] {
  if (plans.some(({ present }) => present.state === 'unknown')) {
    return [];
  }
  return dropTrust
    .filter((account) => !plans.some(({ trust, lookup }) => [...trust.dropped, ...lookup.dropped].includes(account)))
    .map((account) => `no environment trusts account ${account}: there is nothing to drop`);
}

/**
 * Warns where execution roles have a permissions boundary and the roles that they make would have none, which such a boundary often refuses.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/customize-permissions-boundaries.html
 */
function unboundRoles(
  { permissionsBoundary }: Context,
  plans: readonly EnvironmentPlan[],
  { boundary }: BootstrapOptions,
): string[] {
  const names = plans.flatMap(({ present: { toolkit } }) => boundary ?? toolkit?.boundary ?? []);
  return permissionsBoundary !== undefined
    ? []
    : [...new Set(names)].map(
        (name) =>
          `execution roles have the permissions boundary ${name}, and the roles of the stacks get none. Such a boundary often allows only roles that have it too: then write "@aws-cdk/core:permissionsBoundary": { "name": "${name}" } into the context of cdk.json before you deploy`,
      );
}

function isDone({ environments, policies }: BootstrapPlan): boolean {
  return environments.every(({ upToDate }) => upToDate) && (policies?.policies ?? []).every(({ action }) => action === 'none');
}

/** An environment that still has to be bootstrapped is not a fault: the command says how. */
function statusOfPlan({ environments, policies }: BootstrapPlan): Status {
  const unread = (policies?.policies ?? [])
    .filter(({ action }) => action === 'unknown')
    .map(({ policy }) => `policy ${policy.name}`);
  return statusOf({
    failed: environments.flatMap((plan) => (plan.obstacle === undefined ? [] : [`${nameOf(plan)}: ${plan.obstacle}`])),
    unknown: [...unknownIn(environments), ...unread],
    seen: environments.map((plan) => `${nameOf(plan)} was read`),
    nothing: 'the deployment has no environment',
  });
}

function unknownIn(environments: readonly EnvironmentPlan[]): string[] {
  return environments.filter(({ present }) => present.state === 'unknown').map(nameOf);
}

function nextStep(plan: BootstrapPlan): string {
  if (isDone(plan)) {
    return 'Every environment is bootstrapped as wanted.';
  }
  if (plan.environments.some(({ obstacle }) => obstacle !== undefined)) {
    return 'Nothing was changed. Remove what is in the way first, marked ✗ above; then run this again.';
  }
  const unknown = unknownIn(plan.environments);
  return unknown.length > 0
    ? `Nothing was changed. The present state of ${unknown.join(', ')} is unknown. Run each command as its account; --apply acts only where every account answers.`
    : 'Nothing was changed. Run the commands in this order, or the same command with --apply.';
}

/** What the command line asks of `s3-replication bootstrap`. */
interface BootstrapOptions {
  readonly apply: boolean;
  readonly trustSource: boolean;
  readonly leastPrivilege: boolean;
  /** @default - the documents are printed */
  readonly policyDirectory?: string;
  /** Name of a managed policy. @default - the boundary that is there */
  readonly boundary?: string;
  readonly dropTrust: readonly string[];
}

/** @throws UsageError that names every option that is wrong */
function bootstrapOptions(config: Deployment, { values }: CommandArguments): BootstrapOptions {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const isOn = (name: string) => values[name] === true;
  const boundary = text('permissions-boundary');
  const policyDirectory = text('policy-directory');
  const dropTrust = text('drop-trust')?.split(',') ?? [];
  const problems = [
    ...dropTrust
      .filter((account) => !/^\d{12}$/.test(account))
      .map((account) => `--drop-trust: "${account}" is not a valid account id`),
    ...(config.pipeline !== undefined && dropTrust.includes(config.pipeline.account)
      ? [
          `--drop-trust: the pipeline deploys from account ${config.pipeline.account}, and has to be trusted as long as the configuration has it`,
        ]
      : []),
    ...(isOn('trust-source') && dropTrust.includes(config.source.account)
      ? [`--drop-trust and --trust-source contradict each other about account ${config.source.account}`]
      : []),
    ...(boundary !== undefined && !/^[\w+=,.@/-]+$/.test(boundary)
      ? [
          `--permissions-boundary: "${boundary}" is not a valid name of a managed policy; write its name without the ARN before it`,
        ]
      : []),
    ...(policyDirectory !== undefined && !isOn('least-privilege') ? ['--policy-directory needs --least-privilege'] : []),
  ];
  if (problems.length > 0) {
    throw new UsageError('BadArguments', problems.join('\n'), '"bootstrap --help" explains the options');
  }
  return {
    apply: isOn('apply'),
    trustSource: isOn('trust-source'),
    leastPrivilege: isOn('least-privilege'),
    dropTrust,
    ...(boundary !== undefined && { boundary }),
    ...(policyDirectory !== undefined && { policyDirectory }),
  };
}
