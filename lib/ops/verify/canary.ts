import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { denialHint, httpStatusOf, isAccessDenied, isNoVerdict, noAnswer } from '../../aws/aws-error';
import type { Clock } from '../../aws/clock';
import { networkFault } from '../../aws/network-fault';
import { AppError, messageOf, UnreachableError, UsageError } from '../../errors/errors';
import { canaryTags, MAX_KEY_BYTES, taggingOf } from '../../model/canary';
import type { DeployedPair, Deployment } from '../../model/deployment';
import { CANARY_FOLDER, canaryPrefix } from '../../model/names';

/** A small object that is written to see replication happen. */
export interface Canary {
  readonly pair: DeployedPair;
  readonly sourceBucket: string;
  readonly replicaBucket: string;
  readonly key: string;
  readonly body: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Base64, as S3 writes it. */
  readonly sha256: string;
}

/**
 * The canary of a pair: its key and tags match the pair's filter.
 *
 * @param random what tells it from every other canary
 * @throws UsageError when the filter's prefix leaves no room for a key
 */
export function canaryOf(config: Pick<Deployment, 'tags'>, pair: DeployedPair, now: Date, random: string): Canary {
  const names = pair.names;
  const time = now.toISOString().replace(/\.\d+|[-:]/g, '');
  const key = `${canaryPrefix(pair)}${time}-${random}`;
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    throw new UsageError(
      'PrefixTooLong',
      `the prefix of pair ${pair.id} leaves no room for the key of a canary, such as ${CANARY_FOLDER}${time}-${random}`,
      'choose other pairs with --pair',
    );
  }
  const body = `canary of ${names.ruleId}, ${time}, ${random}\n`;
  return {
    pair,
    sourceBucket: names.sourceBucket.name,
    replicaBucket: names.replicaBucket.name,
    key,
    body,
    tags: canaryTags(config, pair),
    sha256: createHash('sha256').update(body).digest('base64'),
  };
}

/** A canary in its source bucket. */
export interface WrittenCanary extends Canary {
  readonly versionId: string;
  readonly writtenAt: Date;
}

/** Why a canary could not be written. */
export interface FailedWrite {
  readonly ended: 'NOT_WRITTEN' | 'UNKNOWN';
  readonly error: AppError;
  /** S3 did not say that it refused. */
  readonly maybeWritten: boolean;
}

/**
 * Writes a canary. The request names no encryption, so that the bucket's own applies as to any object.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function writeCanary(
  canary: Canary,
  { source }: Deployment,
  s3: S3Client,
  clock: Clock,
): Promise<WrittenCanary | FailedWrite> {
  try {
    const { VersionId: versionId } = await s3.send(
      new PutObjectCommand({
        Bucket: canary.sourceBucket,
        Key: canary.key,
        Body: canary.body,
        ContentType: 'text/plain',
        ChecksumSHA256: canary.sha256,
        Tagging: taggingOf(canary.tags),
        ExpectedBucketOwner: source.account,
      }),
    );
    // A bucket without versioning returns none, and takes "null" for its only version.
    return { ...canary, versionId: versionId ?? 'null', writtenAt: clock.now() };
  } catch (error) {
    return failedWrite(canary.sourceBucket, error);
  }
}

function failedWrite(bucket: string, cause: unknown): FailedWrite {
  const what = `no canary could be written to s3://${bucket}`;
  const status = httpStatusOf(cause) ?? 0;
  if (status !== 403 && !isNoVerdict(cause)) {
    const error = new AppError('NotWritten', `${what}: ${messageOf(cause)}`, undefined, { cause });
    return { ended: 'NOT_WRITTEN', error, maybeWritten: false };
  }
  const { code, reason, hint } = noAnswer(cause);
  const advice = isAccessDenied(cause)
    ? denialHint(cause, 'use credentials of the source account that may write to this bucket')
    : (hint ?? 'check the network and the credentials, then repeat the command');
  return {
    ended: 'UNKNOWN',
    error: new UnreachableError(code, `${what}: ${reason}`, advice, { cause }),
    // Without a connection nothing was sent.
    maybeWritten: networkFault(cause)?.passing ?? [0, 200, 500].includes(status),
  };
}
