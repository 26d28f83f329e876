import { type ReplicationConfig, SIDES } from '../../../config/replication-config';
import { groupsOf } from '../../../model/groups';
import { present, type Quantity } from './quantity';

/** What a key costs at most, as a multiple of a key that was never rotated: the first two rotations each add as much again. */
const MOST_AFTER_ROTATIONS = 3;

/**
 * Keys of a month: those of the buckets and those of the notifications in each region, for each group, and those of the pipeline.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
 */
export function keyQuantities(config: ReplicationConfig): Quantity[] {
  const topics = new Set(SIDES.map((side) => config[side].region));
  const groups = groupsOf(config).length;
  const each = groups === 1 ? '1 key' : `${groups} keys, one for each group`;
  return present([
    keys('source-key', 'source key', config.source.region, groups, each),
    keys('replica-key', 'replica key', config.destination.region, groups, each),
    ...[...topics].map((region) => keys('notification-key', `key of the notifications in ${region}`, region, groups, each)),
    ...pipelineKeys(config),
  ]);
}

/** One for logs and notices, and one for what builds hand on in each region that the pipeline deploys to or is in. */
function pipelineKeys(config: ReplicationConfig): Quantity[] {
  const { pipeline } = config;
  if (pipeline === undefined) {
    return [];
  }
  const regions = new Set([pipeline.region, ...SIDES.map((side) => config[side].region)]);
  return [
    keys('pipeline-key', 'key of the pipeline', pipeline.region, 1, '1 key'),
    ...[...regions].map((region) => keys('pipeline-artifact-key', `key of build artifacts in ${region}`, region, 1, '1 key')),
  ];
}

function keys(id: string, item: string, region: string, count: number, formula: string): Quantity {
  return {
    id,
    item,
    price: { id: 'kms-key', region },
    amount: { least: count, most: count * MOST_AFTER_ROTATIONS },
    formula: `${formula}, as 3 from its second rotation on`,
  };
}
