import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import type { Side } from '../config/replication-config';
import { AppError } from '../errors/errors';

/** Clients of one side of the emulator. */
export interface EmulatorClients {
  readonly s3: S3Client;
  readonly cloudFormation: CloudFormationClient;
}

/**
 * Clients that can reach the emulator and nothing else.
 *
 * @throws AppError for an endpoint that is not on this machine's loopback interface
 */
export function emulatorClients(endpoint: string, { account, region }: Side): EmulatorClients {
  if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(endpoint)) {
    throw new AppError('NotTheEmulator', `the demo talks to its own emulator only, not to ${endpoint}`);
  }
  const settings = { endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'demo' } };
  return {
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    cloudFormation: new CloudFormationClient(settings),
  };
}
