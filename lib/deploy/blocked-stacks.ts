import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { isMissingStack } from '../aws/aws-error';
import { accountOf, type CredentialProvider, credentialsOf } from '../aws/credentials';
import type { Sessions } from '../aws/handed-sessions';
import { RequestHandler } from '../aws/request-handler';
import { SIDES, type SideName } from '../config/replication-config';
import { type Deployment, groupsOf } from '../model/deployment';
import { awsCommand } from '../model/shell-commands';
import { type StackKind, stackPlace, stacksOf } from '../model/stacks';

/** What is known of a stack after a deployment failed. */
export interface StackStatus {
  /** The configuration narrowed to the stack's group. */
  readonly group: Deployment;
  readonly stack: StackKind;
  /** `none` when there is no such stack, `unknown` when it could not be asked for. */
  readonly status: string;
  readonly terminationProtection: boolean;
}

/** States of a stack whose creation failed. The CDK CLI deletes such a stack before it creates it again. */
const NEVER_CAME_UP = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'];

/**
 * Asks CloudFormation for the state of every stack, with the credentials of its account.
 *
 * @param sessions credentials that are there already, by account
 */
export async function stackStates(config: Deployment, sessions: Sessions): Promise<StackStatus[]> {
  const states: StackStatus[] = [];
  // One account after another: each may ask for an MFA code on the same terminal.
  for (const side of SIDES) {
    states.push(...(await statesOf(config, side, sessions.get(config[side].account))));
  }
  return states;
}

/**
 * What a person has to do where termination protection stands in the way of a stack that never came up: the CDK CLI switches
 * protection on before it creates the resources, and then cannot delete the stack to try again.
 *
 * @returns nothing when no stack is in that state or may be
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
 */
export function adviceFor(config: Deployment, states: readonly StackStatus[]): string | undefined {
  const blocked = states.filter(({ status, terminationProtection }) => NEVER_CAME_UP.includes(status) && terminationProtection);
  const unknown = config.terminationProtection ? states.filter(({ status }) => status === 'unknown') : [];
  const paragraphs = [
    ...blocked.map(
      ({ group, stack, status }) =>
        `Stack ${stackPlace(group, stack).stackName} never came up (${status}), and termination protection keeps it from being replaced. Run this, then deploy again:\n  ${unprotectCommand(group, stack)}`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          [
            'If a stack never came up and cannot be deleted while TerminationProtection is enabled, run its command, then deploy again:',
            ...unknown.map(({ group, stack }) => `  ${unprotectCommand(group, stack)}`),
          ].join('\n'),
        ]),
  ];
  return paragraphs.length === 0 ? undefined : paragraphs.join('\n');
}

function unprotectCommand(config: Deployment, stack: StackKind): string {
  const { owner, region, stackName } = stackPlace(config, stack);
  return awsCommand(config, owner, 'cloudformation update-termination-protection --no-enable-termination-protection', {
    'stack-name': stackName,
    region,
  });
}

async function statesOf(config: Deployment, side: SideName, session?: CredentialProvider): Promise<StackStatus[]> {
  const stacks = groupsOf(config).flatMap((group) =>
    stacksOf(group)
      .filter((stack) => stackPlace(group, stack).owner === side)
      .map((stack) => ({ group, stack })),
  );
  const credentials = session ?? credentialsOf(config[side]);
  const account = await accountOf(config[side], credentials).catch(() => undefined);
  return account === config[side].account
    ? Promise.all(stacks.map(({ group, stack }) => stackState(group, stack, credentials)))
    : stacks.map((stack) => ({ ...stack, status: 'unknown', terminationProtection: false }));
}

async function stackState(group: Deployment, stack: StackKind, credentials: CredentialProvider): Promise<StackStatus> {
  const { region, stackName } = stackPlace(group, stack);
  const client = new CloudFormationClient({ region, credentials, requestHandler: new RequestHandler() });
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    return {
      group,
      stack,
      status: found?.StackStatus ?? 'none',
      terminationProtection: found?.EnableTerminationProtection ?? false,
    };
  } catch (error) {
    const status = isMissingStack(error) ? 'none' : 'unknown';
    return { group, stack, status, terminationProtection: false };
  } finally {
    client.destroy();
  }
}
