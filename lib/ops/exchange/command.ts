import type { Command } from '../../cli/command';

export const EXCHANGE: Command = {
  name: 'exchange',
  summary: "record the replica key's ARN for the source stack (keyExchange: ssm)",
  help: `Reads the replica key's ARN that the destination stack published as an SSM parameter, with the
destination's credentials, and records it in cdk.context.json. Shows the change and asks.

Examples:
  npx --no -- s3-replication exchange
  npx --no -- s3-replication exchange -c config=environments/production.json --yes`,
  perGroup: true,
  asks: true,
  load: () => (require('./exchange') as typeof import('./exchange')).exchange,
};
