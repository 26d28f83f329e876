import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type StackStatus,
} from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { NOT_DEPLOYED, readDeployed } from '../../../lib/deploy/plan/deployed';
import { UnreachableError } from '../../../lib/errors/errors';

const cloudFormation = mockClient(CloudFormationClient);
const TEMPLATE = { Resources: { Key: { Type: 'AWS::KMS::Key' } } };

beforeEach(() => {
  cloudFormation.reset();
  cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify(TEMPLATE) });
});

const read = () => readDeployed(new CloudFormationClient({ region: 'us-west-2' }), 'backups-destination');

function stackIs(status: StackStatus): void {
  cloudFormation.on(DescribeStacksCommand, { StackName: 'backups-destination' }).resolves({
    Stacks: [
      {
        StackName: 'backups-destination',
        CreationTime: new Date(0),
        StackStatus: status,
        Tags: [{ Key: 'team', Value: 'storage' }],
        EnableTerminationProtection: true,
      },
    ],
  });
}

test.each<[StackStatus, string]>([
  ['CREATE_COMPLETE', 'deployed'],
  ['UPDATE_ROLLBACK_COMPLETE', 'deployed'],
  ['UPDATE_ROLLBACK_FAILED', 'unfinished'],
  ['CREATE_FAILED', 'unfinished'],
])('a stack in %s is %s, with the template that was deployed', async (status, state) => {
  stackIs(status);

  expect(await read()).toEqual({ state, template: TEMPLATE, tags: { team: 'storage' }, terminationProtection: true });
  expect(cloudFormation.commandCalls(GetTemplateCommand)[0]?.args[0].input).toEqual({
    StackName: 'backups-destination',
    TemplateStage: 'Original',
  });
});

test.each<[StackStatus, string]>([
  ['REVIEW_IN_PROGRESS', 'new'],
  ['ROLLBACK_COMPLETE', 'recreated'],
  ['ROLLBACK_FAILED', 'recreated'],
])('a stack in %s holds nothing, and is %s', async (status, state) => {
  stackIs(status);

  expect(await read()).toEqual({ ...NOT_DEPLOYED, state });
});

test('a stack that is not there holds nothing', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id backups-destination does not exist'));

  expect(await read()).toEqual(NOT_DEPLOYED);
});

test.each<StackStatus>(['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'DELETE_IN_PROGRESS'])(
  'a stack in %s has to be waited for',
  async (status) => {
    stackIs(status);

    await expect(read()).rejects.toMatchObject({ code: 'StackInProgress', message: expect.stringContaining(status) });
  },
);

test('without an answer it is not known what is there', async () => {
  cloudFormation.on(DescribeStacksCommand).rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));

  await expect(read()).rejects.toThrow(UnreachableError);
  await expect(read()).rejects.toThrow(
    'stack backups-destination in us-west-2 could not be read: these credentials may not ask this',
  );
});

test('a template that is not JSON cannot be compared', async () => {
  stackIs('CREATE_COMPLETE');
  cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: 'Resources: {}' });

  await expect(read()).rejects.toMatchObject({ code: 'TemplateNotJson' });
});
