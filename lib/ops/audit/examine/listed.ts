import type { Entry } from '../../../aws/listing/page';
import { plural } from '../../../cli/units';
import type { DeployedPair } from '../../../model/deployment';
import { afterDays } from '../../../model/lifecycle';
import type { Difference, Remedy, State } from '../report';

/** What a version turned out to be. */
export interface AuditFinding {
  readonly state: State;
  readonly wrong: boolean;
  /** Replication status that S3 answered. @default null */
  readonly status?: string | null;
  /** One sentence. */
  readonly why: string;
  /** What a person can do about it. @default - what is usual for the state */
  readonly remedy?: Remedy | undefined;
  /** Both versions are under DSSE-KMS. @default - they are not, or nobody asked */
  readonly isDualLayer?: boolean;
  /** The replica, where it was found only after the buckets were listed. */
  readonly replica?: Entry;
}

/** A version of both sides, or of one. */
export type Sides =
  | { readonly source: Entry; readonly replica: Entry | undefined }
  | { readonly source: undefined; readonly replica: Entry };

/** Why `--deep` skips a version. */
export const ONLY_WITH_KEY = 'S3 describes an object under a key of the customer (SSE-C) only to a caller that sends the key';

/** @param remedy @default - what is usual for the state */
export function different(
  state: State,
  wrong: boolean,
  why: string,
  status: string | null = null,
  remedy?: Remedy,
): AuditFinding {
  return { state, wrong, status, why, remedy };
}

/** What a person can usually do about what is wrong, and about the few other states that are not as configured. */
const USUAL_REMEDIES: Readonly<Partial<Record<State, Remedy>>> = {
  pending: 'diagnose',
  failed: 'retry',
  missing: 'copy-again',
  hidden: 'find-writer',
  'not-eligible': 'explain',
  extra: 'find-writer',
  size: 'look-closer',
  status: 'find-writer',
  encryption: 'diagnose',
  checksum: 'explain',
  retention: 'diagnose',
};

function remedyOf({ state, wrong, remedy }: AuditFinding): Remedy {
  const others = { 'in-flight': 'wait', deleted: 'wait', skipped: 'explain', unknown: 'ask-again' } as const;
  return remedy ?? (wrong ? USUAL_REMEDIES[state] : others[state as keyof typeof others]) ?? 'none';
}

/** Judges a version by the listings alone; undefined where S3 has to be asked. */
export function judgeListed({ source, replica }: Sides, pair: DeployedPair, now: Date): AuditFinding | undefined {
  if (source === undefined) {
    return judgeExtra(replica, pair);
  }
  if (replica !== undefined) {
    return judgeBoth(source, replica, pair, now);
  }
  return source.isDeleteMarker ? judgeDeleteMarker(pair) : judgeExpired(source, pair, now);
}

