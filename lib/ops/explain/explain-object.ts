import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type Context, Outcome } from '../../cli/command';
import { grouped } from '../../cli/grouped';
import { MARK } from '../../cli/layout';
import { plural, whole } from '../../cli/units';
import { UsageError } from '../../errors/errors';
import { quoted, visibleIn } from '../../errors/visible';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { groupOfPair } from '../../model/deployment';
import { type Status, type StatusWord, statusOf } from '../../model/status';
import { parseObjectAddress, urlDecoded } from './address';
import { expiredReplicas, expiryMarkers } from './lifecycle';
import { type Counterpart, type OtherBucket, readOtherBucket } from './other-bucket';
import { deleteMarkerOf, ObjectReader, type ObjectVersion } from './read-object';
import { chooseRule, type Encryption, needsTags, type RuleMatch } from './rule-match';
import { explainCommand, judgeReplica, judgeSource, type Verdict } from './verdict';
import { turnsOnReplica, withReplica } from './with-replica';

/** One version in the result of `s3-replication explain s3://BUCKET/KEY`. */
interface VersionData {
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified: string;
  readonly size: number | null;
  readonly storageClass: string | null;
  readonly encryption: Encryption | null;
  /** What the verdict comes to. */
  readonly status: StatusWord;
  /** What S3 says; null when it says nothing. */
  readonly replicationStatus: string | null;
  /** Null in a replica bucket, and where the source bucket has no rule. */
  readonly rule: Pick<RuleMatch, 'id' | 'matches' | 'why'> | null;
  readonly verdict: string;
  readonly action: string | null;
  /** The same version in the other bucket of the pair; null where it was not looked for. */
  readonly counterpart: {
    readonly found: Counterpart['found'];
    readonly versionId: string | null;
    readonly size: number | null;
    /** What S3 says; null for what was only listed. */
    readonly replicationStatus: string | null;
    /** Why it is unknown; null where it is not. */
    readonly why: string | null;
  } | null;
}

/** The result of `s3-replication explain s3://BUCKET/KEY`. */
export interface ObjectData {
  readonly bucket: string;
  readonly key: string;
  readonly side: 'source' | 'destination';
  /** Id of the pair. */
  readonly pair: string;
  /** Newest first; empty when there is no such object. */
  readonly versions: readonly VersionData[];
  /** Ids of versions that were deleted after this run had listed them. */
  readonly deletedMeanwhile: readonly string[];
  /** What the other bucket of the pair has under this key. */
  readonly otherBucket: {
    readonly bucket: string;
    /** Versions and delete markers; null when they could not be listed. */
    readonly versions: number | null;
    /** Why they could not be listed; null when they were. */
    readonly why: string | null;
    /** Delete markers that the replica bucket alone has; empty for an object of the replica bucket. */
    readonly deleteMarkers: readonly VersionData[];
  };
}

interface JudgedVersion {
  readonly version: ObjectVersion;
  readonly rule: RuleMatch | undefined;
  readonly verdict: Verdict;
  readonly counterpart: Counterpart | undefined;
}

/** The versions of one bucket, and what the other one has. */
interface Judged {
  readonly versions: readonly JudgedVersion[];
  readonly deleted: readonly string[];
  readonly other: OtherBucket;
  /** Delete markers that the other bucket alone has. */
  readonly deleteMarkers: readonly JudgedVersion[];
}

/**
 * Says of each version of an object what its replication status is, which rule takes it and why or why not, what the other bucket of the
 * pair has of it, and what to do.
 *
 * @throws UsageError when the bucket is none of the configuration's
 * @throws UnreachableError when S3 gives no answer
 */
export async function explainObject(context: Context, address: string): Promise<Outcome> {
  const { bucket, key } = parseObjectAddress(address);
  const { side, pair } = findBucket(context, bucket);
  const reader = new ObjectReader(await context.clients.s3(side), bucket, key);
  const judge = side === 'destination' ? judgeReplicas : judgeVersions;
  const { versions, deleted, other, deleteMarkers } = await judge(context, reader, pair, key);
  const data: ObjectData = {
    bucket,
    key,
    side,
    pair: pair.id,
    versions: versions.map(toData),
    deletedMeanwhile: deleted,
    otherBucket: {
      bucket: other.name,
      versions: other.why === null ? other.listed.length : null,
      why: other.why,
      deleteMarkers: deleteMarkers.map(toData),
    },
  };
  return new Outcome(
    statusOfVersions([...versions, ...deleteMarkers], versions.length > 0, other),
    data,
    formatObject(context.config, data),
  );
}

/**
 * @param exists whether the bucket has a version under the key: without any, there is nothing that could be replicated
 * @param other what the other bucket has; unknown where it could not be read
 */
