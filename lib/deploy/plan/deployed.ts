import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { isMissingStack, unreachable } from '../../aws/aws-error';
import type { Clients } from '../../aws/clients';
import type { CredentialProvider } from '../../aws/credentials';
import { readDeployedTemplate } from '../../aws/deployed-template';
import type { Sessions } from '../../aws/handed-sessions';
import { RequestHandler } from '../../aws/request-handler';
import { partitionName } from '../../config/regions';
import { accountNamed, type Side } from '../../config/replication-config';
import { UnreachableError } from '../../errors/errors';
import type { OwnedBucket } from '../../model/adoption';
import type { Deployment } from '../../model/deployment';
import type { Template } from '../../model/template';
import { readOwnedBuckets } from './adoption';
import type { AssemblyStack } from './assembly';
import type { StackState } from './model';

/** What is deployed of a stack. */
export interface DeployedStack {
  readonly state: StackState;
  /** Empty where nothing is deployed. */
  readonly template: Template;
  readonly tags: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
  /**
   * The source buckets that are owned elsewhere and that the stack merges into or has merged into, by name; in words why one could not be
   * read.
   *
   * @default - none
   */
  readonly ownedBuckets?: Readonly<Record<string, OwnedBucket | string>>;
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
    return await readStack(client, stackName);
  } catch (error) {
    throw unreachable(`stack ${stackName} in ${await client.config.region()}`, error);
  }
}

async function readStack(client: CloudFormationClient, stackName: string): Promise<DeployedStack> {
  const { DescribeStacksCommand } = require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
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
  return {
    state: status.endsWith('_FAILED') ? 'unfinished' : 'deployed',
    template: await readDeployedTemplate(client, stackName),
    tags: Object.fromEntries((stack.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    terminationProtection: stack.EnableTerminationProtection ?? false,
  };
}

/** Reads what is deployed of a stack, with credentials that may. */
export type ReadDeployed = (stack: AssemblyStack) => Promise<DeployedStack>;

/** A way to read stacks, with what it took for that. */
export interface DeployedReader {
  readonly read: ReadDeployed;
  /** Credentials of the profiles that it asked, by account. */
  readonly sessions: Sessions;
  /**
   * Clients with the credentials that have read stacks; with lookup roles, for another account, with that of one of its stacks. They throw
   * UnreachableError for an account of which no stack was read otherwise: whoever plans for one account may have no credentials of the other.
   */
  readonly clients: (config: Deployment, stacks: readonly AssemblyStack[]) => Clients;
}

export interface ReaderOptions {
  /** Assume the lookup role of each stack's bootstrap, whatever profiles are configured. */
  readonly lookupRoles: boolean;
  /** @default - credentials of the environment */
  readonly profile?: string;
  /** Ends every request. @default - nobody interrupts */
  readonly signal?: AbortSignal;
}

/**
 * Reads each stack with its account's configured profile; without one, with the credentials of the environment where they belong
 * to the account; else, as the CDK CLI does, with the lookup role of the account's bootstrap.
 *
 * @throws UnreachableError without usable credentials or an answer
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export function deployedReader(config: Deployment, { lookupRoles, profile, signal }: ReaderOptions): DeployedReader {
  const sessions = new Map<string, CredentialProvider>();
  const readers = new Map<string, CredentialProvider>();
  // Each may ask for an MFA code, so none is asked twice: an account has stacks in more than one region.
  const ownOf = remembering<Promise<CredentialProvider | undefined>>();
  const lookupRoleOf = remembering<CredentialProvider>();
  let environment: CredentialProvider | undefined;
  const read: ReadDeployed = async (stack) => {
    const { account, region } = stack;
    const { credentialsOf } = require('../../aws/credentials') as typeof import('../../aws/credentials');
    const caller = { account, region, ...(profile !== undefined && { profile }) };
    environment ??= credentialsOf(caller, { signal });
    const ambient = environment;
    const own = lookupRoles ? undefined : await ownOf(account, () => ownCredentials(config, caller, ambient, signal));
    if (own !== undefined && own !== ambient) {
      sessions.set(account, own);
    }
    const credentials = own ?? lookupRoleOf(`${account}/${region}`, () => lookupRole(stack, ambient, signal));
    readers.set(account, credentials);
    const { CloudFormationClient } = require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
    const client = new CloudFormationClient({ region, credentials, requestHandler: new RequestHandler(signal) });
    try {
      const deployed = await readDeployed(client, stack.stackName);
      const ownedBuckets = await readOwnedBuckets([deployed.template, stack.template], { region, credentials, signal });
      return { ...deployed, ...(ownedBuckets && { ownedBuckets }) };
    } finally {
      client.destroy();
    }
  };
  const otherReader = (stack: AssemblyStack | undefined) =>
    !lookupRoles || stack === undefined || environment === undefined ? undefined : lookupRole(stack, environment, signal);
  const clients: DeployedReader['clients'] = (of, stacks) => {
    const { sdkClients } = require('../../aws/clients') as typeof import('../../aws/clients');
    return sdkClients(of, {
      ...(signal && { signal }),
      credentials: async (side) => {
        const { account } = accountNamed(of, side);
        const known = readers.get(account) ?? otherReader(stacks.find((stack) => stack.account === account));
        if (known === undefined) {
          throw new UnreachableError(
            'AccountNotAsked',
            `no stack of account ${account} is in this plan, so nothing there was asked`,
          );
        }
        return known;
      },
    });
  };
  return { read, sessions, clients };
}

/** Credentials that belong to the account itself, if there are any. */
async function ownCredentials(
  config: Deployment,
  caller: Side,
  ambient: CredentialProvider,
  signal: AbortSignal | undefined,
): Promise<CredentialProvider | undefined> {
  const { accountOf, profiledSides, verifiedCredentials } =
    require('../../aws/credentials') as typeof import('../../aws/credentials');
  const side = profiledSides(config).find(({ account }) => account === caller.account);
  if (side !== undefined) {
    return (await verifiedCredentials([side], { signal })).get(side.side);
  }
  return (await accountOf(caller, ambient, { signal })) === caller.account ? ambient : undefined;
}

function lookupRole(stack: AssemblyStack, ambient: CredentialProvider, signal: AbortSignal | undefined): CredentialProvider {
  if (stack.lookupRole === undefined) {
    throw new UnreachableError('NoLookupRole', `stack ${stack.stackName} names no lookup role to read it with`);
  }
  const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers') as typeof import('@aws-sdk/credential-providers');
  return fromTemporaryCredentials({
    masterCredentials: ambient,
    clientConfig: { region: stack.region, requestHandler: new RequestHandler(signal) },
    params: {
      RoleArn: stack.lookupRole.replaceAll('${AWS::Partition}', partitionName(stack.region)),
      RoleSessionName: 's3-replication-plan',
    },
  });
}

/** Answers for each key what was answered first. */
function remembering<T>(): (key: string, ask: () => T) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (key, ask) => {
    const { answer } = known.get(key) ?? { answer: ask() };
    known.set(key, { answer });
    return answer;
  };
}
