import type { SSMClient } from '@aws-sdk/client-ssm';
import { AppError, UnreachableError } from '../errors/errors';
import { quoted } from '../errors/visible';

/**
 * Reads an SSM parameter.
 *
 * @throws UnreachableError for an answer without a value, which no parameter is without
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export async function readParameter(ssm: SSMClient, name: string): Promise<string> {
  // Most commands that may read one do not.
  const { GetParameterCommand } = require('@aws-sdk/client-ssm') as typeof import('@aws-sdk/client-ssm');
  const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name: name }));
  const value = found?.Value ?? '';
  if (value === '') {
    throw new UnreachableError('NoValue', `AWS answered without the value of SSM parameter ${name}`, 'repeat the command');
  }
  return value;
}

/**
 * Reads an SSM parameter in which a stack publishes the ARN of its KMS key.
 *
 * @throws AppError for another value: what is compared with it would seem to be wrong
 */
export async function readKeyArn(ssm: SSMClient, name: string): Promise<string> {
  const arn = await readParameter(ssm, name);
  if (!/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/.test(arn)) {
    throw new AppError(
      'NotAKey',
      `SSM parameter ${name} holds no ARN of a KMS key: ${quoted(arn)}`,
      'somebody changed it; deploy the stack that publishes it again',
    );
  }
  return arn;
}
