import type { ReplicationRule } from '@aws-sdk/client-s3';
import type { Entry } from '../../../aws/listing/page';
import type { DeployedPair, Deployment } from '../../../model/deployment';
import { apiRule } from '../../../model/replication-rule';
import type { ObjectVersion } from '../../explain/read-object';
import type { Encryption } from '../../explain/rule-match';
import { judgeExtraStatus, judgeRetention, judgeStatuses, onlyOneSecret, otherKey, otherLayers } from './deep';
import { type AuditFinding, different, judgeBoth, judgeExtra, judgeListed } from './listed';
import { isCompleted, judgeUnreplicated } from './missing';

/** A version as a report of S3 Inventory has it: what a listing says, and some of what S3 says when it is asked. */
export interface ReportedEntry extends Entry {
  /** Null for delete markers, and where S3 never tried. */
  readonly status: string | null;
  /** Null for delete markers, and where the report does not say it. */
  readonly encryption: Encryption['type'] | null;
  readonly retainUntil: Date | null;
  readonly lockMode: string | null;
  /** The archive tier of S3 Intelligent-Tiering that it is in. */
  readonly archiveTier: string | null;
  /** The report lists the version twice, and does not say the same. */
  readonly isContradictory: boolean;
}

/** A version of both reports, or of one. */
export type ReportedSides =
  | { readonly source: ReportedEntry; readonly replica: ReportedEntry | undefined }
  | { readonly source: undefined; readonly replica: ReportedEntry };

/** The comparison of both reports of one pair. */
export interface ReportedPair {
  readonly config: Deployment;
  readonly pair: DeployedPair;
  /** When S3 began to look at each bucket. */
  readonly takenAt: { readonly source: Date; readonly replica: Date };
  /** Milliseconds: what is younger may be on its way. */
  readonly olderThan: number;
}

/** What S3 replicates takes minutes mostly, and hours sometimes. Milliseconds. */
const LONGEST_USUAL = 24 * 60 * 60 * 1000;

/** What depends on it is unknown: no inventory has it. */
export const NOT_IN_REPORTS = ['the KMS key of an object', 'tags', 'checksums', 'the replication rule as it is now'] as const;

/** Returns the moment from which on source versions are not judged: S3 looked at one of the buckets then. */
export function cutoffOf({ takenAt: { source, replica } }: Pick<ReportedPair, 'takenAt'>): Date {
  return source < replica ? source : replica;
}

/** Judges a version by both reports: as an audit that lists and asks S3 does, as far as reports say it. */
export function judgeReported(sides: ReportedSides, reported: ReportedPair): AuditFinding {
  const { source, replica } = sides;
  const { pair, takenAt } = reported;
  if (source?.isContradictory === true || replica?.isContradictory === true) {
    return different('unknown', false, 'a report lists this version twice, and does not say the same of it', null, 'explain');
  }
  if (source === undefined) {
    return replica.isDeleteMarker ? judgeExtra(replica, pair) : judgeExtraStatus(replica.status);
  }
  if (replica === undefined) {
    return judgeListed({ source, replica }, pair, takenAt.replica) ?? judgeMissing(source, reported);
  }
  const listed = judgeBoth(source, replica, pair, takenAt.replica);
  return source.isDeleteMarker || listed.state === 'size'
    ? listed
    : (judgeStatus(source, replica, reported) ??
        judgeEncryption(source, replica) ??
        judgeLock(replica, reported) ?? { ...listed, status: source.status });
}

/** A replica may have come since S3 looked at the source bucket. */
function judgeStatus(source: ReportedEntry, replica: ReportedEntry, { takenAt }: ReportedPair): AuditFinding | undefined {
  const arrivedSince = source.status === 'PENDING' && takenAt.replica > takenAt.source;
  return judgeStatuses(arrivedSince ? 'COMPLETED' : source.status, replica.status);
}

function judgeEncryption(source: ReportedEntry, replica: ReportedEntry): AuditFinding | undefined {
  const { encryption: found } = replica;
  if ((source.encryption === 'SSE-C') !== (found === 'SSE-C')) {
    return onlyOneSecret();
  }
  if (found === null) {
    return different('unknown', false, 'the report does not say how the replica is encrypted', source.status, 'explain');
  }
  if (found === 'SSE-S3' || found === 'none') {
    return otherKey(found === 'SSE-S3' && source.encryption === 'SSE-S3', `under ${found}, not under a KMS key`, source.status);
  }
  const inSource = source.encryption === 'DSSE-KMS';
  return inSource === (found === 'DSSE-KMS') ? undefined : otherLayers(inSource, source.status);
}

function judgeLock({ lockMode, retainUntil }: ReportedEntry, { pair, takenAt }: ReportedPair): AuditFinding | undefined {
  const lock = { ObjectLockMode: lockMode ?? undefined, ObjectLockRetainUntilDate: retainUntil ?? undefined };
  return judgeRetention(lock, { pair, now: () => takenAt.replica });
}

function judgeMissing(entry: ReportedEntry, reported: ReportedPair): AuditFinding {
  const { config, pair, takenAt, olderThan } = reported;
  const { status } = entry;
  const written = Date.parse(entry.lastModified);
  const cutoff = cutoffOf(reported).getTime();
  const isYoung = cutoff - written < olderThan;
  const isLater = takenAt.source > takenAt.replica;
  if (isCompleted(status) && (isYoung || (isLater && cutoff - written < LONGEST_USUAL))) {
    return different(
      'unknown',
      false,
      isYoung
        ? 'written shortly before S3 looked at the replica bucket: its replica may have come since'
        : 'S3 looked at the source bucket later than at the replica bucket, and its replica may have come between',
      status,
      'wait',
    );
  }
  if (status === null && pair.filter?.tags !== undefined) {
    return different(
      'unknown',
      false,
      'S3 never tried to replicate it, and an inventory shows no tags: whether the filter takes it is not known',
      status,
      'explain',
    );
  }
  return judgeUnreplicated(
    versionOf(entry),
    takenAt.source.getTime() - written < olderThan,
    { config, pair, now: () => takenAt.source, olderThan },
    // The rule that the deployment writes; a bucket of somebody else may have owners of objects that no report names.
    { rules: [apiRule(config, pair, '') as ReplicationRule], ownerEnforced: true },
  );
}

function versionOf({ lastModified, encryption, ...entry }: ReportedEntry): ObjectVersion {
  return {
    ...entry,
    lastModified: new Date(lastModified),
    tags: {},
    encryption: encryption === null ? null : { type: encryption, kmsKeyId: null },
  };
}
