import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { denialIn, isMissingStack } from '../aws/aws-error';
import { accountOf, type CredentialProvider, credentialsOf } from '../aws/credentials';
import type { Sessions } from '../aws/handed-sessions';
import { RequestHandler } from '../aws/request-handler';
import { SIDES, type Side } from '../config/replication-config';
import type { Deployment } from '../model/deployment';
import { awsCommand } from '../model/shell-commands';
import { type StackPlace, stackPlaces } from '../model/stacks';

/** What is known of a stack after a deployment failed. */
export interface StackStatus {
  readonly place: StackPlace;
  /** `none` when there is no such stack, `unknown` when it could not be asked for. */
  readonly status: string;
  readonly terminationProtection: boolean;
  /** Resources that a policy beyond the account's own refused, and whom to ask. @default - none that is known */
  readonly denials?: readonly string[];
}

/** States of a stack whose creation failed. The CDK CLI deletes such a stack before it creates it again. */
const NEVER_CAME_UP = ['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'];

/** Where a stack is. */
export interface StackAddress {
  readonly account: string;
  readonly region: string;
  readonly stackName: string;
}

/**
 * Asks CloudFormation for the state of each stack that was to be deployed, with the credentials of its account. Another account is asked nothing:
 * whoever deploys one side may have no credentials of the other.
 *
 * @param sessions credentials that are there already, by account
 */
export async function stackStates(
  config: Deployment,
  sessions: Sessions,
  deployed: readonly StackAddress[],
): Promise<StackStatus[]> {
  const states: StackStatus[] = [];
  // One account after another: each may ask for an MFA code on the same terminal.
  for (const side of SIDES) {
    const { account } = config[side];
    const places = stackPlaces(config).filter(({ owner, region, stackName }) =>
      deployed.some((one) => owner === side && one.account === account && one.region === region && one.stackName === stackName),
    );
    states.push(...(places.length === 0 ? [] : await statesOf(places, config[side], sessions.get(account))));
  }
  return states;
}

/**
 * What a person has to do after a failed deployment. Where a policy of the organization or a permissions boundary refused a resource, the CDK CLI shows
 * what AWS said, and no permission helps. Where a stack never came up, termination protection stands in the way: the CDK CLI switches it on before it
 * creates the resources, and then cannot delete the stack to try again.
 *
 * @returns nothing when neither is so, nor may be
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
 */
export function adviceFor(config: Deployment, states: readonly StackStatus[]): string | undefined {
  const blocked = states.filter(({ status, terminationProtection }) => NEVER_CAME_UP.includes(status) && terminationProtection);
  const unknown = config.terminationProtection ? states.filter(({ status }) => status === 'unknown') : [];
  const paragraphs = [
    ...states.flatMap(({ place, denials = [] }) =>
      denials.map((denial) => `Stack ${place.stackName}: ${denial}. See docs/organizations.md`),
    ),
    ...blocked.map(
      ({ place, status }) =>
        `Stack ${place.stackName} never came up (${status}), and termination protection keeps it from being replaced. Run this, then deploy again:\n  ${unprotectCommand(config, place)}`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          [
            'If a stack never came up and cannot be deleted while TerminationProtection is enabled, run its command, then deploy again:',
            ...unknown.map(({ place }) => `  ${unprotectCommand(config, place)}`),
          ].join('\n'),
        ]),
  ];
  return paragraphs.length === 0 ? undefined : paragraphs.join('\n');
}

function unprotectCommand(config: Deployment, { owner, region, stackName }: StackPlace): string {
  return awsCommand(config, owner, 'cloudformation update-termination-protection --no-enable-termination-protection', {
    'stack-name': stackName,
    region,
  });
}

async function statesOf(places: readonly StackPlace[], side: Side, session?: CredentialProvider): Promise<StackStatus[]> {
  const credentials = session ?? credentialsOf(side);
  const account = await accountOf(side, credentials).catch(() => undefined);
  return account === side.account
    ? Promise.all(places.map((place) => stackState(place, credentials)))
    : places.map((place) => ({ place, status: 'unknown', terminationProtection: false }));
}

async function stackState(place: StackPlace, credentials: CredentialProvider): Promise<StackStatus> {
  const { region, stackName } = place;
  const client = new CloudFormationClient({ region, credentials, requestHandler: new RequestHandler() });
  try {
    const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const status = found?.StackStatus ?? 'none';
    const denials = /FAILED|ROLLBACK/.test(status) ? await denialsOf(client, stackName).catch(() => []) : [];
    return {
      place,
      status,
      terminationProtection: found?.EnableTerminationProtection ?? false,
      ...(denials.length > 0 && { denials }),
    };
  } catch (error) {
    const status = isMissingStack(error) ? 'none' : 'unknown';
    return { place, status, terminationProtection: false };
  } finally {
    client.destroy();
  }
}

/**
 * Reads what the last operation of a stack failed at, in the newest hundred events.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
 */
async function denialsOf(client: CloudFormationClient, stackName: string): Promise<string[]> {
  const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: stackName }));
  const start = events.findIndex(
    ({ LogicalResourceId: id, ResourceStatus: status = '' }) => id === stackName && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(status),
  );
  const denied = events.slice(0, start === -1 ? undefined : start).flatMap((event) => {
    const denial = event.ResourceStatus?.endsWith('_FAILED') === true ? denialIn(event.ResourceStatusReason ?? '') : undefined;
    return denial === undefined ? [] : [`${event.LogicalResourceId} (${event.ResourceType}): ${denial}`];
  });
  return [...new Set(denied)];
}
