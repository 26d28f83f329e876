import { type DeployedPair, type Deployment, groupsOf } from './deployment';
import { reportKeyStatements } from './inventory';
import { bucketLockdown, type DenyStatement, keyLockdown, ownersExemptions } from './lockdown/statements';
import { replicaKeyArn } from './names';
import { replicationPermissions } from './permissions';
import { maxRetentionStatement, replicaBucketStatements, replicaKeyStatements, roleStatements, type Statement } from './policies';

/*
 * What owners have to have in the policies of keys and buckets in the backup account, and of replication roles in the source account. A policy is
 * one document: a stack that wrote it would overwrite what its owner wrote. Plain data, from the functions that also make the policies of what the
 * app owns.
 */

/** A resource that the app uses and does not own, and the statements that its policy needs. */
export interface OwnedElsewhere {
  readonly kind: 'key' | 'bucket' | 'role';
  /** Account that owns it. */
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly statements: readonly (Statement | DenyStatement)[];
  /** Of a role: the pair that replicates under it. */
  readonly pair?: DeployedPair;
}

/** Stands for the id of a replica key that only its deployment tells. */
export const UNKNOWN_KEY_ID = 'KEY-ID';

/** Returns every key and bucket of a deployment that somebody else owns, with the statements that its policy needs. */
export function ownedElsewhere(config: Deployment): OwnedElsewhere[] {
  const exempt = ownersExemptions(config);
  const { account, region, keyArn } = config.destination;
  const key = {
    statements: [
      ...config.pairs.flatMap(({ names }) => replicaKeyStatements(config, names)),
      ...groupsOf(config).flatMap((group) => reportKeyStatements(group, 'destination')),
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

/** Returns the replication roles of source buckets that are owned elsewhere, once for each pair under them. */
export function ownersRoles(config: Deployment): OwnedElsewhere[] {
  const { account, region } = config.source;
  const replica = config.destination.keyArn ?? replicaKeyArn(config, UNKNOWN_KEY_ID);
  return config.pairs
    .filter(({ sourceBucket: owned }) => owned?.roleArn !== undefined)
    .map((pair) => ({
      kind: 'role',
      account,
      region,
      arn: pair.names.replicationRole.arn,
      // The keys of the source are those of the pair.
      statements: roleStatements(replicationPermissions(config, pair.names, { source: '', replica })),
      pair,
    }));
}
