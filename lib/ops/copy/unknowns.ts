import { quoted } from '../../errors/visible';
import type { DeployedPair } from '../../model/deployment';
import { markerOrigin } from './markers';

/** Something that the replica bucket cannot tell, and what it means for what is restored. */
export interface Unknown {
  /** Stable across releases. */
  readonly code:
    | 'inventory-snapshot'
    | 'inventory-prefix'
    | 'delete-markers'
    | 'marker-origin'
    | 'lifecycle-deletions'
    | 'replica-expiry'
    | 'noncurrent-expiry'
    | 'never-replicated'
    | 'removed-versions'
    | 'tags'
    | 'multipart-time'
    | 'whole-seconds'
    | 'emulator';
  readonly text: string;
}

/**
 * Returns what an inventory report of a pair leaves unknown.
 *
 * @param prefix below which keys are restored
 * @param takenAt when S3 began to look
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory.html#storage-inventory-contents
 */
export function unknownsOfReport({ filter }: DeployedPair, prefix: string, takenAt: Date): Unknown[] {
  const listed = filter?.prefix ?? '';
  return [
    {
      code: 'inventory-snapshot',
      text: `what came to the replica bucket or left it after ${takenAt.toISOString()} is unknown, not absent: versions, delete markers, deletions, and replicas that arrived later of versions that were written before; the report may also lack what came shortly before`,
    },
    ...(prefix.startsWith(listed)
      ? []
      : [
          {
            code: 'inventory-prefix' as const,
            text: `the report lists only keys below ${quoted(listed)}, the prefix of the pair's filter: what else the replica bucket has is unknown`,
          },
        ]),
  ];
}

/**
 * What cannot be known about one pair.
 *
 * @param asOf a moment was asked for
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/delete-marker-replication.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function unknownsOf(pair: DeployedPair, asOf: boolean, emulator: boolean): Unknown[] {
  const { replicateDeleteMarkers, lifecycle } = pair;
  const always: Unknown[] = [
    {
      code: 'lifecycle-deletions',
      text: 'deletions by lifecycle rules are never replicated: an object that one had deleted at the source is restored too',
    },
    {
      code: 'never-replicated',
      text: 'versions that were never replicated have no replica: FAILED, older than the rule, outside of its filter; "s3-replication audit" finds them',
    },
  ];
  const withoutDeleteMarkers: Unknown[] = [
    {
      code: 'delete-markers',
      text: 'delete markers are not replicated here, so a deletion at the source is invisible in the replica: a deleted object is restored too',
    },
  ];
  const ofMarkers: Unknown[] = [
    {
      code: 'marker-origin',
      text: 'who wrote a delete marker of the replica bucket is unknown: the rules of this configuration write some, somebody in the backup account may have written others, and S3 does not show which; the objects below count as deleted',
    },
  ];
  const { replicaExpireDays, noncurrentDays } = lifecycle;
  const ofExpiry: Unknown[] = [
    ...(replicaExpireDays === undefined
      ? []
      : [
          {
            code: 'replica-expiry' as const,
            text: `a lifecycle rule hides replicas under a delete marker after ${replicaExpireDays} days: such an object counts as deleted; --as-of an earlier moment finds it while its version is kept`,
          },
        ]),
    ...(noncurrentDays === undefined
      ? []
      : [
          {
            code: 'noncurrent-expiry' as const,
            text: `a lifecycle rule deletes noncurrent replicas after ${noncurrentDays} days: a moment that is longer ago cannot be restored whole`,
          },
        ]),
  ];
  const ofMoment: Unknown[] = [
    {
      code: 'tags',
      text: 'tags have no versions: each object gets the tags that its replica has now',
    },
    {
      code: 'multipart-time',
      text: 'the time of a multipart upload is its start: an object whose upload had begun by then and ended later is restored as if it had been there',
    },
    {
      code: 'whole-seconds',
      text: 'S3 lists times in whole seconds: what was written within the second of that moment counts as written by then',
    },
    {
      code: 'removed-versions',
      text: 'a version that was removed from the replica bucket since, for example by a lifecycle rule, leaves no trace: the one before it is restored',
    },
  ];
  const onEmulator: Unknown[] = [
    {
      code: 'emulator',
      text: 'an emulator gives replicas new version ids and times: contents say whether an object is there already, and moments are those of replication',
    },
  ];
  return [
    ...(replicateDeleteMarkers ? [] : withoutDeleteMarkers),
    ...(markerOrigin(pair) === 'unknown' ? ofMarkers : []),
    ...always,
    ...ofExpiry,
    ...(asOf ? ofMoment : []),
    ...(emulator ? onEmulator : []),
  ];
}
