import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  bucketRegionIn,
  httpStatusOf,
  isAccessDenied,
  isAwsError,
  isDeniedByOrganization,
  isOtherRegion,
  unreachable,
} from '../../aws/aws-error';
import type { Clients } from '../../aws/clients';
import type { Clock } from '../../aws/clock';
import { isEmulator } from '../../aws/emulator';
import { nextToken } from '../../aws/listing/next-token';
import { readDailyMetrics } from '../../aws/metrics';
import type { SideName } from '../../config/replication-config';
import { withoutArn } from '../../config/schema';
import { messageOf } from '../../errors/errors';
import { someAtOnce } from '../explain/read-object';

/** Something that these credentials may not read. It is never taken for nothing. */
export const UNKNOWN = 'unknown';

export type Known<T> = T | typeof UNKNOWN;

/** The default encryption of a bucket. */
export interface Encryption {
  readonly algorithm: string;
  /** ARN of the KMS key; null for SSE-S3. */
  readonly keyArn: Known<string> | null;
  /** Whether AWS manages the key, which other accounts then cannot use. @default - it does not */
  readonly isManagedByAws?: true;
}

/** A replication that a bucket has already. */
export interface Replication {
  readonly roleArn: string;
  readonly rules: readonly { readonly id: string | null; readonly status: string; readonly destination: string }[];
}

/** What AWS says of a bucket. */
export interface SurveyedBucket {
  readonly name: string;
  /** `Disabled` where it was never switched on. */
  readonly versioning: Known<'Enabled' | 'Suspended' | 'Disabled'>;
  readonly encryption: Known<Encryption>;
  /** Null when there is none. */
  readonly replication: Known<Replication | null>;
  /** Days of the default retention, 0 without a default; null without Object Lock. */
  readonly objectLockDays: Known<number | null>;
  /** Such as `BucketOwnerEnforced`; null where it was never set. @default - the bucket is not asked: it is none for replicas */
  readonly ownership?: Known<string | null>;
  /** Who pays for requests. @default - the bucket is not asked: it is none for replicas, or an emulator's */
  readonly payer?: Known<string>;
  /** Of every version, delete marker and part of an incomplete upload, a day or two ago. */
  readonly objects: Known<number>;
  readonly bytes: Known<number>;
  /** Bytes in archive classes and tiers, which cannot be replicated. */
  readonly archivedBytes: Known<number>;
  /** What could not be read, and why. */
  readonly unknown: readonly string[];
}

/** A bucket that cannot be used, and what to do instead. */
export interface UnusableBucket {
  readonly name: string;
  readonly problem: string;
  readonly remedy: string;
}

/** What the survey asks with. */
export interface Surveyor {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly side: SideName;
  /** The account and Region of that side. */
  readonly place: { readonly account: string; readonly region: string };
}

/**
 * The names of the account's buckets in the Region.
 *
 * @throws UnreachableError when they cannot be listed
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
 */
export async function listBuckets({ clients, side, place: { region } }: Surveyor): Promise<string[]> {
  const names: string[] = [];
  try {
    const s3 = await clients.s3(side);
    let token: string | undefined;
    do {
      const answer = await s3.send(new ListBucketsCommand({ BucketRegion: region, MaxBuckets: 1000, ContinuationToken: token }));
      names.push(
        ...(answer.Buckets ?? [])
          .filter(({ BucketRegion: own = region }) => own === region)
          .flatMap(({ Name: name }) => name ?? []),
      );
      token = nextToken('buckets', token, answer.ContinuationToken);
    } while (token !== undefined);
  } catch (error) {
    throw unreachable('the list of buckets', error);
  }
  return names;
}

/** Reads what matters of several buckets, some at a time, in order. */
export function surveyAll(surveyor: Surveyor, names: readonly string[]): Promise<(SurveyedBucket | UnusableBucket)[]> {
  return someAtOnce(names, (name) => survey(surveyor, name));
}

/**
 * Reads what matters of a bucket.
 *
 * @throws UnreachableError when AWS does not answer, for another reason than a missing permission
 */
