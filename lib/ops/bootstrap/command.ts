import type { Command } from '../../cli/command';

export const BOOTSTRAP: Command = {
  name: 'bootstrap',
  summary: 'bootstrap every environment of the deployment for the CDK, or say how',
  help: `Prints the cdk bootstrap command of every environment that the stacks use, in order, and why each option is
there. Reads what is there first, and repeats it: a bootstrap replaces the list of trusted accounts. With --apply
it then asks, and runs the commands, as far as they change anything; running it again is harmless.

The backup account does not trust the source account: whoever administers production must not thereby administer
its backup. --trust-source gives that up, for a deployment with the source's credential alone.

Examples:
  npx --no -- s3-replication bootstrap
  npx --no -- s3-replication bootstrap --apply
  npx --no -- s3-replication bootstrap --apply --permissions-boundary company-boundary --drop-trust 333333333333
  npx --no -- s3-replication bootstrap --least-privilege --policy-directory policies`,
  options: {
    apply: { type: 'boolean', help: 'run the commands' },
    'trust-source': { type: 'boolean', help: 'let the source account deploy into, and so administer, the backup account' },
    'drop-trust': { type: 'string', value: 'ACCOUNT[,ACCOUNT]', help: 'trust these accounts no longer' },
    'permissions-boundary': { type: 'string', value: 'NAME', help: 'managed policy that bounds each execution role' },
    'least-privilege': { type: 'boolean', help: 'execution policies for the backup account instead of AdministratorAccess' },
    'policy-directory': { type: 'string', value: 'FOLDER', help: 'write those policies there, as seen from cdk.json' },
  },
  asks: true,
  wholeConfiguration: true,
  load: () => (require('./bootstrap') as typeof import('./bootstrap')).bootstrap,
};
