import { whole } from '../../../cli/units';
import { between, unitSize } from '../prices/prices';
import { exactly, exactSize, GB, type PairMonth, present, type Quantity } from './quantity';

/**
 * What replicating a month's versions of a pair takes, and those of before where S3 Batch Replication sends them.
 *
 * Of the requests that replication makes, S3 bills one PUT for each object, in the destination region; traffic leaves the
 * source region.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html
 */
export function replicationQuantities(month: PairMonth): Quantity[] {
  const { config, pair, workload } = month;
  const { averageSize, objects, deletes } = workload;
  const [source, destination] = [config.source.region, config.destination.region];
  const replicated = replicatedVersions(month);
  const live = `${whole(objects)} written × ${exactSize(averageSize)}`;
  const markers = pair.replicateDeleteMarkers ? (objects * deletes) / 100 : 0;
  return present([
    {
      id: 'replication-puts',
      item: `replication, PUT requests (${pair.storageClass})`,
      price: { id: `s3-put-${pair.storageClass}`, region: destination },
      amount: exactly(replicated.count / 1000),
      formula: `${replicated.text} × 1 request / 1,000`,
    },
    {
      id: 'delete-marker-replication',
      item: 'replication of delete markers',
      price: { id: 's3-delete-marker-replication', region: destination },
      amount: exactly(markers / 1000),
      formula: `${whole(objects)} written × ${deletes} % deleted × 1 request / 1,000; no AWS page says what a request costs`,
    },
    {
      id: 'transfer',
      item: 'transfer between the regions',
      price: { id: 's3-transfer', region: between(source, destination) },
      amount: exactly(replicated.bytes / GB),
      formula: month.backfill ? `(${live} + ${exactSize(workload.storedBytes)} there) / 1 GiB` : `${live} / 1 GiB`,
    },
    {
      id: 'time-control',
      item: 'S3 Replication Time Control',
      price: { id: 's3-time-control', region: between(source, destination) },
      amount: exactly(pair.timeControl ? (objects * averageSize) / GB : 0),
      formula: `${live} / 1 GiB${month.backfill ? '; S3 Batch Replication is without it' : ''}`,
    },
    ...backfillQuantities(month),
  ]);
}

/** What S3 replicates in the month. */
function replicatedVersions({ workload, backfill }: PairMonth) {
  const { objects, averageSize, storedObjects, storedBytes } = workload;
  return backfill
    ? {
        count: objects + storedObjects,
        bytes: objects * averageSize + storedBytes,
        text: `(${whole(objects)} written + ${whole(storedObjects)} there)`,
      }
    : { count: objects, bytes: objects * averageSize, text: `${whole(objects)} written` };
}

/** One job for the pair, with the manifest that S3 makes for it. */
function backfillQuantities({ config, workload, backfill }: PairMonth): Quantity[] {
  if (!backfill || workload.storedObjects === 0) {
    return [];
  }
  const { region } = config.source;
  const objects = (id: 's3-batch-objects' | 's3-batch-manifest', what: string): Quantity => ({
    id: id.slice('s3-'.length),
    item: `S3 Batch Replication, ${what}`,
    price: { id, region },
    amount: exactly(workload.storedObjects / unitSize(id)),
    formula: `${whole(workload.storedObjects)} there / 1,000,000`,
  });
  return [
    {
      id: 'batch-job',
      item: 'S3 Batch Replication, job',
      price: { id: 's3-batch-job', region },
      amount: exactly(1),
      formula: '1 job',
    },
    objects('s3-batch-objects', 'objects'),
    objects('s3-batch-manifest', 'manifest that S3 makes'),
  ];
}

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
