import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { isMissingStack, unanswered } from '../../aws/aws-error';
import { messageOf, UnreachableError } from '../../errors/errors';
import type { Template } from '../../model/template';
import type { StackState } from './model';

/** What is deployed of a stack. */
export interface DeployedStack {
  readonly state: StackState;
  /** Empty where nothing is deployed. */
  readonly template: Template;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
}

/** A stack that is not there. */
export const NOT_DEPLOYED: DeployedStack = { state: 'new', template: {}, tags: {}, terminationProtection: false };

/** States in which the CDK CLI deletes a stack and creates it again. */
const NEVER_CAME_UP = ['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'];

/**
 * Asks CloudFormation what is deployed of a stack.
 *
 * @throws UnreachableError without an answer, and while the stack is being changed
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
export async function readDeployed(client: CloudFormationClient, stackName: string): Promise<DeployedStack> {
  try {
    return await ask(client, stackName);
  } catch (error) {
    throw unanswered(`stack ${stackName}`, error);
  }
}

async function ask(client: CloudFormationClient, stackName: string): Promise<DeployedStack> {
  const { DescribeStacksCommand, GetTemplateCommand } =
    require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
  const { Stacks: [stack] = [] } = await client
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: unknown) => {
      if (isMissingStack(error)) {
        return { Stacks: [] };
      }
      throw error;
    });
  const status = stack?.StackStatus ?? 'REVIEW_IN_PROGRESS';
  // A change set was made for a stack that is still to be created.
  if (stack === undefined || status === 'REVIEW_IN_PROGRESS') {
    return NOT_DEPLOYED;
  }
  if (NEVER_CAME_UP.includes(status)) {
    return { ...NOT_DEPLOYED, state: 'recreated' };
  }
  if (status.endsWith('_IN_PROGRESS')) {
    throw new UnreachableError('StackInProgress', `stack ${stackName} is being changed (${status})`, 'wait until that has ended');
  }
  const { TemplateBody: body = '' } = await client.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
  return {
    state: status.endsWith('_FAILED') ? 'unfinished' : 'deployed',
    template: parseTemplate(stackName, body),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    terminationProtection: stack.EnableTerminationProtection ?? false,
  };
}

function parseTemplate(stackName: string, body: string): Template {
  try {
    return JSON.parse(body) as Template;
  } catch (error) {
    throw new UnreachableError(
      'TemplateNotJson',
      `the template of stack ${stackName} is not JSON: ${messageOf(error)}`,
      'something other than the CDK has deployed it; compare it by hand',
    );
  }
}
