import { Annotations, CfnOutput, Fn, type Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { type Deployment, titleOf } from '../model/deployment';
import { replicaKeyArn, stackArnPattern } from '../model/names';
import { recordedKey } from '../model/recorded-key';
import type { DestinationStack } from './destination/destination-stack';
import { executionRoleArn } from './stack';

/** How the source stack learns the replica key's ARN. */
export interface KeyExchange {
  /** What the source stack writes where the ARN belongs. */
  readonly replicaKeyArn: string;
  /** Adds what the way needs besides, once both stacks are there. */
  connect(destination: DestinationStack, source: Stack): void;
}

/** The way that the configuration chooses. */
export function keyExchangeOf(scope: Construct, config: Deployment): KeyExchange {
  const { keyArn } = config.destination;
  if (keyArn !== undefined) {
    return { replicaKeyArn: keyArn, connect: () => {} };
  }
  return config.keyExchange === 'ssm' ? recordedExchange(scope, config) : stackOutputExchange(config);
}

/**
 * CloudFormation reads the destination stack's output while it deploys the source stack, through a role that may do nothing else.
 *
 * The output and the role have names of their own. Those that the CDK generates for a cross-account reference depend on the
 * construct path alone, so a second deployment in the same backup account would collide with the first.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
 */
function stackOutputExchange(config: Deployment): KeyExchange {
  const { destination, exchange } = config.names;
  return {
    replicaKeyArn: Fn.getStackOutput(
      destination.stackName,
      exchange.outputName,
      config.destination.region,
      exchange.readerRole.arn,
    ),
    connect: (destinationStack, sourceStack) => {
      new CfnOutput(destinationStack, exchange.outputName, {
        value: destinationStack.replicaKey.keyArn,
        description: 'ARN of the replica key, read by the source stack',
      });
      new Role(destinationStack, 'ExchangeRole', {
        roleName: exchange.readerRole.name,
        description: `The source stack of ${titleOf(config)} reads the replica key's ARN with this role`,
        // Pinned by condition, so that the source environment may be bootstrapped later, or anew.
        assumedBy: new AccountPrincipal(config.source.account).withConditions({
          ArnEquals: {
            'aws:PrincipalArn': executionRoleArn(
              sourceStack,
              config.source,
              "to read the replica key's ARN with",
              'keyExchange "ssm"',
            ),
          },
        }),
        inlinePolicies: {
          ReadStackOutput: new PolicyDocument({
            statements: [
              new PolicyStatement({
                sid: 'ReadDestinationStack',
                actions: ['cloudformation:DescribeStacks'],
                resources: [stackArnPattern(config.destination, config.names.destination.stackName)],
              }),
            ],
          }),
        },
      });
    },
  };
}

/**
 * The ARN stands in cdk.context.json, where `s3-replication exchange` records what the destination published. Until then the source stack,
 * and only it, has an error.
 */
function recordedExchange(scope: Construct, config: Deployment): KeyExchange {
  const recorded = recordedKey(config, (key) => scope.node.tryGetContext(key) as unknown);
  if (recorded.arn !== undefined) {
    return { replicaKeyArn: recorded.arn, connect: () => {} };
  }
  return {
    replicaKeyArn: replicaKeyArn(config, 'not-recorded-yet'),
    connect: (destinationStack, sourceStack) =>
      Annotations.of(sourceStack).addError(
        `${recorded.state}; deploy ${destinationStack.node.path}, then run "npx --no -- s3-replication exchange" with the same configuration`,
      ),
  };
}