function statusOfVersions(judged: readonly JudgedVersion[], exists: boolean, other: OtherBucket): Status {
  const those = (status: Verdict['status']) =>
    judged
      .filter(({ verdict }) => verdict.status === status)
      .map(({ version, verdict }) => `version ${version.versionId}: ${verdict.verdict}`);
  const failed = exists ? those('failed') : ['there is no version under this key', ...those('failed')];
  const unread = other.why === null ? [] : [`bucket ${other.name}: ${other.why}`];
  return statusOf({ failed, unknown: [...those('unknown'), ...unread], seen: those('ok'), nothing: 'no version was looked at' });
}

async function judgeReplicas(context: Context, reader: ObjectReader, pair: DeployedPair, key: string): Promise<Judged> {
  const { config, clock } = context;
  const { versions, deleted } = await reader.versions(false);
  const other = await readOtherBucket(context, { side: 'source', pair, key }, versions, () => false);
  const expired = expiryMarkers(versions, pair, clock.now());
  return {
    other,
    deleted,
    deleteMarkers: [],
    versions: versions.map((version) => {
      const counterpart = counterpartOf(other, version);
      const verdict = judgeReplica(version, { config, pair, source: counterpart, expired: expired.get(version.versionId) });
      return { version, rule: undefined, verdict, counterpart };
    }),
  };
}

async function judgeVersions(context: Context, reader: ObjectReader, pair: DeployedPair, key: string): Promise<Judged> {
  const { config, clock } = context;
  const replicas = pair.names.replicaBucket.arn;
  const rules = await reader.rules();
  const { versions, deleted } = await reader.versions(rules.some(needsTags));
  // Each is only worth a request when the verdict may turn on it.
  const ownerEnforced = versions.some(({ status, isDeleteMarker }) => status === null && !isDeleteMarker)
    ? await reader.ownerEnforced()
    : true;
  const sourceKeyArns = versions.some(({ status }) => status === 'FAILED') ? await sourceKeys(context, pair) : null;
  const other = await readOtherBucket(context, { side: 'destination', pair, key }, versions, turnsOnReplica);
  const now = clock.now();
  const expired = expiredReplicas(versions, pair, now);
  return {
    other,
    deleted,
    deleteMarkers: judgeMarkers(context, other, pair, key),
    versions: versions.map((version) => {
      const rule = chooseRule(rules, version, replicas);
      const counterpart = counterpartOf(other, version);
      const byStatus = judgeSource(version, { config, pair, rule, sourceKeyArns, ownerEnforced, now });
      const around = { config, pair, rule, replica: counterpart, expired: expired.get(version.versionId), now };
      return { version, rule, verdict: withReplica(version, byStatus, around), counterpart };
    }),
  };
}

function counterpartOf({ counterparts }: OtherBucket, { versionId }: ObjectVersion): Counterpart {
  return counterparts.get(versionId) ?? { found: 'absent' };
}

/** Delete markers that the replica bucket alone has: they hide the replicas below them. */
function judgeMarkers({ config, clock }: Context, other: OtherBucket, pair: DeployedPair, key: string): JudgedVersion[] {
  const expired = expiryMarkers(other.listed, pair, clock.now());
  return other.alone
    .filter(({ isDeleteMarker }) => isDeleteMarker)
    .map((listed) => {
      const version = deleteMarkerOf(key, listed);
      const facts = { config, pair, source: { found: 'absent' }, expired: expired.get(listed.versionId) } as const;
      return { version, rule: undefined, verdict: judgeReplica(version, facts), counterpart: undefined };
    });
}

/** The keys that the role may decrypt with; null when nobody says, since the rest of the answer does not need it. */
async function sourceKeys({ clients, config }: Context, pair: DeployedPair): Promise<readonly string[] | null> {
  if (pair.sourceBucket !== undefined) {
    return pair.sourceBucket.keyArns;
  }
  try {
    const kms = await clients.kms('source');
    const { KeyMetadata: key } = await kms.send(
      new DescribeKeyCommand({ KeyId: groupOfPair(config, pair).names.source.keyAlias }),
    );
    return key?.Arn === undefined ? null : [key.Arn];
  } catch {
    return null;
  }
}

