import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ReplicationConfig, SideName } from '../config/model';

/** AWS clients, each with its side's own credentials, which are checked first. */
export interface Clients {
  /** @throws UnreachableError when the side's credentials cannot be used or belong to another account */
  ssm(side: SideName): Promise<SSMClient>;
}

/** Clients of the AWS SDK, each loaded when it is first asked for. */
export function sdkClients(config: ReplicationConfig): Clients {
  const settings = async (side: SideName) => {
    const { checkAccounts, credentialsOf } = require('../credentials/profiles') as typeof import('../credentials/profiles');
    await checkAccounts([{ ...config[side], side }]);
    return { region: config[side].region, credentials: credentialsOf(config[side]) };
  };
  return {
    ssm: async (side) => {
      const { SSMClient } = require('@aws-sdk/client-ssm') as typeof import('@aws-sdk/client-ssm');
      return new SSMClient(await settings(side));
    },
  };
}
