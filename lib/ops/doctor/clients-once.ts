import type { Clients } from '../clients';

/** Makes each client once, so that the many questions to a service share its connections. */
export function clientsOnce(clients: Clients): Clients {
  const known = new Map<string, Promise<unknown>>();
  const once = <Service extends keyof Clients>(service: Service): Clients[Service] =>
    ((side, region) => {
      const name = `${service} ${side} ${region ?? ''}`;
      const client = known.get(name) ?? clients[service](side, region);
      known.set(name, client);
      return client;
    }) as Clients[Service];
  return {
    account: once('account'),
    cloudFormation: once('cloudFormation'),
    cloudWatch: once('cloudWatch'),
    iam: once('iam'),
    kms: once('kms'),
    s3: once('s3'),
    ssm: once('ssm'),
  };
}
