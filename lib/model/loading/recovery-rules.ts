import { z } from 'zod';
import type { ReplicationConfig } from '../../config/replication-config';
import * as schema from '../../config/schema';
import type { Problem } from '../../errors/errors';
import { deploymentOf } from '../deployment';
import { type Rule, rule } from './rule';

export const RECOVERY_RULES: readonly Rule[] = [
  rule(z.looseObject({ recovery: schema.recovery }), ({ recovery: { batch, targetPrefix } }) =>
    targetPrefix !== undefined && !batch
      ? [
          {
            path: 'recovery.targetPrefix',
            found: targetPrefix,
            remedy: 'no role writes there; write "batch": true beside it, or remove targetPrefix',
          },
        ]
      : [],
  ),
];

/** Finds buckets of the deployment among those that recovery roles may write into: a pair's role has no business in them. */
export function recoveryProblems(config: ReplicationConfig): Problem[] {
  const { targetPrefix: found } = config.recovery;
  const { names, pairs } = deploymentOf(config);
  const own = [names.reportBucket, ...pairs.flatMap((pair) => [pair.names.sourceBucket, pair.names.replicaBucket])];
  const hit = found === undefined ? undefined : own.find(({ name }) => name.startsWith(found));
  const remedy = `the name of bucket ${hit?.name} of this deployment starts with it, and every recovery role could write there; write another prefix`;
  return hit === undefined ? [] : [{ path: 'recovery.targetPrefix', found, remedy }];
}
