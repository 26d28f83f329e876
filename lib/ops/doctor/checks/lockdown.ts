import type { Lockdown } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import {
  bucketLockdown,
  type DenyStatement,
  type ExemptRoles,
  exemptRoles,
  keyLockdown,
} from '../../../model/lockdown/statements';
import { iamRole, partitionOf } from '../../../model/names';
import { restoreCommand } from '../../../model/shell-commands';
import { toolkitNames } from '../../../model/toolkit';
import { ResourceNotFound } from '../answers';
import { type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';
import { difference, type LivePolicy } from '../policy-document';
import { putBucketPolicy, putKeyPolicy } from './policies';

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

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html */
async function bucket(context: DoctorContext, pair: DeployedPair): Promise<CheckFinding> {
  return underLockdown(context, async (exempt) => {
    const expected = bucketLockdown(pair.names.replicaBucket.arn, exempt);
    const live = await context.facts.buckets.policy('destination', pair);
    return judge(context, live, expected, exempt, async (repaired) => putBucketPolicy(context, pair, 'destination', repaired));
  });
}

/** @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html */
async function key(context: DoctorContext): Promise<CheckFinding> {
  return underLockdown(context, async (exempt) => {
    const live = await context.facts.keyPolicy('destination');
    return judge(context, live, keyLockdown(exempt), exempt, (repaired) => putKeyPolicy(context, 'destination', repaired));
  });
}

/** Without it nobody can act in an emergency; CloudFormation's role can still take the lockdown off. */
async function breakGlassRole(context: DoctorContext): Promise<CheckFinding> {
  return underLockdown(context, async ({ breakGlass }) => {
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
          fix: `create the role in account ${context.config.destination.account}, for nobody's daily use; or correct lockdown.breakGlassRoleArn, and deploy`,
        };
  });
}

async function underLockdown(context: DoctorContext, ask: (exempt: ExemptRoles) => Promise<CheckFinding>): Promise<CheckFinding> {
  const { config, qualifier } = context;
  return config.lockdown === undefined
    ? notApplicable('no lockdown is configured')
    : ask(exemptIn(context, config.lockdown, qualifier));
}

function exemptIn({ config }: DoctorContext, lockdown: Lockdown, qualifier: string): ExemptRoles {
  const { executionRole } = toolkitNames(qualifier, config.destination);
  return exemptRoles(lockdown, iamRole(partitionOf(config.destination), config.destination, executionRole).arn);
}

async function judge(
  { config }: DoctorContext,
  live: LivePolicy,
  expected: readonly DenyStatement[],
  { breakGlass }: ExemptRoles,
  put: (repaired: LivePolicy) => Promise<string>,
): Promise<CheckFinding> {
  const { wrong, repaired } = difference(live, expected);
  return wrong.length === 0
    ? pass(`${expected.map(({ Sid: sid }) => sid).join(', ')} as generated`)
    : {
        status: 'failed',
        found: wrong.join('; '),
        expected: expected.map((statement) => JSON.stringify(statement)).join(', '),
        fix: `${restoreCommand(config, 'destination')}; or, as ${breakGlass}: ${await put(repaired)}`,
      };
}
