import type { Clients, ServiceClients } from '../../lib/aws/clients';
import { type AccountName, accountNamed, type SideName } from '../../lib/config/replication-config';
import type { Deployment } from '../../lib/model/deployment';
import { testClients } from '../helpers/ops';

/** A request that an operator command sent. */
export interface Sent<Account extends AccountName = SideName> {
  /** Whose credentials it was sent with. */
  readonly account: Account;
  readonly region: string;
  /** Such as `HeadBucket`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Clients for `aws-sdk-client-mock` that remember what is sent, and as whom. */
export function recordingClients(config: Deployment) {
  const sent: Sent<AccountName>[] = [];
  const made = testClients(config);
  const record =
    <Service extends keyof ServiceClients>(service: Service) =>
    async (account: AccountName, region = accountNamed(config, account).region): Promise<ServiceClients[Service]> => {
      const client = await made[service](account, region);
      const remembering = async (command: { input: object }) => {
        const operation = command.constructor.name.replace(/Command$/, '');
        sent.push({ account, region, operation, input: command.input as Sent['input'] });
        return (client.send as (sent: typeof command) => unknown)(command);
      };
      // The client itself is shared by the test file.
      return Object.create(client, { send: { value: remembering } }) as ServiceClients[Service];
    };
  const clients: Clients = {
    account: record('account'),
    athena: record('athena'),
    cloudFormation: record('cloudFormation'),
    cloudWatch: record('cloudWatch'),
    iam: record('iam'),
    kms: record('kms'),
    s3: record('s3'),
    s3Control: record('s3Control'),
    scheduler: record('scheduler'),
    sns: record('sns'),
    sqs: record('sqs'),
    ssm: record('ssm'),
  };
  return { clients, sent };
}

/** Whether a request was sent with the credentials of a side. */
export function isToSide(sent: Sent<AccountName>): sent is Sent {
  return sent.account !== 'pipeline';
}
