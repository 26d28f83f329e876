import type { ListedVersion } from './read-object';

/**
 * Finds the replicas of an object's versions on an emulator, which gives them new version ids. A replica is as large as its version and not
 * older. Of several, the one that is closest to it in time is its own; the newest version chooses first.
 *
 * @returns the replica in the replica bucket by the version id in the source bucket
 */
export function matchReplicas(
  source: readonly ListedVersion[],
  replica: readonly ListedVersion[],
): ReadonlyMap<string, ListedVersion> {
  const left = new Set(replica);
  const found = new Map<string, ListedVersion>();
  for (const version of source.toSorted((a, b) => b.lastModified.getTime() - a.lastModified.getTime())) {
    const [closest] = [...left]
      .filter((each) => each.isDeleteMarker === version.isDeleteMarker && each.size === version.size)
      .filter(({ lastModified }) => lastModified >= version.lastModified)
      .toSorted((a, b) => a.lastModified.getTime() - b.lastModified.getTime());
    if (closest !== undefined) {
      left.delete(closest);
      found.set(version.versionId, closest);
    }
  }
  return found;
}
