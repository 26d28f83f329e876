import type { ReplicationConfig } from '../../config/model';
import type { CredentialProvider } from '../../credentials/profiles';
import { UnreachableError } from '../../errors';
import { partitionName } from '../../regions';
import type { AssemblyStack } from './assembly';
import { type DeployedStack, readDeployed } from './deployed';

/** Reads what is deployed of a stack, with credentials that may. */
export type ReadDeployed = (stack: AssemblyStack) => Promise<DeployedStack>;

export interface ReaderOptions {
  /** Assume the lookup role of each stack's bootstrap, whatever profiles are configured. */
  readonly lookupRoles: boolean;
  /** @default - credentials of the environment */
  readonly profile?: string;
}

/**
 * Reads each stack with its account's configured profile; without one, with the credentials of the environment where they belong
 * to the account; else, as the CDK CLI does, with the lookup role of the account's bootstrap.
 *
 * @throws UnreachableError without usable credentials or an answer
 * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
 */
export function deployedReader(config: ReplicationConfig, { lookupRoles, profile }: ReaderOptions): ReadDeployed {
  const known = new Map<string, Promise<CredentialProvider>>();
  return async (stack) => {
    const { account, region } = stack;
    const place = `${account}/${region}`;
    const pending = known.get(place) ?? (lookupRoles ? lookupRole(stack, profile) : ownCredentials(config, stack, profile));
    known.set(place, pending);
    const { CloudFormationClient } = require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
    const client = new CloudFormationClient({ region, credentials: await pending });
    try {
      return await readDeployed(client, stack.stackName);
    } finally {
      client.destroy();
    }
  };
}

async function ownCredentials(
  config: ReplicationConfig,
  stack: AssemblyStack,
  profile: string | undefined,
): Promise<CredentialProvider> {
  const { accountOf, credentialsOf, profiledSides, verifiedCredentials } =
    require('../../credentials/profiles') as typeof import('../../credentials/profiles');
  const side = profiledSides(config).find(({ account }) => account === stack.account);
  const configured = side && (await verifiedCredentials([side])).get(side.side);
  if (configured !== undefined) {
    return configured;
  }
  const caller = { account: stack.account, region: stack.region, ...(profile !== undefined && { profile }) };
  const ambient = credentialsOf(caller);
  return (await accountOf(caller, ambient)) === stack.account ? ambient : lookupRole(stack, profile);
}

async function lookupRole(stack: AssemblyStack, profile: string | undefined): Promise<CredentialProvider> {
  if (stack.lookupRole === undefined) {
    throw new UnreachableError('NoLookupRole', `stack ${stack.stackName} names no lookup role to read it with`);
  }
  const { fromTemporaryCredentials } = require('@aws-sdk/credential-providers') as typeof import('@aws-sdk/credential-providers');
  const { credentialsOf } = require('../../credentials/profiles') as typeof import('../../credentials/profiles');
  return fromTemporaryCredentials({
    masterCredentials: credentialsOf({ account: stack.account, region: stack.region, ...(profile !== undefined && { profile }) }),
    clientConfig: { region: stack.region },
    params: {
      RoleArn: stack.lookupRole.replaceAll('${AWS::Partition}', partitionName(stack.region)),
      RoleSessionName: 's3-replication-plan',
    },
  });
}
