import type { Stack, StackProps } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type AccountName, accountNamed, type Side, type SideName } from '../config/replication-config';
import { AppError } from '../errors/errors';
import type { Deployment } from '../model/deployment';
import { type AlarmPlace, alarmSide, partitionOf } from '../model/names';

export interface ReplicationStackProps {
  readonly config: Deployment;
}

/** What a stack takes from the configuration. */
export function stackProps(config: Deployment, owner: AccountName): StackProps {
  return common(config, accountNamed(config, owner), config.names[owner]?.stackName);
}

/** The same for a stack that watches in one place. */
export function watchingStackProps(config: Deployment, place: AlarmPlace, stackName: string): StackProps {
  return common(config, alarmSide(config, place), stackName);
}

/** The same for the stack that lets GitHub Actions into the account of a side. */
export function deliveryStackProps(config: Deployment, side: SideName, stackName: string): StackProps {
  return common(config, config[side], stackName);
}

function common(
  config: Deployment,
  { account, region }: Pick<Side, 'account' | 'region'>,
  stackName: string | undefined,
): StackProps {
  return { env: { account, region }, stackName, terminationProtection: config.terminationProtection, tags: config.tags };
}

/**
 * ARN of the role with which CloudFormation makes the resources of a stack, from the stack's own synthesizer.
 *
 * @param purpose what the role is wanted for, such as `to read the replica key's ARN with`
 * @param alternative what else the configuration can say, such as `keyExchange "ssm"`
 * @throws AppError when the synthesizer has none
 * @see https://docs.aws.amazon.com/cdk/v2/guide/configure-synth.html
 */
export function executionRoleArn(stack: Stack, side: Side, purpose: string, alternative: string): string {
  const role = stack.synthesizer.cloudFormationExecutionRole;
  if (role === undefined) {
    throw new AppError(
      'NoExecutionRole',
      `the synthesizer of stack ${stack.node.path} has no CloudFormation execution role ${purpose}`,
      `use a synthesizer that has one, such as DefaultStackSynthesizer, or ${alternative}`,
    );
  }
  return role.replaceAll('${AWS::Partition}', partitionOf(side));
}

/** Publishes an ARN as an SSM parameter, for other stacks of the account and for people. */
export function publish(scope: Construct, id: string, parameterName: string, arn: string, what: string): void {
  new StringParameter(scope, id, { parameterName, stringValue: arn, description: `ARN of the ${what}` });
}

/** A list in parts of so many, in order; the last one may be shorter. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
