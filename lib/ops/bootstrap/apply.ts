import { UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import type { Context } from '../../cli/command';
import { cdkScript } from '../../cli/process/cdk';
import { run } from '../../cli/process/run';
import { AppError, describeError, messageOf } from '../../errors/errors';
import { applyPolicy } from './execution-policies';
import { argumentsOf, type BootstrapPlan, type EnvironmentPlan, nameOf, type PlanInput, planOf } from './plan';
import { readPresent } from './present';

/** How far --apply came. */
interface Applied {
  /** The environments that were bootstrapped. */
  readonly applied: readonly EnvironmentPlan[];
  /** What stopped it; null when nothing did. */
  readonly failure: string | null;
}

/** Does what is planned, in its order, and stops at the first failure. */
export async function applyPlan(context: Context, plan: BootstrapPlan, input: PlanInput): Promise<Applied> {
  const applied: EnvironmentPlan[] = [];
  const todo = plan.environments.filter(({ upToDate }) => !upToDate);
  let at = 'the execution policies';
  try {
    for (const step of plan.policies?.policies ?? []) {
      at = `policy ${step.policy.name}`;
      await applyPolicy(context, step);
    }
    for (const environment of todo) {
      at = nameOf(environment);
      context.terminal.progress(`bootstrapping ${at} (${applied.length + 1} of ${todo.length}), which takes a minute or two`);
      await bootstrapOne(context, environment, input);
      applied.push(environment);
    }
    return { applied, failure: null };
  } catch (error) {
    const reason = error instanceof AppError ? describeError(error) : messageOf(error);
    return { applied, failure: `${at} failed: ${reason}` };
  } finally {
    context.terminal.progress('');
  }
}

async function bootstrapOne(context: Context, plan: EnvironmentPlan, input: PlanInput): Promise<void> {
  const { environment, present } = plan;
  const { owner, region } = environment;
  const cloudFormation = await context.clients.cloudFormation(owner, region);
  if (present.isStuck === true) {
    await cloudFormation.send(
      new UpdateTerminationProtectionCommand({ StackName: present.stackName, EnableTerminationProtection: false }),
    );
  }
  // The credentials that were verified, instead of the profile: one with MFA would ask for another code.
  const credentials = await cloudFormation.config.credentials();
  const { AWS_PROFILE: _, AWS_DEFAULT_PROFILE: __, AWS_SESSION_TOKEN: ___, ...inherited } = process.env;
  const flags = plan.flags.filter(({ flag }) => flag !== '--profile');
  await run(
    process.execPath,
    [cdkScript(), ...argumentsOf({ environment, flags }), ...context.cdkContext, '--no-notices', '--ci'],
    {
      cwd: context.directory,
      signal: context.signal,
      env: {
        ...inherited,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
      },
    },
  );
  // The CDK CLI ends without an error where it leaves a stack as it is.
  if (!planOf(input, environment, await readPresent(context, environment)).upToDate) {
    throw new AppError('NotBootstrapped', `the CDK CLI ended without an error, and stack ${present.stackName} is not as wanted`);
  }
}
