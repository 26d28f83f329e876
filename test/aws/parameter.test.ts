import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { readKeyArn } from '../../lib/aws/parameter';
import { AppError, UnreachableError } from '../../lib/errors/errors';
import { rejectionOf } from '../helpers/rejection';

const ssm = mockClient(SSMClient);
const ARN = 'arn:aws:kms:us-west-2:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const read = () => readKeyArn(new SSMClient({}), '/backups/key');
beforeEach(() => ssm.reset());

test('the ARN of a key is read', async () => {
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: ARN } });
  await expect(read()).resolves.toBe(ARN);
});

test.each(['hello', ` ${ARN}`, `${ARN}\n`, ARN.replace('key/', 'alias/')])('something else is named: %j', async (value) => {
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: value } });
  const error = await rejectionOf(read(), AppError);
  expect(error).not.toBeInstanceOf(UnreachableError);
  expect(error.message).toBe(`SSM parameter /backups/key holds no ARN of a KMS key: ${JSON.stringify(value)}`);
});

test.each([{}, { Parameter: {} }, { Parameter: { Value: '' } }])('an answer without a value is none: %j', async (answer) => {
  ssm.on(GetParameterCommand).resolves(answer);
  await expect(read()).rejects.toBeInstanceOf(UnreachableError);
});
