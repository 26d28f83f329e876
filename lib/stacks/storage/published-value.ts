import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

/** Publishes an ARN as an SSM parameter, for other stacks of the account and for people. */
export function publish(scope: Construct, id: string, parameterName: string, arn: string, what: string): void {
  new StringParameter(scope, id, { parameterName, stringValue: arn, description: `ARN of the ${what}` });
}
