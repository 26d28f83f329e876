import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { httpStatusOf, isAccessDenied, isAwsError } from '../../aws/aws-error';
import type { Clock } from '../../aws/clock';
import type { ReplicationConfig } from '../../config/replication-config';
import { AppError, messageOf, UnreachableError } from '../../errors/errors';
import { type Canary, taggingHeader } from './canary';
import type { PlacedCanary } from './observe';

/** Why a canary could not be written. */
export interface NotPlaced {
  readonly status: 'NOT_WRITTEN' | 'UNKNOWN';
  readonly error: AppError;
  /** S3 did not say that it refused. */
  readonly maybeWritten: boolean;
}

/**
 * Writes a canary. The request names no encryption, so that the bucket's own applies as to any object.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */
export async function place(
  canary: Canary,
  { source }: ReplicationConfig,
  s3: S3Client,
  clock: Clock,
): Promise<PlacedCanary | NotPlaced> {
  try {
    const { VersionId: versionId } = await s3.send(
      new PutObjectCommand({
        Bucket: canary.sourceBucket,
        Key: canary.key,
        Body: canary.body,
        ContentType: 'text/plain',
        ChecksumSHA256: canary.sha256,
        Tagging: taggingHeader(canary),
        ExpectedBucketOwner: source.account,
      }),
    );
    // A bucket without versioning returns none, and takes "null" for its only version.
    return { ...canary, versionId: versionId ?? 'null', placedAt: clock.now() };
  } catch (error) {
    return notPlaced(canary.sourceBucket, error);
  }
}

/** Codes for credentials, and for haste, among the answers that otherwise say that something is wrong with the request. */
const NO_VERDICT = ['ExpiredToken', 'InvalidToken', 'RequestTimeout', 'TokenRefreshRequired'];

function notPlaced(bucket: string, cause: unknown): NotPlaced {
  const message = `no canary could be written to s3://${bucket}: ${messageOf(cause)}`;
  const status = httpStatusOf(cause) ?? 0;
  if (status >= 400 && status < 500 && ![403, 429].includes(status) && !isAwsError(cause, ...NO_VERDICT)) {
    return { status: 'NOT_WRITTEN', error: new AppError('NotWritten', message, undefined, { cause }), maybeWritten: false };
  }
  const hint = isAccessDenied(cause) ? 'use credentials of the source account that may write to this bucket' : undefined;
  return {
    status: 'UNKNOWN',
    error: new UnreachableError('NoAnswer', message, hint ?? 'check the network and the credentials, then repeat the command', {
      cause,
    }),
    maybeWritten: status === 0 || status === 500,
  };
}
