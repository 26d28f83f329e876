import type { ObjectData, VersionData } from './object-version';

/** The result of `ops explain s3://BUCKET/KEY` for a person. */
export function formatObject({ bucket, key, side, pair, versions }: ObjectData): string {
  const place = `${side === 'source' ? 'source' : 'replica'} bucket ${bucket} (pair ${pair})`;
  if (versions.length === 0) {
    return `There is no object ${JSON.stringify(key)} in ${place}, nor was there one under this key that is still kept.`;
  }
  return [`${JSON.stringify(key)} in ${place}:`, ...versions.map(formatVersion)].join('\n\n');
}

function formatVersion(version: VersionData): string {
  const { versionId, isLatest, isDeleteMarker, lastModified, status, rule, verdict, action } = version;
  const what = isDeleteMarker ? 'delete marker' : 'version';
  return [
    `${what} ${versionId}${isLatest ? ' (latest)' : ''}, ${lastModified}`,
    ...(isDeleteMarker ? [] : [`  status   ${status ?? 'none'}; ${properties(version)}`]),
    ...(rule === null ? [] : [`  rule     ${rule.id} ${rule.matches ? 'matches' : 'does not match'}: ${rule.why}`]),
    `  verdict  ${verdict}`,
    ...(action === null ? [] : [`  do       ${action}`]),
  ].join('\n');
}

function properties({ size, storageClass, encryption }: VersionData): string {
  const key = encryption?.kmsKeyId ?? null;
  return [
    `${size} bytes`,
    ...(storageClass === null ? [] : [storageClass]),
    ...(encryption === null ? [] : [encryption.type === 'none' ? 'not encrypted' : encryption.type]),
    ...(key === null ? [] : [key]),
  ].join(', ');
}
