import { plural } from '../../cli/units';
import type { SideName } from '../../config/replication-config';
import { type DeployedPair, type Deployment, groupOfPair } from '../../model/deployment';
import { awsCommand, opsCommand } from '../../model/shell-commands';
import type { StatusWord } from '../../model/status';
import { replicateAgain } from '../backfill/again';
import type { Counterpart } from './other-bucket';
import type { ObjectVersion } from './read-object';
import type { RuleMatch } from './rule-match';

/** What a person can do about a version of a source bucket that is not replicated, where S3's status alone does not say it. */
export const SOURCE_REMEDIES = ['diagnose', 'backfill', 'copy-out-of-archive', 'shorten-retention', 'other-key'] as const;

/** What is to be said about a version. */
export interface Verdict {
  readonly status: Exclude<StatusWord, 'skipped'>;
  /** One sentence. */
  readonly verdict: string;
  /** What to do; null when there is nothing to do. */
  readonly action: string | null;
  /** The same in a word, where many versions have it in common. @default - it follows from the status of the version */
  readonly remedy?: (typeof SOURCE_REMEDIES)[number];
}

/** What is known around a version in a source bucket. */
export interface SourceSurroundings {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  readonly rule: RuleMatch | undefined;
  /** ARNs of the keys that the role may decrypt with; null when they could not be found out. */
  readonly sourceKeyArns: readonly string[] | null;
  /** Whether the bucket is BucketOwnerEnforced, so that no other account can own an object in it. */
  readonly ownerEnforced: boolean;
  readonly now: Date;
}

/** S3 replicates most objects within this time; with S3 Replication Time Control, it is the promise. */
const USUAL_MINUTES = 15;

const DAY = 24 * 60 * 60 * 1000;

const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE'];

/**
 * Says what the replication status of a version in a source bucket means, and what to do.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 */
export function judgeSource(version: ObjectVersion, around: SourceSurroundings): Verdict {
  if (version.isDeleteMarker) {
    return deleteMarker(version, around);
  }
  switch (version.status) {
    case 'COMPLETED':
    case 'COMPLETE':
      return {
        status: 'ok',
        verdict: `replicated${version.encryption?.type === 'SSE-S3' ? '; its replica is under SSE-S3 too, not under the replica key' : ''}`,
        action: null,
      };
    case 'REPLICA':
      return {
        status: 'ok',
        verdict: 'it is a replica itself, made by a rule of another bucket, and S3 never replicates a replica again',
        action: batch(around, 'backfill', '--status', 'REPLICA'),
      };
    case 'PENDING':
      return pending(version, around);
    case 'FAILED':
      return failed(version, around);
    case null:
    default:
      return version.encryption?.type === 'SSE-C'
        ? customerKey(version, around.config, 'source', around.pair)
        : neverTried(version, around);
  }
}

function deleteMarker({ key }: ObjectVersion, around: SourceSurroundings): Verdict {
  const { config, rule, pair } = around;
  if (rule === undefined || (!rule.matches && !rule.intended)) {
    return noRule(rule, around);
  }
  if (!rule.matches) {
    return { status: 'ok', verdict: `rightly not replicated: ${rule.why}; the replica stays`, action: null };
  }
  return {
    status: 'unknown',
    verdict: 'the rule replicates delete markers that people make, never those of lifecycle rules; S3 shows no status for one',
    action: `see whether the replica has one too: ${explainCommand(config, pair.names.replicaBucket.name, key)}`,
  };
}

function pending({ lastModified }: ObjectVersion, around: SourceSurroundings): Verdict {
  const { now } = around;
  const minutes = Math.max(0, Math.floor((now.getTime() - lastModified.getTime()) / 60_000));
  if (!isLate(lastModified, now)) {
    return { status: 'ok', verdict: `replication is under way, ${spell(minutes)} after the upload`, action: null };
  }
  return {
    status: 'failed',
    verdict: `replication has been under way for ${spell(minutes)}, and most objects need less than ${USUAL_MINUTES} minutes; large ones need hours, and S3 keeps trying while a bucket or region is down`,
    action: diagnose(around),
  };
}

/** Whether replication takes longer than usual. */
export function isLate(lastModified: Date, now: Date): boolean {
  return now.getTime() - lastModified.getTime() >= USUAL_MINUTES * 60_000;
}

