import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { UnreachableError } from '../errors/errors';

/**
 * Reads an SSM parameter.
 *
 * @throws UnreachableError for an answer without a value, which no parameter is without
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
 */
export async function readParameter(ssm: SSMClient, name: string): Promise<string> {
  const { Parameter: found } = await ssm.send(new GetParameterCommand({ Name: name }));
  const value = found?.Value ?? '';
  if (value === '') {
    throw new UnreachableError('NoValue', `AWS answered without the value of SSM parameter ${name}`, 'repeat the command');
  }
  return value;
}
