import { z } from 'zod';
import { confirmationOf, lockdown, objectLock } from '../../config/protection';
import { partitionName } from '../../config/regions';
import * as schema from '../../config/schema';
import { LIFECYCLE_RULES } from './lifecycle-rules';
import { pairRule, type Rule, rule } from './rule';

const locked = z.looseObject({ objectLock: objectLock.unwrap() });

const BOOTSTRAP_ROLE = /:role\/cdk-[\w-]+-(cfn-exec|deploy|file-publishing|image-publishing|lookup)-role-/;

/** Checks over the keys that protect replicas. */
export const PROTECTION_RULES: readonly Rule[] = [
  pairRule(locked, ({ objectLock: { mode, days, confirm } }) => {
    const sentence = confirmationOf(days);
    const problem = (remedy: string) => [{ path: 'objectLock.confirm', found: confirm, remedy }];
    if (mode === 'GOVERNANCE') {
      return confirm === undefined ? [] : problem('only COMPLIANCE is confirmed; remove it');
    }
    return confirm === sentence
      ? []
      : problem(`nobody can undo COMPLIANCE before its days are over; write "${sentence}", or mode "GOVERNANCE"`);
  }),

  pairRule(z.looseObject({ objectLock: z.undefined().optional(), sourceObjectLock: z.literal(true) }), () => [
    {
      path: 'objectLock',
      found: undefined,
      remedy:
        'S3 replicates from a bucket with Object Lock only into one that has it too; write an object such as { "mode": "GOVERNANCE", "days": 30 }',
    },
  ]),

  pairRule(
    locked.extend({ sourceObjectLock: z.unknown().optional() }),
    ({ objectLock: { days, maximumRetentionDays: most }, sourceObjectLock }) => {
      const problem = (remedy: string) => [{ path: 'objectLock.maximumRetentionDays', found: most, remedy }];
      if (most === undefined) {
        return [];
      }
      if (sourceObjectLock !== true) {
        return problem('a source without Object Lock imposes no retention; remove it, or write "sourceObjectLock": true');
      }
      return most < days ? problem(`objectLock.days is longer; write a whole number from ${days}`) : [];
    },
  ),

  ...LIFECYCLE_RULES,

  rule(
    z.looseObject({
      destination: z
        .looseObject({
          account: schema.destination.unwrap().shape.account,
          region: schema.destination.unwrap().shape.region,
        })
        .prefault({}),
      lockdown: lockdown.unwrap(),
    }),
    ({ destination, lockdown: { breakGlassRoleArn: found } }) => {
      const [, partition, , , account] = found.split(':');
      const problem = (remedy: string) => [{ path: 'lockdown.breakGlassRoleArn', found, remedy }];
      const own = partitionName(destination.region);
      if (partition !== own) {
        return problem(`the destination is in partition ${own}; write an ARN that starts with arn:${own}:`);
      }
      if (account !== destination.account) {
        return problem(`write the ARN of a role of the destination account, which is ${destination.account}`);
      }
      return BOOTSTRAP_ROLE.test(found)
        ? problem('every deployment uses this role of the bootstrap; write one that nobody uses from day to day')
        : [];
    },
  ),

  rule(z.looseObject({ removal: schema.removal, lockdown: z.looseObject({}) }), ({ removal, lockdown: found }) =>
    removal === 'destroy'
      ? [{ path: 'lockdown', found, remedy: 'what may be destroyed cannot refuse it; remove it, or write removal "retain"' }]
      : [],
  ),
];
