import type { Readable } from 'node:stream';
import { GetObjectCommand, type HeadObjectCommandInput, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import { messageOf } from '../errors/errors';
import { httpStatusOf, isAwsError } from './aws-error';

/**
 * Sends a HEAD request, and reads the first byte where S3 refuses it: an answer to HEAD has no body, so it says no code, such as that
 * of expired credentials. The answer to GET says it.
 *
 * @param firstByte sends GET for the same version with `FIRST_BYTE`; for a bucket, any request whose refusal has a body
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 * @throws the error of the GET request, which has S3's code; one without a reason where S3 answers the GET request
 */
export async function withReason<Answer>(head: () => Promise<Answer>, firstByte: () => Promise<unknown>): Promise<Answer> {
  try {
    return await head();
  } catch (error) {
    if (![400, 403].includes(httpStatusOf(error) ?? 0)) {
      throw error;
    }
    await firstByte().catch((reason: unknown) => {
      // An empty object has no first byte; S3 says so only to a caller who may read it.
      throw httpStatusOf(reason) === 416 ? withoutReason(error) : reason;
    });
    throw withoutReason(error);
  }
}

/** The range of the GET request. */
export const FIRST_BYTE = 'bytes=0-0';

/** Reads the first byte with a client of the SDK. */
export async function readFirstByte(
  s3: S3Client,
  { Bucket, Key, VersionId, ExpectedBucketOwner }: HeadObjectCommandInput,
): Promise<void> {
  const { Body: body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId, ExpectedBucketOwner, Range: FIRST_BYTE }));
  (body as Readable | undefined)?.destroy();
}

/**
 * Whether S3 wants the customer's key (SSE-C), by an error that `withReason` throws.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
 */
export function wantsCustomerKey(error: unknown): boolean {
  return isAwsError(error, 'InvalidRequest') && /stored using a form of server side encryption/i.test(messageOf(error));
}

/** Of an answer that says nothing but its status. */
function withoutReason(error: unknown): Error {
  const { name, $metadata } = error as S3ServiceException;
  const said = new Error(`S3 answered ${httpStatusOf(error)} and gave no reason`, { cause: error });
  return Object.assign(said, { name, $metadata });
}
