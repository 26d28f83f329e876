import type { Deployment } from './deployment';
import { bucketLockdown, type DenyStatement, keyLockdown, ownersExemptions } from './lockdown/statements';
import { maxRetentionStatement, replicaBucketStatements, replicaKeyStatements, type Statement } from './policies';

/*
 * What the owners of keys and buckets in the backup account have to have in their policies. A policy is one document: a stack that wrote it would
 * overwrite what its owner wrote. Plain data, from the functions that also make the policies of what the app owns.
 */

/** A resource that the app uses and does not own, and the statements that its policy needs. */
export interface OwnedElsewhere {
  readonly kind: 'key' | 'bucket';
  /** Account that owns it. */
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly statements: readonly (Statement | DenyStatement)[];
}

/** Returns every resource of a deployment that somebody else owns, with the statements that its policy needs. */
export function ownedElsewhere(config: Deployment): OwnedElsewhere[] {
  const exempt = ownersExemptions(config);
  const { account, region, keyArn } = config.destination;
  const key = {
    statements: [
      ...config.pairs.flatMap(({ names }) => replicaKeyStatements(config, names)),
      ...(exempt === undefined ? [] : keyLockdown(exempt)),
    ],
  };
  const buckets = config.pairs
    .filter(({ replicaBucket }) => replicaBucket !== undefined)
    .map((pair) => ({
      arn: pair.names.replicaBucket.arn,
      statements: [
        ...replicaBucketStatements(config, pair.names),
        ...maxRetentionStatement(pair, pair.names),
        ...(exempt === undefined ? [] : bucketLockdown(pair, exempt)),
      ],
    }));
  return [
    ...(keyArn === undefined ? [] : [{ kind: 'key' as const, account, region, arn: keyArn, ...key }]),
    ...buckets.map((bucket) => ({ kind: 'bucket' as const, account, region, ...bucket })),
  ];
}
