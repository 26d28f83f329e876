import { HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import {
  faultInWords,
  isAccessDenied,
  isBadCredentials,
  isMissingObject,
  isNoNetwork,
  isOtherRegion,
  unreachable,
} from '../../../aws/aws-error';
import { isEmulator } from '../../../aws/emulator';
import type { Entry } from '../../../aws/listing/page';
import { readKeyArn } from '../../../aws/parameter';
import { readFirstByte, wantsCustomerKey, withReason } from '../../../aws/refusal';
import type { Context } from '../../../cli/command';
import { plural } from '../../../cli/units';
import { AppError } from '../../../errors/errors';
import { groupsOf } from '../../../model/deployment';
import { afterDays } from '../../../model/lifecycle';
import type { AuditedBucket, AuditTask } from '../task';
import { type AuditFinding, different, judgeListed, ONLY_WITH_KEY } from './listed';

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
    const parameter = group.names.destination.keyParameter;
    try {
      const replicaKeyArn = await readKeyArn(await clients.ssm('destination'), parameter);
      for (const { id } of group.pairs) {
        facts.set(id, { replicaKeyArn });
      }
    } catch (error) {
      throw unreachable(`SSM parameter ${parameter}`, error);
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
 * @returns `unknown` when not all of it was answered, `skipped` when only the customer's key would have it answered
 * @throws AppError when the person interrupts, or no version can be asked about any more
 */
export async function judgeDeep(
  { source, replica }: { readonly source: Entry | undefined; readonly replica: Entry },
  task: AuditTask,
  facts: DeepFacts,
): Promise<AuditFinding> {
  try {
    if (source === undefined) {
      return judgeExtra(await head(task.replica, replica));
    }
    const [left, right] = await Promise.all([head(task.source, source), head(task.replica, replica)]);
    return left === 'gone' || right === 'gone'
      ? judgeDeleted(source, { source: left === 'gone', replica: right === 'gone' }, task)
      : judgeDescribed(left, right, facts, task);
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    return different('unknown', false, `not looked at: ${faultInWords(error)}`);
  }
}

/** What S3 says about a version; `gone` when it was deleted since it was listed, `secret` when S3 wants the customer's key. */
type Looked = Description | 'gone' | 'secret';

function judgeExtra(replica: Looked): AuditFinding {
  if (replica === 'gone') {
    return different('deleted', false, 'in the replica bucket only, and deleted from it after it was listed');
  }
  if (replica === 'secret') {
    return different('skipped', false, `in the replica bucket only; ${ONLY_WITH_KEY}`);
  }
  return judgeExtraStatus(replica.ReplicationStatus ?? null);
}

/** Judges a version that is in the replica bucket only, by its replication status. */
export function judgeExtraStatus(status: string | null): AuditFinding {
  return status === 'REPLICA'
    ? different('extra', false, 'a replica whose source version was deleted since', status)
    : different('extra', true, 'no replica: somebody wrote it into the replica bucket', status);
}

/** Judges the replication statuses of a version of both sides; undefined where they are as they should be. */
export function judgeStatuses(source: string | null, replica: string | null): AuditFinding | undefined {
  if (replica !== 'REPLICA') {
    return different('status', true, `the version in the replica bucket is not a replica (${replica ?? 'no status'})`, source);
  }
  return source === 'PENDING' || source === 'FAILED'
    ? different('status', false, `the source says ${source}, though the replica is there`, source, 'explain')
    : undefined;
}

/** A replica that is deleted while its source stays is missing, unless a lifecycle rule was to delete it. */
function judgeDeleted(source: Entry, gone: { source: boolean; replica: boolean }, { pair, now }: AuditTask): AuditFinding {
  if (gone.source) {
    const where = gone.replica ? 'both buckets' : 'the source bucket';
    return different('deleted', false, `deleted from ${where} after it was listed`);
  }
  return (
    judgeListed({ source, replica: undefined }, pair, now()) ??
    different('missing', true, 'its replica was deleted from the replica bucket after it was listed')
  );
}

function judgeDescribed(
  source: Description | 'secret',
  replica: Description | 'secret',
  facts: DeepFacts,
  task: AuditTask,
): AuditFinding {
  if (source === 'secret' && replica === 'secret') {
    return different('skipped', false, `alike by the listings; ${ONLY_WITH_KEY}`);
  }
  return source === 'secret' || replica === 'secret' ? onlyOneSecret() : judgeBoth(source, replica, facts, task);
}

/** S3 keeps the customer's key for the replica. */
export function onlyOneSecret(): AuditFinding {
  return different('encryption', true, 'under a key of the customer (SSE-C) in one of the buckets only', null, 'explain');
}

function judgeBoth(source: Description, replica: Description, { replicaKeyArn }: DeepFacts, task: AuditTask): AuditFinding {
  const { ReplicationStatus: status = null } = source;
  const wrongStatus = judgeStatuses(status, replica.ReplicationStatus ?? null);
  if (wrongStatus !== undefined) {
    return wrongStatus;
  }
  const wrong = judgeKey(source, replica, replicaKeyArn) ?? judgeChecksum(source, replica) ?? judgeRetention(replica, task);
  if (wrong === undefined && (source.checksumDenied === true || replica.checksumDenied === true)) {
    return different('unknown', false, 'alike but for the checksum, which S3 did not say: that requires kms:Decrypt', status);
  }
  return wrong ?? { ...ALIKE, status, isDualLayer: isDualLayer(source) };
}

function isDualLayer({ ServerSideEncryption: algorithm }: HeadObjectCommandOutput): boolean {
  return algorithm === 'aws:kms:dsse';
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html */
function judgeKey(source: HeadObjectCommandOutput, replica: HeadObjectCommandOutput, expected: string | null) {
  if (expected === null) {
    return undefined;
  }
  if (replica.SSEKMSKeyId === expected) {
    const layers = [isDualLayer(source), isDualLayer(replica)] as const;
    return layers[0] === layers[1] ? undefined : otherLayers(layers[0], source.ReplicationStatus ?? null);
  }
  const found = replica.SSEKMSKeyId ?? replica.ServerSideEncryption ?? 'no encryption';
  const inherited = source.ServerSideEncryption === 'AES256' && replica.ServerSideEncryption === 'AES256';
  return otherKey(inherited, `under ${found}, not under ${expected}`, source.ReplicationStatus ?? null);
}

/**
 * Says that one of both versions is under DSSE-KMS and the other one is not: S3 writes replicas with the type of encryption of their source.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
 */
export function otherLayers(inSource: boolean, status: string | null): AuditFinding {
  return different('encryption', true, `under DSSE-KMS in the ${inSource ? 'source' : 'replica'} bucket only`, status, 'explain');
}

/**
 * Says that a replica is not under the replica key.
 *
 * @param inherited whether both are under SSE-S3: what was uploaded under SSE-S3 is replicated under SSE-S3
 */
export function otherKey(inherited: boolean, why: string, status: string | null): AuditFinding {
  return different(
    'encryption',
    !inherited,
    inherited ? 'uploaded under SSE-S3, and so is its replica, not under the replica key' : why,
    status,
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

/** What S3 says of a lock. */
interface Lock {
  readonly ObjectLockMode?: string | undefined;
  readonly ObjectLockRetainUntilDate?: Date | undefined;
}

/**
 * A replica with more days left than the bound allows had more when it was written. S3 says the retention only to a caller with s3:GetObjectRetention.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-managing-retention-limits
 */
export function judgeRetention(
  { ObjectLockMode: mode, ObjectLockRetainUntilDate: until }: Lock,
  { pair, now }: Pick<AuditTask, 'pair' | 'now'>,
): AuditFinding | undefined {
  const most = pair.objectLock?.maximumRetentionDays;
  return most === undefined || until === undefined || until.getTime() <= afterDays(now(), most).getTime()
    ? undefined
    : different(
        'retention',
        true,
        `locked (${mode}) until ${until.toISOString()}, for longer than ${plural(most, 'day')} from now`,
      );
}

/** Reading a checksum takes kms:Decrypt, so without it the rest is asked alone. */
async function head({ name, s3, requests }: AuditedBucket, { key, versionId }: Entry): Promise<Looked> {
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
    if (isMissingObject(error)) {
      return 'gone';
    }
    if (wantsCustomerKey(error)) {
      return 'secret';
    }
    throw isBadCredentials(error) || isNoNetwork(error) || isOtherRegion(error) ? unreachable(`bucket ${name}`, error) : error;
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