async function survey(surveyor: Surveyor, name: string): Promise<SurveyedBucket | UnusableBucket> {
  const { clients, side, place } = surveyor;
  const s3 = await clients.s3(side);
  const bucket = { Bucket: name, ExpectedBucketOwner: place.account };
  const unusable = await whyUnusable(s3, bucket, surveyor);
  if (unusable !== undefined) {
    return { name, ...unusable };
  }
  const unknown: string[] = [];
  const ask = async <T>(what: string, question: () => Promise<T>, unset?: string): Promise<T | typeof UNKNOWN | undefined> => {
    try {
      return await question();
    } catch (error) {
      if (unset !== undefined && isAwsError(error, unset)) {
        return undefined;
      }
      if (!isAccessDenied(error) && !isDeniedByOrganization(error)) {
        throw unreachable(`${what} of bucket ${name}`, error);
      }
      unknown.push(`${what}: ${messageOf(error)}`);
      return UNKNOWN;
    }
  };
  const [versioning, encryption, replication, objectLockDays, forReplicas, sizes] = await Promise.all([
    ask('versioning', async () => (await s3.send(new GetBucketVersioningCommand(bucket))).Status ?? 'Disabled'),
    ask('default encryption', () => encryptionOf(surveyor, s3, bucket, ask), 'ServerSideEncryptionConfigurationNotFoundError'),
    ask('replication', () => replicationOf(s3, bucket), 'ReplicationConfigurationNotFoundError'),
    ask('Object Lock', () => objectLockOf(s3, bucket), 'ObjectLockConfigurationNotFoundError'),
    side === 'source' ? {} : settingsForReplicas(s3, bucket, ask),
    sizesOf(surveyor, name),
  ]);
  return {
    name,
    versioning: versioning as SurveyedBucket['versioning'],
    // Since 2023 every bucket has one.
    encryption: encryption ?? { algorithm: 'AES256', keyArn: null },
    replication: replication ?? null,
    objectLockDays: objectLockDays ?? null,
    ...forReplicas,
    ...sizes,
    unknown,
  };
}

