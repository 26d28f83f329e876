import { z } from 'zod';
import { partitionName } from '../../config/regions';
import * as schema from '../../config/schema';
import { confirmationOf, lifecycle, lockdown, objectLock, TRANSITION_CLASSES } from '../../config/schema';
import { CLASS_RULES, type StorageClass } from '../../config/storage-classes';
import type { Problem } from '../../errors/errors';
import { pairRule, type Rule, rule } from './rule';

const withLifecycle = z.looseObject({ lifecycle: lifecycle.unwrap() });

interface Transition {
  readonly storageClass: StorageClass;
  readonly days: number;
}

/** Checks over what S3 Lifecycle does: combinations that S3 refuses, and those that promise less than Object Lock keeps. */
export const LIFECYCLE_RULES: readonly Rule[] = [
  pairRule(withLifecycle, ({ lifecycle: rules }) =>
    (
      [
        ['noncurrentVersions', 'noncurrentDays'],
        ['sourceNoncurrentVersions', 'sourceNoncurrentDays'],
      ] as const
    ).flatMap(([versions, days]) =>
      rules[versions] !== undefined && rules[days] === undefined
        ? [
            {
              path: `lifecycle.${versions}`,
              found: rules[versions],
              remedy: `S3 wants days with it; write lifecycle.${days} too`,
            },
          ]
        : [],
    ),
  ),

  // Only the days of the configuration: S3 Lifecycle itself passes over what is locked, also for longer by the source.
  pairRule(withLifecycle.extend({ objectLock: objectLock.unwrap() }), ({ objectLock: { days }, lifecycle: rules }) =>
    (['noncurrentDays', 'replicaExpireDays'] as const).flatMap((key) => {
      const found = rules[key];
      const remedy = `objectLock keeps every version for ${days} days; write a whole number from ${days}`;
      return found !== undefined && found < days ? [{ path: `lifecycle.${key}`, found, remedy }] : [];
    }),
  ),

  pairRule(withLifecycle.extend({ storageClass: schema.storageClass }), ({ storageClass: first, lifecycle: { transitions } }) =>
    transitions.flatMap((next, index): Problem[] => {
      const before = transitions[index - 1];
      const path = `lifecycle.transitions[${index}]`;
      const [from, to] = [before?.storageClass ?? first, next.storageClass];
      if (!CLASS_RULES[from].movesTo.includes(to)) {
        return [{ path: `${path}.storageClass`, found: to, remedy: otherClass(from, to) }];
      }
      return before === undefined || next.days >= earliestAfter(before)
        ? []
        : [{ path: `${path}.days`, found: next.days, remedy: later(before) }];
    }),
  ),

  pairRule(withLifecycle, ({ lifecycle: { transitions, replicaExpireDays: found } }) => {
    const last = Math.max(0, ...transitions.map(({ days }) => days));
    const remedy = `S3 refuses an expiry that is not after every transition; write a whole number from ${last + 1}`;
    return found !== undefined && found <= last ? [{ path: 'lifecycle.replicaExpireDays', found, remedy }] : [];
  }),
];

function otherClass(from: StorageClass, to: StorageClass): string {
  const possible = TRANSITION_CLASSES.filter((name) => CLASS_RULES[from].movesTo.includes(name));
  return `S3 Lifecycle moves nothing from ${from} to ${to}; ${possible.length === 0 ? 'remove it' : `write one of ${possible.join(', ')}`}`;
}

/**
 * S3 refuses a rule that moves objects on before they have been in a class for its minimum storage duration.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
 */
function earliestAfter({ storageClass, days }: Transition): number {
  return days + (CLASS_RULES[storageClass].minimumDays ?? 1);
}

function later(before: Transition): string {
  const { minimumDays } = CLASS_RULES[before.storageClass];
  const why =
    minimumDays === undefined
      ? 'each transition comes after the one before it'
      : `S3 refuses to move objects on before their ${minimumDays} days in ${before.storageClass} are over`;
  return `${why}; write a whole number from ${earliestAfter(before)}`;
}

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
