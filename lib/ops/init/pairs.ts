import { bytes, plural } from '../../cli/units';
import type { Problem } from '../../errors/errors';
import { longestNamePrefix } from '../../model/names';
import { commandLine } from '../../model/shell-commands';
import { type Replication, type SurveyedBucket, UNKNOWN } from './survey';

/** A pair as the configuration spells it: only the keys that are not left to a default. */
export interface WrittenPair {
  readonly id: string;
  readonly sourceBucket?: {
    readonly name: string;
    readonly keyArns?: readonly string[];
    readonly roleArn?: string;
    readonly replaces?: readonly string[];
  };
  readonly replicaBucket?: { readonly name: string };
  readonly filter?: object;
  readonly storageClass?: string;
  readonly replicateDeleteMarkers?: true;
  readonly timeControl?: true;
  readonly sourceObjectLock?: true;
  readonly objectLock?: { readonly mode: 'GOVERNANCE'; readonly days: number };
}

/** A pair with what is to be known about it. */
export interface ProposedPair {
  readonly written: WrittenPair;
  /** What happens to objects, and why the pair is written so, a line each. */
  readonly notes: readonly string[];
  /** What AWS says of its source bucket. @default - the bucket is new, or AWS was not asked */
  readonly bucket?: SurveyedBucket;
  /** What decides the pair and could not be read. */
  readonly unknown: readonly string[];
}

/** A pair whose two buckets are made. */
export function newPair(id: string): ProposedPair {
  return {
    written: { id },
    notes: ['Both buckets are created. Every object that you put into the source bucket replicates.'],
    unknown: [],
  };
}

/**
 * A pair for an existing bucket, in the safest way: rules that are there stay.
 *
 * @param replace whether the new rule is to take the place of the rules that are there
 */
export function pairFor(bucket: SurveyedBucket, id: string, replace: boolean): ProposedPair {
  const { name, encryption, replication, objectLockDays } = bucket;
  const keyArns =
    encryption === UNKNOWN || encryption.keyArn === null || encryption.keyArn === UNKNOWN ? [] : [encryption.keyArn];
  const locked = typeof objectLockDays === 'number';
  return {
    written: {
      id,
      sourceBucket: {
        name,
        ...(keyArns.length > 0 && { keyArns }),
        ...(replication !== null && replication !== UNKNOWN && joining(replication, replace)),
      },
      ...(locked && { sourceObjectLock: true, objectLock: { mode: 'GOVERNANCE', days: Math.max(1, objectLockDays) } }),
    },
    notes: [...objectNotes(bucket), ...choiceNotes(bucket, replace)],
    bucket,
    unknown: bucket.unknown.map((setting) => `pair ${id}, bucket ${name}: ${setting}`),
  };
}

function joining({ roleArn, rules }: Replication, replace: boolean): { roleArn: string } | { replaces: string[] } {
  return replace ? { replaces: rules.flatMap(({ id }) => id ?? []) } : { roleArn };
}

/** Why a bucket cannot be a source bucket as it is. */
export function bucketProblems({ name, versioning, replication }: SurveyedBucket, region: string, replace: boolean): Problem[] {
  const path = `bucket ${name}`;
  const enable = `aws s3api put-bucket-versioning --bucket ${commandLine([name])} --versioning-configuration Status=Enabled --region ${region}`;
  return [
    ...(versioning === 'Enabled' || versioning === UNKNOWN
      ? []
      : [
          {
            path,
            found: `versioning ${versioning}`,
            remedy: `S3 replicates only from a bucket with versioning, which nobody can switch off again; if you want that: ${enable}`,
          },
        ]),
    ...(replace && replication === null
      ? [{ path, found: '--replace-rules', remedy: 'the bucket has no replication rules; leave the option out' }]
      : []),
    ...(replace && replication === UNKNOWN
      ? [
          {
            path,
            found: '--replace-rules',
            remedy: 'its replication rules could not be read; use credentials with s3:GetReplicationConfiguration',
          },
        ]
      : []),
    ...(replace && replication !== null && replication !== UNKNOWN && replication.rules.some(({ id }) => id === null)
      ? [{ path, found: 'a rule without an id', remedy: 'only rules with an id can be replaced; leave --replace-rules out' }]
      : []),
  ];
}

