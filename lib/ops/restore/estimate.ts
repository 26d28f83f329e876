import type { Amount } from '../copy/model';
import type { RestoreJob } from './job';
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
  plan: PairPlan,
  { from, to, target, pair }: RestoreJob,
  fromRegion: string,
  { storageClass, requestArchived }: Pick<RestoreOptions, 'storageClass' | 'requestArchived'>,
): CostLine[] {
  const { copy, batch, requests, archived, listRequests } = plan;
  const streamed = streamedOf(plan);
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
    backup(streamed.bytes, 'bytes', `data transfer out of S3, from ${fromRegion} to where this runs`),
    backup(batch.bytes, 'bytes', `data transfer out of S3, from ${fromRegion} to ${target.region}`),
    source(batch.objects, 'requests', 'S3 Batch Operations: objects of one job'),
    source(batch.objects, 'requests', `COPY requests of ${storageClass}, by S3 Batch Operations`),
    backup(copy.objects, 'requests', 'KMS requests; fewer where S3 Bucket Keys are on'),
    source(requests.look, 'requests', 'HEAD requests'),
    source(requests.put, 'requests', `PUT requests of ${storageClass}`),
    source(copy.bytes, 'bytes', `storage of ${storageClass}`),
    source(copy.objects, 'requests', 'KMS requests; fewer where S3 Bucket Keys are on'),
    ...(target.replicated ? again : []),
    ...(requestArchived === undefined ? [] : archive),
  ].filter(({ quantity }) => quantity > 0);
}

/** What is to be copied by this process. */
export function streamedOf({ copy, batch }: Pick<PairPlan, 'copy' | 'batch'>): Amount {
  return { objects: copy.objects - batch.objects, bytes: copy.bytes - batch.bytes };
}

/** Milliseconds that the requests for one small object take, one after the other, over two regions. An assumption. */
const MILLISECONDS_EACH = 500;

/** Objects a second that one process copies at most, and bytes. Assumptions too: "npm run bench:restore" measures a machine. */
const MOST_OBJECTS_A_SECOND = 400;
const MOST_BYTES_A_SECOND = 100 * 1024 * 1024;

/** How long copying is expected to take, and why. */
export interface ExpectedTime {
  readonly seconds: number;
  /** One sentence: what it assumes. */
  readonly assumption: string;
}

/**
 * The longest of: what the requests of each object take, so many at a time; what one process does; what `--rate` allows.
 *
 * @param requests to the side that gets more of them
 */
export function expectedTime(
  { objects, bytes }: Amount,
  requests: number,
  { concurrency, rate }: { readonly concurrency: number; readonly rate: number | undefined },
): ExpectedTime {
  const seconds = Math.max(
    (objects * MILLISECONDS_EACH) / 1000 / concurrency,
    objects / MOST_OBJECTS_A_SECOND,
    bytes / MOST_BYTES_A_SECOND,
    rate === undefined ? 0 : requests / rate,
  );
  const limit = rate === undefined ? '' : `, ${rate} requests a second to each side`;
  return {
    seconds: Math.ceil(seconds),
    assumption: `${concurrency} objects at a time of ${MILLISECONDS_EACH} ms each, at most ${MOST_OBJECTS_A_SECOND} objects and ${MOST_BYTES_A_SECOND / 1024 ** 2} MiB a second${limit}; the network between here and both regions may be slower`,
  };
}
