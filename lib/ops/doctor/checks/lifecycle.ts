import type { LifecycleRule } from '@aws-sdk/client-s3';
import { isEmulator } from '../../../aws/emulator';
import { plural } from '../../../cli/units';
import { SIDES, type SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { BUCKET, type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';
import { byAwsUnderLockdown, foreignNotes } from '../repair';

/** The lifecycle rules of both buckets of a pair. One that nobody configured may delete what the pair is there to keep. */
export const LIFECYCLE_CHECKS: readonly Check[] = SIDES.toReversed().map((side) => ({
  id: `${BUCKET[side]}-lifecycle`,
  title:
    side === 'source'
      ? 'source bucket has its lifecycle rules'
      : 'replica bucket has its lifecycle rules, and no other deletes replicas',
  area: 'buckets',
  run: { each: 'pair', ask: (context, pair) => lifecycle(context, pair, side) },
}));

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
async function lifecycle(context: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator ignores the lifecycle rules of a template');
  }
  const expected = await context.facts.expected.lifecycle(side, pair);
  const { rules: live, minimumSize } = await context.facts.buckets.lifecycle(side, pair);
  const wanted = expected.filter(isEnabled).map(lifecycleText);
  const enabled = live.filter(isEnabled).map(lifecycleText);
  const missing = wanted.filter((rule) => !enabled.includes(rule));
  const ids = expected.map(({ ID: id }) => id);
  const others = live.filter((rule) => !(isEnabled(rule) && wanted.includes(lifecycleText(rule))));
  // A rule with the id of a configured one is that one, changed.
  const changed = others.filter(({ ID: id }) => ids.includes(id));
  const foreign = others.filter((rule) => !changed.includes(rule));
  const deleting = side === 'destination' ? foreign.filter((rule) => isEnabled(rule) && deletes(rule)) : [];
  const kept = foreign.filter((rule) => !deleting.includes(rule));
  if (missing.length === 0 && deleting.length === 0) {
    return pass(plural(enabled.length, 'rule'), kept.map(ruleName));
  }
  const { name } = context.facts.buckets.name(side, pair);
  return {
    status: 'failed',
    found: [...changed.filter(isEnabled), ...deleting].map(lifecycleText).join('; ') || 'not there',
    expected: missing.length === 0 ? 'no such rule' : missing.join('; '),
    fix: byAwsUnderLockdown(
      context,
      side,
      `lifecycle rules of bucket ${name}`,
      's3api put-bucket-lifecycle-configuration',
      {
        bucket: name,
        'lifecycle-configuration': { Rules: [...kept, ...expected] },
        // S3 sets it anew with every configuration, and for the rules of others too.
        'transition-default-minimum-object-size': minimumSize,
      },
      foreignNotes({ kept: kept.map(ruleName), removed: deleting.map((rule) => `${ruleName(rule)}: it deletes replicas`) }),
    ),
  };
}

function isEnabled({ Status: status }: LifecycleRule): boolean {
  return status === 'Enabled';
}

/** Whether a rule ends versions of objects. That of incomplete uploads, of markers that nothing is below, and a move to another class do not. */
function deletes({ Expiration: expiration, NoncurrentVersionExpiration: noncurrent }: LifecycleRule): boolean {
  return noncurrent !== undefined || expiration?.Days !== undefined || expiration?.Date !== undefined;
}

/** A rule, by its id or by what it does. */
export function ruleName({ ID: id, ...rule }: LifecycleRule): string {
  return `lifecycle rule ${id ?? `(${lifecycleText(rule)})`}`;
}

/** What a rule does, and to what. Its id does nothing. */
export function lifecycleText(rule: LifecycleRule): string {
  return `${scopeOf(rule)}: ${actionsOf(rule).join(', ')}`;
}

function scopeOf({ Filter: filter, Prefix: old }: LifecycleRule): string {
  const all = filter?.And ?? filter;
  const prefix = all?.Prefix ?? old ?? '';
  const tags = filter?.And?.Tags ?? (filter?.Tag === undefined ? [] : [filter.Tag]);
  const { ObjectSizeGreaterThan: above, ObjectSizeLessThan: below } = all ?? {};
  return [
    prefix === '' ? 'every object' : `below ${prefix}`,
    ...tags.map(({ Key: key, Value: value }) => `tag ${key}=${value}`),
    ...(above === undefined ? [] : [`above ${plural(above, 'byte')}`]),
    ...(below === undefined ? [] : [`below ${plural(below, 'byte')}`]),
  ].join(', ');
}

function actionsOf(rule: LifecycleRule): string[] {
  const { Expiration: expiration, NoncurrentVersionExpiration: deletion, AbortIncompleteMultipartUpload: abort } = rule;
  const after = (days = 0) => `after ${plural(days, 'day')}`;
  const when = (days: number | undefined, date: Date | undefined) =>
    date === undefined ? after(days) : `on ${date.toISOString()}`;
  const newer = (versions: number | undefined) => (versions === undefined ? '' : ` except the newest ${versions}`);
  return [
    ...(abort === undefined ? [] : [`abort uploads ${after(abort.DaysAfterInitiation)}`]),
    ...(rule.Transitions ?? []).map((move) => `move to ${move.StorageClass} ${when(move.Days, move.Date)}`),
    ...(rule.NoncurrentVersionTransitions ?? []).map(
      (move) =>
        `move noncurrent versions${newer(move.NewerNoncurrentVersions)} to ${move.StorageClass} ${after(move.NoncurrentDays)}`,
    ),
    ...(expiration?.Days === undefined && expiration?.Date === undefined
      ? []
      : [`expire objects ${when(expiration.Days, expiration.Date)}`]),
    ...(expiration?.ExpiredObjectDeleteMarker === true ? ['remove expired delete markers'] : []),
    ...(deletion === undefined
      ? []
      : [`delete noncurrent versions${newer(deletion.NewerNoncurrentVersions)} ${after(deletion.NoncurrentDays)}`]),
  ];
}