function failed(version: ObjectVersion, around: SourceSurroundings): Verdict {
  const { config, pair, sourceKeyArns } = around;
  const tooLong = retainedTooLong(version, around);
  if (tooLong !== null) {
    return tooLong;
  }
  const key = version.encryption?.kmsKeyId ?? null;
  const foreign = key !== null && sourceKeyArns !== null && !sourceKeyArns.includes(key);
  return {
    status: 'failed',
    verdict: foreign
      ? `replication failed permanently: the object is encrypted under ${key}, and the role may decrypt only under ${pair.sourceBucket === undefined ? 'the source key ' : ''}${sourceKeyArns.join(', ') || 'no key'}`
      : 'replication failed permanently; S3 tells the reason only in the event of the failure',
    action: foreign
      ? pair.sourceBucket === undefined
        ? 'write the object again without naming a key'
        : `add the key to sourceBucket.keyArns and deploy; then ${lowerFirst(again(version, around))}`
      : `see the reason: ${opsCommand(config, 'failures', '--pair', pair.id)}; ${diagnose(around)}. Afterwards, ${lowerFirst(again(version, around))}`,
    ...(foreign && { remedy: 'other-key' }),
  };
}

/** The replica bucket's policy refuses a replica that would be kept for longer than the bound. */
function retainedTooLong({ retainUntil, lastModified }: ObjectVersion, around: SourceSurroundings): Verdict | null {
  const { objectLock } = around.pair;
  const most = objectLock?.maximumRetentionDays;
  if (most === undefined || retainUntil === null || retainUntil.getTime() <= lastModified.getTime() + most * DAY) {
    return null;
  }
  return {
    status: 'failed',
    verdict: `replication failed permanently, and it is not in the backup: it is locked until ${retainUntil.toISOString()}, for longer than the ${plural(most, 'day')} of objectLock.maximumRetentionDays`,
    action: `upload the object again with a shorter retention; or raise the bound and deploy the destination. ${batch(around, 'retry')}`,
    remedy: 'shorten-retention',
  };
}

/** No status: S3 never tried. */
function neverTried(version: ObjectVersion, around: SourceSurroundings): Verdict {
  const { rule, pair, ownerEnforced } = around;
  if (rule === undefined || (!rule.matches && !rule.intended)) {
    return noRule(rule, around);
  }
  if (!rule.matches) {
    return { status: 'ok', verdict: `rightly not replicated: ${rule.why}`, action: null };
  }
  const archive = ARCHIVED.find((each) => each === version.storageClass) ?? version.archiveTier;
  if (archive !== null) {
    return {
      status: 'failed',
      verdict: `not replicated: S3 replicates nothing that is archived (${archive}), neither live nor in a batch`,
      action: 'restore it and copy it to another storage class; the copy is replicated',
      remedy: 'copy-out-of-archive',
    };
  }
  const tagged = pair.filter?.tags !== undefined || rule.why.includes('tag ');
  const owned = ownerEnforced ? '' : ', or another account owns it, since the bucket is not BucketOwnerEnforced';
  return {
    status: 'failed',
    verdict: `not replicated although the rule takes it now: it is older than the rule or a change of it${tagged ? ', or got its tags after the upload' : ''}${owned}`,
    action: again(version, around),
    remedy: 'backfill',
  };
}

function noRule(rule: RuleMatch | undefined, { config, pair }: SourceSurroundings): Verdict {
  return {
    status: 'failed',
    verdict: rule === undefined ? 'not replicated: the source bucket has no replication rule' : `not replicated: ${rule.why}`,
    action: `repair the rule: ${opsCommand(config, 'doctor', '--pair', pair.id)} prints the command`,
    remedy: 'diagnose',
  };
}

