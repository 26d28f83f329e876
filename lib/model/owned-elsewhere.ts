import type { Deployment } from './deployment';
import { type DenyStatement, type ExemptRoles, keyLockdown } from './lockdown/statements';
import { replicaKeyStatements, type Statement } from './policies';

/*
 * What the owners of keys in the backup account have to have in their policies. A policy is one document: a stack that wrote it would
 * overwrite what its owner wrote. Plain data, from the functions that also make the policies of what the app owns.
 */

/** A resource that the app uses and does not own, and the statements that its policy needs. */
export interface OwnedElsewhere {
  readonly kind: 'key';
  /** Account that owns it. */
  readonly account: string;
  readonly region: string;
  readonly arn: string;
  readonly statements: readonly (Statement | DenyStatement)[];
}

/**
 * Returns every resource of a deployment that somebody else owns, with the statements that its policy needs.
 *
 * @param exempt the roles that the lockdown exempts @default - no lockdown
 */
export function ownedElsewhere(config: Deployment, exempt: ExemptRoles | undefined): OwnedElsewhere[] {
  const { account, region, keyArn } = config.destination;
  return keyArn === undefined
    ? []
    : [
        {
          kind: 'key',
          account,
          region,
          arn: keyArn,
          statements: [
            ...config.pairs.flatMap(({ names }) => replicaKeyStatements(config, names)),
            ...(exempt === undefined ? [] : keyLockdown(exempt)),
          ],
        },
      ];
}
