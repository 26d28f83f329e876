import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { messageOf, UnreachableError } from '../errors/errors';
import type { Template } from '../model/template';

/**
 * Reads the template of a stack as it was deployed.
 *
 * @throws UnreachableError for one that is not JSON, as the CDK always writes it
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
 */
export async function readDeployedTemplate(client: CloudFormationClient, stackName: string): Promise<Template> {
  const { GetTemplateCommand } = require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
  const { TemplateBody: body = '' } = await client.send(
    new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
  );
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
