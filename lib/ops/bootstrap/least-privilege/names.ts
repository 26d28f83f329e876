import type { ReplicationConfig } from '../../../config/replication-config';
import { groupsOf } from '../../../model/groups';
import { type NamedArn, namesOf, partitionOf, replicaKeyArn } from '../../../model/names';

/** The execution policy of the destination, and what it is limited to. */
export interface ExecutionNames {
  readonly policy: NamedArn;
  /** ARN of the managed policies of every group's stack, as a pattern. */
  readonly stackPoliciesArn: string;
  /** Aliases of the replica keys: of named groups, as one pattern. */
  readonly keyAliases: readonly string[];
  /** ARNs of those aliases. */
  readonly keyAliasArns: readonly string[];
}

/** What CloudFormation needs in the backup account is limited to these. */
export function executionNames(config: ReplicationConfig): ExecutionNames {
  const { deployment, destination: side } = config;
  const policy = (name: string) => ({ name, arn: `arn:${partitionOf(side)}:iam::${side.account}:policy/${name}` });
  const keyAliases = groupPatterns(config).map((group) => namesOf(group).destination.keyAlias);
  return {
    policy: policy(`${deployment}-cdk-execution-${side.region}`),
    stackPoliciesArn: policy(`${deployment}-destination-*`).arn,
    keyAliases,
    keyAliasArns: keyAliases.map((alias) => replicaKeyArn(config, '').replace(/key\/$/, alias)),
  };
}

/**
 * The groups of a configuration, for names: the unnamed one, if it has pairs, and one that stands for every named group, so that a new
 * one needs no new policy.
 */
export function groupPatterns(config: ReplicationConfig): readonly ReplicationConfig[] {
  const groups = groupsOf(config);
  return [
    ...groups.filter(({ group }) => group === undefined),
    ...(groups.some(({ group }) => group !== undefined) ? [{ ...config, group: '*' }] : []),
  ];
}
