import { whole } from '../../../cli/units';
import type { PairMonth, Quantity } from './quantity';
import { present } from './quantity';
import { replicatedVersions } from './replication';

/** The share of the requests to KMS that is left with S3 Bucket Keys, at best. AWS says that they save up to 99 percent. */
const BUCKET_KEYS_AT_BEST = 0.01;

/**
 * Requests to KMS for replication. AWS reckons with two for each object: one decrypts it under the source key, one encrypts its
 * replica, each in the region of its key. With S3 Bucket Keys it promises up to 99 percent less, and how much depends on when
 * objects are written: both ends are given.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
 */
export function encryptionQuantities(month: PairMonth): Quantity[] {
  const { config, pair } = month;
  const { count, text } = replicatedVersions(month);
  const most = count / 10_000;
  const requests = (side: 'source' | 'destination', id: string, what: string): Quantity => ({
    id,
    item: `KMS, ${what}${pair.bucketKeys ? ' with S3 Bucket Keys' : ''}`,
    price: { id: 'kms-requests', region: config[side].region },
    amount: { least: pair.bucketKeys ? most * BUCKET_KEYS_AT_BEST : most, most },
    formula: `${text} × 1 request / ${whole(10_000)}${pair.bucketKeys ? ', or 1 % of it at best' : ''}`,
  });
  return present([
    requests('source', 'kms-decrypt', 'decrypt in the source account'),
    requests('destination', 'kms-encrypt', 'encrypt under the replica key'),
  ]);
}
