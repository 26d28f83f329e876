import type { DeployedPair } from '../../model/deployment';
import type { Item } from './model';

/**
 * Where the delete markers of a replica bucket can come from. `foreign`: neither the replication rule nor a lifecycle rule of the
 * configuration writes any, so that somebody deleted objects in the backup account. `unknown`: the configuration has such a rule, and
 * S3 does not show who wrote a delete marker: it has no metadata and no replication status.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
 */
export type MarkerOrigin = 'foreign' | 'unknown';

/** Says it by the configuration: S3 has nothing more to show. */
export function markerOrigin({
  replicateDeleteMarkers,
  lifecycle,
}: Pick<DeployedPair, 'replicateDeleteMarkers' | 'lifecycle'>): MarkerOrigin {
  return replicateDeleteMarkers || lifecycle.replicaExpireDays !== undefined ? 'unknown' : 'foreign';
}

/** A delete marker that was the current version of its key at the moment asked for. */
export type Marker = Pick<Item, 'key' | 'versionId' | 'lastModified'>;

/** Counts keys whose current version at the moment asked for was a delete marker. */
export interface MarkerTally {
  keys: number;
  /** Those of them whose version below the marker is restored in its place. */
  ignored: number;
  /** ISO 8601, of the oldest and of the newest of these markers; null without any. */
  first: string | null;
  last: string | null;
}

export function noMarkers(): MarkerTally {
  return { keys: 0, ignored: 0, first: null, last: null };
}

/** @param ignored whether the version below it is restored */
export function addMarker(tally: MarkerTally, { lastModified }: Marker, ignored: boolean): void {
  tally.keys += 1;
  tally.ignored += ignored ? 1 : 0;
  tally.first = tally.first === null || lastModified < tally.first ? lastModified : tally.first;
  tally.last = tally.last === null || lastModified > tally.last ? lastModified : tally.last;
}

/** Keys that are not restored because of a marker that is known to be foreign. */
export function hiddenKeys(origin: MarkerOrigin, { keys, ignored }: MarkerTally): number {
  return origin === 'foreign' ? keys - ignored : 0;
}

/** Keys that count as deleted because of a marker whose origin is unknown. */
export function unexplainedKeys(origin: MarkerOrigin, { keys }: MarkerTally): number {
  return origin === 'unknown' ? keys : 0;
}

/** The dates of the markers, for a sentence: `written 2026-10-02T00:00:00.000Z`, or `written between … and …`. */
export function datesOf({ first, last }: MarkerTally): string {
  return first === last ? `written ${first}` : `written between ${first} and ${last}`;
}
