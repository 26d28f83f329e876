import type { Pair, ReplicationConfig } from '../config/replication-config';
import { reportPairs } from './inventory';
import { type Names, namesOf, type PairNames, pairNamesOf } from './names';

/** A pair with every name of what it has. */
export type DeployedPair = Pair & {
  readonly names: PairNames;
  /**
   * Of the pair that keeps the inventory reports of its group, which no configuration names: the days after which they are deleted.
   *
   * @default - the configuration has the pair
   */
  readonly reportDays?: number;
};

/** A configuration, or one group of it, with everything that has a name. Made once, and handed to constructs and commands. */
export type Deployment = Omit<ReplicationConfig, 'pairs'> & {
  readonly names: Names;
  readonly pairs: readonly DeployedPair[];
  /**
   * Words by which a command line names this configuration, for the commands that are recommended.
   *
   * @default - it is in cdk.json
   */
  readonly commandOptions?: readonly string[];
};

/**
 * What follows from a configuration. Nothing is exchanged where it has the replica key. A group with an inventory has a pair more, for its reports:
 * with a role, a rule, alarms and checks like any other.
 */
export function deploymentOf(config: ReplicationConfig): Deployment {
  return {
    ...config,
    ...(config.destination.keyArn !== undefined && { keyExchange: 'none' as const }),
    names: namesOf(config),
    pairs: [...config.pairs, ...reportPairs(config)].map((pair) => ({ ...pair, names: pairNamesOf(config, pair) })),
  };
}

/**
 * The groups of a deployment, each as the deployment narrowed to it: the unnamed group first, if it has pairs, then the named ones
 * in the order of their names. A group is a complete unit, with stacks and keys of its own, so what is made for a whole deployment is
 * made for each group alike.
 */
export function groupsOf(deployment: Deployment): readonly Deployment[] {
  const known = groups.get(deployment) ?? divided(deployment);
  groups.set(deployment, known);
  return known;
}

const groups = new WeakMap<Deployment, readonly Deployment[]>();

function divided(deployment: Deployment): readonly Deployment[] {
  const named = new Set(deployment.pairs.flatMap(({ group }) => group ?? []));
  return [undefined, ...[...named].toSorted()]
    .map((group) => narrowed(deployment, group))
    .filter(({ pairs }) => pairs.length > 0);
}

/** The group that a pair is in: the deployment narrowed to it. */
export function groupOfPair(deployment: Deployment, { id }: Pick<Pair, 'id'>): Deployment {
  return narrowed(deployment, deployment.pairs.find((pair) => pair.id === id)?.group);
}

/** What the unit is called in descriptions: the deployment, and the group that it is narrowed to. */
export function titleOf({ deployment, group }: Pick<Deployment, 'deployment' | 'group'>): string {
  return group === undefined ? deployment : `${deployment}, group ${group}`;
}

function narrowed(deployment: Deployment, group: string | undefined): Deployment {
  return { ...namedAfter(deployment, group), pairs: deployment.pairs.filter((pair) => pair.group === group) };
}

/** The deployment with the names of a group, or of several by pattern, whatever pairs it has. */
export function namedAfter(deployment: Deployment, group: string | undefined): Deployment {
  const { group: _, ...whole } = deployment;
  const ofGroup = { ...whole, ...(group !== undefined && { group }) };
  return { ...ofGroup, names: namesOf(ofGroup) };
}
