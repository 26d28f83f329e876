import type { Stack } from 'aws-cdk-lib';
import type { Side } from '../config/replication-config';
import { AppError } from '../errors/errors';
import { partitionOf } from '../model/names';

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
