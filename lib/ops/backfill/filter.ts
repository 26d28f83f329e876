import type { JobManifestGeneratorFilter } from '@aws-sdk/client-s3-control';
import { whole } from '../../cli/units';

/** A filter for a person, in the words of the options. */
export function describeFilter(filter: JobManifestGeneratorFilter): string {
  const { KeyNameConstraint: keys, CreatedAfter: after, CreatedBefore: before } = filter;
  const prefixes = keys?.MatchAnyPrefix ?? [];
  return [
    ...(filter.ObjectReplicationStatuses === undefined ? [] : [`status ${filter.ObjectReplicationStatuses.join(' or ')}`]),
    ...(prefixes.length === 0 ? [] : [`below ${prefixes.map((prefix) => JSON.stringify(prefix)).join(' or ')}`]),
    ...(after === undefined ? [] : [`created after ${after.toISOString()}`]),
    ...(before === undefined ? [] : [`created before ${before.toISOString()}`]),
    ...(filter.ObjectSizeGreaterThanBytes === undefined ? [] : [`larger than ${whole(filter.ObjectSizeGreaterThanBytes)} bytes`]),
    ...(filter.ObjectSizeLessThanBytes === undefined ? [] : [`smaller than ${whole(filter.ObjectSizeLessThanBytes)} bytes`]),
    ...(filter.MatchAnyStorageClass === undefined ? [] : [`in storage class ${filter.MatchAnyStorageClass.join(' or ')}`]),
  ].join(', ');
}

/** Whether two filters choose the same objects. */
export function isSameFilter(one: JobManifestGeneratorFilter, other: JobManifestGeneratorFilter): boolean {
  return canonical(one) === canonical(other);
}

/** S3 keeps moments to the second, and lists in no order that it promises. */
function canonical(filter: JobManifestGeneratorFilter): string {
  const seconds = (date: Date | undefined) => (date === undefined ? null : Math.floor(date.getTime() / 1000));
  const sorted = (list: readonly string[] | undefined) => (list === undefined || list.length === 0 ? null : list.toSorted());
  return JSON.stringify([
    filter.EligibleForReplication ?? null,
    sorted(filter.ObjectReplicationStatuses),
    sorted(filter.KeyNameConstraint?.MatchAnyPrefix),
    seconds(filter.CreatedAfter),
    seconds(filter.CreatedBefore),
    filter.ObjectSizeGreaterThanBytes ?? null,
    filter.ObjectSizeLessThanBytes ?? null,
    sorted(filter.MatchAnyStorageClass),
  ]);
}
