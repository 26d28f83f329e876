import { GetPolicyCommand } from '@aws-sdk/client-iam';
import { isAwsError, unanswered } from '../../aws/aws-error';
import type { Context } from '../../cli/command';
import type { Environment } from '../../model/environments';
import { partitionOf } from '../../model/names';

/**
 * Why an environment cannot have a permissions boundary: IAM looks for the policy only when the stack is half made.
 *
 * @param name of the managed policy; undefined where none is asked for
 * @returns undefined when the policy is there, or none is asked for
 * @throws AppError when there is no answer
 */
export async function missingBoundary(
  { clients }: Context,
  environment: Environment,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) {
    return undefined;
  }
  const arn = `arn:${partitionOf(environment)}:iam::${environment.account}:policy/${name}`;
  try {
    await (await clients.iam(environment.owner, environment.region)).send(new GetPolicyCommand({ PolicyArn: arn }));
    return undefined;
  } catch (error) {
    if (isAwsError(error, 'NoSuchEntityException', 'NoSuchEntity')) {
      return `there is no policy ${arn}: create it, then run this again`;
    }
    throw unanswered(`policy ${arn}`, error);
  }
}
