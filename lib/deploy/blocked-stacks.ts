import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type ReplicationConfig, SIDES, type SideName } from '../config/model';
import { accountOf, credentialsOf } from '../credentials/profiles';
import { namesOf } from '../names';
import { isMissingStack } from '../ops/aws-error';
import { awsCommand } from '../ops/commands';

/** What is known of a stack after a deployment failed. */
export interface StackState {
  readonly side: SideName;
  /** `none` when there is no such stack, `unknown` when it could not be asked for. */
  readonly status: string;
  readonly terminationProtection: boolean;
}

/** States of a stack whose creation failed. The CDK CLI deletes such a stack before it creates it again. */
const NEVER_CAME_UP = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'];

/** Asks CloudFormation for the state of both stacks, with each side's own credentials. */
export function stackStates(config: ReplicationConfig): Promise<StackState[]> {
  return Promise.all(SIDES.map((side) => stackState(config, side)));
}

/**
 * What a person has to do where termination protection stands in the way of a stack that never came up: the CDK CLI switches
 * protection on before it creates the resources, and then cannot delete the stack to try again.
 *
 * @returns nothing when no stack is in that state or may be
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
 */
export function adviceFor(config: ReplicationConfig, states: readonly StackState[]): string | undefined {
  const blocked = states.filter(({ status, terminationProtection }) => NEVER_CAME_UP.includes(status) && terminationProtection);
  const unknown = config.terminationProtection ? states.filter(({ status }) => status === 'unknown') : [];
  const paragraphs = [
    ...blocked.map(
      ({ side, status }) =>
        `Stack ${namesOf(config)[side].stackName} never came up (${status}), and termination protection keeps it from being replaced. Run this, then deploy again:\n  ${unprotectCommand(config, side)}`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          [
            'If a stack never came up and cannot be deleted while TerminationProtection is enabled, run its command, then deploy again:',
            ...unknown.map(({ side }) => `  ${unprotectCommand(config, side)}`),
          ].join('\n'),
        ]),
  ];
  return paragraphs.length === 0 ? undefined : paragraphs.join('\n');
}

function unprotectCommand(config: ReplicationConfig, side: SideName): string {
  return awsCommand(config, side, 'cloudformation update-termination-protection --no-enable-termination-protection', {
    'stack-name': namesOf(config)[side].stackName,
  });
}

async function stackState(config: ReplicationConfig, side: SideName): Promise<StackState> {
  const credentials = credentialsOf(config[side]);
  const client = new CloudFormationClient({ region: config[side].region, credentials });
  try {
    if ((await accountOf(config[side], credentials)) !== config[side].account) {
      return { side, status: 'unknown', terminationProtection: false };
    }
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: namesOf(config)[side].stackName }));
    return { side, status: stack?.StackStatus ?? 'none', terminationProtection: stack?.EnableTerminationProtection ?? false };
  } catch (error) {
    const status = isMissingStack(error) ? 'none' : 'unknown';
    return { side, status, terminationProtection: false };
  } finally {
    client.destroy();
  }
}
