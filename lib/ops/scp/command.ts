import type { Command } from '../../cli/command';

export const SCP: Command = {
  name: 'scp',
  summary: 'print the service control policy that holds the lockdown against who can change IAM in the backup account',
  help: `Bucket policies and key policies cannot refuse anything to somebody who may change the roles that they exempt, nor
bucket policies a change of themselves to the root user. This prints the service control policy that can, for all groups of the
configuration; the management account of the organization attaches it to the backup account. Asks AWS nothing and changes nothing.

Under it nobody of the backup account may assume the roles that deploy, but the break-glass role and those that --deployer
names: whole ARNs, with the path of a role of IAM Identity Center. Accounts that the bootstrap trusts, such as a pipeline's, are
not concerned. Create the break-glass role and bootstrap before it is attached: afterwards only the break-glass role can.

Examples:
  npm run ops -- scp --deployer arn:aws:iam::222222222222:role/BackupDeployer --json
  npm run --silent ops -- scp > scp.json`,
  options: {
    deployer: { type: 'string', value: 'ARN[,ARN]', help: 'roles of the backup account that may deploy' },
  },
  load: () => (require('./scp') as typeof import('./scp')).scp,
};