interface OwnBucket {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

async function whyUnusable(
  s3: S3Client,
  bucket: OwnBucket,
  { side, place: { account, region } }: Surveyor,
): Promise<Omit<UnusableBucket, 'name'> | undefined> {
  try {
    const found = await regionOfBucket(s3, bucket);
    return found === undefined || found === region ? undefined : elsewhere(found, { side, region });
  } catch (error) {
    if (isOtherRegion(error)) {
      return elsewhere(bucketRegionIn(error), { side, region });
    }
    if (httpStatusOf(error) === 404) {
      return {
        problem: 'there is no such bucket',
        remedy:
          side === 'source'
            ? 'correct its name, or make a new one with --new'
            : 'correct its name, or leave it out: the deployment makes one',
      };
    }
    if (isAccessDenied(error)) {
      return {
        problem: `account ${account} does not own it, or these credentials may not use it`,
        remedy: `name a bucket of account ${account}, or use credentials with s3:ListBucket on it`,
      };
    }
    throw unreachable(`bucket ${bucket.Bucket}`, error);
  }
}

/**
 * The Region of a bucket. Where HEAD is refused, which says no reason, another request says it, or shows that the bucket is the account's.
 *
 * @returns undefined where S3 does not say it
 */
async function regionOfBucket(s3: S3Client, bucket: OwnBucket): Promise<string | undefined> {
  try {
    return (await s3.send(new HeadBucketCommand(bucket))).BucketRegion;
  } catch (error) {
    if (![400, 403].includes(httpStatusOf(error) ?? 0)) {
      throw error;
    }
    await s3.send(new GetBucketVersioningCommand(bucket));
    return bucketRegionIn(error);
  }
}

function elsewhere(
  found: string | undefined,
  { side, region }: { readonly side: SideName; readonly region: string },
): Omit<UnusableBucket, 'name'> {
  return {
    problem: `it is in ${found ?? 'another Region'}, and the ${side} Region is ${region}`,
    remedy: `write --${side}-region ${found ?? 'REGION'}; buckets of several Regions need a configuration each`,
  };
}

type Ask = <T>(what: string, question: () => Promise<T>, unset?: string) => Promise<T | typeof UNKNOWN | undefined>;

/**
 * What a bucket has to have so that replicas belong to its account, and S3 writes any.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
 */
async function settingsForReplicas(
  s3: S3Client,
  bucket: OwnBucket,
  ask: Ask,
): Promise<Pick<SurveyedBucket, 'ownership' | 'payer'>> {
  const [ownership, payer] = await Promise.all([
    ask(
      'object ownership',
      async () =>
        (await s3.send(new GetBucketOwnershipControlsCommand(bucket))).OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? null,
      'OwnershipControlsNotFoundError',
    ),
    isEmulator()
      ? undefined
      : ask('payer of requests', async () => (await s3.send(new GetBucketRequestPaymentCommand(bucket))).Payer ?? UNKNOWN),
  ]);
  return { ownership: ownership ?? null, ...(payer !== undefined && { payer }) };
}

async function encryptionOf(surveyor: Surveyor, s3: S3Client, bucket: OwnBucket, ask: Ask): Promise<Encryption> {
  const { ServerSideEncryptionConfiguration: found } = await s3.send(new GetBucketEncryptionCommand(bucket));
  const { SSEAlgorithm: algorithm = 'AES256', KMSMasterKeyID: key } = found?.Rules?.[0]?.ApplyServerSideEncryptionByDefault ?? {};
  if (!algorithm.startsWith('aws:kms')) {
    return { algorithm, keyArn: null };
  }
  // Without a key it is the one that AWS manages.
  const id = key ?? 'alias/aws/s3';
  const keyArn = isKeyArn(id)
    ? id
    : await ask(`the ARN of key ${id}`, async () => keyArnOf(await surveyor.clients.kms(surveyor.side), id));
  return { algorithm, keyArn: keyArn ?? UNKNOWN, ...(/(^|:)alias\/aws\//.test(id) && { isManagedByAws: true }) };
}

/** Whether a key is named by its ARN, and not by an alias or its id. */
export function isKeyArn(key: string): boolean {
  return /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\//.test(key);
}

async function keyArnOf(kms: KMSClient, id: string): Promise<string | undefined> {
  return (await kms.send(new DescribeKeyCommand({ KeyId: id }))).KeyMetadata?.Arn;
}

async function replicationOf(s3: S3Client, bucket: OwnBucket): Promise<Replication | undefined> {
  const { ReplicationConfiguration: found } = await s3.send(new GetBucketReplicationCommand(bucket));
  return found === undefined ? undefined : { roleArn: found.Role ?? '', rules: (found.Rules ?? []).map(ruleOf) };
}

function ruleOf({ ID: id, Status: status = 'Enabled', Destination: destination }: ReplicationRule): Replication['rules'][number] {
  return { id: id ?? null, status, destination: withoutArn(destination?.Bucket ?? '') };
}

async function objectLockOf(s3: S3Client, bucket: OwnBucket): Promise<number | undefined> {
  const { ObjectLockConfiguration: found } = await s3.send(new GetObjectLockConfigurationCommand(bucket));
  const { Days: days = 0, Years: years = 0 } = found?.Rule?.DefaultRetention ?? {};
  return found?.ObjectLockEnabled === 'Enabled' ? days + years * 365 : undefined;
}

/**
 * The storage types of {@link https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html}, archives first. What each
 * object adds in overhead is left out.
 */
const ARCHIVES = ['GlacierStorage', 'DeepArchiveStorage', 'IntelligentTieringAAStorage', 'IntelligentTieringDAAStorage'];
const STORAGE_TYPES = [
  ...ARCHIVES,
  'StandardStorage',
  'StandardIAStorage',
  'OneZoneIAStorage',
  'GlacierInstantRetrievalStorage',
  'IntelligentTieringFAStorage',
  'IntelligentTieringIAStorage',
  'IntelligentTieringAIAStorage',
  'ReducedRedundancyStorage',
];

async function sizesOf(
  { clients, clock, side }: Surveyor,
  name: string,
): Promise<Pick<SurveyedBucket, 'objects' | 'bytes' | 'archivedBytes'>> {
  const [objects, ...bytes] = await readDailyMetrics({ clients, clock, side }, name, [
    { metric: 'NumberOfObjects', storageType: 'AllStorageTypes' },
    ...STORAGE_TYPES.map((storageType) => ({ metric: 'BucketSizeBytes' as const, storageType })),
  ]);
  const sum = (values: readonly (number | undefined)[]) => values.reduce<number>((total, value = 0) => total + value, 0);
  // S3 writes no value of a type that the bucket does not have, and none at all in its first day.
  return objects === undefined
    ? { objects: UNKNOWN, bytes: UNKNOWN, archivedBytes: UNKNOWN }
    : { objects, bytes: sum(bytes), archivedBytes: sum(bytes.slice(0, ARCHIVES.length)) };
}
