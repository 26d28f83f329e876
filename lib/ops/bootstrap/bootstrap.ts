import { resolve } from 'node:path';
import { type CommandArguments, type Context, EXIT, type Outcome } from '../../cli/command';
import { shippedBootstrapVersion } from '../../cli/process/cdk';
import { AppError, UnreachableError } from '../../errors/errors';
import { environmentsOf } from '../../model/environments';
import { applyPlan } from './apply';
import { missingBoundary } from './boundary';
import { type PolicyPlan, planPolicy, writePolicies } from './execution-policies';
import { bootstrapData, formatApplied, formatPlan, nameOf, type Plan } from './format';
import { leastPrivilegeFor } from './least-privilege';
import type { EnvironmentPlan, Given } from './model';
import { type BootstrapOptions, bootstrapOptions } from './options';
import { planOf } from './plan';
import { type Present, readPresent, unknownPresent } from './present';

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
  const given: Given = {
    config: context.config,
    qualifier: context.qualifier,
    wishes: { ...options, ...(policies && { executionPolicies: policies.policies.map(({ policy }) => policy.arn) }) },
    shippedVersion: shippedBootstrapVersion(),
  };
  const environments = await planEnvironments(context, given);
  const plan: Plan = { environments, warnings: unusedDrops(environments, options), ...(policies && { policies }) };
  if (!options.apply) {
    return { exitCode: exitCodeOf(plan), data: bootstrapData(plan), text: `${formatPlan(context, plan)}\n\n${nextStep(plan)}` };
  }
  context.terminal.tell(formatPlan(context, plan));
  refuseDoubt(plan);
  if (!isDone(plan) && !context.yes) {
    await context.terminal.confirm('Bootstrap?');
  }
  const { applied, failure } = await applyPlan(context, plan, given);
  return {
    exitCode: failure === null ? EXIT.ok : EXIT.wrong,
    data: bootstrapData(plan, applied, failure),
    text: formatApplied(plan, applied, failure),
  };
}

/** One environment after another: each owner's credentials may ask for an MFA code on the same terminal. */
async function planEnvironments(context: Context, given: Given): Promise<EnvironmentPlan[]> {
  const plans: EnvironmentPlan[] = [];
  for (const environment of environmentsOf(context.config)) {
    let present: Present;
    try {
      context.terminal.progress(`reading ${nameOf({ environment })}`);
      present = await readPresent(context, environment);
      const obstacle = present.obstacle ?? (await missingBoundary(context, environment, given.wishes.boundary));
      present = obstacle === undefined ? present : { ...present, obstacle };
    } catch (error) {
      present = unknownPresent(context.qualifier, reasonOf(error));
    }
    plans.push(planOf(given, environment, present));
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
function refuseDoubt({ environments, policies }: Plan): void {
  const unknown = environments.filter(({ present }) => present.state === 'unknown').map(nameOf);
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

function isDone({ environments, policies }: Plan): boolean {
  return environments.every(({ upToDate }) => upToDate) && (policies?.policies ?? []).every(({ action }) => action === 'none');
}

function exitCodeOf({ environments }: Plan): Outcome['exitCode'] {
  if (environments.some(({ obstacle }) => obstacle !== undefined)) {
    return EXIT.wrong;
  }
  return environments.some(({ present }) => present.state === 'unknown') ? EXIT.unknown : EXIT.ok;
}

function nextStep(plan: Plan): string {
  if (isDone(plan)) {
    return 'Every environment is bootstrapped as wanted.';
  }
  return plan.environments.some(({ present }) => present.state === 'unknown')
    ? 'Nothing was changed. Run each command as its account; --apply acts only where every account answers.'
    : 'Nothing was changed. Run the commands in this order, or the same command with --apply.';
}