/**
 * What becomes of the objects of a bucket.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
function objectNotes(bucket: SurveyedBucket): string[] {
  const { objects, bytes: size, archivedBytes } = bucket;
  const older =
    objects === UNKNOWN || size === UNKNOWN
      ? 'How many objects are older than the rule is unknown.'
      : `About ${plural(objects, 'object')} (${bytes(size)}, all versions) are older than the rule.`;
  return [
    'New objects replicate from the deployment on.',
    `${older} Live replication does not send them: "backfill" does.`,
    ...(archivedBytes === 0
      ? []
      : [
          `${archivedBytes === UNKNOWN ? 'Objects' : bytes(archivedBytes)} in S3 Glacier Flexible Retrieval, Deep Archive or an archive tier of Intelligent-Tiering cannot be replicated. Restore them and copy them to another storage class first.`,
        ]),
    encryptionNote(bucket),
    'Objects under SSE-C replicate under the same key of their writer: nobody else can read, audit or restore them. Objects that are replicas of another bucket replicate only with "backfill --status REPLICA".',
  ];
}

function encryptionNote({ encryption }: SurveyedBucket): string {
  if (encryption === UNKNOWN) {
    return 'Default encryption is unknown. Objects under a KMS key fail to replicate until sourceBucket.keyArns has the key.';
  }
  const { algorithm, keyArn } = encryption;
  if (keyArn === null) {
    return 'Default encryption is SSE-S3: these objects replicate under SSE-S3, not under the replica key. Objects under a KMS key fail to replicate until sourceBucket.keyArns has the key.';
  }
  const kind = algorithm === 'aws:kms:dsse' ? 'DSSE-KMS' : 'SSE-KMS';
  const key =
    keyArn === UNKNOWN
      ? `Default encryption is ${kind} under a key whose ARN is unknown: add it to sourceBucket.keyArns, or its objects fail to replicate.`
      : `Default encryption is ${kind}: its key is in keyArns, and the replicas are ${kind} under the replica key.`;
  return `${key} Objects under SSE-S3 replicate under SSE-S3. Objects under another KMS key fail to replicate until keyArns has that key.`;
}

/** Why the pair is written as it is. */
function choiceNotes({ replication, objectLockDays, versioning }: SurveyedBucket, replace: boolean): string[] {
  return [
    ...(versioning === UNKNOWN
      ? ['Versioning is unknown: the deployment fails, and changes nothing, if it is not enabled.']
      : []),
    ...replicationNote(replication, replace),
    ...(objectLockDays === UNKNOWN
      ? [
          'Object Lock is unknown. If the bucket has it, write sourceObjectLock and objectLock: S3 replicates from it only into a bucket with Object Lock.',
        ]
      : []),
    ...(typeof objectLockDays === 'number'
      ? [
          `The bucket has Object Lock, so the replica bucket gets it too, permanently. GOVERNANCE for ${plural(Math.max(1, objectLockDays), 'day')} is what can be undone best; retention of an object itself is replicated with it.`,
        ]
      : []),
  ];
}

function replicationNote(replication: SurveyedBucket['replication'], replace: boolean): string[] {
  if (replication === null) {
    return [];
  }
  if (replication === UNKNOWN) {
    return [
      'Replication is unknown. If the bucket replicates already, write sourceBucket.roleArn or sourceBucket.replaces, or the deployment is refused.',
    ];
  }
  const { roleArn, rules } = replication;
  const named = rules.map(({ id, destination }) => `${id ?? 'a rule without an id'} to ${destination}`).join(', ');
  return [
    replace
      ? `The bucket replicates already: ${named}. These rules are removed in the request that writes the new one.`
      : `The bucket replicates already: ${named}. These rules stay, and the new one joins under role ${roleArn}, which needs the permissions that "doctor" prints. --replace-rules would remove them instead.`,
  ];
}

/** Names that a pair could have: what a bucket name has that an id has not is left out. */
export function idFor(
  bucket: string,
  {
    deployment,
    regions,
    taken,
  }: { readonly deployment: string; readonly regions: readonly string[]; readonly taken: readonly string[] },
): string {
  const room = Math.min(...regions.map((region) => longestNamePrefix(region, 'account-regional'))) - deployment.length - 1;
  const shortened = (text: string, length: number) => text.slice(0, Math.max(1, length)).replace(/^-+|-+$/g, '');
  const plain = shortened(bucket.replaceAll(/[^a-z0-9]+/g, '-'), room);
  const candidates = [
    plain,
    ...Array.from({ length: taken.length + 1 }, (_, index) => `${shortened(plain, room - 4)}-${index + 2}`),
  ];
  return candidates.find((candidate) => !taken.includes(candidate)) ?? plain;
}
