import type { Pair, ReplicationConfig } from '../config/replication-config';

/**
 * The groups of a configuration, each as the configuration narrowed to it: the unnamed group first, if it has pairs, then the named ones
 * in the order of their names. A group is a complete unit, with stacks and keys of its own, so what is made for a whole deployment is
 * made for each group alike, from its narrowed configuration.
 */
export function groupsOf(config: ReplicationConfig): readonly ReplicationConfig[] {
  const named = new Set(config.pairs.flatMap(({ group }) => group ?? []));
  const groups = [undefined, ...[...named].toSorted()].map((group) => narrowed(config, group));
  return groups.filter(({ pairs }) => pairs.length > 0);
}

/** The group that a pair is in: the configuration narrowed to it. */
export function groupOfPair(config: ReplicationConfig, { id }: Pick<Pair, 'id'>): ReplicationConfig {
  return narrowed(config, config.pairs.find((pair) => pair.id === id)?.group);
}

/** What the unit is called in descriptions: the deployment, and the group that its configuration is narrowed to. */
export function titleOf({ deployment, group }: Pick<ReplicationConfig, 'deployment' | 'group'>): string {
  return group === undefined ? deployment : `${deployment}, group ${group}`;
}

function narrowed(config: ReplicationConfig, group: string | undefined): ReplicationConfig {
  const { group: _, ...whole } = config;
  return { ...whole, pairs: config.pairs.filter((pair) => pair.group === group), ...(group !== undefined && { group }) };
}
