import { createHash } from 'node:crypto';
import {
  GetBucketOwnershipControlsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { isAccessDenied, isAwsError, unreachable } from '../../aws/aws-error';
import { readParameter } from '../../aws/parameter';
import type { AppError } from '../../errors/errors';
import type { Deployment } from '../../model/deployment';
import type { StatusWord } from '../../model/status';
import type { Canary } from './canary';
import type { ReplicaCheck } from './result';

/** What the destination's own credentials see. */
interface DestinationAccess {
  readonly config: Deployment;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  /** An emulator on this machine, which keeps the source's key and may know no owner. */
  readonly emulator: boolean;
}

/** The replica's properties, and why one of them has no answer. */
interface Inspection {
  readonly checks: readonly ReplicaCheck[];
  readonly error: AppError | undefined;
}

interface PropertyAnswer {
  readonly found: string;
  /** @default - `ok` where the expected was found, and `failed` where something else was */
  readonly status?: StatusWord;
  /** @default - what the question expects */
  readonly expected?: string;
}

interface PropertyQuestion {
  readonly name: ReplicaCheck['name'];
  readonly expected: string;
  readonly ask: () => Promise<PropertyAnswer> | PropertyAnswer;
}

const NOT_ON_EMULATOR: PropertyAnswer = { status: 'skipped', found: 'not checked on an emulator' };

/**
 * Looks at a canary's replica from the destination account. The replica is named by its key alone.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html
 * @throws AppError when the replica cannot be read at all
 */
export async function inspect(canary: Canary, destination: DestinationAccess): Promise<Inspection> {
  const head = await headReplica(canary, destination.s3, destination.config.destination.account);
  if (head === undefined) {
    return { checks: [{ name: 'status', status: 'failed', found: 'no object', expected: 'REPLICA' }], error: undefined };
  }
  const errors: AppError[] = [];
  const checks: ReplicaCheck[] = [];
  for (const { name, expected, ask } of questions(canary, head, destination)) {
    try {
      const { found, status = found === expected ? 'ok' : 'failed', expected: learned = expected } = await ask();
      checks.push({ name, status, found, expected: learned });
    } catch (cause) {
      const error = unreachable(`${name} of s3://${canary.replicaBucket}/${canary.key}`, cause);
      errors.push(error);
      checks.push({ name, status: 'unknown', found: error.message, expected });
    }
  }
  return { checks, error: errors[0] };
}

function questions(canary: Canary, head: ReplicaHead, destination: DestinationAccess): PropertyQuestion[] {
  const { output } = head;
  const { account } = destination.config.destination;
  return [
    { name: 'status', expected: 'REPLICA', ask: () => ({ found: output.ReplicationStatus ?? 'none' }) },
    { name: 'key', expected: 'the replica key', ask: () => checkKey(output, destination) },
    // S3 leaves this header out for the standard class.
    { name: 'storage-class', expected: canary.pair.storageClass, ask: () => ({ found: output.StorageClass ?? 'STANDARD' }) },
    { name: 'tags', expected: describeTags(Object.entries(canary.tags)), ask: () => readTags(canary, destination) },
    {
      name: 'size',
      expected: `${Buffer.byteLength(canary.body)} bytes`,
      ask: () => ({ found: `${output.ContentLength ?? 0} bytes` }),
    },
    { name: 'checksum', expected: canary.sha256, ask: () => readChecksum(canary, output, destination) },
    { name: 'owner', expected: `account ${account}, BucketOwnerEnforced`, ask: () => checkOwner(canary, head, destination) },
  ];
}

/** The replica key is the one that the destination publishes. */
async function checkKey(
  { ServerSideEncryption: encryption, SSEKMSKeyId: found }: HeadObjectCommandOutput,
  { config, ssm, emulator }: DestinationAccess,
): Promise<PropertyAnswer> {
  if (emulator) {
    return NOT_ON_EMULATOR;
  }
  const parameter = config.names.destination.keyParameter;
  try {
    const expected = await readParameter(ssm, parameter);
    return {
      found: found ?? encryption ?? 'none',
      expected,
      status: found !== undefined && found === expected ? 'ok' : 'failed',
    };
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) {
      return {
        status: 'failed',
        found: found ?? encryption ?? 'none',
        expected: `the key ARN in SSM parameter ${parameter}, which is not there`,
      };
    }
    throw unreachable(`SSM parameter ${parameter}`, error);
  }
}

