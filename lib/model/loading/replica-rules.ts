import { z } from 'zod';
import { partitionName } from '../../config/regions';
import type { ReplicationConfig } from '../../config/replication-config';
import * as schema from '../../config/schema';
import type { Problem } from '../../errors/errors';
import { deploymentOf } from '../deployment';
import { ownersLifecycle } from './owned-lifecycle';
import { pairRule, type Rule, rule } from './rule';

const { account, region, keyArn } = schema.destination.unwrap().shape;
const ownedKey = z.looseObject({ destination: z.looseObject({ account, region, keyArn: keyArn.unwrap() }) });
const ownedBucket = z.looseObject({ replicaBucket: schema.replicaBucket });

/** Checks over the keys that name what somebody in the backup account owns already. */
export const REPLICA_RULES: readonly Rule[] = [
  rule(ownedKey, ({ destination }) => {
    const [, partition, , ofRegion, ofAccount] = destination.keyArn.split(':');
    const own = partitionName(destination.region);
    const problem = (remedy: string) => [{ path: 'destination.keyArn', found: destination.keyArn, remedy }];
    if (partition !== own) {
      return problem(`the destination is in partition ${own}; write an ARN that starts with arn:${own}:`);
    }
    if (ofAccount !== destination.account) {
      return problem(
        `the backup account has to own the key, or it could not read its own replicas; write a key of account ${destination.account}`,
      );
    }
    return ofRegion === destination.region
      ? []
      : problem(`S3 encrypts with keys of the bucket's Region; write a key of ${destination.region}`);
  }),

  // The other way is the default, and no reader is misled by it.
  rule(ownedKey.extend({ keyExchange: z.literal('ssm') }), ({ keyExchange: found }) => [
    {
      path: 'keyExchange',
      found,
      remedy: 'nothing is exchanged where destination.keyArn names the replica key; remove one of the two',
    },
  ]),

  pairRule(ownedBucket.extend({ lifecycle: schema.lifecycle.unwrap() }), ({ lifecycle }) =>
    ownersLifecycle(lifecycle, ['noncurrentDays', 'noncurrentVersions', 'replicaExpireDays', 'transitions']),
  ),

  rule(z.looseObject({ witness: z.literal(true), pairs: z.array(z.unknown()) }), ({ pairs }) => {
    const owned = pairs.flatMap((pair, index) => (ownedBucket.safeParse(pair).success ? [`pairs[${index}]`] : []));
    const remedy = `S3 would have to notify the witness, and the notifications of the replica bucket of ${owned.join(', ')} are its owner's; write false, or write these pairs into a configuration with another "deployment"`;
    return owned.length === 0 ? [] : [{ path: 'witness', found: true, remedy }];
  }),
];

/** Finds what is wrong with replica buckets that are owned elsewhere, beside the rest of the configuration. */
export function replicaBucketProblems(config: ReplicationConfig): Problem[] {
  const { names, pairs } = deploymentOf(config);
  const others = [
    names.reportBucket.name,
    ...pairs.flatMap(({ replicaBucket, names: { replicaBucket: made, sourceBucket } }) => [
      sourceBucket.name,
      ...(replicaBucket === undefined ? [made.name] : []),
    ]),
  ];
  return pairs.flatMap(({ replicaBucket: owned }, index) => {
    if (owned === undefined) {
      return [];
    }
    const first = pairs.findIndex(({ replicaBucket: other }) => other?.name === owned.name);
    const problem = (remedy: string) => [{ path: `pairs[${index}].replicaBucket.name`, found: owned.name, remedy }];
    if (first < index) {
      return problem(
        `pairs[${first}] has this bucket already, and two sources would overwrite each other's replicas; write another bucket`,
      );
    }
    return others.includes(owned.name)
      ? problem('this deployment has the bucket of this name for something else; remove replicaBucket, or write another name')
      : [];
  });
}
