import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { httpStatusOf, isAccessDenied, isBadCredentials, isNoNetwork, unanswered } from '../../../aws/aws-error';
import { isEmulator } from '../../../aws/emulator';
import type { Entry } from '../../../aws/listing/scan-page';
import { readFirstByte, wantsCustomerKey, withReason } from '../../../aws/refusal';
import type { Context } from '../../../cli/command';
import { AppError, messageOf } from '../../../errors/errors';
import { groupsOf } from '../../../model/groups';
import { namesOf } from '../../../model/names';
import type { AuditedBucket } from '../task';
import { type AuditFinding, different, type Sides } from './listed';

/** What replicas are compared with. */
export interface DeepFacts {
  /** ARN of the replica key; null where keys are not looked at: on an emulator, which keeps the source's. */
  readonly replicaKeyArn: string | null;
}

/**
 * Reads what replicas are compared with, by id of the pair: each group has a key of its own.
 *
 * @throws AppError when nobody says which key the replicas should be under
 */
export async function readDeepFacts({ clients, config, pairs }: Context): Promise<ReadonlyMap<string, DeepFacts>> {
  const facts = new Map<string, DeepFacts>();
  for (const group of isEmulator() ? [] : groupsOf({ ...config, pairs })) {
    const parameter = namesOf(group).destination.keyParameter;
    try {
      const ssm = await clients.ssm('destination');
      const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name: parameter }));
      for (const { id } of group.pairs) {
        facts.set(id, { replicaKeyArn: found?.Value ?? null });
      }
    } catch (error) {
      throw unanswered(`SSM parameter ${parameter}`, error);
    }
  }
  return facts;
}

/** What S3 says about a version. */
interface Description extends HeadObjectCommandOutput {
  /** S3 refused to say the checksum: that takes kms:Decrypt. */
  readonly checksumDenied?: true;
}

const ALIKE: AuditFinding = { state: 'same', wrong: false, why: 'alike' };

/**
 * Asks for status, key and checksum of both versions, or of one that is in the replica bucket only.
 *
 * @returns undefined when one was deleted since it was listed; `unknown` when not all of it was answered
 * @throws AppError when the person interrupts, or no version can be asked about any more
 */
export async function judgeDeep(
  sides: Sides,
  buckets: { readonly source: AuditedBucket; readonly replica: AuditedBucket },
  facts: DeepFacts,
): Promise<AuditFinding | undefined> {
  try {
    if (sides.source === undefined) {
      return judgeExtra(await head(buckets.replica, sides.replica));
    }
    if (sides.replica === undefined) {
      return undefined;
    }
    const [source, replica] = await Promise.all([head(buckets.source, sides.source), head(buckets.replica, sides.replica)]);
    return source === undefined || replica === undefined ? undefined : judgeBoth(source, replica, facts);
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    const why = wantsCustomerKey(error)
      ? 'S3 describes an object under a key of the customer (SSE-C) only to a caller that sends the key'
      : messageOf(error);
    return different('unknown', false, `not looked at: ${why}`);
  }
}

function judgeExtra(replica: HeadObjectCommandOutput | undefined): AuditFinding | undefined {
  if (replica === undefined) {
    return undefined;
  }
  const { ReplicationStatus: status = null } = replica;
  return status === 'REPLICA'
    ? different('extra', false, 'a replica whose source version was deleted since', status)
    : different('extra', true, 'no replica: somebody wrote it into the replica bucket', status);
}

function judgeBoth(source: Description, replica: Description, { replicaKeyArn }: DeepFacts): AuditFinding {
  const { ReplicationStatus: status = null } = source;
  if (replica.ReplicationStatus !== 'REPLICA') {
    const found = replica.ReplicationStatus ?? 'no status';
    return different('status', true, `the version in the replica bucket is no replica (${found})`, status);
  }
  if (status === 'PENDING' || status === 'FAILED') {
    return different('status', false, `the source says ${status}, though the replica is there`, status);
  }
  const wrong = judgeKey(source, replica, replicaKeyArn) ?? judgeChecksum(source, replica);
  if (wrong === undefined && (source.checksumDenied === true || replica.checksumDenied === true)) {
    return different('unknown', false, 'alike but for the checksum, which S3 did not say: that requires kms:Decrypt', status);
  }
  return wrong ?? { ...ALIKE, status };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
function judgeKey(source: HeadObjectCommandOutput, replica: HeadObjectCommandOutput, expected: string | null) {
  if (expected === null || replica.SSEKMSKeyId === expected) {
    return undefined;
  }
  const found = replica.SSEKMSKeyId ?? replica.ServerSideEncryption ?? 'no encryption';
  // What was uploaded under SSE-S3 is replicated under SSE-S3.
  const inherited = source.ServerSideEncryption === 'AES256' && replica.ServerSideEncryption === 'AES256';
  return different(
    'encryption',
    !inherited,
    inherited
      ? 'uploaded under SSE-S3, and so is its replica, not under the replica key'
      : `under ${found}, not under ${expected}`,
    source.ReplicationStatus ?? null,
  );
}

const CHECKSUMS = ['ChecksumCRC64NVME', 'ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumSHA1', 'ChecksumSHA256'] as const;

/** ETags are no checksums of what is encrypted under KMS keys. */
function judgeChecksum(source: HeadObjectCommandOutput, replica: HeadObjectCommandOutput) {
  const wrong =
    source.ChecksumType === replica.ChecksumType
      ? CHECKSUMS.find((name) => source[name] !== undefined && replica[name] !== undefined && source[name] !== replica[name])
      : undefined;
  return wrong === undefined
    ? undefined
    : different('checksum', true, `${wrong} ${source[wrong]} in the source bucket, ${replica[wrong]} in the replica bucket`);
}

/** Reading a checksum takes kms:Decrypt, so without it the rest is asked alone. */
async function head({ name, s3, requests }: AuditedBucket, { key, versionId }: Entry): Promise<Description | undefined> {
  const place = { Bucket: name, Key: key, VersionId: versionId };
  const ask = (more: { ChecksumMode?: 'ENABLED' }) =>
    requests.send('head', () => s3.send(new HeadObjectCommand({ ...place, ...more })));
  const describe = async (): Promise<Description> => {
    try {
      return await ask({ ChecksumMode: 'ENABLED' });
    } catch (error) {
      if (isAccessDenied(error)) {
        return { ...(await ask({})), checksumDenied: true };
      }
      throw error;
    }
  };
  try {
    return await withReason(describe, () => requests.send('get', () => readFirstByte(s3, place)));
  } catch (error) {
    if (httpStatusOf(error) === 404) {
      return undefined;
    }
    throw isBadCredentials(error) || isNoNetwork(error) ? unanswered(`bucket ${name}`, error) : error;
  }
}

/** Whether a sample of so many percent has a version. It always has the same ones, so that an interruption changes nothing. */
export function inSample({ key, versionId }: Entry, percent: number): boolean {
  if (percent === 0 || percent >= 100) {
    return percent >= 100;
  }
  let hash = 0x811c9dc5;
  for (const text of [key, versionId]) {
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
  }
  // The low bits of a hash of this kind follow the last character.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (((hash ^ (hash >>> 13)) >>> 0) / 0x1_0000_0000) * 100 < percent;
}
