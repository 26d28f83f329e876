import type { Entry } from '../../aws/listing/page';
import type { DeployedPair } from '../../model/deployment';
import { judgeListed } from '../audit/examine/listed';
import { WithHistory } from '../audit/join';
import type { ListedVersion } from './read-object';

/**
 * Says why lifecycle rules of the replica bucket deleted the replica of a version by now, by version id; a version that they cannot have
 * deleted is not there. The same rules as in `s3-replication audit`.
 *
 * @param versions all of the key in the source bucket, newest first
 */
export function expiredReplicas(versions: readonly ListedVersion[], pair: DeployedPair, now: Date): ReadonlyMap<string, string> {
  const expired = new Map<string, string>();
  const note = (source: Entry) => {
    const finding = source.isDeleteMarker ? undefined : judgeListed({ source, replica: undefined }, pair, now);
    if (finding?.state === 'expired') {
      expired.set(source.versionId, finding.why);
    }
  };
  const matcher = new WithHistory({ source: note, replica: () => undefined, end: () => undefined }, pair.replicateDeleteMarkers);
  versions.forEach((version) => matcher.source(entryOf(version)));
  return expired;
}

/**
 * Says which delete markers of the replica bucket a lifecycle rule made, by version id.
 *
 * @param versions all of the key in the replica bucket, newest first
 */
export function expiryMarkers(versions: readonly ListedVersion[], pair: DeployedPair, now: Date): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  const note = (replica: Entry) => {
    const finding = replica.isDeleteMarker ? judgeListed({ source: undefined, replica }, pair, now) : undefined;
    if (finding?.state === 'expired') {
      made.set(replica.versionId, finding.why);
    }
  };
  const matcher = new WithHistory({ source: () => undefined, replica: note, end: () => undefined }, pair.replicateDeleteMarkers);
  versions.forEach((version) => matcher.replica(entryOf(version)));
  matcher.end();
  return made;
}

function entryOf({ versionId, isLatest, isDeleteMarker, lastModified, size }: ListedVersion): Entry {
  return {
    key: '',
    versionId,
    isLatest,
    isDeleteMarker,
    lastModified: lastModified.toISOString(),
    size: size ?? 0,
    storageClass: '',
  };
}
