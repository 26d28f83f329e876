import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ReplicationConfig, SideName } from '../config/model';
import type { CredentialProvider } from '../credentials/profiles';

/** AWS clients, each with its side's own credentials, which are checked first. */
export interface Clients {
  /** @throws UnreachableError when the side's credentials cannot be used or belong to another account */
  ssm(side: SideName): Promise<SSMClient>;
}

/** Clients of the AWS SDK, each loaded when it is first asked for. */
export function sdkClients(config: ReplicationConfig): Clients {
  const credentials = new Map<SideName, Promise<CredentialProvider>>();
  const settings = async (side: SideName) => {
    const verified = credentials.get(side) ?? verify(config, side);
    credentials.set(side, verified);
    return { region: config[side].region, credentials: await verified };
  };
  return {
    ssm: async (side) => {
      const { SSMClient } = require('@aws-sdk/client-ssm') as typeof import('@aws-sdk/client-ssm');
      return new SSMClient(await settings(side));
    },
  };
}

async function verify(config: ReplicationConfig, side: SideName): Promise<CredentialProvider> {
  const { verifiedCredentials } = require('../credentials/profiles') as typeof import('../credentials/profiles');
  const [provider] = (await verifiedCredentials([{ ...config[side], side }])).values();
  if (provider === undefined) {
    throw new TypeError(`no credentials were verified for the ${side}`);
  }
  return provider;
}
