import type { Command } from '../../cli/command';

export const BOOTSTRAP: Command = {
  name: 'bootstrap',
  summary: 'print or run the commands that bootstrap each account and Region for the CDK',
  help: `Prints the cdk bootstrap command for each account and Region, and why each option is there. With --apply it asks, and
runs the commands that change something. Running it again is harmless.

A bootstrap replaces the list of trusted accounts, so this command reads the list first and repeats it.

The backup account does not trust the source account: otherwise an administrator of production could administer its
backup too. --trust-source gives that up, for a deployment with the credentials of the source account alone.

Examples:
  npx --no -- s3-replication bootstrap
  npx --no -- s3-replication bootstrap --apply
  npx --no -- s3-replication bootstrap --apply --permissions-boundary company-boundary --drop-trust 333333333333
  npx --no -- s3-replication bootstrap --least-privilege --policy-directory policies`,
  options: {
    apply: { type: 'boolean', help: 'run the commands' },
    'trust-source': { type: 'boolean', help: 'let the source account deploy into, and so administer, the backup account' },
    'drop-trust': { type: 'string', value: 'ACCOUNT[,ACCOUNT]', help: 'end the trust in these accounts' },
    'permissions-boundary': { type: 'string', value: 'NAME', help: 'managed policy that bounds each execution role' },
    'least-privilege': {
      type: 'boolean',
      help: 'narrow execution policies for the backup account instead of AdministratorAccess',
    },
    'policy-directory': {
      type: 'string',
      value: 'FOLDER',
      help: 'write those policies into this folder, relative to that of cdk.json',
    },
  },
  asks: true,
  wholeConfiguration: true,
  load: () => (require('./bootstrap') as typeof import('./bootstrap')).bootstrap,
};