async function readTags({ replicaBucket, key }: Canary, { s3, config }: DestinationAccess): Promise<PropertyAnswer> {
  const { TagSet = [] } = await s3.send(
    new GetObjectTaggingCommand({ Bucket: replicaBucket, Key: key, ExpectedBucketOwner: config.destination.account }),
  );
  return { found: describeTags(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])) };
}

async function readChecksum(
  { replicaBucket, key }: Canary,
  { ChecksumSHA256: stored }: HeadObjectCommandOutput,
  { s3, config }: DestinationAccess,
): Promise<PropertyAnswer> {
  if (stored !== undefined) {
    return { found: stored };
  }
  try {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: replicaBucket, Key: key, ExpectedBucketOwner: config.destination.account }),
    );
    const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
    return { found: createHash('sha256').update(content).digest('base64') };
  } catch (error) {
    if (isAwsError(error, 'InvalidObjectState')) {
      return { status: 'unknown', found: 'not checked: S3 shows none, and an archived object cannot be read at once' };
    }
    throw error;
  }
}

/**
 * Objects of a bucket that is BucketOwnerEnforced belong to its account.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
async function checkOwner(
  { replicaBucket }: Canary,
  { ownBucket }: ReplicaHead,
  { s3, config, emulator }: DestinationAccess,
): Promise<PropertyAnswer> {
  const { account } = config.destination;
  if (!ownBucket) {
    return { found: `bucket ${replicaBucket} belongs to another account` };
  }
  try {
    const { OwnershipControls: controls } = await s3.send(
      new GetBucketOwnershipControlsCommand({ Bucket: replicaBucket, ExpectedBucketOwner: account }),
    );
    return { found: `account ${account}, ${controls?.Rules?.[0]?.ObjectOwnership ?? 'none'}` };
  } catch (error) {
    if (isAwsError(error, 'OwnershipControlsNotFoundError')) {
      return emulator ? NOT_ON_EMULATOR : { found: `account ${account}, none` };
    }
    throw error;
  }
}

function describeTags(tags: readonly (readonly [string, string])[]): string {
  return JSON.stringify(Object.fromEntries(tags.toSorted(([one], [other]) => (one < other ? -1 : 1))));
}

/** What S3 says of a replica without its content. */
interface ReplicaHead {
  readonly output: HeadObjectCommandOutput;
  /** Whether S3 answered a request that only the destination account's bucket answers. */
  readonly ownBucket: boolean;
}

/**
 * Asks for everything first, then for less: reading the checksum takes kms:Decrypt, and a bucket of another account answers only
 * when nobody insists on its owner.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 * @returns undefined when there is no replica
 * @throws AppError when S3 gives no answer
 */
async function headReplica({ replicaBucket, key }: Canary, s3: S3Client, account: string): Promise<ReplicaHead | undefined> {
  const owner = { ExpectedBucketOwner: account };
  const attempts = [{ ...owner, ChecksumMode: 'ENABLED' } as const, owner, {}];
  let denial: unknown;
  for (const attempt of attempts) {
    try {
      const output = await s3.send(new HeadObjectCommand({ Bucket: replicaBucket, Key: key, ...attempt }));
      return { output, ownBucket: 'ExpectedBucketOwner' in attempt };
    } catch (error) {
      if (isAwsError(error, 'NotFound', 'NoSuchKey')) {
        return undefined;
      }
      if (!isAccessDenied(error)) {
        throw unreachable(`replica s3://${replicaBucket}/${key}`, error);
      }
      denial = error;
    }
  }
  throw unreachable(`replica s3://${replicaBucket}/${key}`, denial);
}
