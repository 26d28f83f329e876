import { bytes, whole } from '../../cli/units';
import type { Subject } from './job';
import type { RestoreOptions } from './options';
import type { PairPlan } from './plan';

/** One quantity that AWS charges for. */
export interface CostLine {
  readonly quantity: number;
  /** What is counted, such as `requests` or `bytes`. */
  readonly unit: 'requests' | 'bytes';
  /** Whose bill it is on. */
  readonly account: string;
  /** The price, as AWS's pages name it. */
  readonly price: string;
}

/** Where AWS says what each quantity costs. */
export const PRICING = 'https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/kms/pricing/';

/**
 * What a restore of one pair is charged for: quantities without prices, which differ by region and change.
 *
 * @param fromRegion of the replica bucket
 */
export function costOf(
  { copy, requests, archived, listRequests }: PairPlan,
  { from, to, target, pair }: Subject,
  fromRegion: string,
  { storageClass, requestArchived }: Pick<RestoreOptions, 'storageClass' | 'requestArchived'>,
): CostLine[] {
  const line = (account: string) => (quantity: number, unit: CostLine['unit'], price: string) => ({
    quantity,
    unit,
    account,
    price,
  });
  const [backup, source] = [line(from.owner), line(to.owner)];
  const again = [
    source(copy.objects, 'requests', 'replication: PUT requests, in the storage class of the replicas'),
    source(copy.bytes, 'bytes', `replication: data transfer from ${target.region}`),
    ...(pair.timeControl ? [source(copy.bytes, 'bytes', 'replication: S3 Replication Time Control data transfer')] : []),
    backup(copy.bytes, 'bytes', 'replication: storage of the new replicas'),
  ];
  const archive = [
    backup(archived.objects, 'requests', 'Standard retrieval requests, in the archive class'),
    backup(archived.bytes, 'bytes', `Standard data retrieval, and ${requestArchived ?? 0} days of storage as STANDARD`),
  ];
  return [
    line('of each side')(listRequests, 'requests', 'LIST requests, together'),
    backup(requests.from, 'requests', 'GET, HEAD and all other requests, in the storage class of the replicas'),
    backup(
      copy.bytes,
      'bytes',
      'data retrieval, in the storage class of the replicas; nothing for STANDARD and INTELLIGENT_TIERING',
    ),
    backup(copy.bytes, 'bytes', `data transfer out of S3, from ${fromRegion} to where this runs`),
    backup(copy.objects, 'requests', 'KMS requests; fewer where S3 Bucket Keys are on'),
    source(requests.look, 'requests', 'HEAD requests'),
    source(requests.put, 'requests', `PUT requests of ${storageClass}`),
    source(copy.bytes, 'bytes', `storage of ${storageClass}`),
    source(copy.objects, 'requests', 'KMS requests; fewer where S3 Bucket Keys are on'),
    ...(target.replicated ? again : []),
    ...(requestArchived === undefined ? [] : archive),
  ].filter(({ quantity }) => quantity > 0);
}

/** A quantity for a person. */
export function formatCost({ quantity, unit, account, price }: CostLine): string {
  const amount = unit === 'bytes' ? bytes(quantity) : whole(quantity);
  return `  ${amount.padStart(12)}  account ${account}: ${price}`;
}
