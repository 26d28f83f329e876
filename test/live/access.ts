import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { type Clients, sdkClients } from '../../lib/aws/clients';
import type { Clock } from '../../lib/aws/clock';
import type { SideName } from '../../lib/config/replication-config';
import type { Deployment } from '../../lib/model/deployment';

/** How a run reaches its two accounts. */
export interface Access {
  readonly clients: Clients;
  readonly clock: Clock;
  /** Aborted when the person interrupts. */
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
  /** In the backup account as the break-glass role, once that is there: the lockdown refuses everybody else what a removal takes. */
  readonly s3: (side: SideName, region?: string) => Promise<S3Client>;
  /** The same. */
  readonly kms: (side: SideName, region?: string) => Promise<KMSClient>;
}

export function accessTo(config: Deployment, { clock, signal, tell }: Pick<Access, 'clock' | 'signal' | 'tell'>): Access {
  const clients = sdkClients(config, { signal });
  const roleArn = config.lockdown?.breakGlassRoleArn;
  const { region: home } = config.destination;
  const asBreakGlass = async () => {
    const { config: own } = await clients.s3('destination');
    const credentials = fromTemporaryCredentials({
      params: { RoleArn: roleArn, RoleSessionName: 's3-replication-live' },
      masterCredentials: own.credentials,
      clientConfig: { region: home },
    });
    // Before the role is there, and after it is gone, nothing is under lockdown.
    return await credentials().then(
      () => credentials,
      () => own.credentials,
    );
  };
  return {
    clients,
    clock,
    signal,
    tell,
    s3: async (side, region = config[side].region) =>
      side === 'source' ? clients.s3(side, region) : new S3Client({ region, credentials: await asBreakGlass() }),
    kms: async (side, region = config[side].region) =>
      side === 'source' ? clients.kms(side, region) : new KMSClient({ region, credentials: await asBreakGlass() }),
  };
}
