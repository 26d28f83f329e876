import type { Verb } from './command';

/** Every verb of the operator command line, in the order in which a person meets them. */
export const VERBS: readonly Verb[] = [
  {
    name: 'exchange',
    summary: "record the replica key's ARN for the source stack (keyExchange: ssm)",
    help: `Reads the replica key's ARN that the destination stack published as an SSM parameter, with the
destination's credentials, and records it in cdk.context.json. Shows the change and asks.

Examples:
  npm run ops -- exchange
  npm run ops -- exchange --config environments/production.json --yes`,
    load: () => (require('./exchange/exchange') as typeof import('./exchange/exchange')).exchange,
  },
];
