import { Readable } from 'node:stream';
import { ListObjectVersionsCommand, type ListObjectVersionsCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { COMMAND } from '../../config/program';
import { AppError, UnreachableError } from '../../errors/errors';
import { quoted } from '../../errors/visible';
import { isAwsError, unreachable } from '../aws-error';
import type { Requests } from '../requests';
import { compareKeys } from './key-order';
import type { Page } from './page';
import { scanPage } from './scan-page';

/** A bucket, and how to ask S3 for its versions. */
export interface Bucket {
  readonly name: string;
  readonly s3: S3Client;
  readonly requests: Requests<'list'>;
  /** Below which everything is listed. */
  readonly prefix: string;
  /** Id of the account that must own it; S3 refuses the request otherwise. @default - not checked */
  readonly owner?: string;
}

/**
 * One page of a bucket.
 *
 * @throws AppError when there is no such bucket, no answer, or one that would have the same page asked for again
 */
export async function pageOf(
  { name, s3, requests, prefix, owner }: Bucket,
  input: Omit<ListObjectVersionsCommandInput, 'Bucket'>,
): Promise<Page> {
  try {
    const page = await requests.send('list', () =>
      listPage(s3, { Bucket: name, Prefix: prefix, ExpectedBucketOwner: owner, ...input }),
    );
    assertProgress(name, input, page);
    return page;
  } catch (error) {
    throw isAwsError(error, 'NoSuchBucket')
      ? new AppError('NotDeployed', `there is no bucket ${name}`, `deploy it: ${COMMAND} deploy, with the same configuration`)
      : unreachable(`bucket ${name}`, error);
  }
}

/** A marker at which a page of a listing begins. */
interface Marker {
  readonly KeyMarker?: string | undefined;
  readonly VersionIdMarker?: string | undefined;
}

/** @throws UnreachableError when the next page would not be after this one, so that the listing has no end */
function assertProgress(bucket: string, { KeyMarker: key, VersionIdMarker: id }: Marker, page: Page): void {
  const { isTruncated, nextKeyMarker: next, nextVersionIdMarker: nextId } = page;
  if (!isTruncated || next === undefined || key === undefined) {
    return;
  }
  const order = compareKeys(next, key);
  if (order < 0 || (order === 0 && nextId === id)) {
    throw noProgress(`bucket ${bucket}`, `the key ${quoted(key)}`);
  }
}

/**
 * Returns the error for a listing that would not end.
 *
 * @param what what is listed, such as `bucket x`
 * @param beyond the marker that comes again, such as `the key "a"`
 */
export function noProgress(what: string, beyond: string): UnreachableError {
  return new UnreachableError(
    'NoProgress',
    `the listing of ${what} does not advance beyond ${beyond}: the same marker came again, or an earlier one`,
  );
}

/** What the SDK's parser gets in place of a page that is read already. */
const EMPTY_PAGE = Buffer.from('<ListVersionsResult></ListVersionsResult>');

/** An answer that ended before it was complete. The SDK asks again. */
class IncompletePage extends Error {
  override readonly name = 'IncompletePage';
  readonly $retryable = { throttling: false };
}

/**
 * Asks S3 for one page of versions. Signing, retries and errors are the SDK's; a page itself is read by `scanPage`, in place of the
 * SDK's parser.
 */
async function listPage(s3: S3Client, input: ListObjectVersionsCommandInput): Promise<Page> {
  const command = new ListObjectVersionsCommand({ ...input, EncodingType: 'url' });
  let page: Page | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body: AsyncIterable<Uint8Array> };
      if (response.statusCode === 200) {
        const bytes = await bytesOf(response.body);
        page = scanPage(bytes);
        if (page === undefined && !bytes.includes('<Error>')) {
          throw new IncompletePage('S3 sent a page that is not complete');
        }
        response.body = Readable.from([page === undefined ? bytes : EMPTY_PAGE]);
      }
      return result;
    },
    // Closest to the network, so before the SDK's parser.
    { step: 'deserialize', name: 'scanPage', priority: 'low' },
  );
  await s3.send(command);
  if (page === undefined) {
    throw new IncompletePage('S3 sent no page of versions');
  }
  return page;
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
