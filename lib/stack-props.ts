import type { StackProps } from 'aws-cdk-lib';
import type { ReplicationConfig, SideName } from './config/model';
import { namesOf } from './names';

export interface ReplicationStackProps {
  readonly config: ReplicationConfig;
}

/** What both stacks take from the configuration. */
export function stackProps(config: ReplicationConfig, side: SideName): StackProps {
  const { account, region } = config[side];
  return {
    env: { account, region },
    stackName: namesOf(config)[side].stackName,
    terminationProtection: config.terminationProtection,
    tags: config.tags,
  };
}