function findBucket({ config }: Context, bucket: string) {
  const named = config.pairs.map((pair) => ({ pair, names: pair.names }));
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

function toData({ version, rule, verdict: { status, verdict, action }, counterpart }: JudgedVersion): VersionData {
  const {
    versionId,
    isLatest,
    isDeleteMarker,
    lastModified,
    size,
    storageClass,
    encryption,
    status: replicationStatus,
  } = version;
  return {
    versionId,
    isLatest,
    isDeleteMarker,
    lastModified: lastModified.toISOString(),
    size,
    storageClass,
    encryption,
    status,
    replicationStatus,
    rule: rule === undefined ? null : { id: rule.id, matches: rule.matches, why: rule.why },
    verdict,
    action,
    counterpart: counterpart === undefined ? null : counterpartData(counterpart),
  };
}

function counterpartData(counterpart: Counterpart): VersionData['counterpart'] {
  const { found } = counterpart;
  return found === 'there'
    ? {
        found,
        versionId: counterpart.version.versionId,
        size: counterpart.version.size,
        replicationStatus: counterpart.version.status,
        why: null,
      }
    : { found, versionId: null, size: null, replicationStatus: null, why: found === 'unknown' ? counterpart.why : null };
}

/** The result of `s3-replication explain s3://BUCKET/KEY` for a person. */
export function formatObject(config: Pick<Deployment, 'commandOptions'>, data: ObjectData): string {
  const { bucket, key, side, pair, versions, deletedMeanwhile, otherBucket } = visibleIn(data);
  const place = `${side === 'source' ? 'source' : 'replica'} bucket ${bucket} (pair ${pair})`;
  const other = side === 'source' ? 'replica' : 'source';
  const notes = [
    ...deletedMeanwhile.map((id) => `Version ${id} was deleted while this command ran.`),
    ...(otherBucket.why === null ? [] : [`The ${other} bucket could not be read: ${otherBucket.why}`]),
  ];
  if (versions.length === 0) {
    const there = otherBucket.versions ?? 0;
    const decoded = urlDecoded(data.key);
    return [
      `There is no object ${quoted(key)} in ${place}, nor was there one under this key that is still kept.`,
      ...(there === 0
        ? []
        : [`The ${other} bucket has ${there} under this key:\n${explainCommand(config, otherBucket.bucket, key)}`]),
      ...(decoded === undefined
        ? []
        : [`The key looks URL-encoded. If it stands for ${quoted(decoded)}:\n${explainCommand(config, bucket, decoded)}`]),
      ...notes,
    ].join('\n');
  }
  const groups = [
    ...grouped(versions, sameVerdict).map(([, those]) => ({ those, text: formatGroup(those, other) })),
    ...grouped(otherBucket.deleteMarkers, sameVerdict).map(([, those]) => ({
      those,
      text: `only in replica bucket ${otherBucket.bucket}:\n${formatGroup(those, other)}`,
    })),
  ];
  const having = (word: StatusWord) => groups.filter(({ those: [first] }) => first?.status === word).map(({ text }) => text);
  const summary = (['ok', 'unknown', 'failed'] as const).flatMap((word) => {
    const count = [...versions, ...otherBucket.deleteMarkers].filter(({ status }) => status === word).length;
    return count === 0 ? [] : [`${whole(count)} ${word}`];
  });
  return [
    `${quoted(key)} in ${place}:`,
    ...having('ok'),
    ...notes,
    ...having('unknown'),
    ...having('failed'),
    ...(versions.length < 2 ? [] : [`${plural(versions.length, 'version')}: ${summary.join(', ')}`]),
  ].join('\n\n');
}

/** What is equal in versions of which the same is to be said: all but ids, sizes and times. */
function sameVerdict({ status, replicationStatus, isDeleteMarker, versionId, counterpart, verdict, rule }: VersionData): string {
  const said = verdict.replaceAll(versionId, '').replaceAll(counterpart?.versionId ?? versionId, '');
  return JSON.stringify([status, replicationStatus, isDeleteMarker, rule, counterpart?.found, said.replaceAll(/\d+/g, '')]);
}

/** Versions that a person is shown of those of which the same is to be said. */
const SHOWN = 3;

/** The newest of them, and how many more there are. */
function formatGroup(those: readonly VersionData[], other: 'source' | 'replica'): string {
  const rest = those.slice(SHOWN);
  const [first, last] = [rest[0], rest.at(-1)];
  return [
    ...those.slice(0, SHOWN).map((version) => formatVersion(version, other)),
    ...(first === undefined || last === undefined
      ? []
      : [
          `  and ${whole(rest.length)} more of which the same is to be said, from ${last.lastModified} to ${first.lastModified}; --json has all`,
        ]),
  ].join('\n\n');
}

function formatVersion(version: VersionData, other: 'source' | 'replica'): string {
  const { versionId, isLatest, isDeleteMarker, lastModified, status, replicationStatus, rule, verdict, action, counterpart } =
    version;
  const what = isDeleteMarker ? 'delete marker' : 'version';
  return [
    `${MARK[status]} ${what} ${versionId}${isLatest ? ' (latest)' : ''}, ${lastModified}`,
    ...(isDeleteMarker ? [] : [`  status   ${replicationStatus ?? 'none'}; ${properties(version)}`]),
    ...(rule === null ? [] : [`  rule     ${rule.id} ${rule.matches ? 'matches' : 'does not match'}: ${rule.why}`]),
    ...(counterpart === null ? [] : [`  ${other.padEnd(9)}${formatCounterpart(counterpart)}`]),
    `  verdict  ${verdict}`,
    ...(action === null ? [] : [`  do       ${action}`]),
  ].join('\n');
}

function formatCounterpart({ found, versionId, size, replicationStatus, why }: NonNullable<VersionData['counterpart']>): string {
  if (found !== 'there') {
    return found === 'absent' ? 'not there' : `unknown: ${why}`;
  }
  return [
    versionId,
    ...(replicationStatus === null ? [] : [replicationStatus]),
    ...(size === null ? [] : [`${size} bytes`]),
  ].join(', ');
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
