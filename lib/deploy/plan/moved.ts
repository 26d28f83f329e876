import type { StackPlan, Stop } from './model';

/** Changes after which a resource is no longer its stack's, at the end of the deployment. */
const LEAVES: readonly string[] = ['deleted', 'left-behind'];

/**
 * Buckets that a stack would create while another one has them: what becomes of a pair that is given another group. CloudFormation
 * cannot create a bucket that is there, and deleting it first would lose its objects.
 */
export function movedStops({ stackName, account, resources }: StackPlan, plan: readonly StackPlan[]): readonly Stop[] {
  return resources.flatMap(({ change, type, name, logicalId }): Stop[] => {
    const from = plan
      .filter((other) => other.account === account && other.stackName !== stackName)
      .find((other) => other.resources.some((one) => one.type === type && one.name === name && LEAVES.includes(one.change)));
    return change !== 'created' || type !== 'AWS::S3::Bucket' || name === null || from === undefined
      ? []
      : [
          {
            name: `${stackName}/${logicalId}`,
            kind: 'resource',
            reason: `bucket ${name} cannot be created: stack ${from.stackName} has it. A pair stays in its group; add one with another id to the other group, and copy the objects`,
          },
        ];
  });
}
