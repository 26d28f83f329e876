import type { StackProps } from 'aws-cdk-lib';
import { type AccountName, accountNamed, type ReplicationConfig } from './config/model';
import { namesOf } from './names';

export interface ReplicationStackProps {
  readonly config: ReplicationConfig;
}

/** What a stack takes from the configuration. */
export function stackProps(config: ReplicationConfig, owner: AccountName): StackProps {
  const { account, region } = accountNamed(config, owner);
  return {
    env: { account, region },
    stackName: namesOf(config)[owner]?.stackName,
    terminationProtection: config.terminationProtection,
    tags: config.tags,
  };
}
