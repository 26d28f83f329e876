import type { DeployedPair } from '../../../model/deployment';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';
import { byHand } from '../repair';
import { bucketPolicy, keyPolicy, lockdownStatements } from '../resource-policies';
import { held } from './policies';

/** Whether the lockdown is in force, and whether somebody is exempt from it. */
export const LOCKDOWN_CHECKS: readonly Check[] = [
  {
    id: 'replica-lockdown',
    title: "replica bucket's policy has the lockdown",
    area: 'policies',
    run: { each: 'pair', ask: bucket },
  },
  {
    id: 'replica-key-lockdown',
    title: "replica key's policy has the lockdown",
    area: 'policies',
    run: { each: 'deployment', ask: key },
  },
  {
    id: 'break-glass-role',
    title: 'role that the lockdown exempts exists',
    area: 'policies',
    run: { each: 'deployment', ask: breakGlassRole },
  },
];

const NO_LOCKDOWN = notApplicable('no lockdown is configured');

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html */
async function bucket(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  return context.config.lockdown === undefined
    ? NO_LOCKDOWN
    : held(await bucketPolicy(context, 'destination', pair), lockdownStatements(context, pair));
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html */
async function key(context: DoctorContext): Promise<CheckFinding> {
  return context.config.lockdown === undefined
    ? NO_LOCKDOWN
    : held(await keyPolicy(context, 'destination'), lockdownStatements(context, 'key'));
}

/** Without it nobody can act in an emergency; CloudFormation's role can still take the lockdown off. */
async function breakGlassRole(context: DoctorContext): Promise<CheckFinding> {
  const { lockdown } = context.config;
  if (lockdown === undefined) {
    return NO_LOCKDOWN;
  }
  const { breakGlassRoleArn: breakGlass } = lockdown;
  // IAM finds a role by its name alone, whatever its path.
  const name = breakGlass.slice(breakGlass.lastIndexOf('/') + 1);
  const arn = await context.facts.roles.role('destination', name).then(
    (role) => role.arn ?? breakGlass,
    (error: unknown) => {
      if (error instanceof ResourceNotFound) {
        return `no role ${name}`;
      }
      throw error;
    },
  );
  return arn === breakGlass
    ? pass(arn)
    : {
        status: 'failed',
        found: `${arn}: in an emergency nobody could delete a version, change a retention period or delete the key`,
        expected: breakGlass,
        fix: byHand(
          `role ${name}`,
          `Create the role in account ${context.config.destination.account}, for nobody's daily use; or correct lockdown.breakGlassRoleArn, and deploy.`,
        ),
      };
}
