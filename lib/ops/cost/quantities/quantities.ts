import type { DeployedPair, Deployment } from '../../../model/deployment';
import type { Workloads } from '../workload';
import { keyQuantities, pairWatchingQuantities, pipelineQuantities, sharedWatchingQuantities } from './fixed';
import { heartbeatQuantities } from './heartbeat';
import { inventoryQuantities } from './inventory';
import type { Quantity } from './quantity';
import { encryptionQuantities, replicationQuantities } from './replication';
import { storageQuantities, transitionQuantities } from './storage';

/** Quantities of one pair, or of what the pairs share. */
export interface QuantityGroup {
  /** The pair's id; undefined for what the pairs share. */
  readonly pair: string | undefined;
  readonly quantities: readonly Quantity[];
}

/** Everything that AWS bills for the chosen pairs in the month of their workloads, and for what all pairs share. */
export function quantitiesOf(
  config: Deployment,
  pairs: readonly DeployedPair[],
  workloads: Workloads,
  backfill: boolean,
): QuantityGroup[] {
  const groups = pairs.flatMap((pair): QuantityGroup[] => {
    const workload = workloads.pairs.get(pair.id);
    if (workload === undefined) {
      return [];
    }
    const month = { config, pair, workload, backfill };
    return [
      {
        pair: pair.id,
        quantities: [
          ...storageQuantities(month),
          ...transitionQuantities(month),
          ...replicationQuantities(month),
          ...encryptionQuantities(month),
          ...pairWatchingQuantities(config, pair),
          ...heartbeatQuantities(config, pair),
          ...inventoryQuantities(month),
        ],
      },
    ];
  });
  const shared = [...keyQuantities(config), ...sharedWatchingQuantities(config), ...pipelineQuantities(config)];
  return [...groups, { pair: undefined, quantities: shared }];
}
