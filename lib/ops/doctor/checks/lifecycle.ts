import type { LifecycleRule } from '@aws-sdk/client-s3';
import { isEmulator } from '../../../aws/emulator';
import { plural } from '../../../cli/units';
import { SIDES, type SideName } from '../../../config/replication-config';
import type { DeployedPair } from '../../../model/deployment';
import { type LifecycleRule as ConfiguredRule, lifecycleRulesOf } from '../../../model/lifecycle';
import { awsCommand } from '../../../model/shell-commands';
import { BUCKET, type Check, type CheckFinding, type DoctorContext, notApplicable, pass } from '../check';

/** The lifecycle rules of both buckets of a pair. One that nobody configured may delete what the pair is there to keep. */
export const LIFECYCLE_CHECKS: readonly Check[] = SIDES.toReversed().map((side) => ({
  id: `${BUCKET[side]}-lifecycle`,
  title: `${BUCKET[side]} bucket has its lifecycle rules, and no others`,
  area: 'buckets',
  run: { each: 'pair', ask: (context, pair) => lifecycle(context, pair, side) },
}));

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html */
async function lifecycle({ config, facts }: DoctorContext, pair: DeployedPair, side: SideName): Promise<CheckFinding> {
  if (isEmulator()) {
    return notApplicable('an emulator ignores the lifecycle rules of a template');
  }
  const expected = expectedLifecycle(pair, side);
  const live = (await facts.buckets.lifecycle(side, pair)).filter(({ Status: status }) => status === 'Enabled');
  const [wanted, found] = [expected.map(inWords), live.map(inWords)];
  const foreign = found.filter((rule) => !wanted.includes(rule));
  const missing = wanted.filter((rule) => !found.includes(rule));
  if (foreign.length === 0 && missing.length === 0) {
    return pass(plural(found.length, 'rule'));
  }
  return {
    status: 'failed',
    found: foreign.length === 0 ? 'not there' : foreign.join('; '),
    expected: missing.length === 0 ? 'no such rule' : missing.join('; '),
    fix: awsCommand(config, side, 's3api put-bucket-lifecycle-configuration', {
      bucket: facts.buckets.name(side, pair).name,
      'lifecycle-configuration': { Rules: expected },
    }),
  };
}

/** The lifecycle rules that the stack of a side writes, as the S3 API spells them: made from the stack's own. */
export function expectedLifecycle(pair: DeployedPair, side: SideName): LifecycleRule[] {
  return lifecycleRulesOf(pair, side).map(toApi);
}

function toApi(rule: ConfiguredRule): LifecycleRule {
  const { transitions = [], noncurrentTransitions = [] } = rule;
  return {
    ID: rule.id,
    Status: 'Enabled',
    Filter: { Prefix: rule.prefix ?? '' },
    ...(rule.abortUploadsAfter !== undefined && {
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: rule.abortUploadsAfter },
    }),
    ...(transitions.length > 0 && {
      Transitions: transitions.map(({ storageClass, days }) => ({ Days: days, StorageClass: storageClass })),
    }),
    ...(noncurrentTransitions.length > 0 && {
      NoncurrentVersionTransitions: noncurrentTransitions.map(({ storageClass, days }) => ({
        NoncurrentDays: days,
        StorageClass: storageClass,
      })),
    }),
    ...(rule.expireAfter !== undefined && { Expiration: { Days: rule.expireAfter } }),
    ...(rule.removeExpiredDeleteMarkers && { Expiration: { ExpiredObjectDeleteMarker: true } }),
    ...(rule.deleteNoncurrentAfter !== undefined && {
      NoncurrentVersionExpiration: {
        NoncurrentDays: rule.deleteNoncurrentAfter,
        ...(rule.keepNoncurrent !== undefined && { NewerNoncurrentVersions: rule.keepNoncurrent }),
      },
    }),
  };
}

/** What a rule does, and to what. Its id does nothing. */
function inWords(rule: LifecycleRule): string {
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
