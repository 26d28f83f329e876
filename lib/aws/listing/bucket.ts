import type { ListObjectVersionsCommandInput, S3Client } from '@aws-sdk/client-s3';
import { AppError } from '../../errors/errors';
import { isAwsError, unreachable } from '../aws-error';
import type { Requests } from '../requests';
import { listPage } from './list-page';
import type { Page } from './scan-page';

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
 * @throws AppError when there is no such bucket, or no answer
 */
export async function pageOf(
  { name, s3, requests, prefix, owner }: Bucket,
  input: Omit<ListObjectVersionsCommandInput, 'Bucket'>,
): Promise<Page> {
  try {
    return await requests.send('list', () =>
      listPage(s3, { Bucket: name, Prefix: prefix, ExpectedBucketOwner: owner, ...input }),
    );
  } catch (error) {
    throw isAwsError(error, 'NoSuchBucket')
      ? new AppError('NotDeployed', `there is no bucket ${name}`, 'deploy it: npx cdk deploy --all, with the same configuration')
      : unreachable(`bucket ${name}`, error);
  }
}
