import type { ObjectLockConfiguration } from '@aws-sdk/client-s3';
import type { Pair, SideName } from '../../../config/replication-config';
import { awsCommand } from '../../../model/shell-commands';
import { BUCKET, type Check, type Finding, pass, type Subject } from '../check';

/** Object Lock of both buckets of a pair: on one side only it stops replication. */
export const OBJECT_LOCK_CHECKS: readonly Check[] = (['source', 'destination'] as const).map((side) => ({
  id: `${BUCKET[side]}-object-lock`,
  title: `${BUCKET[side]} bucket has Object Lock as configured`,
  area: 'buckets',
  run: { each: 'pair', ask: (subject, pair) => objectLock(subject, pair, side) },
}));

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html */
async function objectLock({ context: { config }, facts }: Subject, pair: Pair, side: SideName): Promise<Finding> {
  const live = await facts.buckets.objectLock(side, pair);
  const expected = expectedLock(pair, side);
  const [found, wanted] = [inWords(live), inWords(expected)];
  if (found === wanted) {
    return pass(found);
  }
  const command = awsCommand(config, side, 's3api put-object-lock-configuration', {
    bucket: facts.buckets.name(side, pair).name,
    'object-lock-configuration': expected ?? { ObjectLockEnabled: 'Enabled' },
  });
  return {
    status: 'fail',
    found,
    expected: wanted,
    fix: expected === undefined ? toConfigure(side) : `irreversible: ${command}`,
  };
}

/** Object Lock as the stack of a side sets it, as the S3 API spells it. */
function expectedLock({ objectLock: lock, sourceObjectLock }: Pair, side: SideName): ObjectLockConfiguration | undefined {
  if (side === 'source') {
    return sourceObjectLock ? { ObjectLockEnabled: 'Enabled' } : undefined;
  }
  return lock && { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: lock.mode, Days: lock.days } } };
}

/** What the configuration does not say is for good. */
function toConfigure(side: SideName): string {
  const keys = side === 'source' ? '"sourceObjectLock": true and objectLock' : 'objectLock';
  return `write ${keys} for this pair in the configuration, then deploy both sides: nobody can switch Object Lock off again`;
}

function inWords(lock: ObjectLockConfiguration | undefined): string {
  if (lock?.ObjectLockEnabled !== 'Enabled') {
    return 'no Object Lock';
  }
  const { Mode: mode, Days: days, Years: years } = lock.Rule?.DefaultRetention ?? {};
  const period = days === undefined ? `${years} years` : `${days} days`;
  return mode === undefined ? 'Object Lock without default retention' : `Object Lock, ${mode} for ${period}`;
}
