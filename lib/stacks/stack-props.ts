import type { StackProps } from 'aws-cdk-lib';
import { type AccountName, accountNamed, type ReplicationConfig, type Side, type SideName } from '../config/replication-config';
import { namesOf } from '../model/names';

export interface ReplicationStackProps {
  readonly config: ReplicationConfig;
}

/** What a stack takes from the configuration. */
export function stackProps(config: ReplicationConfig, owner: AccountName): StackProps {
  return common(config, accountNamed(config, owner), namesOf(config)[owner]?.stackName);
}

/** The same for a stack of the source account that watches the metrics of one side's region. */
export function watchingStackProps(config: ReplicationConfig, region: SideName, stackName: string): StackProps {
  return common(config, { account: config.source.account, region: config[region].region }, stackName);
}

function common(config: ReplicationConfig, { account, region }: Side, stackName: string | undefined): StackProps {
  return { env: { account, region }, stackName, terminationProtection: config.terminationProtection, tags: config.tags };
}