function again({ isLatest, status }: ObjectVersion, around: SourceSurroundings): string {
  const replicated = batch(around, status === 'FAILED' ? 'retry' : 'backfill');
  return isLatest ? `upload the object again. ${replicated}` : replicated;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function batch({ config, pair }: Pick<SourceSurroundings, 'config' | 'pair'>, verb: 'retry' | 'backfill', ...options: string[]) {
  return replicateAgain(groupOfPair(config, pair), verb, pair.id, ...options);
}

function diagnose({ config, pair }: Pick<SourceSurroundings, 'config' | 'pair'>): string {
  return `look for the cause: ${opsCommand(config, 'doctor', '--pair', pair.id)}`;
}

function spell(minutes: number): string {
  if (minutes < 120) {
    return `${minutes} min`;
  }
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60 / 24)} days`;
}

/** What is known around a version in a replica bucket. */
interface ReplicaFacts extends Pick<SourceSurroundings, 'config' | 'pair'> {
  /** The same version in the source bucket. */
  readonly source: Counterpart;
  /** Why it is a delete marker that a lifecycle rule made. @default - it is none that can be told from others */
  readonly expired?: string | undefined;
}

/**
 * Says what the replication status of a version in a replica bucket means, and what to do.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 */
export function judgeReplica(version: ObjectVersion, { config, pair, source: original, expired }: ReplicaFacts): Verdict {
  const { key, versionId, status, isDeleteMarker, encryption, size } = version;
  const source = pair.names.sourceBucket.name;
  const { replicaExpireDays } = pair.lifecycle;
  if (isDeleteMarker && original.found === 'there') {
    return { status: 'ok', verdict: 'a delete marker that the source object has too', action: null };
  }
  if (expired !== undefined) {
    return { status: 'ok', verdict: `a delete marker: ${expired}`, action: null };
  }
  if (isDeleteMarker && replicaExpireDays !== undefined) {
    return {
      status: 'unknown',
      verdict: `a delete marker: a lifecycle rule makes one above a replica of ${plural(replicaExpireDays, 'day')}, or somebody made it`,
      action: `compare its time with that of the version below it; the audit does, for every object: ${opsCommand(config, 'audit', '--pair', pair.id)}`,
    };
  }
  if (isDeleteMarker) {
    return pair.replicateDeleteMarkers
      ? {
          status: 'unknown',
          verdict:
            original.found === 'absent'
              ? "a delete marker that was removed from the source bucket since, or somebody else's, made here: S3 shows no status for one"
              : `a delete marker, replicated or made here: S3 shows no status for one${unread(original)}`,
          action:
            original.found === 'absent'
              ? "see who made it, in CloudTrail's data events if you record them"
              : `see whether the source object has one: ${explainCommand(config, source, key)}`,
        }
      : {
          status: 'failed',
          verdict: "somebody else's delete marker, made here: the rule replicates none",
          action: `find out who made it, and undelete the replica: ${versionCommand('s3api delete-object', version, { config, side: 'destination', pair })}`,
        };
  }
  if (status === 'REPLICA') {
    if (original.found === 'there' && original.version.size !== size) {
      return {
        status: 'failed',
        verdict: `a replica of another size than its source version: ${size} bytes here, ${original.version.size} in the source bucket`,
        action: `compare all of both buckets: ${opsCommand(config, 'audit', '--pair', pair.id, '--deep', '100')}`,
      };
    }
    const id = original.found === 'there' ? original.version.versionId : versionId;
    const gone = original.found === 'absent' ? ', which was deleted there since' : '';
    return {
      status: 'ok',
      verdict: `replica of version ${id} of s3://${source}/${key}${gone}${unread(original)}`,
      action: null,
    };
  }
  if (status === null && encryption?.type === 'SSE-C') {
    return customerKey(version, config, 'destination', pair);
  }
  return {
    status: 'failed',
    verdict: `no replica${status === null ? '' : ` (status ${status})`}: somebody wrote it here directly`,
    action: 'find out who may write into the replica bucket; nothing but replication should',
  };
}

function unread(original: Counterpart): string {
  return original.found === 'unknown' ? `; the source bucket did not answer: ${original.why}` : '';
}

/** The AWS CLI command for one version of an object. */
function versionCommand(
  operation: string,
  { key, versionId }: ObjectVersion,
  { config, side, pair }: { readonly config: Deployment; readonly side: SideName; readonly pair: DeployedPair },
  options: Readonly<Record<string, string>> = {},
): string {
  const names = pair.names;
  const bucket = side === 'source' ? names.sourceBucket.name : names.replicaBucket.name;
  return awsCommand(config, side, operation, { bucket, key, 'version-id': versionId, ...options });
}

/** The command that explains another object. */
export function explainCommand(config: Pick<Deployment, 'commandOptions'>, bucket: string, key: string): string {
  return opsCommand(config, 'explain', `s3://${bucket}/${key}`);
}

/**
 * An object under a key that only the customer has.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
function customerKey(version: ObjectVersion, config: Deployment, side: SideName, pair: DeployedPair): Verdict {
  const options = { 'sse-customer-algorithm': 'AES256', 'sse-customer-key': 'fileb://FILE' };
  return {
    status: 'unknown',
    verdict: 'encrypted with a key of the customer (SSE-C): S3 replicates it, but shows its status only to who has that key',
    action: `ask with the key: ${versionCommand('s3api head-object', version, { config, side, pair }, options)}`,
  };
}
