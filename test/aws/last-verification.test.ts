import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { recordVerification } from '../../lib/aws/last-verification';
import { validConfig } from '../helpers/config';

const ssm = mockClient(SSMClient);
const config = validConfig({ tags: { 'cost-center': '42' } });
const [pair] = config.pairs;

beforeEach(() => ssm.reset());

const record = () =>
  recordVerification(new SSMClient({}), config, pair as NonNullable<typeof pair>, { at: '2026-11-01T12:00:00Z', result: 'ok' });
const sent = () => ssm.commandCalls(PutParameterCommand).map(({ args: [{ input }] }) => [input.Tags, input.Overwrite]);
const TAGS = [{ Key: 'cost-center', Value: '42' }];

test('the first result makes a parameter with tags, which SSM does not take together with an overwrite', async () => {
  ssm.on(PutParameterCommand).resolves({ Version: 1 });
  await record();
  expect(sent()).toEqual([[TAGS, undefined]]);
});

test('a later result takes its place, and leaves its tags', async () => {
  const exists = Object.assign(new Error('exists'), { name: 'ParameterAlreadyExists' });
  ssm.on(PutParameterCommand).rejects(exists).on(PutParameterCommand, { Overwrite: true }).resolves({ Version: 2 });
  await record();
  expect(sent()).toEqual([
    [TAGS, undefined],
    [undefined, true],
  ]);
});

test('a result that may not be recorded is not tried without tags', async () => {
  ssm.on(PutParameterCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await expect(record()).rejects.toThrow('no');
  expect(sent()).toHaveLength(1);
});