export function judgeBoth(source: Entry, replica: Entry, pair: DeployedPair, now: Date): AuditFinding {
  if (source.size !== replica.size) {
    return different('size', true, `${source.size} bytes in the source bucket, ${replica.size} in the replica bucket`);
  }
  return replica.isDeleteMarker || isInClass(replica, pair, now)
    ? { state: 'same', wrong: false, why: 'alike' }
    : different('storage-class', false, `the replica is ${replica.storageClass}, and ${pair.storageClass} is configured`);
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html */
function judgeDeleteMarker({ replicateDeleteMarkers }: DeployedPair): AuditFinding {
  return different(
    'delete-marker',
    false,
    replicateDeleteMarkers
      ? 'the rule replicates delete markers that people make, never those of lifecycle rules; S3 shows no status for one'
      : 'the rule replicates no delete markers; the replica stays',
  );
}

/** Judges a version that is in the replica bucket only, by the listings alone. */
export function judgeExtra(entry: Entry, pair: DeployedPair): AuditFinding {
  if (!entry.isDeleteMarker) {
    return different(
      'extra',
      false,
      'deleted from the source bucket since, or written into the replica bucket; --deep 100 tells',
      null,
      'look-closer',
    );
  }
  const expired = judgeExpiryMarker(entry, pair);
  if (expired !== undefined) {
    return expired;
  }
  return pair.replicateDeleteMarkers
    ? different(
        'extra',
        false,
        "a delete marker that was removed from the source bucket since, or somebody else's: made in the replica bucket",
        null,
        'explain',
      )
    : different(
        entry.isLatest ? 'hidden' : 'extra',
        true,
        "somebody else's delete marker: the rule replicates none, so somebody deleted the copy in the replica bucket; CloudTrail's data events say who, if you record them",
      );
}

/** Whether lifecycle rules of the replica bucket make or delete anything, so that an audit has to know what they go by. */
export function expiresReplicas({ lifecycle }: DeployedPair): boolean {
  return lifecycle.noncurrentDays !== undefined || lifecycle.replicaExpireDays !== undefined;
}

/**
 * Finds that the replica of a version is gone because the lifecycle rules of the replica bucket have deleted it by now: it was noncurrent
 * there for long enough. Undefined where they cannot have.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
function judgeExpired({ lastModified, history }: Entry, { lifecycle }: DeployedPair, now: Date): AuditFinding | undefined {
  const { noncurrentDays, noncurrentVersions = 0, replicaExpireDays } = lifecycle;
  const { replacedAt, newerNoncurrent = 0 } = history ?? {};
  if (noncurrentDays === undefined || newerNoncurrent < noncurrentVersions) {
    return undefined;
  }
  const noncurrentSince = [
    ...(replacedAt === undefined ? [] : [new Date(replacedAt)]),
    ...(replicaExpireDays === undefined ? [] : [afterDays(new Date(lastModified), replicaExpireDays)]),
  ].map((date) => date.getTime());
  if (noncurrentSince.length === 0) {
    return undefined;
  }
  const due = afterDays(new Date(Math.min(...noncurrentSince)), noncurrentDays);
  return due > now
    ? undefined
    : different(
        'expired',
        false,
        `a lifecycle rule deletes noncurrent replicas after ${plural(noncurrentDays, 'day')}, this one from ${due.toISOString().slice(0, 10)} on`,
      );
}

/** Finds that a lifecycle rule made a delete marker of the replica bucket, to expire the replica below it. Undefined where it cannot have. */
function judgeExpiryMarker({ lastModified, history }: Entry, { lifecycle }: DeployedPair): AuditFinding | undefined {
  const { noncurrentDays, replicaExpireDays } = lifecycle;
  const hides = history?.hides;
  const isLate = hides !== undefined && new Date(lastModified) >= afterDays(new Date(hides), replicaExpireDays);
  // With nothing below it, the version that it hid was deleted since.
  const isAlone = hides === undefined && noncurrentDays !== undefined;
  return replicaExpireDays !== undefined && (isLate || isAlone)
    ? different(
        'expired',
        false,
        `a lifecycle rule expires replicas after ${plural(replicaExpireDays, 'day')}, and hides them with this`,
      )
    : undefined;
}

/** Whether a replica is in a class that it was written in, or that a lifecycle rule may have moved it to by now. */
function isInClass(
  { storageClass, lastModified }: Entry,
  { storageClass: written, lifecycle }: DeployedPair,
  now: Date,
): boolean {
  return (
    storageClass === written ||
    lifecycle.transitions.some(
      (move) => move.storageClass === storageClass && afterDays(new Date(lastModified), move.days) <= now,
    )
  );
}

/** A difference for the report. Undefined when both sides are alike. */
export function toDifference(pair: string, { source, replica }: Sides, finding: AuditFinding): Difference | undefined {
  const { state, wrong, status = null, why } = finding;
  const entry = source ?? replica;
  if (state === 'same' || entry === undefined) {
    return undefined;
  }
  const { isLatest, isDeleteMarker } = entry;
  const sizeOf = (side: Entry | undefined) => (side === undefined || side.isDeleteMarker ? null : side.size);
  const classOf = (side: Entry | undefined) => (side === undefined || side.isDeleteMarker ? null : side.storageClass);
  return {
    pair,
    state,
    wrong,
    key: entry.key,
    versionId: entry.versionId,
    isLatest,
    isDeleteMarker,
    lastModified: entry.lastModified,
    sourceSize: sizeOf(source),
    replicaSize: sizeOf(replica),
    sourceClass: classOf(source),
    replicaClass: classOf(replica),
    replicationStatus: status,
    why,
    remedy: remedyOf(finding),
  };
}
