import { z } from 'zod';
import { lifecycle, objectLock, TRANSITION_CLASSES } from '../../config/protection';
import * as schema from '../../config/schema';
import { CLASS_RULES, type StorageClass } from '../../config/storage-classes';
import type { Problem } from '../../errors/errors';
import { pairRule, type Rule } from './rule';

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
