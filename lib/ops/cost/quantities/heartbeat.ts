import { whole } from '../../../cli/units';
import { CLASS_RULES } from '../../../config/storage-classes';
import type { DeployedPair, Deployment } from '../../../model/deployment';
import { heartbeatMinutes, heartbeatVersions } from '../../../model/heartbeat';
import { unitSize } from '../prices/prices';
import { exactly, exactSize, GB, present, type Quantity } from './quantity';

/** Minutes of the month that is estimated. */
const MONTH = 30 * 24 * 60;

/** Bytes of one heartbeat, about. */
const SIZE = 128;

/**
 * The heartbeats of a pair: a call of EventBridge Scheduler, a PUT on each side, a message of SQS and requests of KMS for each, and what the replica
 * bucket keeps of them, which under Object Lock is every one of the retention period.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html
 */
export function heartbeatQuantities(config: Deployment, pair: DeployedPair): Quantity[] {
  const minutes = heartbeatMinutes(config, [pair]);
  if (minutes === undefined) {
    return [];
  }
  const { source, destination } = config;
  const count = MONTH / minutes;
  const text = `30 days / ${minutes} minutes`;
  const line = (id: string, item: string, price: Quantity['price'], each = 1): Quantity => ({
    id: `heartbeat-${id}`,
    item: `heartbeat, ${item}`,
    price,
    amount: exactly((count * each) / unitSize(price.id)),
    formula: `${text}${each === 1 ? '' : ` × ${each} requests`} / ${whole(unitSize(price.id))}`,
  });
  const versions = heartbeatVersions(config, pair) ?? 0;
  const { minimumSize = 0, minimumDays = 0, overhead } = CLASS_RULES[pair.storageClass];
  const bytes = Math.max(SIZE, minimumSize) + (overhead?.inClass ?? 0);
  const billed = Math.max(versions, Math.ceil((count * minimumDays) / 30));
  const kept =
    pair.objectLock === undefined ? 'lifecycle deletes them' : `Object Lock keeps them for ${pair.objectLock.days} days`;
  const least = billed > versions ? `, since each is billed for ${minimumDays} days at least` : '';
  return present([
    line('invocations', 'schedule', { id: 'scheduler-invocations', region: source.region }),
    line('puts', 'PUT requests of the source', { id: 's3-put-STANDARD', region: source.region }),
    line('replication-puts', `replication, PUT requests (${pair.storageClass})`, {
      id: `s3-put-${pair.storageClass}`,
      region: destination.region,
    }),
    line('kms-source', 'KMS in the source region, at most', { id: 'kms-requests', region: source.region }, 2),
    line('kms-destination', 'KMS in the destination region, at most', { id: 'kms-requests', region: destination.region }),
    line('messages', 'messages that S3 sends', { id: 'sqs-requests', region: destination.region }),
    {
      id: 'heartbeat-storage',
      item: `heartbeat, storage of ${whole(versions)} versions (${pair.storageClass})`,
      price: { id: `s3-storage-${pair.storageClass}`, region: destination.region },
      amount: exactly((billed * bytes) / GB),
      formula: `${whole(billed)} versions × ${exactSize(bytes)} / 1 GiB${least}; ${kept}`,
    },
  ]);
}
