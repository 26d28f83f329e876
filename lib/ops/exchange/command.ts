import type { Command } from '../../cli/command';

export const EXCHANGE: Command = {
  name: 'exchange',
  summary: 'record the ARN of the replica key for the source stack, with keyExchange "ssm"',
  help: `The destination stack publishes the ARN of the replica key as an SSM parameter. This command reads it with the
credentials of the destination account and records it in cdk.context.json, where the source stack finds it. It shows the
change and asks.

Examples:
  npx --no -- s3-replication exchange
  npx --no -- s3-replication exchange -c config=environments/production.json --yes`,
  perGroup: true,
  asks: true,
  load: () => (require('./exchange') as typeof import('./exchange')).exchange,
};
