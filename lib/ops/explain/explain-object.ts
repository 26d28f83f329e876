import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type Context, EXIT, type ExitCode, type Outcome } from '../../cli/command';
import type { Pair } from '../../config/replication-config';
import { UsageError } from '../../errors/errors';
import { groupOfPair } from '../../model/groups';
import { namesOf, pairNamesOf } from '../../model/names';
import { ObjectReader, type ObjectVersion } from './read-object';
import { chooseRule, type Encryption, needsTags, type RuleMatch } from './rule-match';
import { type Judgement, judgeReplica, judgeSource, type Verdict } from './verdict';

/** One version in the result of `ops explain s3://BUCKET/KEY`. */
interface VersionData {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: string;
  readonly size: number | null;
  readonly storageClass: string | null;
  readonly encryption: Encryption | null;
  readonly status: string | null;
  /** Null in a replica bucket, and where the source bucket has no rule. */
  readonly rule: Pick<RuleMatch, 'id' | 'matches' | 'why'> | null;
  readonly verdict: string;
  readonly action: string | null;
}

/** The result of `ops explain s3://BUCKET/KEY`. */
export interface ObjectData {
  readonly bucket: string;
  readonly key: string;
  readonly side: 'source' | 'destination';
  /** Id of the pair. */
  readonly pair: string;
  /** Newest first; empty when there is no such object. */
  readonly versions: readonly VersionData[];
}

interface JudgedVersion {
  readonly version: ObjectVersion;
  readonly rule: RuleMatch | undefined;
  readonly verdict: Verdict;
}

/**
 * Says of each version of an object what its replication status is, which rule takes it and why or why not, and what to do.
 *
 * @throws UsageError when the bucket is none of the configuration's
 * @throws UnreachableError when S3 gives no answer
 */
export async function explainObject(context: Context, url: string): Promise<Outcome> {
  const { bucket, key } = parseUrl(url);
  const { side, pair } = findBucket(context, bucket);
  const reader = new ObjectReader(await context.clients.s3(side), bucket, key);
  const judged =
    side === 'destination'
      ? (await reader.versions(false)).map((version) => ({
          version,
          rule: undefined,
          verdict: judgeReplica(version, { config: context.config, pair }),
        }))
      : await judgeVersions(context, reader, pair);
  const data: ObjectData = { bucket, key, side, pair: pair.id, versions: judged.map(toData) };
  return { data, text: formatObject(data), exitCode: exitCodeOf(judged.map(({ verdict }) => verdict.judgement)) };
}

async function judgeVersions(context: Context, reader: ObjectReader, pair: Pair): Promise<JudgedVersion[]> {
  const { config, clock } = context;
  const replicas = pairNamesOf(config, pair).replicaBucket.arn;
  const rules = await reader.rules();
  const versions = await reader.versions(rules.some(needsTags));
  // Each is only worth a request when the verdict may turn on it.
  const ownerEnforced = versions.some(({ status, isDeleteMarker }) => status === null && !isDeleteMarker)
    ? await reader.ownerEnforced()
    : true;
  const sourceKeyArn = versions.some(({ status }) => status === 'FAILED') ? await sourceKey(context, pair) : null;
  return versions.map((version) => {
    const rule = chooseRule(rules, version, replicas);
    const verdict = judgeSource(version, { config, pair, rule, sourceKeyArn, ownerEnforced, now: clock.now() });
    return { version, rule, verdict };
  });
}

/** The source key's ARN; null when nobody says, since the rest of the answer does not need it. */
async function sourceKey({ clients, config }: Context, pair: Pair): Promise<string | null> {
  try {
    const kms = await clients.kms('source');
    const { KeyMetadata: key } = await kms.send(
      new DescribeKeyCommand({ KeyId: namesOf(groupOfPair(config, pair)).source.keyAlias }),
    );
    return key?.Arn ?? null;
  } catch {
    return null;
  }
}

/** The key is everything after the bucket, as it stands: S3 keys are not URL-encoded here. */
function parseUrl(url: string) {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/([^]+)$/i.exec(url) ?? [];
  if (bucket === '' || key === '') {
    throw new UsageError('BadObject', `"${url}" names no object`, "write 's3://BUCKET/KEY', in quotes when the key has spaces");
  }
  return { bucket, key };
}

function findBucket({ config }: Context, bucket: string) {
  const named = config.pairs.map((pair) => ({ pair, names: pairNamesOf(config, pair) }));
  for (const { pair, names } of named) {
    if (names.sourceBucket.name === bucket) {
      return { side: 'source' as const, pair };
    }
    if (names.replicaBucket.name === bucket) {
      return { side: 'destination' as const, pair };
    }
  }
  throw new UsageError(
    'UnknownBucket',
    `the configuration has no bucket ${bucket}`,
    `its buckets:\n${named.map(({ names }) => `  ${names.sourceBucket.name}\n  ${names.replicaBucket.name}`).join('\n')}`,
  );
}

/** No version at all is wrong too: there is nothing under this key. */
function exitCodeOf(judgements: readonly Judgement[]): ExitCode {
  if (judgements.length === 0 || judgements.includes('wrong')) {
    return EXIT.wrong;
  }
  return judgements.includes('unknown') ? EXIT.unknown : EXIT.ok;
}

function toData({ version, rule, verdict: { verdict, action } }: JudgedVersion): VersionData {
  const { versionId, isLatest, isDeleteMarker, lastModified, size, storageClass, encryption, status } = version;
  return {
    versionId,
    isLatest,
    isDeleteMarker,
    lastModified: lastModified.toISOString(),
    size,
    storageClass,
    encryption,
    status,
    rule: rule === undefined ? null : { id: rule.id, matches: rule.matches, why: rule.why },
    verdict,
    action,
  };
}

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
